"""Say in ten lines what is installed, where the data lies, and when each stage last ran."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from flows.sources.columns import ready_maps
from flows.versions import versions
from warehouse import landing, ledger, watermarks
from warehouse.files import free_bytes
from warehouse.home import Home
from warehouse.reference import load_counties
from warehouse.release import latest_release

LIBRARIES = ("prefect", "duckdb", "pyarrow", "scikit-learn")


def examine(home: Home) -> Iterator[str]:
    """Yield the ten lines."""
    made_by = versions()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    free = free_bytes(home.root) / 1e9
    yield f"grapevine   {made_by['code']} on Python {platform.python_version()}"
    yield f"libraries   {libraries}"
    yield f"tagger      {made_by['model']}; taxonomy {made_by['taxonomy']}"
    yield f"reference   {made_by['reference']}: {len(load_counties()):,} counties"
    yield f"sources     import ready ({', '.join(ready_maps())}), sample ready"
    yield f"collected   {_collected(home)}"
    yield f"data        {home.root} ({_size(home.root):,.1f} MB; {free:,.0f} GB free)"
    yield f"lake        {_lake(home)}"
    yield f"release     {_release(home)}"
    yield f"last runs   {_last_runs(home)}"


def _size(folder: Path) -> float:
    """Megabytes of all files under `folder`."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _collected(home: Home) -> str:
    """When each live source last gave something, and how much of it the lake lacks."""
    told = (
        f"{source} {at:%Y-%m-%d %H:%M} UTC ({len(landing.files(home, source))} batches waiting)"
        for source in landing.sources(home)
        if (at := watermarks.written_at(home, source))
    )
    return ", ".join(told) or "nothing yet; 'grapevine collect all --once' begins"


def _lake(home: Home) -> str:
    days = sorted(folder.name for folder in home.posts.glob("source=*/day=*"))
    sources = sorted(
        folder.name.removeprefix("source=") for folder in home.posts.glob("source=*")
    )
    if not days:
        return "empty; 'grapevine run' fills it"
    first, last = (day.removeprefix("day=") for day in (days[0], days[-1]))
    return f"{', '.join(sources)}: {len(days)} days, {first} to {last}"


def _release(home: Home) -> str:
    newest = latest_release(home)
    return newest.release_id if newest else "none yet"


def _last_runs(home: Home) -> str:
    runs = ledger.last_runs(home)
    told = (f"{run.stage} {run.finished_at:%Y-%m-%d %H:%M} UTC" for run in runs)
    return ", ".join(told) or "no stage has run"
