"""Put one place's brief together: what to say first, what to show, what to leave unnamed.

A brief is made for a place of any kind, in the language of its edition. Its parts are plain
data; the templates only lay them out. The order is fixed (DESIGN section 8), so that a reader
finds the same thing in the same spot every week, also in a week in which nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.taxonomy import Signal
from dashboards.clinics import clinic_line
from dashboards.copies import copies_line
from dashboards.edition import Edition
from dashboards.evidence import Evidence, grade_evidence
from dashboards.geo import Geo
from dashboards.lead import Lead, write_lead
from dashboards.published import Share
from dashboards.sightings import (
    Question,
    Sighting,
    by_share,
    lender_of,
    questions,
    sightings,
    trust_level,
)
from dashboards.unusual import unusual_line

MOST_THEMES = 3
MOST_QUESTIONS = 4
LEAVE = "leave it"


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust signals of one level, most frequent first, each with its share."""

    geo: Geo
    signals: tuple[tuple[Signal, Share], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a chain of places tells, finest level first; many counties share one."""

    seen: tuple[Sighting, ...]
    questions: tuple[Question, ...]
    trust: Trust | None


@dataclass(frozen=True, slots=True)
class Brief:
    """One place's brief in one week.

    unusual      what is unusual this week, or why that cannot be told, in a sentence
    copies       that near-copies were seen, in a sentence or two; empty when there is nothing
    themes       at most three, gravest first, none graded *leave it*
    more         further themes worth being ready for
    held_back    themes seen but graded *leave it*: counted, never named
    questions    at most four
    """

    geo: Geo
    evidence: Evidence
    unusual: str
    copies: str
    lead: Lead
    themes: tuple[Sighting, ...]
    more: tuple[Sighting, ...]
    held_back: tuple[Sighting, ...]
    questions: tuple[Question, ...]
    trust: Trust | None

    @property
    def held_back_n(self) -> int:
        """How many themes are not named."""
        return len(self.held_back)


def is_worth(seen: Sighting) -> bool:
    """Whether a theme is worth preparing for, and so may be named."""
    return seen.risk.verdict != LEAVE


def find(edition: Edition, chain: tuple[Geo, ...]) -> Findings:
    """Everything that a place and the wider places behind it tell this week."""
    numbers, taxonomy = edition.numbers, edition.taxonomy
    return Findings(
        seen=tuple(sightings(numbers, taxonomy, chain)),
        questions=tuple(questions(numbers, taxonomy, chain)[:MOST_QUESTIONS]),
        trust=_trust(edition, chain),
    )


def make_brief(edition: Edition, geo: Geo, found: Findings) -> Brief:
    """The brief of a place from what its chain of places tells."""
    worth = [seen for seen in found.seen if is_worth(seen)]
    return Brief(
        geo=geo,
        evidence=_evidence(edition, geo, found),
        unusual=unusual_line(edition, geo, {seen.theme.id for seen in worth}),
        copies=copies_line(edition, geo),
        lead=write_lead(edition, geo, worth, len(found.seen)),
        themes=tuple(worth[:MOST_THEMES]),
        more=tuple(worth[MOST_THEMES:]),
        held_back=tuple(seen for seen in found.seen if not is_worth(seen)),
        questions=found.questions,
        trust=found.trust,
    )


def _evidence(edition: Edition, geo: Geo, found: Findings) -> Evidence:
    """How well the main figure is founded, by the place that weighs most in it."""
    has_clinics = clinic_line(edition, geo) is not None
    if not found.seen:
        return grade_evidence(
            edition.numbers, geo, None, "", has_clinics, language=edition.words
        )
    own = found.seen[0].geo
    lender = lender_of(found.seen[0], edition.chain(own))
    rests_on = lender or own
    return grade_evidence(
        edition.numbers,
        geo,
        rests_on,
        edition.level(rests_on),
        has_clinics,
        is_borrowed=lender is not None,
        language=edition.words,
    )


def _trust(edition: Edition, chain: tuple[Geo, ...]) -> Trust | None:
    geo = trust_level(edition.numbers, chain)
    if geo is None:
        return None
    known = edition.taxonomy.signals
    shares = by_share(edition.numbers.signals_now(geo))
    return Trust(geo, tuple((known[i], share) for i, share in shares if i in known))
