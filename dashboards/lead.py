"""Write the first lines of a brief: one main sentence, what stands behind it, and one action.

They are all that many readers read. So the sentence names the gravest theme and nothing else,
says when the figure is not the place's own, and turns into one thing to do; and when nothing
can be said, it says so and still gives something to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.sightings import Sighting
from dashboards.words import count_of, frequency, list_of, sentence

OPEN_QUESTION = "What have you heard or read about this?"
DIRECTION_WORDS = {
    "rising": "more than in earlier weeks",
    "falling": "fewer than in earlier weeks",
    "steady": "about as many as in earlier weeks",
    "new": "after hardly anyone in earlier weeks",
    None: "with too few posts to say whether it is rising",
}


VERDICT_WORDS = {"raise it": "raise this week", "be ready": "be ready for"}


@dataclass(frozen=True, slots=True)
class Lead:
    """The first thing read: one main sentence, what stands behind it, and one action."""

    main: str
    detail: str
    action: str


def write_lead(edition: Edition, geo: Geo, worth: Sequence[Sighting], seen_n: int) -> Lead:
    """The lead of a county or a state.

    worth   themes worth preparing for, gravest first
    seen_n  all themes seen, with those graded too low to act on
    """
    if worth:
        return _lead_with(edition, geo, worth[0])
    action = f"Ask openly, and listen first: “{OPEN_QUESTION}”"
    if seen_n:
        return Lead(
            "Nothing needs raising this week.",
            f"{count_of(seen_n, 'theme').capitalize()} could be counted; none needs action.",
            action,
        )
    return Lead(
        f"Nothing can be said about {edition.name(geo)} this week.",
        f"We collected too few public posts that could be placed in {_own(edition, geo)}. "
        "That is a gap in what we see, not a sign that all is well.",
        action,
    )


def _lead_with(edition: Edition, geo: Geo, top: Sighting) -> Lead:
    share = frequency(*top.promotes.said)
    where = edition.within(top.geo) if top.geo != geo else f"in {edition.name(geo)}"
    direction = DIRECTION_WORDS[top.direction]
    detail = sentence(f"{where}, {share.about} health voices passed this on, {direction}")
    return Lead(
        main=sentence(f"{VERDICT_WORDS[top.risk.verdict]}: {opening(top.theme.title)}"),
        detail=" ".join([detail, *_not_from_here(edition, geo, top)]),
        action=_action(edition, top),
    )


def _not_from_here(edition: Edition, geo: Geo, top: Sighting) -> Iterator[str]:
    """Say when the figure is not the place's own."""
    if top.geo.type == "nation":
        yield f"No figure can be shown for {_own(edition, geo)}."
    elif top.geo != geo:
        yield f"No figure can be shown for {edition.name(geo)} itself."


def _own(edition: Edition, geo: Geo) -> str:
    """`Adams County or Ohio`: what stays unsaid when only the nation speaks."""
    own = [place for place in edition.chain(geo) if place.type in ("county", "state")]
    return list_of([edition.name(place) for place in own], "or")


def _action(edition: Edition, top: Sighting) -> str:
    card = edition.cards.get(top.theme.id)
    ask = card.en.ask if card else OPEN_QUESTION
    if top.risk.verdict == "raise it":
        return f"Ask patients it may concern, before they ask you: “{ask}”"
    return f"Do not bring it up yourself. When a patient does, start with: “{ask}”"


def opening(title: str) -> str:
    """A title inside a sentence: its first letter lowered, unless it starts an abbreviation."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
