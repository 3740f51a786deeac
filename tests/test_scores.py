"""The shape both models speak: the strongest window of every post."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.scores import strongest

LENGTHS = st.lists(st.integers(1, 5), max_size=6)


@settings(deadline=None)
@given(LENGTHS, st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_strongest_window_is_one_of_the_posts_own_and_none_scores_higher(
    lengths, themes_n, chance
):
    scores = np.array(
        [[chance.uniform(-9, 9) for _ in range(themes_n)] for _ in range(sum(lengths))],
        np.float32,
    ).reshape(sum(lengths), themes_n)
    firsts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    found = strongest(scores, firsts[:-1])

    assert found.shape == (len(lengths), themes_n)
    for post, (first, end) in enumerate(pairwise(firsts)):
        for theme in range(themes_n):
            assert first <= found[post, theme] < end
            assert scores[found[post, theme], theme] == scores[first:end, theme].max()


def test_of_windows_as_strong_as_each_other_the_first_is_taken():
    scores = np.zeros((4, 1), np.float32)

    assert strongest(scores, np.array([0, 2])).tolist() == [[0], [2]]


def test_no_posts_have_no_windows():
    assert strongest(np.zeros((0, 3), np.float32), np.array([], np.int64)).shape == (0, 3)
