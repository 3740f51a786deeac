"""Make the releases of past weeks, the latest first, and go on where it was stopped.

The posts of all the weeks are taken in once. Then each week is counted and frozen by itself,
and the data folder is free between two of them, for sweeps and for the weekly run. A week that
was made of the same posts by the same program is passed over, so nothing is made twice, by one
backfill or by two. Readers keep seeing the latest week.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

import duckdb

from flows import made, running
from flows.intake import Window
from flows.temporary_server import prefect_server
from warehouse import week_ledger
from warehouse.errors import GrapevineError, InputError
from warehouse.home import Home
from warehouse.lake import day_files
from warehouse.publication import SetAsideError
from warehouse.weeks import Week

WAIT_S = 3_600.0
"""How long a backfill that has begun waits for the folder, while another run holds it."""

Ready = Callable[[], None]


def span(written: str) -> list[Week]:
    """The weeks of `2026-W30..2026-W46`, or the one of `2026-W30`, the latest first.

    Raise `InputError` when it is neither.
    """
    match = re.fullmatch(r"(\d{4}-W\d{2})(?:\.\.(\d{4}-W\d{2}))?", written)
    if not match:
        raise InputError(f"'{written}' are no weeks. Write them as 2026-W30..2026-W46.")
    first, last = Week.parse(match[1]), Week.parse(match[2] or match[1])
    if last < first:
        raise InputError(f"{written} ends before it begins. Write {last}..{first}.")
    weeks_n = (last.start - first.start).days // 7 + 1
    return last.trailing(weeks_n)[::-1]


def backfill(
    home: Home, asked: Sequence[Week], weeks: int, inputs: list[str], column_map: str | None
) -> Iterator[str]:
    """Take in posts and make a release of each week, the latest first; a line for each.

    weeks  that each release covers, ending with its own

    Raise `GrapevineError` at the end when a week was set aside, and `InUseError` at the start
    when the folder is in use.
    """
    with prefect_server(home) as until_it_answers:
        with running.hold(home):
            _take_in(asked, weeks, inputs, column_map, until_it_answers)
        yield from fill_in(home, asked, weeks, until_it_answers)


def _take_in(
    asked: Sequence[Week],
    weeks: int,
    inputs: list[str],
    column_map: str | None,
    until_it_answers: Ready,
) -> None:
    from flows.past import take_in  # loads while the server starts

    until_it_answers()
    take_in(str(asked[0]), len(asked) + weeks - 1, inputs, column_map)


def fill_in(
    home: Home, asked: Sequence[Week], weeks: int, until_it_answers: Ready
) -> Iterator[str]:
    """Make those of these weeks that are not made, of what the lake holds."""
    aside = list[str]()
    for number, week in enumerate(asked, start=1):
        began = time.monotonic()
        try:
            told = _make(home, Window(week, weeks), until_it_answers)
        except SetAsideError as error:
            told = f"set aside. {error}"
            aside.append(str(week))
        yield f"{number:>3} of {len(asked)}  {week}  {told} ({time.monotonic() - began:.1f} s)"
    if aside:
        raise GrapevineError(
            f"Set aside: {', '.join(aside)}. 'grapevine release list' says why; mend it and "
            "say the same again."
        )


def _make(home: Home, window: Window, until_it_answers: Ready) -> str:
    """Make one week, unless it is made; what came of it."""
    with running.hold(home, WAIT_S):
        if not has_posts(home, window.week):
            return "no posts of this week are held"
        if made.is_made(home, window):
            return "made before"
        if is_shown_later(home, window.week):
            _make_past(home, window, until_it_answers)
        else:
            running.make(home, made.of_the_lake(window), until_it_answers)
    known = week_ledger.last_releases(home)
    release = next(one for one in known if one.week == str(window.week))
    return f"{release.release_id}, {release.posts_n:,} posts"


def _make_past(home: Home, window: Window, until_it_answers: Ready) -> None:
    from flows.past import past_week

    until_it_answers()
    past_week(str(window.week), window.weeks)
    made.enter(home, window)


def has_posts(home: Home, week: Week) -> bool:
    """Whether the lake has anything real of the week."""
    return bool(day_files(home, "tags", week.start, week.end, is_sample=False))


def is_shown_later(home: Home, week: Week) -> bool:
    """Whether readers see real numbers of a later week, which then stay up."""
    if not home.snapshot.exists():
        return False
    with duckdb.connect(home.snapshot, read_only=True) as con:
        row = con.execute("select week, is_sample from pub_release").fetchone()
    return row is not None and not row[1] and Week.parse(str(row[0])) > week
