"""What the JSON Schema of a county's file promises to programs."""

import copy
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dashboards.county_page import CountyPages
from dashboards.county_schema import COUNTY, county_lines, county_schema
from dashboards.rendering import page_environment
from dashboards.site import write_site
from tests.pages import pages_of
from tests.snapshots import Snapshot, edition, plenty, region_only
from tests.test_feeds import release
from warehouse.reference import load_counties


def schema_of(made):
    return json.loads(county_schema(made.numbers.release))


def records(made):
    """Every county's file, read."""
    pages = CountyPages(made, page_environment(made))
    for place in made.numbers.counties.values():
        yield json.loads(dict(pages.files(place))[f"county/{place.fips}.json"])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    found = plenty().band("county 56027", "10 to 19", copies="10 names or more")
    return edition(found, tmp_path_factory.mktemp("schema"))


@pytest.fixture(scope="module")
def record(made):
    return next(one for one in records(made) if one["fips"] == "56025")


@pytest.fixture(scope="module")
def check(made):
    return Draft202012Validator(schema_of(made))


def wrong(check, record):
    return [error.json_path for error in check.iter_errors(record)]


def test_the_schema_is_one_itself(made):
    Draft202012Validator.check_schema(schema_of(made))


def test_its_beginning_is_the_one_a_person_looked_at(made, golden):
    text = county_schema(made.numbers.release)

    golden("county_schema.txt", text[: text.index('"asks"')])


@pytest.mark.parametrize(
    "told", [plenty(), plenty(is_sample=True), region_only(), Snapshot(weeks_n=1)]
)
def test_every_county_s_file_of_a_release_holds_to_it(tmp_path, told):
    found = edition(told, tmp_path)
    check = Draft202012Validator(schema_of(found))

    for one in records(found):
        assert wrong(check, one) == [], one["fips"]


@pytest.mark.whole
def test_every_county_of_the_country_holds_to_it(tmp_path):
    rows = [asdict(place) | {"region": place.region} for place in load_counties().values()]
    found = edition(plenty(counties=rows), tmp_path)
    check = Draft202012Validator(schema_of(found))

    held = [wrong(check, one) for one in records(found)]

    assert len(held) == 3_144
    assert not any(held)


def test_the_fixture_has_something_in_every_list(record):
    assert all(record[one.name] for one in COUNTY if one.kind == "array" and one.name != "more")


@pytest.mark.parametrize("field", [one.name for one in COUNTY])
def test_a_file_without_a_field_is_refused(check, record, field):
    assert wrong(check, {name: v for name, v in record.items() if name != field}) == ["$"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda r: r.update(fips="5602"), "$.fips"),
        (lambda r: r.update(fips=56025), "$.fips"),
        (lambda r: r.update(week="2024-10"), "$.week"),
        (lambda r: r.update(evidence="E"), "$.evidence"),
        (lambda r: r.update(is_sample="no"), "$.is_sample"),
        (lambda r: r.update(held_back_n=-1), "$.held_back_n"),
        (lambda r: r.update(copies=[]), "$.copies"),
        (lambda r: r.update(main=None), "$.main"),
        (lambda r: r.update(post="I heard that"), "$"),
        (lambda r: r["themes"][0].update(author_n=9), "$.themes[0].author_n"),
        (lambda r: r["themes"][0].update(author_n=None), "$.themes[0].author_n"),
        (lambda r: r["themes"][0].update(share_per_1000=1_001), "$.themes[0].share_per_1000"),
        (lambda r: r["themes"][0].update(direction="up"), "$.themes[0].direction"),
        (lambda r: r["themes"][0].update(geo_type="town"), "$.themes[0].geo_type"),
        (lambda r: r["themes"][0]["risk_parts"].update(harm=3), "$.themes[0].risk_parts.harm"),
        (lambda r: r["themes"][0].pop("risk_score"), "$.themes[0]"),
        (lambda r: r["trust"][0].update(said="blame"), "$.trust[0]"),
        (lambda r: r["clinics"][0].update(heard_n=9), "$.clinics[0].heard_n"),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(check, record, change, where):
    changed = copy.deepcopy(record)
    change(changed)

    assert wrong(check, changed) == [where]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_nothing_but_a_county_s_record_is_taken_for_one(value):
    check = Draft202012Validator(json.loads(county_schema(release())))

    assert list(check.iter_errors(value))


def test_null_stands_only_where_it_is_said_to(check, record):
    nullable = {"copies"}

    for field in (one.name for one in COUNTY):
        found = set(wrong(check, record | {field: None}))
        assert found == (set() if field in nullable else {f"$.{field}"}), field


def test_every_field_has_a_meaning_and_every_count_or_rate_a_unit(made):
    def walk(fields):
        for one in fields:
            assert one.meaning, one.name
            assert one.unit or not one.name.endswith(("_n", "_per_1000")), one.name
            walk(one.fields)

    walk(COUNTY)
    told = schema_of(made)["properties"]["themes"]["items"]["properties"]
    assert told["share_per_1000"]["description"].endswith("(per 1,000 health voices)")
    assert told["direction"]["enum"][-1] is None


def test_the_dictionary_on_the_data_page_names_every_field_of_every_file(made, tmp_path):
    write_site(made, tmp_path / "site")
    page = pages_of(tmp_path / "site")["data/index.html"]

    paths = {line.path for line in county_lines()}
    for one in records(made):
        for name, value in one.items():
            assert name in paths
            for item in value if isinstance(value, list) else []:
                assert {f"{name}[].{key}" for key in item} <= paths
    assert all(f">{path}</th>" in page.html for path in paths)
    assert "county.schema.json" in page.links


def test_a_county_s_page_leads_to_the_schema(made):
    page = dict(CountyPages(made, page_environment(made)).files(made.numbers.counties["56025"]))

    assert 'href="../data/county.schema.json"' in page["county/56025.html"]
