"""Draw what a backtest found as small SVG files that can be read without seeing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 320
LEFT, BOTTOM, ACROSS, UP = 60, 262, 350, 226
"""The rectangle in which the numbers lie: left and lower edge, width, height, in pixels."""

INK, QUIET, RULE = "#1a2023", "#515c62", "#c3ccca"
LINES = (
    ("#0a5a56", ""),
    ("#b4531f", "6 3"),
    ("#5b4b9a", "2 3"),
    ("#8a6d1d", "8 3 2 3"),
    ("#515c62", "1 4"),
    ("#1a2023", "12 4"),
)
"""Colour and dashes: lines are told apart in black and white too."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, and its points, None where there is none."""

    name: str
    values: Sequence[float | None]


def line_plot(
    title: str, up: str, labels: Sequence[str], lines: Sequence[Line], top: float
) -> str:
    """Values of some lines at labelled steps, from 0 up to `top`."""
    said = "; ".join(
        f"{line.name}: "
        + ", ".join(
            f"{label} {value:.0f}"
            for label, value in zip(labels, line.values, strict=True)
            if value is not None
        )
        for line in lines
    )
    drawn = [_axes(up, labels, top)]
    drawn += [_line(number, line, len(labels), top) for number, line in enumerate(lines)]
    return _svg(title, said, "".join(drawn))


def band_plot(
    title: str, labels: Sequence[str], values: Sequence[float], goal: tuple[float, float]
) -> str:
    """A dot for each label, 50 to 100 %, with the band that is asked for behind them."""
    low, high = (_up(value - 50, 50) for value in goal)
    band = (
        f'<rect x="{LEFT}" y="{high}" width="{ACROSS}" height="{low - high:g}" fill="#dfe9e7"/>'
    )
    dots = "".join(
        f'<circle cx="{_at(n, len(labels))}" cy="{_up(value - 50, 50)}" r="5" fill="#0a5a56"/>'
        for n, value in enumerate(values)
    )
    said = "; ".join(f"{one}: {value:.1f} %" for one, value in zip(labels, values, strict=True))
    return _svg(title, said, band + _axes("%", labels, 50, 50) + dots)


def _svg(title: str, said: str, drawn: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-labelledby="title desc" font-family="sans-serif" font-size="12">'
        f'<title id="title">{escape(title)}</title><desc id="desc">{escape(said)}</desc>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="20" fill="{INK}">{escape(title)}</text>{drawn}</svg>\n'
    )


def _axes(up: str, labels: Sequence[str], top: float, start: float = 0) -> str:
    rules = "".join(
        f'<path d="M{LEFT} {_up(n, 5)}H{LEFT + ACROSS}" stroke="{RULE}"/>'
        f'<text x="{LEFT - 6}" y="{_up(n, 5) + 4:g}" fill="{QUIET}" text-anchor="end">'
        f"{start + top * n / 5:g}</text>"
        for n in range(6)
    )
    names = "".join(
        f'<text x="{_at(n, len(labels))}" y="{BOTTOM + 18}" fill="{QUIET}"'
        f' text-anchor="middle">{escape(label)}</text>'
        for n, label in enumerate(labels)
    )
    middle = BOTTOM - UP / 2
    return (
        f'{rules}{names}<text transform="translate(16 {middle:g}) rotate(-90)" fill="{INK}"'
        f' text-anchor="middle">{escape(up)}</text>'
    )


def _line(number: int, line: Line, steps: int, top: float) -> str:
    colour, dashes = LINES[number % len(LINES)]
    points = [
        (_at(n, steps), _up(value, top))
        for n, value in enumerate(line.values)
        if value is not None
    ]
    path = "L".join(f"{x} {y}" for x, y in points)
    y = 48 + 20 * number
    return (
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"'
        f' stroke-dasharray="{dashes}"/>'
        f'<path d="M{LEFT + ACROSS + 12} {y - 4}h24" stroke="{colour}" stroke-width="2"'
        f' stroke-dasharray="{dashes}"/>'
        f'<text x="{LEFT + ACROSS + 42}" y="{y}" fill="{INK}">{escape(line.name)}</text>'
    )


def _at(step: int, steps: int) -> float:
    return round(LEFT + ACROSS * (step + 0.5) / steps, 1)


def _up(value: float, top: float) -> float:
    return round(BOTTOM - UP * min(value / top, 1.0), 1)
