"""The share of one sample, from counts and from scores, with intervals that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from warehouse.quantification import ScoreLine, shares_from_counts


def world(rng, positive_n, other_n, distance=2.0, line=(0.0, 1.0)):
    """(scores, labels) whose log-odds stray from the truth by `line`."""
    true = np.arange(positive_n + other_n) < positive_n
    place = rng.normal(np.where(true, 0.5, -0.5) * distance)
    odds = distance * place + np.log(positive_n / other_n)
    return expit((odds - line[0]) / line[1]), true


def sampled(rng, share, distance=2.0, line=(0.0, 1.0), learnt=(150, 150), posts_n=200):
    """Scores of a sample in which `share` is true, scored as the labelled posts were."""
    true = np.arange(posts_n) < round(share * posts_n)
    place = rng.normal(np.where(true, 0.5, -0.5) * distance)
    odds = distance * place + np.log(learnt[0] / learnt[1])
    return expit((odds - line[0]) / line[1])


@pytest.mark.parametrize("line", [(0.0, 1.0), (0.8, 1.4)])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
def test_scores_tell_the_share_whatever_it_was_among_the_labelled_posts(share, line):
    rng = np.random.default_rng(3)
    known = ScoreLine.learnt(*world(rng, 600, 600, 3.0, line), rng)

    draws = known.shares(sampled(rng, share, 3.0, line, (600, 600), 1_000), rng)

    assert np.median(draws) == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(("tagged_n", "share"), [(14, 0.2), (38, 0.6)])
def test_counts_are_corrected_as_rogan_and_gladen_do(tagged_n, share):
    rng = np.random.default_rng(4)
    se, fp = np.full(4_000, 0.62), np.full(4_000, 0.02)

    draws = shares_from_counts(tagged_n * 10, 1_000, se, fp, rng)

    assert draws.mean() == pytest.approx((tagged_n / 100 - 0.02) / 0.6, abs=0.01)
    assert draws.mean() == pytest.approx(share, abs=0.02)


def test_a_tagger_that_never_errs_leaves_the_count_as_it_is():
    rng = np.random.default_rng(5)

    draws = shares_from_counts(30, 100, np.full(500, 1.0), np.full(500, 0.0), rng)

    assert np.abs(draws - 0.3).max() <= 0.005


def test_rates_less_sure_make_a_wider_interval():
    def width(labelled_n):
        rng = np.random.default_rng(6)
        se = rng.beta(0.6 * labelled_n, 0.4 * labelled_n, 2_000)
        fp = rng.beta(0.02 * labelled_n, 0.98 * labelled_n, 2_000)
        low, high = np.quantile(shares_from_counts(30, 100, se, fp, rng), [0.05, 0.95])
        return high - low

    assert width(2_000) < width(200) < width(40)


@settings(max_examples=40, deadline=None)
@given(tagged_n=st.integers(0, 100), seed=st.integers(0, 99))
def test_shares_are_shares_and_more_tagged_never_means_a_smaller_share(tagged_n, seed):
    def median(count):
        rng = np.random.default_rng(seed)
        se, fp = rng.beta(30, 10, 500), rng.beta(3, 97, 500)
        draws = shares_from_counts(count, 100, se, fp, np.random.default_rng(seed + 1))
        assert ((draws >= 0) & (draws <= 1)).all()
        return np.median(draws)

    assert median(tagged_n) <= median(min(tagged_n + 10, 100)) + 0.02


def test_intervals_from_counts_hold_the_share_9_times_in_10():
    rng, held, tries_n = np.random.default_rng(7), 0, 600
    for _ in range(tries_n):
        share, se, fp = rng.random(), rng.beta(6, 4), rng.beta(1, 30)
        true = rng.random(80) < share
        tagged_n = rng.binomial(true.sum(), se) + rng.binomial((~true).sum(), fp)
        found, wrong = rng.binomial(60, se), rng.binomial(300, fp)
        se_draws = rng.beta(found + 6, 60 - found + 4, 200)
        fp_draws = rng.beta(wrong + 1, 300 - wrong + 30, 200)
        draws = shares_from_counts(int(tagged_n), 80, se_draws, fp_draws, rng)
        low, high = np.quantile(draws, [0.05, 0.95])
        held += low <= true.mean() <= high

    assert 0.87 <= held / tries_n <= 0.94


def test_posts_of_no_score_at_all_are_no_evidence_against_all_others():
    rng = np.random.default_rng(8)
    scores, true = world(rng, 60, 300, 3.0)
    known = ScoreLine.learnt(np.where(scores < 0.05, 0.0, scores), true, rng)

    draws = known.shares(np.concatenate([np.zeros(80), np.full(20, 0.95)]), rng)

    assert 0.1 < np.median(draws) < 0.3


def test_the_same_seed_gives_the_same_draws():
    scores, true = world(np.random.default_rng(9), 40, 40)

    def draws():
        rng = np.random.default_rng(10)
        return ScoreLine.learnt(scores, true, rng).shares(scores[:30], rng)

    assert np.array_equal(draws(), draws())
