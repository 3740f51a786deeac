"""Errors of posts made into errors of voices: checked on voices whose posts are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.estimates.voices import STEP, Voices, of_voices

VOICES_N = 400_000


def drawn(se, fp, share, again, seed=1):
    """Voices of one to many posts, some promoting; what the tagger makes of them.

    Return (posts, voices) about health, the same tagged, and the shares of those who promote
    and of those who do not whom the tagger tagged.
    """
    random = np.random.default_rng(seed)
    posts = random.geometric(0.65, VOICES_N)
    promotes = random.random(VOICES_N) < share
    carrying = np.where(promotes, 1 + random.binomial(posts - 1, again), 0)
    tagged = random.binomial(carrying, se) + random.binomial(posts - carrying, fp)
    is_tagged = tagged > 0
    health = int(posts.sum()), VOICES_N
    seen = int(tagged.sum()), int(is_tagged.sum())
    return health, seen, is_tagged[promotes].mean(), is_tagged[~promotes].mean()


@pytest.mark.parametrize("se", [0.6, 0.75, 0.9])
@pytest.mark.parametrize("again", [0.0, 0.4, 0.9])
def test_rates_of_voices_are_those_that_the_voices_have(se, again):
    health, seen, found, mistaken = drawn(se, 0.002, 0.02, again)

    rates = of_voices((np.array([se]), np.array([0.002])), Voices.counted(health, seen))

    assert rates[0][0] == pytest.approx(found, abs=0.025)
    assert rates[1][0] == pytest.approx(mistaken, rel=0.1)


def test_taking_posts_for_voices_would_leave_a_share_a_tenth_too_high():
    health, seen, _, _ = drawn(0.75, 0.002, 0.02, 0.4)
    observed = seen[1] / health[1]

    se, fp = of_voices((np.array([0.75]), np.array([0.002])), Voices.counted(health, seen))

    assert (observed - fp[0]) / (se[0] - fp[0]) == pytest.approx(0.02, rel=0.04)
    assert (observed - 0.002) / (0.75 - 0.002) > 1.07 * 0.02


def test_where_every_voice_has_one_post_nothing_changes():
    rates = np.array([0.7, 0.8]), np.array([0.001, 0.003])

    se, fp = of_voices(rates, Voices.counted((1000, 1000), (20, 20)))

    assert se == pytest.approx(rates[0])
    assert fp == pytest.approx(rates[1])


def test_nothing_counted_is_one_post_a_voice():
    assert Voices.counted((0, 0), (0, 0)) == Voices(1.0, 1.0, 0.0)


@given(
    st.floats(0.05, 1.0),
    st.floats(0.0, 0.05),
    st.floats(1.0, 5.0),
    st.floats(1.0, 4.0),
    st.floats(0.0, 1.0),
)
def test_rates_stay_rates_and_more_posts_never_lower_them(se, fp, posts, tagged, share):
    rates = np.array([se]), np.array([fp])

    found, mistaken = of_voices(rates, Voices(posts, tagged, share))

    assert se - 1e-5 <= found[0] <= 1
    assert fp - 1e-5 <= mistaken[0] < 1


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 1000), st.integers(0, 1000))
def test_posts_by_voice_are_rounded_so_that_no_few_posts_show(more, voices_n, tagged_more, n):
    found = Voices.counted((voices_n + more, voices_n), (n + tagged_more, n))

    for value in (found.posts, found.tagged_posts):
        assert value >= 1
        assert value / STEP == pytest.approx(round(value / STEP))
