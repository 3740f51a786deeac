"""Flatten longitude and latitude with an Albers equal-area cone fitted to one state.

Equal area, so that a county looks as large as it is; fitted to the state, so that north is up
in the middle of every map and Alaska is not stretched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from warehouse.reference.build.topology import Point

Projection = Callable[[Point], Point]


def unwrap(point: Point) -> Point:
    """Carry the Aleutians past the 180th meridian, so that Alaska stays in one piece."""
    east, north = point
    return (east - 360 if east > 0 else east, north)


def albers(points: Iterable[Point]) -> Projection:
    """An equal-area conic projection for the extent of `points` (degrees, unwrapped).

    The standard parallels lie a sixth of the height from the top and the bottom, the usual
    choice. The result maps degrees to x right and y down, in Earth radii.
    """
    easts, norths = zip(*points, strict=True)
    middle = math.radians((min(easts) + max(easts)) / 2)
    south, height = math.radians(min(norths)), math.radians(max(norths) - min(norths))
    low, high = south + height / 6, south + height * 5 / 6
    cone = (math.sin(low) + math.sin(high)) / 2
    constant = math.cos(low) ** 2 + 2 * cone * math.sin(low)

    def project(point: Point) -> Point:
        east, north = map(math.radians, point)
        radius = math.sqrt(constant - 2 * cone * math.sin(north)) / cone
        angle = cone * (east - middle)
        return (radius * math.sin(angle), radius * math.cos(angle))

    return project
