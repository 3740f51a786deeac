"""Put one place's brief together: what to say first, what to show, what to leave unnamed.

A brief is made for a county or a state. Its parts are plain data; the templates only lay them
out. The order is fixed (DESIGN section 8), so that a reader finds the same thing in the same
spot every week, also in a week in which nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.evidence import Evidence, grade_evidence
from dashboards.geo import Geo
from dashboards.published import Share
from dashboards.sightings import (
    Question,
    Sighting,
    by_share,
    questions,
    sightings,
    trust_level,
)
from dashboards.words import count_of, frequency, list_of, sentence

MOST_THEMES = 3
MOST_QUESTIONS = 4
OPEN_QUESTION = "What have you heard or read about this?"
LEAVE = "leave it"

DIRECTION_WORDS = {
    "rising": "more than in earlier weeks",
    "falling": "fewer than in earlier weeks",
    "steady": "about as many as in earlier weeks",
    "new": "after hardly anyone in earlier weeks",
    None: "with too few earlier weeks to say whether it is rising",
}


VERDICT_WORDS = {"raise it": "raise this week", "be ready": "be ready for"}


@dataclass(frozen=True, slots=True)
class Lead:
    """The first thing read: one main sentence, what stands behind it, and one action."""

    main: str
    detail: str
    action: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust signals of one level, most frequent first: (title, share)."""

    geo: Geo
    signals: tuple[tuple[str, Share], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a chain of places tells, finest level first; many counties share one."""

    seen: tuple[Sighting, ...]
    questions: tuple[Question, ...]
    trust: Trust | None


@dataclass(frozen=True, slots=True)
class Brief:
    """One place's brief in one week.

    themes       at most three, gravest first, none graded *leave it*
    more         further themes worth being ready for
    held_back_n  themes seen but graded *leave it*: counted, never named
    questions    at most four
    """

    geo: Geo
    evidence: Evidence
    lead: Lead
    themes: tuple[Sighting, ...]
    more: tuple[Sighting, ...]
    held_back_n: int
    questions: tuple[Question, ...]
    trust: Trust | None


def find(edition: Edition, chain: tuple[Geo, ...]) -> Findings:
    """Everything that a county or state and the wider places behind it tell this week."""
    numbers, taxonomy = edition.numbers, edition.taxonomy
    return Findings(
        seen=tuple(sightings(numbers, taxonomy, chain)),
        questions=tuple(questions(numbers, taxonomy, chain)[:MOST_QUESTIONS]),
        trust=_trust(edition, chain),
    )


def make_brief(edition: Edition, geo: Geo, found: Findings) -> Brief:
    """The brief of a county or a state from what its chain of places tells."""
    worth = [seen for seen in found.seen if seen.risk.verdict != LEAVE]
    rests_on = found.seen[0].geo if found.seen else None
    where = edition.level(rests_on) if rests_on else ""
    return Brief(
        geo=geo,
        evidence=grade_evidence(edition.numbers, geo, rests_on, where),
        lead=_lead(edition, geo, worth, len(found.seen)),
        themes=tuple(worth[:MOST_THEMES]),
        more=tuple(worth[MOST_THEMES:]),
        held_back_n=len(found.seen) - len(worth),
        questions=found.questions,
        trust=found.trust,
    )


def _trust(edition: Edition, chain: tuple[Geo, ...]) -> Trust | None:
    geo = trust_level(edition.numbers, chain)
    if geo is None:
        return None
    titles = edition.taxonomy.signals
    shares = by_share(edition.numbers.signals_now(geo))
    return Trust(geo, tuple((titles[i].title, share) for i, share in shares if i in titles))


def _lead(edition: Edition, geo: Geo, worth: list[Sighting], seen_n: int) -> Lead:
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
        f"Too few public posts that we collected could be placed in {_own_places(edition, geo)}. "
        "That is a gap in what we see, not a sign that all is well.",
        action,
    )


def _lead_with(edition: Edition, geo: Geo, top: Sighting) -> Lead:
    share = frequency(top.promotes.per_1000, top.promotes.low, top.promotes.high)
    where = edition.within(top.geo) if top.geo != geo else f"in {edition.name(geo)}"
    detail = f"{where}, {share.about} health voices passed this on, {DIRECTION_WORDS[top.direction]}."
    return Lead(
        main=sentence(f"{VERDICT_WORDS[top.risk.verdict]}: {opening(top.theme.title)}"),
        detail=" ".join([sentence(detail), *_not_from_here(edition, geo, top)]),
        action=_action(edition, top),
    )


def _not_from_here(edition: Edition, geo: Geo, top: Sighting) -> Iterator[str]:
    """Say when the figure is not the place's own."""
    if top.geo == geo:
        return
    if top.geo.type == "nation":
        yield f"Too few to say anything about {_own_places(edition, geo)}."
    else:
        yield f"Too few voices in {edition.name(geo)} itself to count there."


def _own_places(edition: Edition, geo: Geo) -> str:
    """A county and its state, or a state alone: what stays unsaid when only the nation speaks."""
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
