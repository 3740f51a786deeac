"""The county and place tables as they stand in the repository, and their README."""

from __future__ import annotations

import csv
import math
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from warehouse import reference
from warehouse.reference.records import County


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_there_are_3144_counties_and_1958_are_rural():
    counties = reference.load_counties()

    assert len(counties) == 3144
    assert sum(county.is_rural for county in counties.values()) == 1958


def test_the_population_adds_up_to_the_national_estimate_of_the_census():
    assert sum(county.pop for county in reference.load_counties().values()) == 340_110_988


def test_connecticut_has_its_nine_planning_regions_and_no_old_county():
    codes = [fips for fips in reference.load_counties() if fips.startswith("09")]

    assert codes == [f"09{n}" for n in range(110, 200, 10)]


@pytest.mark.parametrize(
    ("fips", "name"),
    [
        ("02063", "Chugach Census Area"),
        ("02066", "Copper River Census Area"),
        ("46102", "Oglala Lakota County"),
        ("35013", "Doña Ana County"),
        ("01001", "Autauga County"),
    ],
)
def test_a_county_has_the_code_and_name_of_2023(fips, name):
    assert reference.load_counties()[fips].name == name


@pytest.mark.parametrize("fips", ["02261", "46113", "51515", "09001"])
def test_a_county_that_is_no_more_is_not_listed(fips):
    assert fips not in reference.load_counties()


def test_codes_keep_their_leading_zeros_and_are_in_order():
    codes = list(reference.load_counties())

    assert codes == sorted(codes)
    assert all(re.fullmatch(r"\d{5}", code) for code in codes)
    assert sum(code.startswith("0") for code in codes) > 300


def test_there_are_fifty_states_and_the_district():
    states = reference.load_states()

    assert len(states) == 51
    assert states["WY"] == "Wyoming"
    assert states["DC"] == "District of Columbia"


def test_a_county_pools_with_its_rural_or_urban_part_of_the_state():
    counties = reference.load_counties()

    assert counties["56025"].region == "WY-urban"
    assert counties["48301"].region == "TX-rural"


def test_percentages_lie_between_0_and_100():
    shares = [
        getattr(county, name)
        for county in reference.load_counties().values()
        for name in County.__dataclass_fields__
        if "_pct_" in name
    ]

    assert all(0 <= share <= 100 for share in shares if share is not None)
    assert max(share for share in shares if share is not None) > 90


def test_no_physician_is_never_shown_as_a_ratio():
    counties = reference.load_counties().values()

    without = [county for county in counties if county.has_pcp_2021 is False]
    unknown = [county for county in counties if county.has_pcp_2021 is None]

    assert len(without) == 75
    assert len(unknown) == 166
    assert max(county.pop for county in without) < 2000
    assert {county.pop_per_pcp_2021 for county in without + unknown} == {None}
    assert all(county.pop_per_pcp_2021 > 0 for county in counties if county.has_pcp_2021)


def test_shortage_areas_are_none_part_or_whole_and_unknown_only_in_connecticut():
    counties = reference.load_counties().values()

    said = {county.hpsa_primary_care_2023 for county in counties}
    unknown = {county.state for county in counties if county.hpsa_primary_care_2023 is None}

    assert said == {"none", "part", "whole", None}
    assert unknown == {"CT"}


def test_a_code_that_lost_its_zero_is_refused():
    row = _rows(reference.FOLDER / "counties.csv")[0]

    with pytest.raises(ValueError, match=r"'1001' is not a 5-digit county code"):
        County.from_row(row | {"fips": "1001"})


def test_a_rural_flag_that_its_code_denies_is_refused():
    row = _rows(reference.FOLDER / "counties.csv")[0]

    with pytest.raises(ValueError, match="RUCC 2 and is_rural disagree"):
        County.from_row(row | {"is_rural": "true"})


def test_every_place_row_names_a_county_of_its_state():
    counties = reference.load_counties()

    places = reference.load_places()

    assert len(places) == 32736
    assert all(counties[place.fips].state == place.state for place in places)
    assert set(counties) - {place.fips for place in places} == {"15005", "44001", "51095"}


def test_a_new_place_begins_at_every_primary_row():
    places = reference.load_places()

    followers = [(a, b) for a, b in pairwise(places) if not b.is_primary]

    assert places[0].is_primary
    assert sum(place.is_primary for place in places) == 31569
    assert all((a.name, a.state, a.pop) == (b.name, b.state, b.pop) for a, b in followers)


def test_houston_lies_mainly_in_harris_county():
    rows = [p for p in reference.load_places() if (p.name, p.state) == ("Houston", "TX")]

    assert [row.fips for row in rows if row.is_primary] == ["48201"]
    assert math.isclose(sum(row.county_share for row in rows), 1, abs_tol=0.001)
    assert rows[0].kind == "city"


def test_the_version_is_short_and_stands_still():
    version = reference.reference_version()

    assert re.fullmatch(r"[0-9a-f]{12}", version)
    assert reference.reference_version.__wrapped__() == version


def test_reading_the_tables_imports_nothing_heavy():
    code = (
        "import sys, warehouse.reference as r; r.load_counties(); "
        "print({'pandas', 'numpy', 'httpx', 'duckdb', 'pyarrow'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert done.stdout.decode().strip() == "set()"


def test_every_column_and_count_in_the_readme_is_the_tables_own():
    rows = _rows(reference.FOLDER / "counties.csv")
    readme = (reference.FOLDER / "README.md").read_text(encoding="utf-8")

    stated = dict(re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+) \|$", readme, re.MULTILINE))

    known = {name: f"{sum(row[name] != '' for row in rows):,}" for name in rows[0]}
    assert stated == known


def test_every_place_column_is_in_the_readme():
    readme = (reference.FOLDER / "README.md").read_text(encoding="utf-8")
    section = readme.split("## places.csv.gz")[1].split("## shapes/")[0]

    assert tuple(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == tuple(
        reference.CensusPlace._fields
    )
