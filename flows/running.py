"""Run a week: once at a time, not at all when nothing changed, and say what came of it."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import AbstractContextManager
from pathlib import Path

from dashboards.districts import kept, load_districts
from flows import landed
from flows.intake import Asked, Window
from flows.summary import summarise
from flows.temporary_server import prefect_server
from flows.versions import versions
from warehouse.files import alone_or_told
from warehouse.home import Home
from warehouse.weeks import Week


def run_week(week: str | None, weeks: int, inputs: list[str], column_map: str | None) -> str:
    """Make the briefs of a week and return the lines that say what was found.

    Without `week` it is the last full one, or this one when nothing collected is older.

    A run of what the last run ran, with the same files and the same program, changes nothing
    and starts nothing.
    """
    home, started = Home.from_env(), time.monotonic()
    latest = Week.last_full() if inputs else landed.newest_week(home)
    window = Window(Week.parse(week) if week else latest, weeks)
    paths = [str(Path(path).absolute()) for path in inputs]
    with hold(home):
        is_sample = not paths and not landed.was_collected(home)
        asked = Asked(window, paths, column_map, is_sample)
        if _is_current(home, asked):
            headline = "Nothing has changed since the last run of this week."
        else:
            _done(home).unlink(missing_ok=True)
            _run_flow(home, asked)
            _done(home).write_text(_request(home, asked), encoding="utf-8")
            headline = f"Briefs for {window.week} are made."
        seconds = time.monotonic() - started
        return "\n".join([headline, *summarise(home, asked, seconds)])


def _run_flow(home: Home, asked: Asked) -> None:
    with prefect_server(home) as until_it_answers:
        from flows.weekly import weekly_briefs  # loads while the server starts

        until_it_answers()
        week, weeks = str(asked.window.week), asked.window.weeks
        weekly_briefs(week, weeks, asked.inputs, asked.column_map, asked.is_sample)


def _request(home: Home, asked: Asked) -> str:
    """What decides a run's result: its weeks, its inputs and the lake's, districts, program."""
    read = [str(asked.window), *(intake.input_id for intake in asked.intakes())]
    held = [] if asked.is_sample else landed.state(home, asked.window)
    groups = kept(load_districts(home))
    return hashlib.sha256(json.dumps([read, held, groups, versions()]).encode()).hexdigest()


def _done(home: Home) -> Path:
    """The file that says which request the site on disk answers."""
    return home.root / "last_run"


def _is_current(home: Home, asked: Asked) -> bool:
    request, done = _request(home, asked), _done(home)
    built = done.exists() and done.read_text(encoding="utf-8") == request
    is_there = home.snapshot.exists() and (home.site / "index.html").exists()
    return built and is_there and not landed.is_waiting(home, asked)


def hold(home: Home) -> AbstractContextManager[None]:
    """Hold the data folder; a second run is told, not queued. A kill lets go by itself."""
    return alone_or_told(
        home.root / "run.lock",
        f"Another run is using {home.root}. Wait until it has ended, or set GRAPEVINE_HOME to "
        "another folder.",
    )
