"""Say in ten lines what is installed, where the data lies, and when each stage last ran.

An eleventh line stands there only while other accounts can look into the data folder.
"""

from __future__ import annotations

import platform
import shlex
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from flows.sources.columns import ready_maps
from flows.versions import versions
from flows.watching.account import is_under_way
from warehouse import landing, ledger, watermarks
from warehouse.errors import InUseError
from warehouse.files import free_bytes
from warehouse.home import Home
from warehouse.reference import load_counties
from warehouse.release import latest_release

AT_WORK = "a run is at work; ask again when it has ended"
LIBRARIES = ("prefect", "duckdb", "pyarrow", "scikit-learn")


def examine(home: Home) -> Iterator[str]:
    """Yield the lines. Nothing is written, and no run is held up."""
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
    for name, told in (("release", _release), ("last runs", _last_runs)):
        yield f"{name:<11} {_unless_at_work(home, told)}"
    if others := _open_to_others(home):
        yield f"open        {others}"


def _unless_at_work(home: Home, told: Callable[[Home], str]) -> str:
    """What the database says; a run that has it is not held up for that."""
    try:
        return AT_WORK if is_under_way(home) else told(home)
    except InUseError:
        return AT_WORK


def _open_to_others(home: Home) -> str:
    """A folder made before Grapevine kept what it writes to its owner, or opened since."""
    if not home.root.exists() or not home.root.stat().st_mode & 0o077:
        return ""
    return (
        "other accounts of this machine may look into the data folder. "
        f"'chmod -R go= {shlex.quote(str(home.root))}' closes it"
    )


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
