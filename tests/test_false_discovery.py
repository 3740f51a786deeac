"""At most a tenth of the claims may be false: Benjamini and Hochberg's rule, and ours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.alarms import rule
from warehouse.alarms.false_discovery import adjusted, adjusted_by_reach, false_claims

p_lists = st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=40)


def claims_by_hand(p_values, rate):
    """The rule in the words of the paper: the largest k with p_(k) m / k <= rate."""
    ordered = sorted(p_values)
    passing = [k for k, p in enumerate(ordered, 1) if p * len(ordered) / k <= rate]
    largest = ordered[max(passing) - 1] if passing else -1.0
    return {number for number, p in enumerate(p_values) if p <= largest}


@given(p_lists, st.floats(0.001, 0.5))
def test_the_claims_are_those_of_the_rule_applied_by_hand(p_values, rate):
    claims = set(np.flatnonzero(adjusted(np.array(p_values)) <= rate))

    assert claims == claims_by_hand(p_values, rate)


@given(p_lists, st.randoms())
def test_the_order_of_the_tests_does_not_matter(p_values, chance):
    order = list(range(len(p_values)))
    chance.shuffle(order)
    p = np.array(p_values)

    assert adjusted(p[order]) == pytest.approx(adjusted(p)[order])


@given(p_lists, st.data())
def test_a_smaller_p_never_loses_a_claim(p_values, data):
    number = data.draw(st.integers(0, len(p_values) - 1))
    reach = np.array(data.draw(st.lists(st.floats(0, 1), min_size=40, max_size=40)))
    p = np.array(p_values)
    smaller = p.copy()
    smaller[number] *= data.draw(st.floats(0, 1))

    before = adjusted_by_reach(p, reach[: len(p)], 0.05)
    after = adjusted_by_reach(smaller, reach[: len(p)], 0.05)

    assert (after <= before + 1e-12).all()
    assert (adjusted(smaller) <= adjusted(p) + 1e-12).all()


def test_a_missing_test_is_no_test():
    p = np.array([0.01, np.nan, 0.02])

    assert adjusted(p) == pytest.approx([0.02, np.nan, 0.02], nan_ok=True)


@given(p_lists)
def test_where_every_cell_is_sure_to_be_published_it_is_the_plain_rule(p_values):
    p = np.array(p_values)
    by_reach = adjusted_by_reach(p, np.ones(len(p)), 0.05)
    plain = adjusted(np.where(p > 0.05, 1.0, p))

    small = p <= 0.05
    assert (by_reach[~small] == 1).all()
    # dearer by the factor of the proof, and no cheaper
    assert (by_reach[small] <= np.minimum(plain[small] / 0.95, 1) + 1e-9).all()
    assert (by_reach[small] >= plain[small] - 1e-9).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(1e-9, 0.01))
def test_the_false_claims_expected_are_the_sum_of_what_each_test_can_add(reach, p):
    kept = np.array(reach)

    by_hand = sum(min(p, r) / (1 - min(r, 0.01)) for r in reach)

    assert float(false_claims(kept, 0.01)(np.array([p]))[0]) == pytest.approx(by_hand)


def test_a_test_that_cannot_be_made_does_not_count():
    with_none = false_claims(np.array([1.0, np.nan]), 0.01)(np.array([0.001]))

    assert with_none == pytest.approx(false_claims(np.array([1.0]), 0.01)(np.array([0.001])))


def test_a_tenth_of_the_claims_at_most_is_false_when_most_cells_are_hidden():
    chance = np.random.default_rng(5)
    parts = []
    for _ in range(400):
        mean = np.exp(chance.uniform(-2, 2.8, 400))
        is_real = chance.random(400) < 0.05
        count = chance.poisson(mean * np.where(is_real, 4, 1))
        p = poisson_tail(count, mean)
        adjusted_p = adjusted_by_reach(
            np.where(count >= 10, p, np.nan), poisson_tail(10, mean), 0.05
        )
        claims = adjusted_p <= 0.10
        parts.append((claims & ~is_real).sum() / max(claims.sum(), 1))

    assert np.mean(parts) < 0.10


def poisson_tail(count, mean):
    from scipy import special

    return np.where(count > 0, special.gammainc(np.maximum(count, 1), mean), 1.0)


@given(p_lists, st.data())
def test_the_cutoff_claims_what_the_adjusted_p_values_claim(p_values, data):
    p = np.array(p_values) * data.draw(st.sampled_from([1.0, 1e-3, 1e-6]))
    size = len(p)
    reach = np.array(data.draw(st.lists(st.floats(0, 1), min_size=size, max_size=size)))
    largest = rule.largest_p(33)

    at_most = rule.cutoff(p, reach, 33)

    claimed = adjusted_by_reach(p, reach, largest) <= rule.FALSE_RATE
    assert ((p <= at_most) == claimed).all()


def test_a_week_without_claims_has_a_cutoff_that_one_claim_would_have_met():
    reach = np.ones(1000)

    at_most = rule.cutoff(np.full(1000, np.nan), reach, 33)

    one = np.full(1000, 0.5)
    one[0] = at_most * 0.999
    assert (adjusted_by_reach(one, reach, rule.largest_p(33)) <= 0.10).sum() == 1


def test_no_place_has_more_than_one_false_alarm_a_year():
    assert rule.largest_p(33) * 33 * 52 == pytest.approx(1.0)


def test_each_level_has_a_cutoff_of_its_own():
    p = np.array([1e-9, 1e-9, 1e-9, 3e-5])
    level = np.array([0, 0, 0, 1])
    reach = np.ones(4)

    found = rule.cutoffs(p, reach, level, 33)

    assert found[0] == rule.cutoff(p[:3], reach[:3], 33)
    assert found[3] == rule.cutoff(p[3:], reach[3:], 33)


@given(st.floats(1e-5, 0.3), st.integers(10, 100_000))
def test_an_alarm_is_half_as_high_again_as_expected_and_published(share, total):
    least = float(rule.least_count(np.array([share]), np.array([float(total)]))[0])

    assert least >= 10
    assert least >= 1.5 * share * total - 1e-6
    assert least == 10 or least - 1 < 1.5 * share * total
