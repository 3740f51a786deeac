"""Write down what the PDF says of a theme and its card: the words of parts.html.j2."""

from __future__ import annotations

from typing import Any

from dashboards.blocks import ThemeBlock, theme_block
from dashboards.cards import Card
from dashboards.edition import Edition
from dashboards.language.names import Words
from dashboards.sightings import Sighting
from dashboards.trend import HEIGHT, WIDTH, Trend

Part = dict[str, Any]
"""A piece of the sheet in plain data; `brief.typ` says which keys it reads."""

GRAVE = "raise it"


def theme_part(edition: Edition, seen: Sighting) -> Part:
    """One theme as the PDF shows it."""
    block = theme_block(edition, seen)
    return {
        "title": block.title,
        "verdict": block.grade,
        "is_grave": seen.risk.verdict == GRAVE,
        "figure": block.figure,
        "trend": _trend(edition, block, block.trend) if block.trend else None,
        "claim": block.claim,
        "parts": _points(edition, seen),
        "card": _card(edition, block.card, block.status) if block.card else None,
    }


def _points(edition: Edition, seen: Sighting) -> list[Part]:
    words = edition.words.brief
    return [
        {
            "points": words.points(part.points),
            "name": words.RISK_PARTS[part.name],
            "why": words.reason(part),
        }
        for part in seen.risk.parts
    ]


def _trend(edition: Edition, block: ThemeBlock, drawn: Trend) -> Part:
    return {
        "label": block.trend_label,
        "note": edition.words.figures.trend_note(edition.numbers.release.weeks_n),
        "size": (WIDTH, HEIGHT),
        "lines": [_pairs(points) for points in drawn.lines],
        "band": [_pairs(points) for points in drawn.band],
        "dots": drawn.dots,
    }


def _pairs(points: str) -> list[list[int]]:
    """`3,27 15,20` as pairs of numbers."""
    return [[int(part) for part in pair.split(",")] for pair in points.split()]


def _card(edition: Edition, card: Card, status: str) -> Part:
    label, words = edition.words.labels.BRIEF, card.wording(edition.lang)
    avoid = ", ".join(quoted(label, word) for word in words.avoid)
    return {
        "status": f"{label['card']} {status}",
        "spoken": [(label[part], quoted(label, said)) for part, said in words.spoken],
        "red": [(label["red_flag"], words.red_flag)] if words.red_flag else [],
        "avoid": (f"{label['avoid']}:", f"{avoid}."),
        "check": label["check"],
        "links": [
            {"title": link.title, "url": link.url, "lang": link.lang}
            for link in card.links_for(edition.lang)
        ],
    }


def quoted(label: Words, said: str) -> str:
    """Words to be said, in the marks of their language."""
    return f"{label['open_quote']}{said}{label['close_quote']}"
