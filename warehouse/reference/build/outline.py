"""Thin a line to the points an eye can see, and write rings as compact SVG paths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from warehouse.reference.build.topology import Point

Pixel = tuple[int, int]

SMALLEST_AREA = 1.5
"""Square units. A ring below this is less than a dot, and is left out."""


def simplify(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The points of `line` that keep it within `tolerance` of itself (Douglas-Peucker).

    Both ends stay, so lines that met still meet. A closed line keeps its farthest point too.
    """
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        farthest = max(
            range(first + 1, last), key=lambda n: distance(line[n], line[first], line[last])
        )
        if distance(line[farthest], line[first], line[last]) > tolerance:
            keep.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    return [line[n] for n in sorted(keep)]


def to_pixels(line: Sequence[Point]) -> list[Pixel]:
    """Round to whole units, and drop points that fall on the one before."""
    pixels = [(round(x), round(y)) for x, y in line]
    return pixels[:1] + [b for a, b in pairwise(pixels) if a != b]


def area(ring: Sequence[Point]) -> float:
    """The area inside a ring, in square units, whichever way it runs."""
    closed = [*ring, ring[0]]
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(closed))) / 2


def diamond(ring: Sequence[Point]) -> list[Pixel]:
    """A mark two units wide at the middle of a ring too small to draw."""
    x = round(sum(x for x, _ in ring) / len(ring))
    y = round(sum(y for _, y in ring) / len(ring))
    return [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]


def path(rings: Sequence[Sequence[Pixel]]) -> str:
    """The `d` of an SVG path: each ring an absolute start and relative steps, then closed."""
    return "".join(_ring_path(ring) for ring in rings)


def _ring_path(ring: Sequence[Pixel]) -> str:
    steps = [f"{_pair(bx - ax, by - ay)}" for (ax, ay), (bx, by) in pairwise(ring)]
    joined = "".join(s if n == 0 or s[0] == "-" else f" {s}" for n, s in enumerate(steps))
    return f"M{_pair(*ring[0])}l{joined}z"


def _pair(x: int, y: int) -> str:
    """`3,4` or `3-4`: a minus sign parts two numbers as well as a comma does."""
    return f"{x}{y}" if y < 0 else f"{x},{y}"


def distance(point: Point, start: Point, end: Point) -> float:
    """Distance from a point to the segment between two others."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length)) if length else 0.0
    return math.hypot(px - ax - along * dx, py - ay - along * dy)
