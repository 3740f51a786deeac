"""Prepare what the templates show of a theme, a question or a trust signal, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dashboards.brief import Trust
from dashboards.cards import Card
from dashboards.conversation.status import review_status
from dashboards.edition import Edition
from dashboards.language.names import Answered
from dashboards.published import Share
from dashboards.sightings import Question, Sighting, lender_of
from dashboards.trend import Trend, trend
from dashboards.words import Frequency, common_base, frequency


@dataclass(frozen=True, slots=True)
class ThemeBlock:
    """One theme as a brief shows it.

    title      of the theme; grade: its verdict and score
    share      of health voices, as a natural frequency
    where      the place the figures rest on, in words
    borrowed   the wider place that most of the figure comes from, in words, or nothing
    figure     the sentence that says all this, cut around its number
    claim      one catalogued claim of the theme, in a sentence; not necessarily the one seen
    trend      None when too few weeks are shown; trend_label: the same in words
    card       None when the theme has none yet; `status` says whether it was reviewed
    """

    seen: Sighting
    title: str
    grade: str
    share: Frequency
    where: str
    borrowed: str
    figure: tuple[str, str, str]
    claim: str
    trend: Trend | None
    trend_label: str
    card: Card | None
    status: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One thing people ask about, its share, and where; `text` says it all in words."""

    title: str
    share: Frequency
    where: str
    is_unanswered: bool
    is_void: bool
    text: str


@dataclass(frozen=True, slots=True)
class TrustLines:
    """Trust signals of one level: where, and (title, share in words), most frequent first."""

    where: str
    signals: tuple[tuple[str, str], ...]


def theme_block(edition: Edition, seen: Sighting) -> ThemeBlock:
    """What a brief shows of one theme."""
    card, words = edition.cards.get(seen.theme.id), edition.words
    share, borrowed = said(seen.promotes), _borrowed(edition, seen)
    where, drawn = edition.within(seen.geo), _trend(edition, seen)
    return ThemeBlock(
        seen=seen,
        title=edition.title(seen.theme),
        grade=words.brief.grade(seen.risk.verdict, seen.risk.score),
        share=share,
        where=where,
        borrowed=borrowed,
        figure=words.figures.theme(where, share, seen.direction, borrowed),
        claim=words.brief.our_words(edition.claim(seen.theme.claims[0])),
        trend=drawn,
        trend_label=trend_label(edition, drawn) if drawn else "",
        card=card,
        status=card_status(edition, card) if card else "",
    )


def _trend(edition: Edition, seen: Sighting) -> Trend | None:
    silent = {week for week, *_ in edition.numbers.release.outages}
    return trend(edition.numbers.themes[seen.geo], edition.weeks, seen.theme.id, silent)


def trend_label(edition: Edition, drawn: Trend) -> str:
    """What a line shows, in a sentence, for those who cannot see it."""
    return edition.words.figures.trend(drawn.ends, drawn.weeks_n, drawn.hidden_n)


def _borrowed(edition: Edition, seen: Sighting) -> str:
    """The wider place that most of the estimate rests on; nothing where it is its own."""
    lender = lender_of(seen, edition.chain(seen.geo))
    return edition.name(lender) if lender else ""


def said(share: Share, base: int | None = None) -> Frequency:
    """A published share as a natural frequency."""
    return frequency(*share.said, base)


def base_of(shares: Iterable[Share]) -> int:
    """The base at which shares of one list or table are said."""
    return common_base(share.said[1] for share in shares)


def card_status(edition: Edition, card: Card) -> str:
    """Whether a named clinician has reviewed the card, and whether that has run out."""
    return review_status(card, edition.numbers.release.week_end, edition.lang)


def question_lines(edition: Edition, found: Collection[Question]) -> list[QuestionLine]:
    """Questions in words, all said at one base."""
    base = base_of(q.asks for q in found)
    return [_question_line(edition, question, base) for question in found]


def _question_line(edition: Edition, asked: Question, base: int) -> QuestionLine:
    title, where = edition.title(asked.theme), edition.within(asked.geo)
    share, few = said(asked.asks, base), asked.is_unanswered
    answered: Answered = "void" if asked.is_void else "seldom" if few else "enough"
    text = edition.words.figures.asked(title, share, where, answered)
    return QuestionLine(title, share, where, few, asked.is_void, text)


def trust_lines(edition: Edition, trust: Trust | None) -> TrustLines | None:
    """Trust signals in words, or None when there are none to show."""
    if trust is None:
        return None
    base, words = base_of(share for _, share in trust.signals), edition.words.figures
    lines = tuple(
        (edition.title(signal), words.share(said(share, base)))
        for signal, share in trust.signals
    )
    return TrustLines(edition.within(trust.geo), lines)
