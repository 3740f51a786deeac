"""The outlines of counties and states, as kept and as drawn."""

from __future__ import annotations

import json
import math
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import reference
from warehouse.errors import InputError, UnknownPlaceError
from warehouse.reference.build import outline
from warehouse.reference.build.projection import albers, unwrap
from warehouse.reference.build.shapes import draw_shapes

ATLAS = Path(os.environ.get("GRAPEVINE_ATLAS", "atlas"))


needs_atlas = pytest.mark.skipif(
    not ATLAS.is_dir(), reason="GRAPEVINE_ATLAS names no unpacked us-atlas-2023"
)


def _parse(path: str) -> list[list[tuple[int, int]]]:
    """The rings of a path, as a browser would read them."""
    rings = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, steps = ring.split("l")
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        x, y = (int(n) for n in re.findall(r"-?\d+", start))
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        rings.append(points)
    return rings


@pytest.fixture(scope="module")
def all_shapes():
    return {state: reference.load_shapes(state) for state in reference.load_states()}


def test_every_county_has_a_shape_and_every_shape_a_county(all_shapes):
    drawn = {fips: state for state, shapes in all_shapes.items() for fips in shapes.paths}

    assert drawn == {c.fips: c.state for c in reference.load_counties().values()}


def test_the_nation_has_a_shape_for_every_state():
    assert set(reference.load_shapes(reference.NATION).paths) == set(reference.load_states())


def test_every_path_is_closed_and_stays_in_its_box(all_shapes):
    maps = [*all_shapes.values(), reference.load_shapes(reference.NATION)]

    for shapes in maps:
        _, _, width, height = map(int, shapes.viewbox.split())
        points = [p for path in shapes.paths.values() for ring in _parse(path) for p in ring]
        assert all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in points)
        assert max(width, height) in (400, 800)


def test_a_state_is_at_most_45_kb_and_all_together_at_most_1500():
    sizes = [file.stat().st_size for file in (reference.FOLDER / "shapes").glob("*.json")]

    assert len(sizes) == 52
    assert max(sizes) <= 45_000
    assert sum(sizes) <= 1_500_000


def test_a_county_looks_about_as_large_as_its_land_is(all_shapes):
    """Wyoming has straight borders and little water, so paint and land must agree."""
    counties, paths = reference.load_counties(), all_shapes["WY"].paths

    painted = {f: sum(outline.area(ring) for ring in _parse(d)) for f, d in paths.items()}
    scale = sum(counties[f].land_km2 for f in paths) / sum(painted.values())

    for fips, area in painted.items():
        assert area * scale == pytest.approx(counties[fips].land_km2, rel=0.06)


@pytest.mark.parametrize("state", ["XX", "wy", "", "../counties"])
def test_an_unknown_state_is_named_in_a_plain_line(state):
    with pytest.raises(UnknownPlaceError, match=rf"No state has the postal code '{state}'"):
        reference.load_shapes(state)


def test_shapes_too_small_to_draw_are_the_two_the_readme_names(all_shapes):
    diamond = re.compile(r"M\d+,\d+l1,1-1,1-1-1z")

    marked = [
        f for s in all_shapes.values() for f, d in s.paths.items() if diamond.fullmatch(d)
    ]

    assert marked == ["51610", "51685"]


SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.001, 0.001], "translate": [-110, 40]},
    "arcs": [
        [[1000, 0], [0, 500], [20, 0], [-20, 500]],
        [[1000, 1000], [-1000, 0], [0, -1000], [1000, 0]],
        [[1000, 0], [1000, 0], [0, 1000], [-1000, 0]],
        [[500, 500], [0, 2], [2, 0], [-2, -2]],
    ],
    "objects": {
        "counties": {
            "geometries": [
                {"type": "Polygon", "id": "56001", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "56003", "arcs": [[[2, -1]], [[3]]]},
                {"type": "Polygon", "id": "56005", "arcs": [[3]]},
                {"type": "Polygon", "id": "72001", "arcs": [[3]]},
            ]
        },
        "states": {"geometries": [{"type": "Polygon", "id": "56", "arcs": [[1, 2]]}]},
    },
}


@pytest.fixture
def little_atlas(tmp_path):
    for name in ("counties-10m.json", "states-albers-10m.json"):
        (tmp_path / name).write_text(json.dumps(SQUARES))
    return tmp_path


def test_neighbours_share_their_border_to_the_unit(little_atlas):
    files = draw_shapes(little_atlas, {"56": "WY"})

    paths = json.loads(files["WY.json"])["paths"]
    (west,), (east,) = _parse(paths["56001"]), _parse(paths["56003"])
    assert len(set(west) & set(east)) >= 3


def test_an_area_too_small_to_draw_is_marked_and_a_speck_of_a_larger_one_left_out(little_atlas):
    files = draw_shapes(little_atlas, {"56": "WY"})

    paths = json.loads(files["WY.json"])["paths"]
    assert paths["56005"].endswith("l1,1-1,1-1-1z")
    assert len(_parse(paths["56003"])) == 1


