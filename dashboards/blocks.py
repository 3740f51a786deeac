"""Prepare what the templates show of a theme, a question or a trust signal, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dashboards.brief import Trust
from dashboards.cards import Card
from dashboards.conversation.status import review_status
from dashboards.edition import Edition
from dashboards.lead import DIRECTION_WORDS
from dashboards.published import Share
from dashboards.sightings import Question, Sighting
from dashboards.trend import Trend, trend
from dashboards.words import Frequency, common_base, frequency


@dataclass(frozen=True, slots=True)
class ThemeBlock:
    """One theme as a brief shows it.

    share      of health voices, as a natural frequency
    direction  the end of a sentence
    where      the place the figures rest on, in words
    borrowed   the wider place that most of the figure comes from, in words, or nothing
    claim      one catalogued claim of the theme; not necessarily the one that was seen
    trend      None when too few weeks are shown
    card       None when the theme has none yet; `status` says whether it was reviewed
    """

    seen: Sighting
    share: Frequency
    direction: str
    where: str
    claim: str
    borrowed: str
    trend: Trend | None
    card: Card | None
    status: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One thing people ask about, its share, and where, in words."""

    title: str
    share: Frequency
    where: str
    is_unanswered: bool
    is_void: bool


@dataclass(frozen=True, slots=True)
class TrustLines:
    """Trust signals of one level: where, and (title, share in words), most frequent first."""

    where: str
    signals: tuple[tuple[str, str], ...]


def theme_block(edition: Edition, seen: Sighting) -> ThemeBlock:
    """What a brief shows of one theme."""
    card = edition.cards.get(seen.theme.id)
    return ThemeBlock(
        seen=seen,
        share=said(seen.promotes),
        direction=DIRECTION_WORDS[seen.direction],
        where=edition.within(seen.geo),
        claim=seen.theme.claims[0].text_en,
        borrowed=_borrowed(edition, seen),
        trend=trend(
            edition.numbers.themes[seen.geo],
            edition.weeks,
            seen.theme.id,
            {week for week, *_ in edition.numbers.release.outages},
        ),
        card=card,
        status=card_status(edition, card) if card else "",
    )


def _borrowed(edition: Edition, seen: Sighting) -> str:
    """The wider place that most of the estimate rests on; nothing where it is its own."""
    found = seen.promotes.estimate
    if found is None or found.rests_on == seen.geo.type:
        return ""
    around = (geo for geo in edition.chain(seen.geo) if geo.type == found.rests_on)
    return next((edition.name(geo) for geo in around), "")


def said(share: Share, base: int | None = None) -> Frequency:
    """A published share as a natural frequency."""
    return frequency(*share.said, base)


def base_of(shares: Iterable[Share]) -> int:
    """The base at which shares of one list or table are said."""
    return common_base(share.said[1] for share in shares)


def card_status(edition: Edition, card: Card) -> str:
    """Whether a named clinician has reviewed the card, and whether that has run out."""
    return review_status(card, edition.numbers.release.week_end)


def question_lines(edition: Edition, found: Collection[Question]) -> list[QuestionLine]:
    """Questions in words, all said at one base."""
    base = base_of(q.asks for q in found)
    return [
        QuestionLine(
            q.theme.title,
            said(q.asks, base),
            edition.within(q.geo),
            q.is_unanswered,
            q.is_void,
        )
        for q in found
    ]


def trust_lines(edition: Edition, trust: Trust | None) -> TrustLines | None:
    """Trust signals in words, or None when there are none to show."""
    if trust is None:
        return None
    base = base_of(share for _, share in trust.signals)
    lines = tuple((title, str(said(share, base))) for title, share in trust.signals)
    return TrustLines(edition.within(trust.geo), lines)
