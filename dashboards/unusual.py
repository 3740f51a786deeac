"""Say in plain words what the warehouse found unusual this week, or why it cannot tell.

An alarm is a count too far above what the weeks before let expect to be chance. A brief names
only themes that it names anyway: one held back as fringe stays unnamed, alarm or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.geo import LEVELS, NATION, Geo, state_of
from dashboards.lead import opening
from dashboards.published import Alarm
from dashboards.words import count_of, list_of, sentence
from warehouse.alarms.weekly import GAP_WEEKS, LEAST_WEEKS, MOST_WEEKS

NOTHING = (
    "Nothing unusual this week: no claim was seen far more often than in the weeks before."
)
OUTAGE = (
    "What is unusual cannot be told this week: a source was silent, or the mix of sources "
    "changed."
)
TOO_FEW = "What is unusual cannot be told this week: too few posts."
TOO_EARLY = (
    "What is unusual cannot be told yet: that takes "
    f"{LEAST_WEEKS} weeks to compare with; so far: {{known_n}}."
)
MOST_SHOWN = 3
MOST_ON_FRONT = 5
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """One alarm, and the place it is told of."""

    geo: Geo
    alarm: Alarm


def unusual_line(edition: Edition, geo: Geo, named: Collection[str]) -> str:
    """The sentence for a county or state; of themes, only those in `named` are named.

    Of a theme or signal that is unusual in several places around, the finest is told.
    """
    found: dict[tuple[str, str], Found] = {}
    for one in edition.chain(geo):
        for alarm in edition.numbers.alarms.get(one, ()):
            found.setdefault((alarm.kind, alarm.tag_id), Found(one, alarm))
    if not found:
        return _why_not(edition, edition.chain(geo)) or NOTHING
    told = [
        one for one in found.values() if one.alarm.kind != "theme" or one.alarm.tag_id in named
    ]
    told.sort(key=lambda one: (LEVELS.index(one.geo.type), -one.alarm.fold))
    said = [
        f"{_what(edition, one.alarm)} {edition.within(one.geo)}" for one in told[:MOST_SHOWN]
    ]
    left = len(found) - len(said)
    if left:
        said.append(f"{count_of(left, 'other' if said else 'claim')} not named here")
    return f"Unusual this week: {'; '.join(said)}."


def _why_not(edition: Edition, chain: Sequence[Geo]) -> str:
    """Why nothing can be called unusual; empty where it can."""
    numbers, weeks = edition.numbers, _baseline(edition)
    if any(week == numbers.release.week for week, _, _ in numbers.release.outages):
        return OUTAGE
    shown = [numbers.volume.get(geo, {}) for geo in chain]
    now = [sum(week in one for week in weeks) for one in shown if numbers.release.week in one]
    if not now:
        return TOO_FEW
    return "" if max(now) >= LEAST_WEEKS else TOO_EARLY.format(known_n=max(now) or "none")


def unusual_anywhere(edition: Edition) -> list[str]:
    """The sentences for the front page, the alarm of most places first."""
    places: dict[tuple[str, str], list[Found]] = {}
    for geo in _places(edition):
        for alarm in edition.numbers.alarms.get(geo, ()):
            places.setdefault((alarm.kind, alarm.tag_id), []).append(Found(geo, alarm))
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return [sentence(_somewhere(edition, found)) for _, found in ranked[:MOST_ON_FRONT]]


def _places(edition: Edition) -> Iterator[Geo]:
    """The nation, every state, and regions whose state is not alarmed of the same."""
    yield NATION
    for postal in edition.states:
        yield state_of(postal)
        yield from edition.regions(postal)


def _somewhere(edition: Edition, found: Sequence[Found]) -> str:
    """One theme or signal, in all the places where it is unusual."""
    if found[0].geo == NATION:
        return f"{_what(edition, found[0].alarm)} across {edition.name(NATION)}."
    alarmed = {one.geo.value for one in found}
    kept = [one for one in found if one.geo.value.partition("-")[0] not in alarmed
            or one.geo.type == "state"]  # fmt: skip
    names = [edition.name(one.geo) for one in kept]
    left = len(names) - MOST_PLACES
    more = [count_of(left, "other place")] if left > 0 else []
    where = list_of([*names[:MOST_PLACES], *more])
    first = max(kept, key=lambda one: one.alarm.fold)
    most = "up to " if len(kept) > 1 else ""
    return f"{_what(edition, first.alarm, most)} in {where}."


def _what(edition: Edition, alarm: Alarm, most: str = "") -> str:
    """`Sunscreen causes cancer (about 3 times as often as expected)`."""
    taxonomy = edition.taxonomy
    known = taxonomy.themes if alarm.kind == "theme" else taxonomy.signals
    title = known[alarm.tag_id].title if alarm.tag_id in known else alarm.tag_id
    return f"{opening(title)} ({most}{_fold(alarm.fold)} as often as expected)"


def _fold(fold: float) -> str:
    """How many times as often, in words."""
    if fold < 1.75:
        return "about one and a half times"
    return "about twice" if fold < 2.5 else f"about {fold:,.0f} times"


def _baseline(edition: Edition) -> list[str]:
    """The weeks that alarms of the release's week compare with; those of outages left out."""
    gone = {week for week, _, _ in edition.numbers.release.outages}
    weeks = edition.weeks[: -GAP_WEEKS - 1][-MOST_WEEKS:]
    return [week for week in weeks if week not in gone]
