"""Where posts are placed: the order of evidence, and promises about any input."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.place import load_locator
from classifiers.place.mentions import find_mention
from classifiers.place.strings import resolve
from warehouse.records import NOWHERE
from warehouse.reference import load_counties, load_states


def locate(text=None, community=None, location=None):
    """One post; name only what the test is about."""
    return load_locator().locate(text, community, location)


def placed(text, community=None, location=None):
    """The county of one post, or its state, or None."""
    place = locate(text, community, location)
    return place.fips or place.state


def test_a_declared_county_comes_before_the_text_and_the_community():
    place = locate("we love Reno, NV", "montana", "Casper, WY")

    assert (place.fips, place.basis) == ("56025", "declared")


def test_a_place_abroad_in_the_column_ends_the_search():
    assert locate("I read about Casper, WY", None, "Leeds, England") == NOWHERE


def test_a_declared_state_lets_the_text_name_a_county_inside_it_only():
    assert placed("Natrona County nurses", None, "Wyoming") == "56025"
    assert placed("nurses in Gillette", None, "Wyoming") == "56005"
    assert placed("nurses in Reno, NV", None, "Wyoming") == "WY"


def test_a_string_that_says_nothing_lets_the_text_and_community_speak():
    assert placed("here in Casper, WY", None, "everywhere") == "56025"
    assert placed("hello", "Casper", "the moon") == "56025"


def test_another_state_than_the_communitys_counts_only_when_it_is_written():
    assert placed("the clinic in Reno, NV", "wyoming") == "32031"
    assert placed("the clinic in Reno", "wyoming") == "WY"


def test_a_county_community_yields_only_to_a_town_with_its_state():
    assert placed("a nurse in Gillette", "Casper") == "56025"
    assert placed("a nurse in Gillette, WY", "Casper") == "56005"
    assert placed("somewhere in Montana", "Casper") == "56025"


def test_nothing_at_all_is_nowhere():
    assert locate() == NOWHERE
    assert locate("", "", "") == NOWHERE


PIECES = """
in In near Casper WY Wyoming , . Paris Texas TX County Natrona north of Georgia Ontario CA la
Delta western Nuevo México from MD / | St. New York City (USA) 🇨🇦 82601 - OR ok
"""
WORDS = st.sampled_from(PIECES.split())


@given(
    st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=25).map(" ".join)),
    st.sampled_from([None, "wyoming", "Casper", "nyc", "kansascity", "no such place"]),
    st.one_of(st.none(), st.text(max_size=80), st.lists(WORDS, max_size=6).map(" ".join)),
)
def test_any_text_gets_an_answer_that_fits_its_state(text, community, location):
    place = locate(text, community, location)

    assert 0 <= place.score < 1
    if place.fips:
        assert load_counties()[place.fips].state == place.state
    if place.state:
        assert place.state in load_states()
        assert place.matched
    else:
        assert place == NOWHERE


@given(st.text(alphabet=string.ascii_letters + " ,.-'", max_size=60))
def test_the_same_string_always_gets_the_same_answer_whatever_its_case(text):
    assert resolve(text) == resolve(text)
    assert find_mention(text) == find_mention(text)


@pytest.mark.parametrize("text", ["A-A" * 4000, "Aa, TX " * 2000, "in " * 5000, "N. " * 4000])
def test_a_hostile_text_is_read_in_good_time(text):
    assert locate(text, "wyoming", text).level in ("county", "state", "none")


def test_the_version_is_twelve_hexadecimal_digits():
    version = load_locator().version

    assert len(version) == 12
    assert set(version) <= set(string.hexdigits.lower())
