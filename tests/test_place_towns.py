"""The gazetteer of towns and counties, and how it is built."""

import pytest

from classifiers.place import gazetteer, towns_at_home
from classifiers.place.build_gazetteer import gazetteer_rows, pack
from classifiers.place.foreign import load_cities, load_lands
from classifiers.place.gazetteer import find_county, find_town, load_alone, load_towns
from classifiers.place.locator import FOLDER
from classifiers.place.names import key
from classifiers.place.towns_at_home import Known
from warehouse.reference import load_counties, load_places

README = (FOLDER / "README.md").read_text()


def test_every_town_lies_in_a_county_of_its_state():
    counties = load_counties()

    for state, towns in load_towns().items():
        assert all(counties[town.fips].state == state for town in towns.values() if town.fips)


def test_nearly_every_county_is_reached_by_a_town():
    reached = {town.fips for towns in load_towns().values() for town in towns.values()}

    assert len(load_counties().keys() - reached) <= 2


@pytest.mark.parametrize(
    ("name", "state", "fips"),
    [
        ("Nashville", "TN", "47037"),
        ("Louisville", "KY", "21111"),
        ("Honolulu", "HI", "15003"),
        ("Boise", "ID", "16001"),
        ("Butte", "MT", "30093"),
        ("Hilton Head", "SC", "45013"),
        ("Greenwich", "CT", "09190"),
        ("Voluntown", "CT", "09150"),
        ("Valdez", "AK", "02063"),
        ("Pine Ridge", "SD", "46102"),
        ("township of Saugerties", "NY", "36111"),
        ("W. Yellowstone", "MT", "30031"),
    ],
)
def test_towns_with_odd_names_are_found(name, state, fips):
    assert find_town(key(name), state).fips == fips


@pytest.mark.parametrize(
    ("name", "state", "fips"),
    [
        ("Baltimore County", "MD", "24005"),
        ("Baltimore City", "MD", "24510"),
        ("St. Louis County", "MO", "29189"),
        ("Saint Louis City", "MO", "29510"),
        ("La Salle Parish", "LA", "22059"),
        ("DoNa Ana County", "NM", "35013"),
        ("Oglala Lakota County", "SD", "46102"),
        ("Copper River Census Area", "AK", "02066"),
        ("Capitol Planning Region", "CT", "09110"),
    ],
)
def test_counties_are_found_by_their_full_name(name, state, fips):
    assert find_county(key(name), state).fips == fips


def test_a_county_needs_its_kind_unless_the_caller_says_otherwise():
    assert find_county("duval", "FL") is None
    assert find_county("duval", "FL", needs_kind=False).fips == "12031"
    assert find_county("hartford county", "CT") is None


def test_no_name_abroad_stands_alone_here_but_the_ones_news_agencies_use():
    shared = load_alone().keys() & (load_cities() | load_lands())

    assert shared == {"los angeles", "san antonio", "san francisco", "st louis"}


@pytest.mark.parametrize("name", ["springfield", "portland", "columbus", "bear", "white house"])
def test_shared_and_misleading_names_do_not_stand_alone(name):
    assert name not in load_alone()


def test_a_slip_is_mended_only_to_one_sizeable_town():
    assert gazetteer.mend_town("cheyene", "WY").name == "Cheyenne"
    assert gazetteer.mend_town("cody", "WY") is None
    assert gazetteer.mend_town("nowhereville", "WY") is None


def test_connecticut_has_169_towns_that_agree_with_the_census():
    towns = towns_at_home.connecticut_towns({})
    places = [place for place in load_places() if place.state == "CT" and place.is_primary]
    shared = [place for place in places if ("CT", key(place.name)) in towns]

    assert len(towns) == 169
    assert len(shared) > 50
    assert all(towns["CT", key(place.name)].fips == place.fips for place in shared)


def test_a_name_stands_alone_when_nearly_all_people_so_called_live_there():
    known = {
        ("WY", "bigtown"): Known("Bigtown", "56025", 100_000),
        ("MT", "bigtown"): Known("Bigtown", "30001", 500),
        ("WY", "shared"): Known("Shared", "56025", 60_000),
        ("MT", "shared"): Known("Shared", "30001", 60_000),
        ("WY", "roma"): Known("Roma", "56025", 60_000),
        ("WY", "tiny"): Known("Tiny", "56025", 300),
        ("WY", "bear"): Known("Bear", "56025", 90_000),
        ("WY", "nick"): Known("Bigtown", "56025", 5, is_alone=True),
        ("WY", "bt"): Known("Bigtown", "56025", 100_000, is_alone=False),
    }

    rows = gazetteer_rows(known, abroad={"roma": 2_000_000})

    assert {(row[0], row[1]) for row in rows if row[5] == "1"} == {
        ("WY", "bigtown"),
        ("WY", "nick"),
    }
    assert rows == sorted(rows)


def test_post_towns_add_what_the_census_lacks_and_doubt_small_namesakes(monkeypatch):
    codes = [
        {
            "zip_code": f"8260{number}",
            "zip_code_type": "STANDARD",
            "active": True,
            "city": city,
            "acceptable_cities": ["Also"],
            "state": "WY",
            "county": county,
        }
        for number, (city, county) in enumerate(
            [
                ("New Town", "Natrona County"),
                ("Split", "Natrona County"),
                ("Split", "Teton County"),
            ]
        )
    ]
    monkeypatch.setattr(towns_at_home.zipcodes, "list_all", lambda: codes)

    towns = towns_at_home.post_towns()

    assert towns["WY", "new town"].fips == "56025"
    assert towns["WY", "split"].fips == ""
    assert ("WY", "also") in towns


def test_the_same_rows_give_the_same_bytes():
    rows = [["WY", "casper"], ["WY", "cody"]]

    assert pack("state,key", rows) == pack("state,key", rows)
