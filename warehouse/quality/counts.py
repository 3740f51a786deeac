"""Check how much there is: posts, published figures, sources, against the trailing weeks.

A count is held against the median of the trailing weeks that have any, and against the least
or the greatest of them: what has happened before in the window is no reason to stop. What
chance alone may do (a Poisson count) is allowed for besides. With fewer than three such weeks
there is nothing to hold it against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from warehouse.quality.finding import (
    FAILED,
    HELD,
    NO_HISTORY,
    NOT_CHECKED,
    WARNED,
    Finding,
    gravest,
)
from warehouse.quality.history import FEWEST_WEEKS, History

DROP_WARNS, DROP_FAILS = 1 / 2, 1 / 4
"""Parts of the median. To warn, a count must be below the least week before too; to fail, below
half of that."""
JUMP_WARNS, JUMP_FAILS = 4, 20
"""Times the median, if also above the greatest week before, or twice that."""
JUMP_FAILS_FROM = 50
"""Posts a week usually has for a jump to stop a release: small feeds grow at a stroke."""
CHANCE = 4.0
"""Standard deviations of a Poisson count that chance is given."""
MAIN_PART = 0.5
"""A source that usually gives this part of all posts is one a release cannot be without."""

THRESHOLD = (
    "warns below a half, fails below a quarter of the median of the trailing weeks and half of "
    "their least; warns above 4 times, fails above 20 times (50 at least) and twice their most"
)


def judge(name: str, count: int, before: Sequence[int], what: str) -> Finding:
    """One count against those of the trailing weeks, of which weeks without any are no part."""
    known = [one for one in before if one > 0]
    if len(known) < FEWEST_WEEKS:
        return Finding(name, NOT_CHECKED, THRESHOLD, NO_HISTORY)
    usual = median(known)
    told = f"{count:,} {what}, usually {usual:,.0f}"
    outcome = HELD
    if abs(count - usual) > CHANCE * math.sqrt(usual):
        outcome = _outcome(count, usual, min(known), max(known))
    return Finding(name, outcome, THRESHOLD, told)


def _outcome(count: int, usual: float, least: int, most: int) -> str:
    if count < DROP_FAILS * usual and count < least / 2:
        return FAILED
    if count > JUMP_FAILS * max(usual, JUMP_FAILS_FROM) and count > 2 * most:
        return FAILED
    is_low = count < DROP_WARNS * usual and count < least
    is_high = count > JUMP_WARNS * usual and count > most
    return WARNED if is_low or is_high else HELD


def posts(found: History) -> Finding:
    """Posts of the week, of all sources."""
    before = [found.total(week).post_n for week in found.weeks[:-1]]
    return judge("posts", found.total(found.week).post_n, before, "posts in the week")


def figures(found: History) -> Finding:
    """Rows of published counts in the week; many more are no reason to publish none."""
    before = [found.figures_n.get(week, 0) for week in found.weeks[:-1]]
    count = found.figures_n.get(found.week, 0)
    found_now = judge("published figures", count, before, "published figures")
    if found_now.outcome == FAILED and count > max(before):
        return replace(found_now, outcome=WARNED)
    return found_now


def sources(found: History) -> Finding:
    """Each source against itself: only one that gives half of all posts can stop a release."""
    judged = [one for one in _sources(found) if one.outcome != NOT_CHECKED]
    return gravest(judged or [Finding("sources", NOT_CHECKED, THRESHOLD, NO_HISTORY)])


def _sources(found: History) -> Iterator[Finding]:
    all_n = sum(found.total(week).post_n for week in found.weeks[:-1])
    for source in found.sources:
        before = [found.posts[source, week].post_n for week in found.weeks[:-1]]
        count = found.posts[source, found.week].post_n
        one = judge("sources", count, before, f"posts from {source}")
        if one.outcome == FAILED and sum(before) < MAIN_PART * all_n:
            one = Finding(one.name, WARNED, one.threshold, one.told)
        yield one
