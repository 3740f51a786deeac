"""Write down what the PDF says of a theme, its card, a question: the words of parts.html.j2."""

from __future__ import annotations

from typing import Any

from dashboards.blocks import QuestionLine, ThemeBlock, theme_block
from dashboards.cards import Card, Wording
from dashboards.edition import Edition
from dashboards.risk import Risk
from dashboards.sightings import Sighting
from dashboards.trend import HEIGHT, WIDTH, Trend

Part = dict[str, Any]
"""A piece of the sheet in plain data; `brief.typ` says which keys it reads."""

GRAVE = "raise it"


def theme_part(edition: Edition, seen: Sighting) -> Part:
    """One theme as the PDF shows it."""
    block = theme_block(edition, seen)
    return {
        "title": seen.theme.title,
        "verdict": f"{seen.risk.verdict.capitalize()} · {seen.risk.score} of 10",
        "is_grave": seen.risk.verdict == GRAVE,
        "figure": _figure(block),
        "trend": _trend(block.trend, edition.numbers.release.weeks_n) if block.trend else None,
        "claim": f"A false or misleading claim of this kind, in our words: “{block.claim}”",
        "parts": _points(seen.risk),
        "card": _card(block.card, block.status) if block.card else None,
    }


def question_text(line: QuestionLine) -> str:
    """One question people ask, in a sentence or two."""
    likely = f", {line.share.likely}" if line.share.likely else ""
    asked = f"{line.title}: {line.share.about} health voices asked {line.where}{likely}."
    if line.is_void:
        return f"{asked} More ask than before, and few answer."
    return f"{asked} Asked more often than answered." if line.is_unanswered else asked


def _figure(block: ThemeBlock) -> tuple[str, str, str]:
    """The sentence with the theme's share, cut around the number that is set in bold."""
    likely = f"({block.share.likely}) " if block.share.likely else ""
    borrowed = (
        f" Few posts: the figure rests mainly on {block.borrowed}." if block.borrowed else ""
    )
    return (
        f"{block.where[:1].upper()}{block.where[1:]},",
        f"{block.share.about} health voices",
        f"{likely}passed this on, {block.direction}.{borrowed}",
    )


def _points(risk: Risk) -> list[Part]:
    return [
        {"points": f"{part.points} of 2:", "name": part.name, "why": part.why}
        for part in risk.parts
    ]


def _trend(drawn: Trend, weeks_n: int) -> Part:
    return {
        "label": drawn.label,
        "note": f"{weeks_n} weeks, from zero; shaded: likely range",
        "size": (WIDTH, HEIGHT),
        "lines": [_pairs(points) for points in drawn.lines],
        "band": [_pairs(points) for points in drawn.band],
        "dots": drawn.dots,
    }


def _pairs(points: str) -> list[list[int]]:
    """`3,27 15,20` as pairs of numbers."""
    return [[int(part) for part in pair.split(",")] for pair in points.split()]


def _card(card: Card, status: str) -> Part:
    return {
        "status": f"Conversation card: {status}",
        "spoken": _spoken(card.en),
        "red": [("Red flag", card.en.red_flag)] if card.en.red_flag else [],
        "avoid": ("Words to avoid:", f"{', '.join(f'“{word}”' for word in card.en.avoid)}."),
        "check": "Check:",
        "links": [
            {"title": link.title, "url": link.url, "lang": link.lang} for link in card.links
        ],
    }


def _spoken(words: Wording) -> list[tuple[str, str]]:
    return [
        ("Open with", f"“{words.ask}”"),
        ("Acknowledge", f"“{words.acknowledge}”"),
        ("Explain", f"“{words.explain}”"),
        ("Follow up", f"“{words.follow_up}”"),
    ]
