"""Say in plain words what the warehouse found unusual this week, or why it cannot tell.

An alarm is a count too far above what the weeks before let expect to be chance. A brief names
only themes that it names anyway: one held back as fringe stays unnamed, alarm or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.geo import LEVELS, NATION, RURAL, Geo, state_of
from dashboards.language.english.brief import times, up_to
from dashboards.published import Alarm
from dashboards.rural import rural_regions
from dashboards.words import count_of, list_of, opening, sentence
from warehouse.alarms.weekly import GAP_WEEKS, LEAST_WEEKS, MOST_WEEKS

MOST_SHOWN = 3
MOST_ON_FRONT = 5
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """One alarm, and the place it is told of."""

    geo: Geo
    alarm: Alarm


def unusual_line(edition: Edition, geo: Geo, named: Collection[str]) -> str:
    """The sentence for a place; of themes, only those in `named` are named.

    Of a theme or signal that is unusual in several places around, the finest is told. All rural
    counties together are judged state by state.
    """
    if geo == RURAL:
        return _rural_line(edition, named)
    found: dict[tuple[str, str], Found] = {}
    for one in edition.chain(geo):
        for alarm in edition.numbers.alarms.get(one, ()):
            found.setdefault((alarm.kind, alarm.tag_id), Found(one, alarm))
    if not found:
        return _why_not(edition, edition.chain(geo)) or edition.words.brief.NOTHING_UNUSUAL
    told = [
        one for one in found.values() if one.alarm.kind != "theme" or one.alarm.tag_id in named
    ]
    told.sort(key=lambda one: (LEVELS.index(one.geo.type), -one.alarm.fold))
    said = [
        edition.words.brief.as_often(
            _title(edition, one.alarm), one.alarm.fold, edition.within(one.geo)
        )
        for one in told[:MOST_SHOWN]
    ]
    return edition.words.brief.unusual(said, len(found) - len(said))


def _rural_line(edition: Edition, named: Collection[str]) -> str:
    regions, words = rural_regions(edition.numbers), edition.words.brief
    ranked = _ranked(edition, regions)
    if not ranked:
        return _why_not(edition, regions) or words.NOTHING_UNUSUAL
    told = [
        found
        for found in ranked
        if found[0].alarm.kind != "theme" or found[0].alarm.tag_id in named
    ]
    said = [_somewhere(edition, found) for found in told[:MOST_SHOWN]]
    return words.unusual(said, len(ranked) - len(said))


def _why_not(edition: Edition, chain: Sequence[Geo]) -> str:
    """Why nothing can be called unusual; empty where it can."""
    numbers, weeks, words = edition.numbers, _baseline(edition), edition.words.brief
    if any(week == numbers.release.week for week, _, _ in numbers.release.outages):
        return words.MIX_CHANGED
    shown = [numbers.volume.get(geo, {}) for geo in chain]
    now = [sum(week in one for week in weeks) for one in shown if numbers.release.week in one]
    if not now:
        return words.TOO_FEW
    return "" if max(now) >= LEAST_WEEKS else words.too_early(max(now), LEAST_WEEKS)


def unusual_anywhere(edition: Edition) -> list[str]:
    """The sentences for the front page, the alarm of most places first."""
    ranked = _ranked(edition, _places(edition))
    return [sentence(_somewhere(edition, found)) for found in ranked[:MOST_ON_FRONT]]


def _ranked(edition: Edition, geos: Iterable[Geo]) -> list[list[Found]]:
    """The alarms of these places by theme or signal, that of most places first."""
    places: dict[tuple[str, str], list[Found]] = {}
    for geo in geos:
        for alarm in edition.numbers.alarms.get(geo, ()):
            places.setdefault((alarm.kind, alarm.tag_id), []).append(Found(geo, alarm))
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return [found for _, found in ranked]


def _places(edition: Edition) -> Iterator[Geo]:
    """The nation, every state, and regions whose state is not alarmed of the same."""
    yield NATION
    for postal in edition.states:
        yield state_of(postal)
        yield from edition.regions(postal)


def _somewhere(edition: Edition, found: Sequence[Found]) -> str:
    """One theme or signal, in all the places where it is unusual."""
    if found[0].geo == NATION:
        return _everywhere(edition, found[0].alarm, found[1:])
    alarmed = {one.geo.value for one in found}
    kept = [one for one in found if one.geo.value.partition("-")[0] not in alarmed
            or one.geo.type == "state"]  # fmt: skip
    names = [edition.name(one.geo) for one in kept]
    left = len(names) - MOST_PLACES
    more = [count_of(left, "other place")] if left > 0 else []
    where = list_of([*names[:MOST_PLACES], *more])
    first = max(kept, key=lambda one: one.alarm.fold)
    return f"{_what(edition, first.alarm, is_most=len(kept) > 1)} in {where}"


def _everywhere(edition: Edition, alarm: Alarm, within: Sequence[Found]) -> str:
    """One theme or signal that is unusual across all places, and where in them most."""
    line = f"{_what(edition, alarm)} across {edition.name(NATION)}"
    if not within:
        return line
    most = max(within, key=lambda one: one.alarm.fold)
    return f"{line}, most in {edition.name(most.geo)} ({times(most.alarm.fold)})"


def _what(edition: Edition, alarm: Alarm, is_most: bool = False) -> str:
    """`sunscreen causes cancer (about 3 times as often as expected)`.

    is_most  whether it is less often elsewhere
    """
    said = up_to(alarm.fold) if is_most else times(alarm.fold)
    return f"{opening(_title(edition, alarm))} ({said} as often as expected)"


def _title(edition: Edition, alarm: Alarm) -> str:
    taxonomy = edition.taxonomy
    known = taxonomy.themes if alarm.kind == "theme" else taxonomy.signals
    return edition.title(known[alarm.tag_id]) if alarm.tag_id in known else alarm.tag_id


def _baseline(edition: Edition) -> list[str]:
    """The weeks that alarms of the release's week compare with; those of outages left out."""
    gone = {week for week, _, _ in edition.numbers.release.outages}
    weeks = edition.weeks[: -GAP_WEEKS - 1][-MOST_WEEKS:]
    return [week for week in weeks if week not in gone]