def test_islands_across_the_180th_meridian_stay_on_one_side(tmp_path):
    islands = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 50]},
        "arcs": [
            [[178, 0], [0, 1], [1, 0], [-1, -1]],
            [[-178, 0], [0, 1], [1, 0], [-1, -1]],
        ],
        "objects": {
            "counties": {
                "geometries": [{"type": "MultiPolygon", "id": "02016", "arcs": [[[0]], [[1]]]}]
            },
            "states": {"geometries": [{"type": "Polygon", "id": "02", "arcs": [[0]]}]},
        },
    }
    for name in ("counties-10m.json", "states-albers-10m.json"):
        (tmp_path / name).write_text(json.dumps(islands))

    drawn = json.loads(draw_shapes(tmp_path, {"02": "AK"})["AK.json"])

    west, east = (max(x for x, _ in ring) for ring in _parse(drawn["paths"]["02016"]))
    assert west < 100
    assert east > 300


def test_drawing_twice_gives_the_same_bytes(little_atlas):
    assert draw_shapes(little_atlas, {"56": "WY"}) == draw_shapes(little_atlas, {"56": "WY"})


def test_a_minus_sign_parts_two_numbers():
    assert outline.path([[(1, 2), (4, -1), (4, 3)]]) == "M1,2l3-3 0,4z"


@pytest.mark.parametrize(
    ("point", "distance"), [((5, 3), 3), ((-3, 4), 5), ((13, 4), 5), ((7, 0), 0)]
)
def test_distance_is_to_the_segment_and_not_to_its_line(point, distance):
    assert outline.distance(point, (0, 0), (10, 0)) == pytest.approx(distance)


def test_the_area_of_a_ring_does_not_depend_on_its_direction():
    ring = [(0, 0), (4, 0), (4, 3), (0, 3)]

    assert outline.area(ring) == outline.area(ring[::-1]) == 12


def test_territories_are_left_out_and_the_nation_is_by_postal_code(little_atlas):
    files = draw_shapes(little_atlas, {"56": "WY"})

    assert set(files) == {"WY.json", "nation.json"}
    assert set(json.loads(files["nation.json"])["paths"]) == {"WY"}


def test_an_absent_atlas_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match=r"No counties-10m.json.*us-atlas-2023.*--atlas"):
        draw_shapes(tmp_path, {"56": "WY"})


def test_a_broken_atlas_is_named(little_atlas):
    (little_atlas / "counties-10m.json").write_text('{"arcs": []}')

    with pytest.raises(InputError, match=r"counties-10m.json is not the TopoJSON expected"):
        draw_shapes(little_atlas, {"56": "WY"})


@needs_atlas
def test_the_atlas_gives_the_shapes_of_the_repository_byte_for_byte():
    counties = reference.load_counties().values()

    files = draw_shapes(ATLAS, {county.fips[:2]: county.state for county in counties})

    kept = {
        file.name: file.read_bytes() for file in (reference.FOLDER / "shapes").glob("*.json")
    }
    assert files == kept


coordinate = st.integers(-500, 500)
lines = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=40)


@given(line=lines, tolerance=st.floats(0, 20))
def test_a_thinned_line_keeps_its_ends_and_never_strays_beyond_the_tolerance(line, tolerance):
    thin = outline.simplify(line, tolerance)

    assert (thin[0], thin[-1]) == (line[0], line[-1])
    assert set(thin) <= set(line)
    for point in line:
        assert min(outline.distance(point, a, b) for a, b in pairwise(thin)) <= tolerance + 1e-9


@given(rings=st.lists(lines.filter(lambda ring: len(ring) > 2), min_size=1, max_size=3))
def test_a_path_reads_back_as_the_rings_it_was_written_from(rings):
    assert _parse(outline.path(rings)) == rings


@given(line=lines)
def test_no_two_pixels_in_a_row_are_the_same(line):
    pixels = outline.to_pixels([(x / 100, y / 100) for x, y in line])

    assert all(a != b for a, b in pairwise(pixels))


@given(
    west=st.floats(-170, -70),
    south=st.floats(18, 65),
    wide=st.floats(1, 15),
    high=st.floats(1, 6),
)
def test_equal_areas_on_the_globe_are_equal_on_the_map_and_north_is_up(west, south, wide, high):
    corners = [(west, south), (west + wide, south + high)]
    project = albers(corners)

    def painted(east: float, north: float) -> float:
        size = 0.01
        box = [(east, north), (east + size, north), (east + size, north + size)]
        ring = [project(point) for point in [*box, (east, north + size)]]
        globe = math.radians(size) * (
            math.sin(math.radians(north + size)) - math.sin(math.radians(north))
        )
        return outline.area(ring) / globe

    assert painted(*corners[0]) == pytest.approx(painted(*corners[1]), rel=1e-3)
    middle = west + wide / 2
    assert project((middle, south + high))[1] < project((middle, south))[1]


def test_the_aleutians_lie_west_of_alaska():
    assert unwrap((179.5, 52.0)) == (-180.5, 52.0)
    assert unwrap((-150.0, 61.0)) == (-150.0, 61.0)
