"""Where declared place strings lead: towns, regions, and places abroad."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.place import load_locator
from classifiers.place.directional import load_regions
from classifiers.place.foreign import load_cities, load_lands
from classifiers.place.found import ABROAD
from classifiers.place.strings import resolve
from warehouse.records import NOWHERE
from warehouse.reference import load_states

STRINGS = tomllib.loads((Path(__file__).parent / "place_strings.toml").read_text())
REGIONS = [(state, text) for state, texts in STRINGS["regions"].items() for text in texts]
COUNTIES = [(fips, text) for fips, texts in STRINGS["counties"].items() for text in texts]


def locate(text=None, community=None, location=None):
    """One post; name only what the test is about."""
    return load_locator().locate(text, community, location)


def placed(text, community=None, location=None):
    """The county of one post, or its state, or None."""
    place = locate(text, community, location)
    return place.fips or place.state


@pytest.mark.parametrize("text", STRINGS["abroad"])
def test_a_place_abroad_belongs_nowhere_here(text):
    assert locate(location=text) == NOWHERE


@pytest.mark.parametrize("text", STRINGS["unclear"])
def test_a_string_that_says_too_little_belongs_nowhere(text):
    assert locate(location=text) == NOWHERE


@pytest.mark.parametrize(("state", "text"), REGIONS)
def test_a_direction_or_region_goes_to_its_state_and_never_to_a_county(state, text):
    place = locate(location=text)

    assert (place.fips, place.state, place.level) == (None, state, "state")


@pytest.mark.parametrize(("fips", "text"), COUNTIES)
def test_a_town_or_county_with_its_state_goes_to_its_county(fips, text):
    place = locate(location=text)

    assert (place.fips, place.basis) == (fips, "declared")


def test_there_are_at_least_120_directional_and_foreign_strings():
    assert len(STRINGS["abroad"]) + len(REGIONS) >= 120


def test_the_name_that_placed_a_string_is_given_in_a_clean_form():
    assert locate(location="  casper,wyoming!! ").matched == "Casper, WY"
    assert locate(location="natrona county wy").matched == "Natrona County, WY"
    assert locate(location="WYOMING").matched == "Wyoming"
    assert locate(location="western kansas").matched == "Western Kansas"


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("pensacolla, florida", "12033"),
        ("albuquerqe nm", "35001"),
        ("stpaul, minnesota", "27123"),
        ("cheyenne, wyomng", "56021"),
        ("bozeman, montanna", "30031"),
    ],
)
def test_one_slip_of_the_pen_is_mended(text, fips):
    assert placed(None, location=text) == fips


def test_a_slip_is_not_mended_into_a_direction_or_a_short_name():
    assert placed(None, location="eastren, kansas") == "KS"
    assert placed(None, location="bue, wyoming") == "WY"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Austin, TX / Round Rock, TX", "TX"),
        ("Austin, TX | Reno, NV", None),
        ("Brooklyn, NY | NY", "36047"),
        ("nurse & mom | Casper, WY", "56025"),
        ("NYC & DC", None),
        ("Laramie, WY → Denver, CO", None),
        ("London / Casper, WY", None),
    ],
)
def test_several_places_in_one_string_give_what_they_share(text, want):
    assert placed(None, location=text) == want


@pytest.mark.parametrize(
    "text", ["me", "hi", "in", "or", "ok", "la", "MD", "PA", "CA", "Bob, MD"]
)
def test_a_code_that_is_a_word_or_a_degree_needs_a_town(text):
    assert locate(location=text) == NOWHERE


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("muncie in", "18035"),
        ("medford or", "41029"),
        ("bangor me", "23019"),
        ("hilo hi", "15001"),
        ("tulsa ok", "40143"),
        ("houma la", "22109"),
        ("reading pa", "42011"),
    ],
)
def test_the_same_code_counts_after_a_town_of_its_state(text, fips):
    assert placed(None, location=text) == fips


def test_a_town_spread_over_counties_goes_to_its_state():
    place = locate(location="Amarillo, TX")

    assert (place.level, place.state, place.matched) == ("state", "TX", "Amarillo, TX")


def test_a_flag_that_is_not_ours_says_abroad_and_ours_says_nothing():
    assert resolve("\U0001f1f2\U0001f1fd") == ABROAD
    assert resolve("\U0001f1fa\U0001f1f8") is None
    assert placed(None, location="Texas \U0001f1f2\U0001f1fd") == "TX"


@given(st.sampled_from(sorted(load_cities())), st.sampled_from(sorted(load_lands())))
@example("alasia", "abd kucuk harici adalar")
def test_a_city_and_a_country_abroad_never_get_a_place_here(city, land):
    for text in (f"{city}, {land}", f"{city} {land}", f"{land}, {city}", land.upper()):
        place = resolve(text)
        assert place is None or place.state is None, text


@given(st.sampled_from(sorted(load_cities())))
def test_a_bare_city_abroad_gets_a_county_only_when_news_agencies_name_ours_so(city):
    place = resolve(city)

    assert not place or not place.fips or city in (
        "los angeles",
        "san antonio",
        "san francisco",
        "st louis",
    )  # fmt: skip


@given(
    st.sampled_from(
        [
            "northern",
            "South",
            "EASTERN",
            "western",
            "central",
            "rural",
            "upstate",
            "el norte de",
        ]
    ),
    st.sampled_from(sorted(load_states().values())),
    st.sampled_from(["", ", USA", "!", " 🌵"]),
)
def test_a_direction_beside_any_state_never_gets_a_county(direction, state, end):
    place = locate(location=f"{direction} {state}{end}")

    assert place.fips is None or place.state == "DC"


@given(st.sampled_from(sorted(load_regions().items())))
def test_a_region_gets_a_county_only_when_it_is_one(named):
    name, code = named

    place = locate(location=name)

    assert (place.fips or place.state or "") == code


def test_washington_is_the_state_only_when_something_says_so():
    assert placed(None, location="Washington State") == "WA"
    assert placed(None, location="Seattle Washington") == "53033"
    assert placed(None, location="washington") is None
