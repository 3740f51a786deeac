"""Run a week: once at a time, not at all when nothing changed, and say what came of it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.intake import Intake, Window, find_intakes
from flows.summary import summarise
from flows.temporary_server import prefect_server
from flows.versions import versions
from warehouse.errors import DataFolderError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.weeks import Week


def run_week(week: str, weeks: int, inputs: list[str], column_map: str | None) -> str:
    """Make the briefs of a week and return the lines that say what was found.

    A run of what the last run ran, with the same files and the same program, changes nothing
    and starts nothing.
    """
    home, started = Home.from_env(), time.monotonic()
    window = Window(Week.parse(week), weeks)
    paths = [str(Path(path).absolute()) for path in inputs]
    with _alone(home):
        request = _request(window, list(find_intakes(window, paths, column_map)))
        if _is_current(home, request):
            headline = "Nothing has changed since the last run of this week."
        else:
            _done(home).unlink(missing_ok=True)
            _run_flow(home, week, weeks, paths, column_map)
            _done(home).write_text(request, encoding="utf-8")
            headline = f"Briefs for {week} are made."
        seconds = time.monotonic() - started
        return "\n".join([headline, *summarise(home, window, paths, column_map, seconds)])


def _run_flow(
    home: Home, week: str, weeks: int, paths: list[str], column_map: str | None
) -> None:
    with prefect_server(home) as until_it_answers:
        from flows.weekly import weekly_briefs  # loads while the server starts

        until_it_answers()
        weekly_briefs(week, weeks, paths, column_map)


def _request(window: Window, found: list[Intake]) -> str:
    """What decides a run's result: its weeks, the content of its inputs, the program."""
    asked = [str(window), *(intake.input_id for intake in found)]
    return hashlib.sha256(json.dumps([asked, versions()]).encode()).hexdigest()


def _done(home: Home) -> Path:
    """The file that says which request the site on disk answers."""
    return home.root / "last_run"


def _is_current(home: Home, request: str) -> bool:
    built = _done(home).exists() and _done(home).read_text(encoding="utf-8") == request
    return built and home.snapshot.exists() and (home.site / "index.html").exists()


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the data folder; a second run is told, not queued. A kill lets go by itself."""
    with readable_errors(home.root):
        home.root.mkdir(parents=True, exist_ok=True)
        handle = (home.root / "run.lock").open("wb")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataFolderError(
                f"Another run is using {home.root}. Wait until it has ended, or set "
                "GRAPEVINE_HOME to another folder."
            ) from error
        yield
