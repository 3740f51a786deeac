"""Run a week: once at a time, not at all when nothing changed, and say what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flows import landed, made
from flows.intake import Asked, Window, holds_real, none_of
from flows.made import request
from flows.sources.files import find
from flows.summary import summarise
from flows.temporary_server import prefect_server
from flows.watching.accounting import nothing_new
from warehouse import object_store
from warehouse.database import open_database
from warehouse.errors import InputError
from warehouse.files import alone_or_told
from warehouse.home import Home
from warehouse.lake import real_days
from warehouse.layout import number
from warehouse.layout.forward import bring_database
from warehouse.layout.steps import LAYOUT
from warehouse.release import kept_releases
from warehouse.weeks import Week

FORWARD_S = 60.0
"""Seconds to wait while another command brings the folder forward, or makes it."""


def run_week(
    week: str | None,
    weeks: int,
    inputs: list[str],
    column_map: str | None,
    wait_s: float = 0.0,
) -> str:
    """Make the briefs of a week and return the lines that say what was found.

    Without `week` it is the last full one; without `inputs` too, that of `landed.newest_week`.

    A run of what the last run ran, with the same files and the same program, changes nothing
    and starts nothing. While another run holds the data folder, it waits `wait_s` seconds.
    Raise `InputError` for weeks that can have no post.
    """
    home, started = Home.from_env(), time.monotonic()
    named = _begun(Week.parse(week)) if week else None
    paths = [str(Path(path).absolute()) for path in inputs]
    if paths:
        find(map(Path, paths))  # a path that is not there is told before a server is started
    with hold(home, wait_s):
        asked = _asked(home, named, weeks, paths, column_map)
        if _is_current(home, asked):
            nothing_new(home, str(asked.window.week))
            headline = "Nothing has changed since the last run of this week."
        else:
            with prefect_server(home) as until_it_answers:
                make(home, asked, until_it_answers)
            headline = f"Briefs for {asked.window.week} are made."
        seconds = time.monotonic() - started
        return "\n".join([headline, *summarise(home, asked, seconds)])


def _begun(week: Week) -> Week:
    """The week, unless it lies ahead."""
    now = Week.of(datetime.now(UTC).date())
    if week > now:
        raise InputError(f"{week} has not begun. Say --week {now} or one before it.")
    return week


def _asked(
    home: Home, week: Week | None, weeks: int, paths: list[str], column_map: str | None
) -> Asked:
    """What to run: of files, of what is held or landed, and of the sample when none is real."""
    latest = Week.last_full() if paths else landed.newest_week(home)
    window = Window(week or latest, weeks)
    is_sample = not paths and not landed.has_real(home)
    if not (paths or is_sample or landed.was_collected(home) or holds_real(home, window)):
        raise none_of(window, "the lake", list(real_days(home)))
    return Asked(window, paths, column_map, is_sample)


def make(home: Home, asked: Asked, until_it_answers: Callable[[], None]) -> None:
    """Run the weekly flow on the Prefect server that answers then; hold the folder for it."""
    from flows.weekly import weekly_briefs  # loads while the server starts

    until_it_answers()
    week, weeks = str(asked.window.week), asked.window.weeks
    _done(home).unlink(missing_ok=True)
    weekly_briefs(week, weeks, asked.inputs, asked.column_map, asked.is_sample)
    if not asked.is_sample:
        made.enter(home, asked.window)
    _done(home).write_text(request(home, asked), encoding="utf-8")


def _done(home: Home) -> Path:
    """The file that says which request the site on disk answers."""
    return home.root / "last_run"


def _is_current(home: Home, asked: Asked) -> bool:
    done = _done(home)
    built = done.exists() and done.read_text(encoding="utf-8") == request(home, asked)
    is_there = home.snapshot.exists() and (home.site / "index.html").exists()
    return built and is_there and _is_kept(home, asked) and not landed.is_waiting(home, asked)


def _is_kept(home: Home, asked: Asked) -> bool:
    """Whether the database, which a person may have taken away, has a release of the week."""
    if not home.database.exists():
        return False
    with open_database(home) as con:
        kept = {(one.week, one.is_sample) for one in kept_releases(con)}
    return (str(asked.window.week), asked.is_sample) in kept


@contextmanager
def hold(home: Home, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the data folder, or raise `InUseError` when it is not free within `wait_s` seconds.

    A person's second run is told at once; one by the clock waits. A kill lets go by itself.
    A folder of an earlier program is brought forward; one of a newer is refused with a
    `DataFolderError`. The lake is in step with its object store, where it has one.
    """
    with held_as_it_is(home, wait_s):
        number.check(home)
        bring_database(home)
        with object_store.in_step(home):
            number.enter_files(home)
            yield


def bring_forward(home: Home) -> None:
    """Bring the folder of an earlier program forward, once; raise as `hold` does."""
    number.check(home)
    if number.of_files(home) != LAYOUT:
        with hold(home, FORWARD_S):
            pass


def held_as_it_is(home: Home, wait_s: float = 0.0) -> AbstractContextManager[None]:
    """Hold the data folder without changing anything in it, whatever program wrote it."""
    return alone_or_told(
        home.root / "run.lock",
        f"Another run is using {home.root}. Wait until it has ended, or set GRAPEVINE_HOME to "
        "another folder.",
        wait_s,
    )
