"""Write tables and figures in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from classifiers.evaluation.intervals import Interval

NOTHING = "–"
"""Stands where there is nothing to measure."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is written so that it does not end the cell."""
    lines = [list(header), ["---"] * len(header), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def figure(found: Interval) -> str:
    """A figure of 0 to 1 and its interval: `0.68 (0.64–0.72)`."""
    if math.isnan(found.estimate):
        return NOTHING
    return f"{found.estimate:.2f} ({found.low:.2f}–{found.high:.2f})"


def difference(found: Interval) -> str:
    """The same for what one figure is above another, with its sign."""
    if math.isnan(found.estimate):
        return NOTHING
    return f"{found.estimate:+.2f} ({found.low:+.2f} to {found.high:+.2f})"


def percent(found: Interval) -> str:
    """A share of 0 to 1 in per cent, with its interval: `1.9 % (1.6–2.3)`."""
    if math.isnan(found.estimate):
        return NOTHING
    low, middle, high = (100 * share for share in (found.low, found.estimate, found.high))
    return f"{middle:.2f} % ({low:.2f}–{high:.2f})"
