"""Choose the first lines of a brief: one main sentence, what stands behind it, and one action.

They are all that many readers read. So the sentence names the gravest theme and nothing else,
says how sure the figure is and when it is not the place's own, and turns into one thing to do;
and when nothing can be said, it says so and still gives something to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.geo import NATION, RURAL, Geo
from dashboards.sightings import Sighting, lender_of
from dashboards.words import frequency


@dataclass(frozen=True, slots=True)
class Lead:
    """The first thing read: one main sentence, what stands behind it, and one action."""

    main: str
    detail: str
    action: str


def write_lead(edition: Edition, geo: Geo, worth: Sequence[Sighting], seen_n: int) -> Lead:
    """The lead of a place.

    worth   themes worth preparing for, gravest first
    seen_n  all themes seen, with those graded too low to act on
    """
    words = edition.words.brief
    if worth:
        return _lead_with(edition, geo, worth[0])
    if seen_n:
        return Lead(words.NOTHING_TO_RAISE, words.counted(seen_n), words.listen())
    own = words.gap(_unplaced(edition, geo))
    return Lead(words.nothing_known(edition.name(geo)), own, words.listen())


def _lead_with(edition: Edition, geo: Geo, top: Sighting) -> Lead:
    where = edition.within(top.geo) if top.geo != geo else edition.inside(geo)
    lender = lender_of(top, edition.chain(top.geo))
    detail = edition.words.figures.theme(
        where,
        frequency(*top.promotes.said),
        top.direction,
        edition.name(lender) if lender else "",
    )
    return Lead(
        main=edition.words.brief.main(top.risk.verdict, edition.title(top.theme)),
        detail=" ".join([*detail, *_not_from_here(edition, geo, top)]),
        action=_action(edition, top),
    )


def _not_from_here(edition: Edition, geo: Geo, top: Sighting) -> Iterator[str]:
    """Say when the figure is not the place's own."""
    words = edition.words.brief
    if top.geo == geo:
        return
    if geo.type == "district" and top.geo.type == "county":
        yield words.one_of(len(edition.counties_in(geo.value)))
    elif top.geo == NATION:
        yield words.no_figure([edition.name(place) for place in _own(edition, geo)])
    else:
        yield words.no_own_figure(edition.name(geo))


def _own(edition: Edition, geo: Geo) -> list[Geo]:
    """Adams County, Ohio: what stays unsaid when only the nation speaks."""
    return [place for place in edition.chain(geo) if place == geo or place.type == "state"]


def _unplaced(edition: Edition, geo: Geo) -> list[str]:
    """Where too few posts could be placed."""
    if geo in (RURAL, NATION):
        return [edition.words.places.UNPLACED[geo.type]]
    return [edition.name(place) for place in _own(edition, geo)]


def _action(edition: Edition, top: Sighting) -> str:
    card, words = edition.cards.get(top.theme.id), edition.words.brief
    question = card.wording(edition.lang).ask if card else words.QUESTION
    return words.action(top.risk.verdict, question)
