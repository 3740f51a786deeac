"""Grade how much a theme deserves a clinician's attention this week: 0 to 10, parts shown.

Five parts of 0 to 2 points: harm if believed, spread, local evidence, people acting soon, and
the gap between claims and answers. A part that cannot be known counts as the middle, and says
so. 0 to 3 is *leave it*, 4 to 6 *be ready*, 7 to 10 *raise it*; a theme seen only in figures
for the nation, or for all rural counties, never goes above *be ready*, since nothing local
speaks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.geo import GeoType
from dashboards.published import Share

Verdict = Literal["leave it", "be ready", "raise it"]
VERDICTS: tuple[Verdict, ...] = ("raise it", "be ready", "leave it")
"""Gravest first."""

PartName = Literal["harm", "spread", "local", "soon", "gap"]
Reason = Literal[
    "harm 2", "harm 1", "harm 0",
    "under 1", "1 to 3", "over 3",
    "county", "region", "state", "rural", "nation",
    "all year", "in season", "next month", "out of season",
    "unknown", "not counted", "answered", "less often", "seldom",
]  # fmt: skip
"""Why a part has its points; each language says it in words."""

UNKNOWN = 1
"""Points of a part that cannot be known: neither for nor against."""

SPREAD_STEPS = (10.0, 30.0)
"""Shares per 1,000 health voices at which spread earns its first and second point."""

TREND_POINTS = {"rising": 1, "new": 1, "falling": -1}
LOCAL: dict[GeoType, tuple[int, Reason]] = {
    "county": (2, "county"),
    "region": (1, "region"),
    "state": (1, "state"),
    "rural": (0, "rural"),
    "nation": (0, "nation"),
}
"""Points and reason of local evidence, by level."""
WIDE: tuple[GeoType, ...] = ("rural", "nation")
"""Levels at which nothing local speaks for a theme."""
HARM_REASONS: dict[int, Reason] = {2: "harm 2", 1: "harm 1", 0: "harm 0"}
SPREAD_REASONS: tuple[Reason, ...] = ("under 1", "1 to 3", "over 3")
MOST_WITHOUT_LOCAL = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the grade: its name, 0 to 2 points, and why; spread with its direction."""

    name: PartName
    points: int
    reason: Reason
    direction: str | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """The grade of one theme at one place in one week."""

    parts: tuple[Part, ...]
    score: int

    @property
    def verdict(self) -> Verdict:
        """What to do with it."""
        if self.score >= 7:
            return "raise it"
        return "be ready" if self.score >= 4 else "leave it"


def grade(
    harm: int,
    season_months: Sequence[int],
    month: int,
    level: GeoType,
    promotes: Share,
    refutes: Share | None,
    direction: str | None,
) -> Risk:
    """Grade a theme from its catalogue entry and its published figures at `level`.

    harm           0 to 2 (classifiers/taxonomy.toml)
    season_months  months in which people act on it; empty means all year
    month          month of the week's last day, 1 to 12
    promotes, refutes  shares of the week; None is hidden, not zero
    direction      of promotes: rising, falling, steady, new; None when too few to say
    """
    parts = (
        Part("harm", harm, HARM_REASONS[harm]),
        _spread(promotes, direction),
        Part("local", *LOCAL[level]),
        _acting_soon(season_months, month),
        _answer_gap(promotes, refutes),
    )
    total = sum(part.points for part in parts)
    return Risk(parts, min(total, MOST_WITHOUT_LOCAL) if level in WIDE else total)


def _spread(promotes: Share, direction: str | None) -> Part:
    steps = sum(promotes.said[0] >= step for step in SPREAD_STEPS)
    points = max(0, min(2, steps + TREND_POINTS.get(direction or "", 0)))
    return Part("spread", points, SPREAD_REASONS[steps], direction)


def _acting_soon(season_months: Sequence[int], month: int) -> Part:
    if not season_months:
        return Part("soon", 1, "all year")
    if month in season_months:
        return Part("soon", 2, "in season")
    if month % 12 + 1 in season_months:
        return Part("soon", 1, "next month")
    return Part("soon", 0, "out of season")


def _answer_gap(promotes: Share, refutes: Share | None) -> Part:
    if promotes.author_n is None:
        return Part("gap", UNKNOWN, "not counted")
    if refutes is None or refutes.author_n is None:
        return Part("gap", UNKNOWN, "unknown")
    if refutes.author_n >= promotes.author_n:
        return Part("gap", 0, "answered")
    if 3 * refutes.author_n >= promotes.author_n:
        return Part("gap", 1, "less often")
    return Part("gap", 2, "seldom")
