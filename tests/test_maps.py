"""What maps, small trend lines and the search index show, and what they keep to themselves."""

import gzip
import json
import re
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.geo import Geo, state_of
from dashboards.language import ENGLISH
from dashboards.maps import SHADE_WORDS, draw, shade, state_shade
from dashboards.published import Share
from dashboards.rendering import TEMPLATES, page_environment, read_style
from dashboards.search import county_index, town_shards, zip_shards
from dashboards.snapshot import read_snapshot
from dashboards.state_page import county_groups, state_map
from dashboards.trend import FEWEST, HEIGHT, WIDTH, trend
from tests.snapshots import Snapshot, county, edition, plenty, rates
from warehouse.reference import load_counties, load_places, load_states

NATRONA = Geo("county", "56025")
WEEKS = [f"2024-W{number:02d}" for number in range(1, 13)]


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """A release that says nothing about any place."""
    return read_snapshot(Snapshot().write(tmp_path_factory.mktemp("empty") / "marts.duckdb"))


def test_every_county_of_a_state_is_on_its_map_and_leads_to_its_brief(tmp_path):
    made = edition(plenty(), tmp_path)

    drawn = state_map(made, "WY")

    assert [(area.name, area.href) for area in drawn.areas] == [
        (place.name, f"../county/{place.fips}.html") for place in made.counties_of["WY"]
    ]
    assert all(area.path.startswith("M") for area in drawn.areas)


def test_a_place_without_a_shape_is_left_to_the_list(tmp_path):
    rows = [county("56025", "Natrona County", "WY", "Wyoming"),
            county("56999", "New County", "WY", "Wyoming")]  # fmt: skip
    made = edition(Snapshot(counties=rows), tmp_path)

    assert len(state_map(made, "WY").areas) == 1
    assert len(county_groups(made, "WY")[0].counties) == 2


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (Snapshot(), "few"),
        (Snapshot().band("county 56025", "fewer than 10"), "few"),
        (Snapshot().band("county 56025", "10 to 19"), "voices"),
        (Snapshot().theme("county 56025", "raw_milk", 12, 200), "seen"),
        (Snapshot().theme("county 56025", "raw_milk", 12, 200, "asks"), "few"),
        (Snapshot().theme("county 56025", "raw_milk", 12, 200, back=1), "few"),
        (
            Snapshot()
            .theme("county 56025", "raw_milk", 12, 200)
            .change("county 56025", "raw_milk", "falling"),
            "seen",
        ),
        (
            Snapshot()
            .theme("county 56025", "raw_milk", 12, 200)
            .change("county 56025", "raw_milk", "new"),
            "rising",
        ),
    ],
)
def test_a_shade_says_how_much_can_be_said(tmp_path, made, expected):
    numbers = read_snapshot(made.write(tmp_path / "marts.duckdb"))

    assert shade(numbers, NATRONA) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (Snapshot(), "few"),
        (Snapshot().theme("region WY-rural", "raw_milk", 12, 200), "seen"),
        (
            Snapshot()
            .theme("state WY", "raw_milk", 12, 200)
            .theme("region WY-urban", "raw_milk", 12, 200)
            .change("region WY-urban", "raw_milk", "rising"),
            "rising",
        ),
        (Snapshot().theme("county 56025", "raw_milk", 12, 200), "few"),
    ],
)
def test_a_state_is_shaded_by_the_most_that_it_or_its_regions_say(tmp_path, made, expected):
    numbers = read_snapshot(made.write(tmp_path / "marts.duckdb"))

    assert state_shade(numbers, state_of("WY")) == expected


def test_the_legend_explains_the_shades_that_occur_and_no_other(tmp_path):
    made = edition(plenty(), tmp_path)

    drawn = state_map(made, "WY")

    assert {area.shade for area in drawn.areas} == {name for name, _ in drawn.legend}
    assert [words for _, words in drawn.legend] == [
        SHADE_WORDS["rising"],
        SHADE_WORDS["few"],
    ]


def test_shades_differ_in_pattern_and_outline_as_well_as_colour():
    style = read_style()

    fills = {name: re.search(rf"\.map \.{name}{{([^}}]*)}}", style)[1] for name in SHADE_WORDS}

    assert len(set(fills.values())) == 4
    assert "url(#lines)" in fills["seen"]
    assert "url(#dots)" in fills["voices"]


@pytest.mark.parametrize("postal", sorted(load_states()))
def test_every_state_has_a_shape_for_each_of_its_counties(postal, numbers):
    places = [(c.fips, c.name, Geo("county", c.fips)) for c in load_counties().values()
              if c.state == postal]  # fmt: skip

    assert len(draw(postal, places, numbers, str).areas) == len(places)


def test_the_nation_has_a_shape_for_each_state(numbers):
    places = [(postal, name, state_of(postal)) for postal, name in load_states().items()]

    assert len(draw("nation", places, numbers, str).areas) == 51


def by_week(shares):
    return {
        week: {"raw_milk": {"promotes": Share(n, 1_000, *rates(n, 1_000))}}
        for week, n in zip(WEEKS, shares, strict=False)
        if n is not None
    }


def test_a_week_without_a_figure_is_a_gap_that_no_line_crosses():
    line = trend(by_week([20, 22, None, 30, None, None, 25, 26, 27]), WEEKS, "raw_milk")

    assert [len(points.split()) for points in line.lines] == [2, 1, 3]
    assert [len(points.split()) for points in line.band] == [4, 6]
    assert len(line.dots) == 6
    assert ENGLISH.figures.trend(line.ends, line.weeks_n, line.hidden_n) == (
        "Over 12 weeks: from about 2 in 100 to about 3 in 100. 6 weeks have no figure."
    )


