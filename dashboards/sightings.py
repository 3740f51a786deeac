"""Look a theme or a trust signal up at the finest level that has a published figure for it.

A county's own figure comes first; where it is hidden or absent, its region's, then its
state's, then the nation's. The level is kept beside the figure, because the page must say it.
Where a level has several places (the counties of a district), the gravest of them speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from classifiers.taxonomy import Taxonomy, Theme
from dashboards.geo import LEVELS, Geo
from dashboards.published import Numbers, Share
from dashboards.risk import VERDICTS, Risk, grade

ENOUGH_SIGNALS = 3
"""A level with this many signals is wide enough to compare them with each other."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One theme at one place in the release's week.

    promotes, refutes, asks  shares of health voices; None is hidden or absent, never zero
    direction  rising, falling, steady or new; None when there are too few posts to say
    """

    theme: Theme
    geo: Geo
    promotes: Share
    refutes: Share | None
    asks: Share | None
    direction: str | None
    risk: Risk


@dataclass(frozen=True, slots=True)
class Question:
    """A theme that people ask about, at the finest level that shows the asking.

    is_unanswered  fewer answer than ask; is_void: and the asking is on the rise
    """

    theme: Theme
    geo: Geo
    asks: Share
    is_unanswered: bool
    is_void: bool


def sighting(numbers: Numbers, theme: Theme, geo: Geo) -> Sighting | None:
    """The theme at just this place, or None when there is no figure to say of its promoters."""
    stances = numbers.themes_now(geo).get(theme.id, {})
    promotes = stances.get("promotes")
    if promotes is None or not promotes.has_numbers:
        return None
    refutes = stances.get("refutes")
    direction = numbers.changes.get(geo, {}).get(theme.id)
    month = numbers.release.week_end.month
    risk = grade(theme.harm, theme.season_months, month, geo.type, promotes, refutes, direction)
    return Sighting(theme, geo, promotes, refutes, stances.get("asks"), direction, risk)


def lender_of(seen: Sighting, chain: Sequence[Geo]) -> Geo | None:
    """The wider place in `chain` that most of the estimate rests on; None: it is its own."""
    found = seen.promotes.estimate
    if found is None or found.rests_on == seen.geo.type:
        return None
    return next((geo for geo in chain if geo.type == found.rests_on), None)


def sightings(numbers: Numbers, taxonomy: Taxonomy, chain: Sequence[Geo]) -> list[Sighting]:
    """Every theme seen anywhere in `chain`, each at its finest level, gravest first."""
    levels = _levels(chain)
    found = (_finest(numbers, theme, levels) for theme in taxonomy.themes.values())
    return sorted(filter(None, found), key=_gravest_first)


def _levels(chain: Sequence[Geo]) -> list[list[Geo]]:
    """The places of a chain by level, finest first."""
    return [list(geos) for _, geos in groupby(chain, key=lambda geo: geo.type)]


def _finest(numbers: Numbers, theme: Theme, levels: Sequence[Sequence[Geo]]) -> Sighting | None:
    for geos in levels:
        seen = [found for geo in geos if (found := sighting(numbers, theme, geo))]
        if seen:
            return min(seen, key=_gravest_first)
    return None


def _gravest_first(seen: Sighting) -> tuple[int, bool, int, int, float, str]:
    """Gravest verdict, local before national, then grade, level and share; the id at last.

    Of two claims to be ready for, the one said nearby is the one a patient will bring.
    """
    return (
        VERDICTS.index(seen.risk.verdict),
        seen.geo.type == "nation",
        -seen.risk.score,
        LEVELS.index(seen.geo.type),
        -seen.promotes.said[0],
        seen.theme.id,
    )


def questions(numbers: Numbers, taxonomy: Taxonomy, chain: Sequence[Geo]) -> list[Question]:
    """Every theme that people ask about, finest level first, then the most asked."""
    levels = _levels(chain)
    asked = (_most_asked(numbers, theme, levels) for theme in taxonomy.themes.values())
    found = [question for question in asked if question]
    return sorted(found, key=lambda q: (LEVELS.index(q.geo.type), -q.asks.per_1000, q.theme.id))


def _most_asked(
    numbers: Numbers, theme: Theme, levels: Sequence[Sequence[Geo]]
) -> Question | None:
    """The theme's question at its finest level, there where it is asked most."""
    for geos in levels:
        found = [question for geo in geos for question in _asked(numbers, theme, geo)]
        if found:
            return max(found, key=lambda question: question.asks.per_1000)
    return None


def _asked(numbers: Numbers, theme: Theme, geo: Geo) -> Iterator[Question]:
    """The theme's question at just this place, or nothing.

    Unanswered: fewer answers shown than questions. Hidden answers are not called few.
    """
    stances = numbers.themes_now(geo).get(theme.id, {})
    if asks := stances.get("asks"):
        few = _is_fewer(stances.get("refutes"), asks)
        yield Question(theme, geo, asks, few, (geo, theme.id) in numbers.voids)


def _is_fewer(refutes: Share | None, asks: Share) -> bool:
    if refutes is None or refutes.author_n is None or asks.author_n is None:
        return False
    return refutes.author_n < asks.author_n


def trust_level(numbers: Numbers, chain: Sequence[Geo]) -> Geo | None:
    """The one level whose signals are shown: the finest with enough to compare.

    Signals of different levels cannot be set against each other, so all come from one. When
    no level has enough, the one with most; None when none has any.
    """
    counts = {geo: len(by_share(numbers.signals_now(geo))) for geo in chain}
    enough = [geo for geo in chain if counts[geo] >= ENOUGH_SIGNALS]
    best = enough[0] if enough else max(chain, key=lambda geo: counts[geo], default=None)
    return best if best and counts[best] else None


def by_share(signals: Mapping[str, Share]) -> list[tuple[str, Share]]:
    """Signals of which a number can be said, the most frequent first."""
    enough = [(name, share) for name, share in signals.items() if share.has_numbers]
    return sorted(enough, key=lambda item: (-item[1].said[0], item[0]))
