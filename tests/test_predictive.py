"""Judging a count by few weeks of baseline: the tail, the posterior, and its promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from warehouse.alarms.predictive import learn, tail
from warehouse.alarms.tuning import tuned

shares = st.floats(1e-4, 0.4)
swings = st.sampled_from([0.03, 0.12, 0.4])


def cells(*values):
    return np.array(values, dtype=float)


def learnt(counts, totals, centre=0.02, spread=0.5, swing=0.12):
    counts, totals = np.atleast_2d(counts), np.atleast_2d(totals)
    return learn(counts, totals, np.full(len(counts), centre), spread, swing)


@given(st.integers(0, 60), st.integers(10, 900), shares, swings)
def test_the_tail_is_that_of_the_beta_binomial(count, total, share, swing):
    a = swing**-2
    terms = stats.betabinom(total, a, a * (1 - share) / share).pmf(np.arange(count, total + 1))

    found = tail(cells(count), cells(total), cells(share), cells(swing))[0]

    assert found == pytest.approx(terms.sum(), rel=1e-6, abs=1e-300)


def test_a_tail_far_out_keeps_its_digits():
    found = tail(cells(60, 200), cells(500, 10_000), cells(0.02, 0.005), cells(0.01, 0.01))
    poisson_like = stats.binom([500, 10_000], [0.02, 0.005]).sf([59, 199])

    assert 0.5 < found[0] / poisson_like[0] < 2
    assert (found < 1e-20).all()
    assert (found > 0).all()


@given(st.integers(0, 300), shares, swings)
@settings(max_examples=40)
def test_a_higher_count_is_never_more_likely(count, share, swing):
    more = cells(count, count + 1)

    found = tail(more, cells(300), cells(share), cells(swing))

    assert found[1] <= found[0] <= 1


def test_the_posterior_is_that_of_numerical_integration():
    counts, totals = cells(12, 11, np.nan, 15), np.full(4, 500.0)
    centre, spread, swing = 0.02, 0.5, 0.12
    a, prior = swing**-2, stats.beta(1 / spread**2, (1 - centre) / centre / spread**2)

    def density(share, habit):
        law = stats.betabinom(500, a, a * (1 - share) / share)
        small = law.cdf(9)
        hidden = small + habit * (1 - small)
        return prior.pdf(share) * law.pmf([12, 11, 15]).prod() * (1 - habit) ** 3 * hidden

    def whole(share):
        return 0.9 * density(share, 0.05) + 0.1 * density(share, 0.95)

    total = integrate.quad(whole, 1e-5, 0.1, epsabs=0, limit=200)[0]
    mean = integrate.quad(lambda q: q * whole(q), 1e-5, 0.1, epsabs=0, limit=200)[0] / total
    found = learnt(counts, totals)

    assert found.mean[0] == pytest.approx(mean, rel=1e-6)
    assert found.evidence[0] == pytest.approx(np.log(total), abs=1e-6)
    assert found.weight.sum() == pytest.approx(1)


@given(st.lists(st.integers(10, 60), min_size=7, max_size=13), st.randoms())
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_baseline_weeks_does_not_matter(counts, chance):
    other = list(counts)
    chance.shuffle(other)
    totals = np.full(len(counts), 400.0)

    assert learnt(cells(*counts), totals).mean == pytest.approx(
        learnt(cells(*other), totals).mean, rel=1e-9
    )


@given(st.lists(st.integers(10, 60), min_size=7, max_size=13), st.integers(0, 12))
@settings(max_examples=25, deadline=None)
def test_a_higher_baseline_makes_a_count_less_unusual(counts, week):
    higher = cells(*counts)
    higher[week % len(counts)] += 8
    totals, now = np.full(len(counts), 400.0), (cells(40), cells(400))

    low, high = learnt(cells(*counts), totals), learnt(higher, totals)

    assert high.tail(*now)[0] >= low.tail(*now)[0]
    assert high.mean[0] > low.mean[0]


def test_weeks_of_which_nothing_is_known_change_nothing():
    counts, totals = cells(14, 16, np.nan), cells(500, 500, np.nan)

    assert learnt(counts, totals).mean == pytest.approx(learnt(counts[:2], totals[:2]).mean)


def test_a_hidden_count_is_taken_for_what_hidden_counts_are():
    totals = np.full(13, 500.0)
    seldom = learnt(np.full(13, np.nan), totals, centre=0.002).mean[0] * 500
    mixed = cells(*[np.nan, 10, np.nan, 11] * 3, np.nan)

    assert seldom < 1.5
    assert learnt(mixed, totals).mean[0] * 500 == pytest.approx(9.5, abs=1.0)


def test_a_place_always_hidden_beside_large_shares_is_not_taken_for_empty():
    hidden = learnt(np.full(13, np.nan), np.full(13, 500.0), centre=0.06, spread=0.3)

    assert hidden.mean[0] * 500 > 20
    assert hidden.tail(cells(35), cells(500))[0] > 0.1


def test_a_place_with_little_of_its_own_is_judged_by_the_place_around():
    one_week = (cells(np.nan), cells(12))

    assert learnt(*one_week, centre=0.03, spread=0.3).mean[0] == pytest.approx(0.03, rel=0.1)


def test_p_is_uniform_where_nothing_is_going_on():
    chance = np.random.default_rng(2)
    cells_n, centre, spread, swing = 6000, 0.03, 0.5, 0.18
    shape, a = spread**-2, swing**-2
    share = chance.beta(shape, shape * (1 - centre) / centre, (cells_n, 1))
    totals = chance.integers(100, 900, (cells_n, 10)).astype(float)
    by_week = chance.beta(a, a * (1 - share) / share, (cells_n, 10))
    counts = chance.binomial(totals.astype(int), by_week).astype(float)
    baseline = np.where(counts < 10, np.nan, counts)[:, :9]
    # hidden for others' sake as the model has it, so that it is the truth
    habit = np.where(chance.random((cells_n, 1)) < 0.9, 0.05, 0.95)
    baseline[chance.random((cells_n, 9)) < habit] = np.nan

    found = learn(baseline, totals[:, :9], np.full(cells_n, centre), spread, swing)
    here = found.tail(counts[:, 9], totals[:, 9])
    above = found.tail(counts[:, 9] + 1, totals[:, 9])
    p = above + chance.random(cells_n) * (here - above)  # of a discrete law, randomised

    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert (here <= 0.01).mean() <= 0.0135
    assert (p <= 0.001).mean() == pytest.approx(0.001, abs=0.0012)


def test_the_chance_of_publication_is_the_tail_at_ten():
    found = learnt(np.tile(cells(12, np.nan, 14), (2, 1)), np.full((2, 3), 500.0))
    totals = cells(500, 90)

    assert found.publication(totals) == pytest.approx(found.tail(cells(10, 10), totals))


def test_cells_are_learnt_alike_alone_and_among_others():
    chance = np.random.default_rng(3)
    counts = chance.binomial(400, 0.04, (1500, 8)).astype(float)
    totals = np.full((1500, 8), 400.0)

    whole, alone = learnt(counts, totals), learnt(counts[1300], totals[1300])

    assert whole.mean[1300] == pytest.approx(alone.mean[0])
    assert whole.rows(np.array([1300])).mean == pytest.approx(alone.mean)


@pytest.mark.parametrize(("swing", "spread"), [(0.05, 0.3), (0.27, 0.7)])
def test_the_strength_behind_the_counts_is_found_again(swing, spread):
    chance = np.random.default_rng(4)
    shape, a, centre = spread**-2, swing**-2, 0.04
    share = chance.beta(shape, shape * (1 - centre) / centre, (160, 1))
    by_week = chance.beta(a, a * (1 - share) / share, (160, 9))
    counts = chance.binomial(1500, by_week).astype(float)
    counts[counts < 10] = np.nan

    found = tuned(counts, np.full(counts.shape, 1500.0), np.full(160, centre))

    assert found.swing == pytest.approx(swing, rel=0.7)
    assert found.spread == pytest.approx(spread, rel=0.6)


def test_without_counts_opinion_decides_the_strength():
    found = tuned(np.full((5, 8), np.nan), np.full((5, 8), np.nan), np.full(5, 0.01))

    assert 0.1 < found.swing < 0.2
    assert 0.3 <= found.spread <= 0.7


def test_the_smallest_share_that_matters_is_on_the_grid():
    few = learnt(np.full(13, np.nan), np.full(13, 1e6), centre=1e-6, spread=1.5)

    assert special.logit(few.mean[0]) > -16
    assert few.mean[0] < 1e-5
