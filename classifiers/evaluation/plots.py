"""Draw the calibration plots as small SVG files that can be read without seeing them.

Each file has a title and a description with its numbers; no script, no font of its own, no
text of any post.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from classifiers.evaluation.reliability import BINS, Tenth

WIDTH, HEIGHT = 360, 360
LEFT, BOTTOM, SIDE = 56, 308, 280
"""The square in which the numbers lie: its left edge, its lower edge, its side, in pixels."""

INK, QUIET, RULE, MARK, FAINT = "#1a2023", "#515c62", "#c3ccca", "#0a5a56", "#9cc4bf"


def reliability_plot(title: str, tenths: Sequence[Tenth]) -> str:
    """How sure the tagger is (across) against how often it is right (up), by tenths.

    A dot on the diagonal is calibrated; its line is the 90 % interval of the share.
    """
    said = "; ".join(
        f"{t.answers_n} themes at a mean score of {t.mean_score:.2f}, {t.right_share:.2f} right"
        for t in tenths
    )
    diagonal = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{QUIET}" {_DASHED}/>'
    dots = "".join(
        f'<path d="M{_x(t.mean_score)} {_y(t.low)}V{_y(t.high)}" stroke="{MARK}"/>'
        f'<circle cx="{_x(t.mean_score)}" cy="{_y(t.right_share)}" r="{_radius(t)}"'
        f' fill="{MARK}"/>'
        for t in tenths
    )
    axes = _axes("score", "share that is right", [f"{n / 5:.1f}" for n in range(6)])
    return _svg(title, said or "No theme was found.", axes + diagonal + dots)


def score_plot(title: str, right: Sequence[int], wrong: Sequence[int]) -> str:
    """How many themes were named at each score, those that are right below the wrong ones."""
    top = _round_up(max(1, *(r + w for r, w in zip(right, wrong, strict=True))))
    said = "; ".join(
        f"{n / BINS:.1f} to {(n + 1) / BINS:.1f}: {right[n]} right, {wrong[n]} wrong"
        for n in range(BINS)
    )
    bars = "".join(
        _bar(n, 0, right[n] / top, MARK) + _bar(n, right[n] / top, wrong[n] / top, FAINT)
        for n in range(BINS)
    )
    axes = _axes("score", "themes named", [f"{top * n // 5}" for n in range(6)])
    return _svg(title, said, axes + bars + _legend())


_DASHED = 'stroke-dasharray="4 4" fill="none"'


def _svg(title: str, said: str, drawn: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-labelledby="title desc" font-family="sans-serif" font-size="12">'
        f'<title id="title">{escape(title)}</title><desc id="desc">{escape(said)}</desc>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="18" fill="{INK}">{escape(title)}</text>{drawn}</svg>\n'
    )


def _axes(across: str, up: str, labels: Sequence[str]) -> str:
    """Two axes with six labels each; those across are always 0.0 to 1.0."""
    middle = BOTTOM - SIDE / 2
    lines = "".join(
        f'<path d="M{LEFT} {_y(n / 5)}H{LEFT + SIDE}" stroke="{RULE}"/>'
        f'<text x="{LEFT - 6}" y="{_y(n / 5) + 4}" fill="{QUIET}" text-anchor="end">{label}'
        f'</text><text x="{_x(n / 5)}" y="{BOTTOM + 16}" fill="{QUIET}" text-anchor="middle">'
        f"{n / 5:.1f}</text>"
        for n, label in enumerate(labels)
    )
    return (
        f'{lines}<text x="{_x(0.5)}" y="{HEIGHT - 14}" fill="{INK}" text-anchor="middle">'
        f'{across}</text><text transform="translate(14 {middle}) rotate(-90)" fill="{INK}"'
        f' text-anchor="middle">{up}</text>'
    )


def _legend() -> str:
    return "".join(
        f'<rect x="{LEFT + 8}" y="{y}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{LEFT + 23}" y="{y + 9}" fill="{INK}">{word}</text>'
        for y, colour, word in ((34, MARK, "right"), (50, FAINT, "wrong"))
    )


def _bar(tenth: int, start: float, height: float, colour: str) -> str:
    top = _y(start + height)
    return (
        f'<rect x="{_x(tenth / BINS) + 1}" y="{top}" width="{SIDE / BINS - 2:g}"'
        f' height="{round(_y(start) - top, 1)}" fill="{colour}"/>'
    )


def _round_up(count: int) -> int:
    """A number that five even steps lead up to."""
    unit = 5 if count <= 50 else 50
    return unit * math.ceil(count / unit)


def _radius(tenth: Tenth) -> float:
    """Grows with the number of answers, from 3 to 8 pixels."""
    return round(min(8.0, 3 + math.sqrt(tenth.answers_n) / 4), 1)


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(BOTTOM - SIDE * share, 1)
