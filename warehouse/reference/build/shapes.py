"""Draw each state's counties, and the nation's states, as small SVG paths in JSON files.

One file a state, so that a state page carries only its own map. Units are whole numbers in a
box whose longer side is 400 (states) or 800 (nation); y runs down, as SVG wants it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from warehouse.reference.build import outline
from warehouse.reference.build.outline import Pixel
from warehouse.reference.build.projection import Projection, albers, unwrap
from warehouse.reference.build.topology import Area, Point, Topology, arcs_used, read_topology

STATE_SIDE = 400
NATION_SIDE = 800
TOLERANCE = 0.6
"""Units a border may be off after thinning: about a thousandth of the map."""

UNPROJECTED = "counties-10m.json"
PROJECTED = "states-albers-10m.json"


def draw_shapes(atlas: Path, states: Mapping[str, str]) -> dict[str, bytes]:
    """File name to bytes, for every state and the nation.

    `states` maps two-digit FIPS to postal code; areas outside it (the territories) are left
    out. Raise `InputError` when a file of the atlas is missing or broken.
    """
    counties = read_topology(atlas / UNPROJECTED)
    by_state: dict[str, list[Area]] = defaultdict(list)
    for area in counties.layers["counties"]:
        by_state[area.fips[:2]].append(area)
    files = {
        f"{postal}.json": _state_map(counties, by_state[fips])
        for fips, postal in states.items()
    }
    files["nation.json"] = _nation_map(read_topology(atlas / PROJECTED), states)
    return files


def _state_map(topology: Topology, areas: Sequence[Area]) -> bytes:
    lines = {n: [unwrap(point) for point in topology.arcs[n]] for n in arcs_used(areas)}
    project = albers(point for line in lines.values() for point in line)
    return _draw({area.fips: area for area in areas}, _project(lines, project), STATE_SIDE)


def _nation_map(topology: Topology, states: Mapping[str, str]) -> bytes:
    areas = {states[a.fips]: a for a in topology.layers["states"] if a.fips in states}
    lines = {n: list(topology.arcs[n]) for n in arcs_used(areas.values())}
    return _draw(areas, lines, NATION_SIDE)


def _project(lines: Mapping[int, list[Point]], project: Projection) -> dict[int, list[Point]]:
    return {n: [project(point) for point in line] for n, line in lines.items()}


def _draw(areas: Mapping[str, Area], lines: Mapping[int, list[Point]], side: int) -> bytes:
    """Scale to the box, thin each border once, and write the paths in order of their key."""
    scaled, width, height = _fit(lines, side)
    thin = {n: outline.simplify(line, TOLERANCE) for n, line in scaled.items()}
    paths = {key: outline.path(_pixels(areas[key], scaled, thin)) for key in sorted(areas)}
    shapes = {"viewbox": f"0 0 {width} {height}", "paths": paths}
    return (json.dumps(shapes, indent=0) + "\n").encode()


def _fit(
    lines: Mapping[int, list[Point]], side: int
) -> tuple[dict[int, list[Point]], int, int]:
    """Move and scale lines into a box with `side` as its longer side; also its size."""
    xs, ys = zip(*(point for line in lines.values() for point in line), strict=True)
    left, top, scale = min(xs), min(ys), side / max(max(xs) - min(xs), max(ys) - min(ys))
    fitted = {
        n: [((x - left) * scale, (y - top) * scale) for x, y in line]
        for n, line in lines.items()
    }
    return fitted, round((max(xs) - left) * scale), round((max(ys) - top) * scale)


def _pixels(
    area: Area, full: Mapping[int, list[Point]], thin: Mapping[int, list[Point]]
) -> list[list[Pixel]]:
    """The rings worth drawing, or one mark when the whole area is too small to see."""
    rings = [outline.to_pixels(_join(ring, thin)) for ring in area.rings]
    drawn = [ring for ring in rings if outline.area(ring) >= outline.SMALLEST_AREA]
    if drawn:
        return drawn
    largest = max((_join(ring, full) for ring in area.rings), key=outline.area)
    return [outline.diamond(largest)]


def _join(ring: Iterable[int], lines: Mapping[int, list[Point]]) -> list[Point]:
    """The points of a ring, arc after arc, without repeating the point where two meet."""
    points: list[Point] = []
    for n in ring:
        line = lines[n] if n >= 0 else lines[~n][::-1]
        points += line[:-1]
    return points
