"""The classic detectors: against R's, and by their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from tests.alarm_series import answers, number, simulated
from warehouse.alarms.ears import c1, c2, c3

LIMIT = special.ndtri(1 - 0.001)
series = arrays(np.float64, st.integers(12, 30), elements=st.integers(0, 50).map(float))


@pytest.mark.parametrize(("method", "detector"), [("C1", c1), ("C2", c2)])
def test_the_upper_bounds_are_those_of_rs_surveillance(method, detector):
    rows = [row for row in answers("ears.csv") if row["method"] == method]

    assert len(rows) == 160
    for row in rows:
        counts = simulated(int(row["series"])).counts
        at = len(counts) - 1 - int(row["weeks_before_n"])
        bound = counts.copy()
        bound[at] = number(row["upper"])
        assert detector(bound, 0.5)[at] == pytest.approx(LIMIT, abs=1e-6)


@given(series, st.floats(0.5, 20))
def test_the_scores_do_not_change_with_the_unit(counts, unit):
    for detector in (c1, c2, c3):
        scaled = detector(counts * unit, 0.5 * unit)
        assert scaled == pytest.approx(detector(counts, 0.5), nan_ok=True, abs=1e-6)


@given(series, st.integers(0, 30))
def test_a_higher_present_value_scores_higher(counts, more):
    higher = counts.copy()
    higher[-1] += more
    for detector in (c1, c2, c3):
        assert detector(higher, 0.5)[-1] >= detector(counts, 0.5)[-1]


@given(series)
def test_c2_is_c1_of_two_weeks_before_with_the_present_value(counts):
    later = np.concatenate([counts[:-3], counts[-1:]])

    assert c2(counts, 0.5)[-1] == pytest.approx(c1(later, 0.5)[-1])


@given(series)
def test_the_weeks_in_the_gap_do_not_change_c2(counts):
    other = counts.copy()
    other[-3:-1] = 1000.0

    assert c2(other, 0.5)[-1] == c2(counts, 0.5)[-1]


def test_c3_sums_what_three_weeks_are_above_one():
    counts = np.array([10.0, 12, 9, 11, 10, 12, 9, 10, 11, 14, 15, 16])
    scores = c2(counts, 0.5)

    assert c3(counts, 0.5)[-1] == pytest.approx(sum(max(s - 1, 0) for s in scores[-3:]))


def test_nothing_is_said_without_a_whole_baseline():
    assert np.isnan(c2(np.ones(9), 0.5)).all()
    assert np.isnan(c2(np.array([1.0, np.nan, *[1.0] * 8]), 0.5)).all()
    assert not np.isnan(c2(np.ones(10), 0.5)[-1])


def test_equal_values_alarm_by_the_least_deviation_believed():
    counts = np.array([*[4.0] * 9, 6.0])

    assert c2(counts, 0.5)[-1] == pytest.approx(4.0)
    assert c2(counts, 0.0)[-1] == np.inf


def test_many_series_are_scored_at_once():
    many = np.random.default_rng(1).poisson(9, (3, 4, 20)).astype(float)

    assert c2(many, 0.5)[2, 1] == pytest.approx(c2(many[2, 1], 0.5), nan_ok=True)
