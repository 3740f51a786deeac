"""Windows: every token of a long post stands whole in one of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.windows import STEP, WINDOW, cut, windows


@settings(deadline=None)
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
