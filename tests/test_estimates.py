"""Hold the estimates to what they promise, on small trees of places and simulated truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from warehouse.estimates import Counts, pooled, posterior, strengths
from warehouse.estimates.counts import depths, filled, weighed
from warehouse.estimates.evidence import evidence
from warehouse.estimates.hidden import hidden_counts
from warehouse.estimates.strength import GRID, observed

STATES, COUNTIES = 6, 12
STRENGTHS = np.array([400.0, 300.0, 150.0])


def tree(states=STATES, counties=COUNTIES):
    """A nation, its states, two regions each, so many counties each: parents by index."""
    regions = range(1 + states, 1 + 3 * states)
    return np.array(
        [-1]
        + [0] * states
        + [1 + n // 2 for n in range(2 * states)]
        + [region for region in regions for _ in range(counties)]
    )


PARENTS = tree()
COUNTY = np.flatnonzero(depths(PARENTS) == 3)
NATION, STATE, REGION = 0, 1, 1 + STATES


def drawn_world(seed, mean_n=40, share=0.03, se=0.8, fp=0.01, known=STRENGTHS):
    """(share, tagged, health authors) by place, drawn from the model itself."""
    rng = np.random.default_rng(seed)
    depth, level = depths(PARENTS), np.full(len(PARENTS), share)
    for place in range(1, len(PARENTS)):
        mean, k = level[PARENTS[place]], known[depth[place] - 1]
        level[place] = np.clip(rng.beta(k * mean, k * (1 - mean)), 1e-6, 1 - 1e-6)
    of, tagged = np.zeros((2, len(PARENTS)))
    of[COUNTY] = rng.poisson(rng.gamma(0.7, mean_n / 0.7, len(COUNTY)))
    chance = se * level + fp * (1 - level)
    tagged[COUNTY] = rng.binomial(of[COUNTY].astype(int), chance[COUNTY])
    having = of * level
    for place in range(len(PARENTS) - 1, 0, -1):
        for sums in (of, tagged, having):
            sums[PARENTS[place]] += sums[place]
    return np.where(of > 0, having / np.maximum(of, 1), level), tagged, of


def shown(tagged, of):
    """What is published of a world: nothing below ten."""
    return Counts.seen(tagged, np.where(of >= 10, of, 0), hidden=tagged < 10)


def estimate(counts, seed=1, rates=(1.0, 0.0), known=STRENGTHS, draws_n=200, parents=PARENTS):
    """Draws by place."""
    return pooled(counts, parents, rates, np.random.default_rng(seed), draws_n, known)


def everywhere(tagged, of):
    """The same count in every county, added up above."""
    tagged, of = (np.where(depths(PARENTS) == 3, float(part), 0.0) for part in (tagged, of))
    for place in range(len(PARENTS) - 1, 0, -1):
        tagged[PARENTS[place]] += tagged[place]
        of[PARENTS[place]] += of[place]
    return Counts.seen(tagged, of)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 5, 60, 2_000]), st.floats(0.001, 0.6))
def test_a_share_is_a_number_from_none_to_all_whatever_the_counts(seed, mean_n, share):
    _, tagged, of = drawn_world(seed, mean_n, share)
    rates = (np.full(40, 0.7), np.linspace(0, 0.05, 40))

    draws = estimate(shown(tagged, of), seed, rates, draws_n=40)

    assert draws.shape == (len(PARENTS), 40)
    assert draws.dtype == np.float32
    assert ((draws > 0) & (draws < 1)).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 9), st.integers(0, 9))
def test_a_hidden_count_changes_nothing_whatever_it_is(seed, one, other):
    _, tagged, of = drawn_world(seed)
    hidden = (tagged < 10) & (of >= 10)
    counts = [
        Counts.seen(np.where(hidden, count, tagged), np.where(of >= 10, of, 0), tagged < 10)
        for count in (one, other)
    ]

    assert (estimate(counts[0]) == estimate(counts[1])).all()


@pytest.mark.parametrize("known", [STRENGTHS, None])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(known):
    _, tagged, of = drawn_world(3)

    first, again, other = (
        estimate(shown(tagged, of), seed, known=known).tobytes() for seed in (1, 1, 2)
    )

    assert first == again != other


def test_with_no_error_and_many_voices_the_share_is_the_share_counted():
    draws = estimate(everywhere(2_000, 40_000))

    assert draws[COUNTY].mean(axis=1) == pytest.approx(0.05, abs=0.001)
    assert draws[NATION].mean() == pytest.approx(0.05, abs=0.0005)


def test_the_taggers_errors_are_taken_out():
    true, se, fp = 0.04, 0.7, 0.02
    seen = se * true + fp * (1 - true)

    draws = estimate(everywhere(40_000 * seen, 40_000), rates=(se, fp))

    assert draws[COUNTY].mean(axis=1) == pytest.approx(true, abs=0.003)


def test_unsure_error_rates_widen_the_interval():
    rng, counts = np.random.default_rng(1), everywhere(200, 4_000)
    sure = (0.8, 0.02)
    unsure = (rng.beta(8, 2, 400), rng.beta(2, 98, 400))

    widths = [
        np.std(estimate(counts, 1, rates, draws_n=400)[NATION]) for rates in (sure, unsure)
    ]

    assert widths[1] > 3 * widths[0]


def test_more_voices_narrow_the_interval_and_are_more_of_the_evidence():
    widths, owns = [], []
    for of in (20, 200, 2_000, 20_000):
        counts = everywhere(of // 20, of)
        widths.append(np.std(estimate(counts, draws_n=400)[COUNTY]))
        owns.append(evidence(counts, PARENTS, (1.0, 0.0), STRENGTHS)[0][COUNTY[0]])

    assert sorted(widths, reverse=True) == widths
    assert sorted(owns) == owns
    assert 0 < owns[0] < 0.2 < 0.9 < owns[-1] < 1


def test_a_county_without_voices_gets_its_regions_level_and_rests_on_it():
    counts = everywhere(100, 2_000)
    first, last = COUNTY[0], COUNTY[-1]
    for part, none in zip(counts.parts, (0, 0, 0), strict=True):
        part[first] = part[last] = none

    draws, (own, rests_on) = (
        estimate(counts, draws_n=1_000),
        evidence(counts, PARENTS, (1.0, 0.0), STRENGTHS),
    )

    assert draws[first].mean() == pytest.approx(0.05, abs=0.005)
    assert np.std(draws[first]) > 3 * np.std(draws[COUNTY[1]])
    assert (own[first], rests_on[first]) == (0, PARENTS[first])
    assert rests_on[COUNTY[1]] == COUNTY[1]


def test_counties_of_one_region_without_voices_are_told_the_same():
    counts = everywhere(5, 100)
    for part in counts.parts:
        part[COUNTY[:2]] = 0

    draws = estimate(counts)

    assert (draws[COUNTY[0]] == draws[COUNTY[1]]).all()


def test_a_small_place_is_drawn_to_its_region_and_a_large_one_is_not():
    _, tagged, of = drawn_world(5, mean_n=4_000)
    small, large = COUNTY[0], COUNTY[1]
    for place, n in ((small, 30), (large, 30_000)):
        tagged[place], of[place] = 0.5 * n, n
    draws = estimate(Counts.seen(tagged, of))

    assert draws[small].mean() < 0.2
    assert draws[large].mean() > 0.45


def test_the_order_of_the_places_does_not_matter():
    _, tagged, of = drawn_world(7)
    order = np.random.default_rng(1).permutation(len(PARENTS))
    place = np.argsort(order)
    mixed = np.where(PARENTS[order] < 0, -1, place[PARENTS[order]])

    plain = estimate(shown(tagged, of), draws_n=2_000).mean(axis=1)
    shuffled = estimate(shown(tagged[order], of[order]), draws_n=2_000, parents=mixed).mean(
        axis=1
    )

    assert shuffled[place] == pytest.approx(plain, abs=0.003)


def test_ten_times_the_counts_keep_the_share():
    one, ten = everywhere(10, 400), everywhere(100, 4_000)

    shares = [estimate(counts, draws_n=1_000)[NATION].mean() for counts in (one, ten)]

    assert shares[0] == pytest.approx(shares[1], rel=0.05)


@pytest.mark.parametrize("hides", [False, True], ids=["all told", "hidden below ten"])
@pytest.mark.parametrize("rates", [(1.0, 0.0), (0.8, 0.01)], ids=["perfect", "erring"])
def test_nine_in_ten_intervals_hold_the_truth(hides, rates):
    held = {1: [], 2: [], 3: []}
    depth = depths(PARENTS)
    for seed in range(20):
        true, tagged, of = drawn_world(seed, se=rates[0], fp=rates[1])
        counts = shown(tagged, of) if hides else Counts.seen(tagged, of)
        low, high = np.quantile(estimate(counts, seed, rates), [0.05, 0.95], axis=1)
        is_held = (low <= true) & (true <= high)
        for level, found in held.items():
            found.append(is_held[depth == level].mean())

    assert np.mean(held[3]) == pytest.approx(0.90, abs=0.03)
    assert np.mean(held[2]) > 0.84
    assert np.mean(held[1]) > 0.84


def test_pooling_comes_nearer_to_the_truth_than_the_share_counted():
    errors, naive = [], []
    for seed in range(8):
        true, tagged, of = drawn_world(seed, mean_n=15, se=1.0, fp=0.0)
        has = COUNTY[of[COUNTY] > 0]
        found = estimate(Counts.seen(tagged, of), seed).mean(axis=1)
        errors.append(np.abs(found - true)[has].mean())
        naive.append(np.abs(tagged / np.maximum(of, 1) - true)[has].mean())

    assert np.mean(errors) < 0.5 * np.mean(naive)


def test_the_strength_of_pooling_is_found_again_from_eight_weeks():
    weeks = [Counts.seen(*drawn_world(seed, mean_n=100)[1:]) for seed in range(8)]

    found = strengths(weeks, PARENTS, (0.8, 0.01))

    assert set(found.ravel()) <= set(GRID)
    assert (np.diff(found, axis=1) >= 0).all()
    assert (np.abs(np.log2(np.median(found, axis=1) / STRENGTHS)) <= 1).all()


def test_without_counts_the_strength_is_the_usual_and_wide():
    nothing = Counts.seen(np.zeros(len(PARENTS)), np.zeros(len(PARENTS)))

    for found in strengths([nothing], PARENTS):
        assert np.median(found) == 256
        assert found[-1] >= 16 * found[0]


def test_the_strength_hardly_moves_by_one_voice():
    _, tagged, of = drawn_world(2)
    more = tagged.copy()
    more[COUNTY[0]] += 1

    both = [strengths([Counts.seen(part, of + 1)], PARENTS) for part in (tagged, more)]

    assert (np.abs(np.log2(both[0] / both[1])) <= 1).all()


def test_errors_make_observed_shares_more_alike():
    plain, erring = (
        observed(np.array([200.0]), 0.03, rates) for rates in ((1, 0), (0.7, 0.02))
    )

    assert plain == pytest.approx(200)
    assert erring > 2 * plain


def test_a_hidden_place_is_known_by_the_published_ones_inside():
    counts = everywhere(20, 100)
    for part in counts.parts:
        part[[NATION, STATE]] = 0

    known = filled(counts, PARENTS)

    assert known.health_n[STATE] == 2 * COUNTIES * 100
    assert known.least[NATION] == known.most[NATION] == STATES * 2 * COUNTIES * 20


def test_a_hidden_count_is_no_less_than_what_is_published_inside_it():
    counts = everywhere(20, 100)
    counts.least[REGION], counts.most[REGION] = 0, 9

    known = filled(counts, PARENTS)

    assert (known.least[REGION], known.most[REGION]) == (240, 249)


def test_many_voices_of_one_county_are_worth_few_in_telling_of_the_state():
    counts = everywhere(2, 100)
    counts.health_n[COUNTY[0]] += 10_000
    for place in (REGION, STATE, NATION):
        counts.health_n[place] += 10_000

    worth, came = weighed(counts, PARENTS, STRENGTHS)

    assert worth.health_n[REGION] < 12 * 151
    assert came[COUNTY[0]] == pytest.approx(150 / worth.health_n[REGION], rel=0.05)
    assert came[NATION] == 0


@pytest.mark.parametrize("large_hidden", [0.0, 0.2])
def test_a_hidden_count_is_drawn_as_likely_as_it_is(large_hidden):
    n, a, b = 200, 4.0, 96.0
    rng, shape = np.random.default_rng(1), 40_000
    span = [np.full(shape, value) for value in (0, 9, n)]

    found = hidden_counts(*span, np.full(shape, a), np.full(shape, b), large_hidden, rng)

    plain = rng.binomial(n, rng.beta(a, b, 400_000))
    weight = np.where(plain <= 9, 1.0, large_hidden)
    assert found.mean() == pytest.approx((plain * weight).sum() / weight.sum(), rel=0.02)
    assert (found > 9).mean() == pytest.approx(weight[plain > 9].sum() / weight.sum(), abs=0.01)


@pytest.mark.parametrize(
    ("tagged", "of", "rates", "is_hidden"),
    [
        (6, 200, (0.6, 0.02), False),
        (20, 200, (0.6, 0.02), False),
        (0, 2_000, (0.6, 0.02), True),
        (60, 2_000, (0.7, 0.02), False),
    ],
)
def test_a_few_steps_of_the_sampler_come_where_many_do(
    monkeypatch, tagged, of, rates, is_hidden
):
    parents = np.array([-1, 0] + [1] * 6)
    seen = rates[0] * 0.02 + rates[1] * 0.98
    counts = Counts.seen(
        np.array([np.floor(1e6 * seen), np.floor(1e5 * seen)] + [tagged] * 6),
        np.array([1e6, 1e5] + [of] * 6),
        np.array([False, False] + [is_hidden] * 6),
    )
    known = np.array([2_000.0, 150.0])

    monkeypatch.setattr(posterior, "TRIES_N", 0)
    few = estimate(counts, 1, rates, known, 3_000, parents)[2:]
    monkeypatch.setattr(posterior, "STEPS_N", 30)
    many = estimate(counts, 1, rates, known, 3_000, parents)[2:]

    assert few.mean() == pytest.approx(many.mean(), rel=0.04)
    assert few.std() == pytest.approx(many.std(), rel=0.07)


@pytest.mark.parametrize(
    ("of", "large_hidden", "off"),
    [
        (60, 0.0, 0.02),
        (400, 0.0, 0.02),
        (400, 0.3, 0.02),
        (1_200, 0.3, 0.02),
        (1_200, 0.0, 0.1),
    ],
    ids=["small", "usual", "or for others", "large, or for others", "hardly ever hidden"],
)
def test_the_share_behind_a_hidden_count_is_that_of_numerical_integration(
    of, large_hidden, off
):
    se, fp, mean, k = 0.7, 0.01, 0.02, 60.0
    counts = Counts.seen(np.array([0]), np.array([of]), np.array([True]))
    shape = 20_000
    rates = (np.full(shape, se), np.full(shape, fp))
    drawn = posterior.posterior(
        counts, np.full((1, shape), mean), np.full(shape, k), rates, large_hidden,
        np.random.default_rng(1),
    )[0]  # fmt: skip

    share = (np.arange(20_000) + 0.5) / 20_000
    small = binom.cdf(9, of, se * share + fp * (1 - share))
    weight = beta.pdf(share, k * mean, k * (1 - mean)) * (small + large_hidden * (1 - small))
    weight /= weight.sum()
    for tail in (0.05, 0.5, 0.95):
        assert (drawn < np.quantile(drawn, tail)).mean() == pytest.approx(
            weight[share < np.quantile(drawn, tail)].sum(), abs=off
        )
