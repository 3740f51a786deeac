"""States in running text, and places that people have left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.place.foreign import begins_abroad
from classifiers.place.left import is_left, is_past
from classifiers.place.written_states import (
    begins_list,
    is_state_next,
    state_expression,
    written_states,
)

WRITINGS = """
Wyoming WYOMING wyoming, nuevo México Nueva York N. Mex. Wyo. wyo WY Wy wy , . ( ) Casper , -
D.C. W.Va. Mo. , Mo. Miss. Miss new NEW york TX, tx İ ’s @ Kentucky no so Carolina N. West NY
"""
PIECES = WRITINGS.split()


def seen(text):
    """What is found in a text: the writing and how it was written."""
    text = f" {text}"
    return [(text[found.start : found.end], found.how) for found in written_states(text)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("in Wyoming we", [("Wyoming", "name")]),
        ("nuevo méxico", [("nuevo méxico", "name")]),
        ("N. Carolina", [("N. Carolina", "name")]),
        ("Casper, WY", [("WY", "code")]),
        ("Casper, Wy", [("Wy", "loose")]),
        ("Cody, wy!", [("wy", "loose")]),
        ("Casper wy", []),
        ("Kennett, Mo.", [("Mo", "loose")]),
        ("Mo. is here", []),
        ("Casper, Wyo.", [("Wyo.", "short")]),
        ("Washington, D.C.", [("Washington", "name"), ("D.C.", "code")]),
        ("(WY) and TX", [("WY", "code"), ("TX", "code")]),
        ("Texans in Kansans", []),
        ("a mass of us, mi va", []),
    ],
)
def test_a_state_is_found_with_how_it_was_written(text, want):
    assert seen(text) == want


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_the_quick_search_finds_what_the_one_expression_finds(text):
    text = f" {text}"
    slow = [(match.start() + 1, match.end()) for match in state_expression(True).finditer(text)]

    assert [(found.start, found.end) for found in written_states(text)] == slow


def test_a_state_that_follows_at_once_is_seen():
    assert is_state_next("Casper, WY", 6)
    assert is_state_next("Casper Wyoming", 6)
    assert not is_state_next("Casper is", 6)
    assert not is_state_next("Casper", 6)


def test_a_list_of_states_is_told_from_one():
    assert begins_list("Indiana, Ohio and", 7)
    assert begins_list("Indiana and Ohio", 7)
    assert not begins_list("Indiana has what Ohio has", 7)


@pytest.mark.parametrize(
    "before",
    [
        "We moved from ",
        "moved here from near ",
        "relocated to ",
        "formerly of ",
        "a native of ",
        "born and raised in ",
        "homesteaded near ",
        "my childhood in ",
        "just left ",
        "Mi familia es de ",
        "nací en ",
    ],
)
def test_words_before_a_name_may_say_that_it_was_left(before):
    assert is_left(before)


@pytest.mark.parametrize(
    "before",
    ["we live in ", "I left the ER in ", "born again. Here in ", "one OB left in ", ""],
)
def test_other_words_before_a_name_do_not(before):
    assert not is_left(before)


def test_words_after_a_name_may_say_so_too():
    assert is_past("Elko as a kid", 4)
    assert is_past("Elko before we moved", 4)
    assert is_past("Elko cuando era chico", 4)
    assert not is_past("Elko. When I was a kid", 4)
    assert not is_past("Elko before noon", 4)


@pytest.mark.parametrize("text", [", Ontario", " BC is", ", B.C.", " (UK)", ", new zealand"])
def test_a_text_may_go_on_abroad(text):
    assert begins_abroad(text)


@pytest.mark.parametrize("text", ["", ", my boy", " is open", " ER", ", on Monday", " again"])
def test_a_text_may_go_on_at_home(text):
    assert not begins_abroad(text)
