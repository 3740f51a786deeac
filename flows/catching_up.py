"""Make the brief that is due and the weeks that were missed, the latest first, each once.

A week's brief is due on the Monday after it, at five in the morning in Denver. What was missed
while the machine was off is found in the ledger, not in Prefect: weeks of which posts are held
and no release was published or set aside.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows import landed
from flows.backfilling import WAIT_S, fill_in, has_posts, is_shown_later
from flows.intake import Window, holds_real
from flows.running import run_week
from flows.temporary_server import prefect_server
from warehouse import landing, week_ledger
from warehouse.errors import GrapevineError, InUseError
from warehouse.home import Home
from warehouse.weeks import Week

ZONE = ZoneInfo("America/Denver")
DUE_AT = time(5)
"""On Mondays, in that zone; prefect.yaml has the same."""

TOLD_N = 8
"""Weeks that `grapevine status` tells of."""


def due_week(now: datetime) -> Week:
    """The last week whose brief is due by `now`."""
    local = now.astimezone(ZONE)
    monday = local.date() - timedelta(days=local.weekday())
    if local < datetime.combine(monday, DUE_AT, ZONE):
        monday -= timedelta(days=7)
    return Week.of(monday - timedelta(days=2))


def make_due(home: Home, weeks: int, back: int, now: datetime) -> Iterator[str]:
    """Make what is due and missing; a line for each week, or one that nothing is missing.

    weeks  that each release covers; back: weeks looked back for missed ones, the due included

    Raise `GrapevineError` at the end when a week was set aside, and `InUseError` when another
    run holds the data folder for longer than `WAIT_S`.
    """
    due = due_week(now)
    problems = yield from _due_made(home, due, weeks)
    missed = missed_weeks(home, due, back)
    problems += yield from _filled_in(home, missed, weeks)
    if problems:
        raise GrapevineError(" ".join(problems))
    if not missed:
        yield "No earlier week was missed."


def _due_made(home: Home, due: Week, weeks: int) -> Generator[str, None, list[str]]:
    """Make the brief that is due, if it can be and is not; what went wrong, if anything."""
    if str(due) in _made(home):
        yield f"The brief of {due} is made."
    elif not _has_any(home, Window(due, weeks)):
        yield f"Nothing was collected that a brief of {due} could rest on."
    elif is_shown_later(home, due):
        return (yield from _filled_in(home, [due], weeks))
    else:
        try:
            yield from run_week(str(due), weeks, [], None, WAIT_S).splitlines()
        except InUseError:
            raise
        except GrapevineError as error:
            return [str(error)]
    return []


def _filled_in(home: Home, missed: list[Week], weeks: int) -> Generator[str, None, list[str]]:
    """Make these weeks; what went wrong, if anything."""
    if not missed:
        return []
    with prefect_server(home) as until_it_answers:
        try:
            yield from fill_in(home, missed, weeks, until_it_answers)
        except InUseError:
            raise
        except GrapevineError as error:
            return [str(error)]
    return []


def _has_any(home: Home, window: Window) -> bool:
    """Whether something real of these weeks is held, or landed by the end of them."""
    if holds_real(home, window):
        return landed.was_collected(home) or has_posts(home, window.week)
    days = (day for source in landing.sources(home) for day in landed.days(home, source))
    return any(day <= window.week.end for day in days)


def missed_weeks(home: Home, due: Week, back: int) -> list[Week]:
    """Weeks before the due one of which posts are held and no release is, latest first."""
    known = _made(home)
    earlier = due.trailing(back)[-2::-1]
    return [week for week in earlier if str(week) not in known and has_posts(home, week)]


def _made(home: Home) -> set[str]:
    """The weeks that have a release: one that was broken off is none."""
    return {one.week for one in week_ledger.last_releases(home) if one.state != "broken off"}


def weeks_told(home: Home) -> Iterator[str]:
    """How the latest weeks stand, the latest first."""
    releases = week_ledger.last_releases(home)[:TOLD_N]
    due = due_week(datetime.now(UTC))
    for week in [due, *missed_weeks(home, due, TOLD_N)]:
        if str(week) not in {one.week for one in releases}:
            yield f"{week}    no release yet"
    for one in releases:
        yield (
            f"{one.week}    {one.release_id}, {one.state}, {one.posts_n:,} posts, "
            f"frozen {one.created_at:%Y-%m-%d %H:%M} UTC"
        )
