"""Tokens of a post: the same for every disguise of the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tagger.normalise import MAX_TOKEN, normalise
from classifiers.tagger.windows import STEP, WINDOW, cut, windows
from warehouse.records import MAX_TEXT
from warehouse.redact import mask

# signs that handles, links, addresses and telephone numbers are made of
POINTING = st.text(st.sampled_from("ab1 2@.u/-+:()_%\u200b\x00＠comdiwh[]"), max_size=40)


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("VACCINES  cause\nautism", "vaccines cause autism"),
        ("ｖａｃｃｉｎｅ", "vaccine"),
        ("vac\u200bci\u00adne", "vaccine"),
        ("v\u0430cc\u0456ne", "vaccine"),  # Cyrillic a and i
        ("vacunación", "vacunacion"),
        ("nooooooo", "noo"),
        ("doesn’t", "doesn't"),
        ("¿Verdad?", "verdad ?"),
        ("“natural”, they said.", '" natural " they said'),
    ],
)
def test_a_disguise_is_undone(disguised, plain):
    assert normalise(disguised) == plain


def test_words_of_another_script_keep_their_letters():
    assert normalise("вакцины") == "вакцины"


def test_signs_that_carry_stance_stay():
    assert normalise("sure 🙄, 100% safe?!") == "sure 🙄 100 % safe ? !"


@given(POINTING | st.text(max_size=60))
def test_masked_and_unmasked_text_give_the_same_tokens(text):
    assert normalise(mask(text)) == normalise(text)


@given(st.text(st.characters(), max_size=200))
def test_any_text_gives_tokens_with_single_spaces(text):
    tokens = normalise(text)

    assert tokens == " ".join(tokens.split())
    assert all(len(token) <= MAX_TOKEN for token in tokens.split())


def test_nothing_is_cut_off_a_text_longer_than_masking_keeps():
    text = "word " * MAX_TEXT + "the last claim"

    assert normalise(text).endswith("word the last claim")


@given(st.lists(st.sampled_from(["a", "bb", "c1"]), max_size=4 * WINDOW))
def test_windows_hold_every_token_and_none_is_too_long(tokens):
    found = windows(" ".join(tokens))

    assert all(len(window.split()) <= WINDOW for window in found)
    rebuilt = found[0].split()
    for window in found[1:]:
        rebuilt += window.split()[WINDOW - STEP :]
    assert rebuilt == tokens


def test_windows_know_their_post():
    long = " ".join(["word"] * (WINDOW + 1))

    texts, owners = cut(["one", long, ""])

    assert owners == [0, 1, 1, 2]
    assert texts[0] == "one"
    assert texts[3] == ""