@pytest.mark.parametrize("shown", range(FEWEST))
def test_too_few_weeks_draw_no_trend(shown):
    assert trend(by_week([20] * shown), WEEKS, "raw_milk") is None
    assert trend({}, WEEKS, "raw_milk") is None


@given(st.lists(st.none() | st.integers(10, 1_000), min_size=12, max_size=12))
def test_a_trend_stays_inside_its_box(shares):
    line = trend(by_week(shares), WEEKS, "raw_milk")
    shown = [n for n in shares if n is not None]

    assert (line is None) == (len(shown) < FEWEST)
    if line:
        pairs = [pair for points in (*line.lines, *line.band) for pair in points.split()]
        xs, ys = zip(*(map(int, pair.split(",")) for pair in pairs), strict=True)
        assert min(xs) >= 0
        assert max(xs) <= WIDTH
        assert min(ys) >= 0
        assert max(ys) <= HEIGHT
        assert sum(len(points.split()) for points in line.lines) == len(shown)


def handed_over(script, function):
    assert script.startswith(f"grapevine.{function}(")
    return json.loads(script.removeprefix(f"grapevine.{function}(").removesuffix(");\n"))


@pytest.fixture(scope="module")
def codes():
    """ZIP code → place, over the whole country."""
    shards = zip_shards(load_counties())
    found = {}
    for prefix, script in shards.items():
        part = handed_over(script, "zips")
        assert all(code.startswith(prefix) and len(code) == 5 for code in part)
        found |= part
    return found


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("82601", "56025"),
        ("57770", "46102"),  # Oglala Lakota, since 2015
        ("99801", "02110"),  # City and Borough of Juneau
        ("99501", "02020"),  # Municipality of Anchorage
        ("20001", "11001"),
        ("06010", "09140"),  # a planning region, by its town
        ("06001", "CT"),  # a town that is no Census place: choose on the state's page
        ("71301", "22079"),
    ],
)
def test_a_zip_code_leads_to_its_county_of_2023(codes, code, place):
    assert codes[code] == place


def test_nearly_every_zip_code_leads_to_a_county_and_the_rest_to_their_state(codes):
    counties = load_counties()
    rural = {c.fips for c in counties.values() if c.is_rural}

    assert len(codes) > 40_000
    assert set(codes.values()) <= set(counties) | set(load_states())
    assert sum(len(place) == 2 for place in codes.values()) < 250
    assert len(rural & set(codes.values())) >= 1_955


def test_every_county_is_in_the_index_by_name():
    rows = handed_over(county_index(load_counties()), "counties")

    assert len(rows) == 3_144
    assert rows == sorted(rows)
    assert ["Natrona County", "WY", "56025"] in rows


def test_the_index_holds_only_the_counties_of_the_site(tmp_path):
    numbers = edition(Snapshot(), tmp_path).numbers

    rows = handed_over(county_index(numbers.counties), "counties")
    shards = zip_shards(numbers.counties)

    assert len(rows) == 5
    found = {place for part in shards.values() for place in handed_over(part, "zips").values()}
    assert found <= {*numbers.counties, "WY", "MT"}


def test_the_map_labels_are_escaped(tmp_path):
    rows = [county("56025", '<b title="x">', "WY", "Wyoming")]
    made = edition(Snapshot(counties=rows), tmp_path)
    module = page_environment(made).get_template("parts.html.j2").module

    html = module.map(state_map(made, "WY"), "a label")

    assert "<b" not in html
    assert "&lt;b title=&#34;x&#34;&gt;" in html


def test_the_search_script_writes_names_as_text_and_fetches_nothing():
    script = (TEMPLATES / "search.js").read_text(encoding="utf-8")

    for way_in in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way_in not in script
    for way_out in ("fetch(", "XMLHttpRequest", "http:", "https:", "localStorage", "cookie"):
        assert way_out not in script


@pytest.fixture(scope="module")
def towns():
    """Letters → [name, FIPS] of the towns that begin with them, over the whole country."""
    found = {}
    for prefix, script in town_shards(load_counties()).items():
        letters, rows = json.loads(f"[{script.removeprefix('grapevine.towns(')[:-3]}]")
        assert letters == prefix
        found[prefix] = rows
    return found


@pytest.mark.parametrize(
    ("letters", "town", "fips"),
    [
        ("cas", "Casper", "56025"),
        ("lus", "Lusk", "56027"),
        ("con", "Conway", "05045"),
    ],
)
def test_a_town_leads_to_its_county(towns, letters, town, fips):
    found = [code for name, code in towns.get(letters, []) if name == town]

    assert fips in found


def test_town_scripts_are_small_and_hold_every_town_with_a_brief(towns):
    sizes = [
        len(gzip.compress(script.encode())) for script in town_shards(load_counties()).values()
    ]
    places = {(place.name, place.fips) for place in load_places() if place.is_primary}

    assert {tuple(row) for rows in towns.values() for row in rows} == places
    assert statistics.mean(sizes) <= 220
    assert max(sizes) <= 4_000


def test_zip_scripts_are_small():
    sizes = [
        len(gzip.compress(script.encode())) for script in zip_shards(load_counties()).values()
    ]

    assert statistics.mean(sizes) <= 220
    assert max(sizes) <= 800


def test_towns_of_counties_without_a_page_are_left_out(tmp_path):
    shards = town_shards(edition(Snapshot(), tmp_path).numbers.counties)

    found = {code for part in shards.values() for code in re.findall(r'"(\d{5})"', part)}
    assert found == {"56021", "56025", "56027", "56039", "30049"}
