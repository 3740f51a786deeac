"""Names folded, states read, and many names as one expression."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.place.foreign import load_lands
from classifiers.place.locator import FOLDER
from classifiers.place.names import key, one_slip_away, spell_out_initial
from classifiers.place.patterns import any_case, exactly
from classifiers.place.states import is_risky, load_writings, mend_state, read_state, read_tail
from warehouse.reference import load_states

README = (FOLDER / "README.md").read_text()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("St. Paul", "st paul"),
        ("SAINT  PAUL", "st paul"),
        ("Fort Collins", "ft collins"),
        ("Mount Vernon", "mt vernon"),
        ("Española", "espanola"),
        ("Coeur d'Alene", "coeur dalene"),
        ("Winston-Salem", "winston salem"),
        ("Washington, D.C.", "washington dc"),
        ("West Palm Bch", "west palm beach"),
        ("🌵", ""),
    ],
)
def test_a_name_written_many_ways_has_one_key(written, folded):
    assert key(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert key(key(text)) == key(text)


def test_a_compass_letter_is_spelled_out_only_before_a_name():
    assert spell_out_initial("w palm beach") == "west palm beach"
    assert spell_out_initial("w") == "w"


@given(st.text(alphabet="abcdef ", min_size=3, max_size=12), st.integers(1, 9))
def test_a_letter_left_out_is_one_slip_away(name, at):
    slipped = name[:at] + name[at + 1 :]

    assert slipped == name or name in set(one_slip_away(slipped))


@given(
    st.lists(st.text(alphabet="abno ", min_size=1, max_size=6).filter(str.strip), min_size=1)
)
def test_a_tree_finds_each_of_its_names_and_prefers_the_longest(names):
    written = re.compile(exactly(names))

    for name in names:
        found = written.match(name)
        assert found
        assert found[0] == name


def test_a_tree_reads_any_case_and_accents():
    written = re.compile(any_case(["nuevo mexico", "new mexico"]))

    assert written.fullmatch("Nuevo México")
    assert written.fullmatch("NEW MEXICO")
    assert not written.fullmatch("Nuevo Leon")


def test_every_state_is_read_by_its_name_and_its_code():
    for code, name in load_states().items():
        assert read_state(key(name)).code == code
        assert read_state(code.lower()).code == code


@pytest.mark.parametrize(
    ("folded", "rest", "code"),
    [
        ("canton ga", "canton", "GA"),
        ("western north carolina", "western", "NC"),
        ("kansas city kansas", "kansas city", "KS"),
        ("charleston west virginia", "charleston", "WV"),
        ("gallup nuevo mexico", "gallup", "NM"),
        ("washington dc", "", "DC"),
    ],
)
def test_the_longest_state_at_the_end_of_a_string_wins(folded, rest, code):
    found = read_tail(folded)

    assert (found[0], found[1].code) == (rest, code)


def test_no_two_states_are_written_the_same():
    names = [way for way, state in load_writings().items() if state.how == "name"]

    assert len(names) == len(set(names))
    assert not load_lands() & set(load_writings())


def test_a_misspelled_state_is_mended_only_when_one_fits():
    assert mend_state("pensylvania").code == "PA"
    assert mend_state("north karolina").code == "NC"
    assert mend_state("virgo") is None


def test_codes_that_are_words_or_degrees_are_risky():
    assert is_risky(read_state("in"), "in")
    assert not is_risky(read_state("in"), "IN")
    assert is_risky(read_state("md"), "MD")
    assert not is_risky(read_state("wy"), "wy")
