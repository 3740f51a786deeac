"""Farrington's flexible method: R's answers on simulated series, and what it promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from tests.alarm_series import SERIES_N, answers, asked, differences
from warehouse.alarms.farrington import Control, count_tail, farrington, seasons
from warehouse.alarms.long_history import (
    _filled,
    _mean_if_hidden,
    is_known,
    judge_long,
    years_known,
)
from warehouse.alarms.quantile import smallest_count
from warehouse.alarms.quasi_poisson import Design, fit

SHORT = Control(years=3)
WEEKS = SHORT.weeks_needed + 1


def a_history(seed=0, series=1, mean=12.0, weeks=WEEKS):
    return np.random.default_rng(seed).poisson(mean, (series, weeks)).astype(float)


def test_every_answer_is_that_of_rs_surveillance():
    of_r = answers("farrington.csv")

    worst = differences(of_r)

    assert SERIES_N >= 200
    assert len(of_r) == len(asked()) == 3 * SERIES_N
    assert max(worst.values()) < 1e-9
    assert not any(row["has_failed"] == "TRUE" for row in of_r)


def test_rs_answers_are_worth_comparing_with():
    of_r = answers("farrington.csv")

    def part(column, value):
        return np.mean([row[column] == value for row in of_r])

    assert 0.05 < part("alarm", "TRUE") < 0.5
    assert 0.2 < part("slope", "NA") < 0.8
    assert 0 < part("upper", "NA") < 0.3


def test_many_series_at_once_are_judged_as_each_alone():
    counts = a_history(3, 30)

    whole = farrington(counts, SHORT)
    parts = [farrington(counts[[n]], SHORT) for n in range(30)]

    assert whole.p_value == pytest.approx([part.p_value[0] for part in parts], rel=1e-9)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["delta", "nbPlugin", "muan"]))
@settings(max_examples=20, deadline=None)
def test_a_higher_count_is_never_less_unusual(count, more, method):
    counts = a_history(1, 2)
    counts[:, -1] = count, count + more

    counts[1, :-1] = counts[0, :-1]
    found = farrington(counts, replace(SHORT, method=method))

    assert found.p_value[1] <= found.p_value[0]
    assert found.is_alarm[1] >= found.is_alarm[0]
    assert found.expected[0] == pytest.approx(found.expected[1])


@given(st.floats(0.01, 100))
@settings(max_examples=10, deadline=None)
def test_the_unit_of_the_population_does_not_matter(unit):
    counts, people = a_history(2, 3), 400.0 + np.arange(3 * WEEKS).reshape(3, WEEKS) % 90

    one = farrington(counts, SHORT, people)
    other = farrington(counts, SHORT, people * unit)

    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
    assert other.expected == pytest.approx(one.expected, rel=1e-6)


def test_p_values_are_uniform_where_nothing_is_going_on():
    counts = a_history(4, 3000, mean=40.0)

    p = farrington(counts, SHORT).p_value

    for level in (0.01, 0.05, 0.2, 0.5):
        assert (p <= level).mean() == pytest.approx(level, rel=0.35, abs=0.004)


def test_a_trend_is_kept_in_one_trendless_series_of_twenty_and_by_r_in_most():
    counts = a_history(5, 400, mean=50.0)

    kept = ~np.isnan(farrington(counts, SHORT).slope)
    by_r = ~np.isnan(farrington(counts, replace(SHORT, is_as_surveillance=True)).slope)

    assert kept.mean() == pytest.approx(0.05, abs=0.025)
    assert by_r.mean() > 0.4


def test_a_past_outbreak_does_not_hide_a_present_one():
    counts = a_history(6)
    counts[0, 40:44] = 90
    counts[0, -1] = 30

    with_weights = farrington(counts, SHORT)
    without = farrington(counts, replace(SHORT, is_reweighted=False))

    assert with_weights.p_value[0] < without.p_value[0]
    assert with_weights.is_alarm[0]


def test_a_week_without_a_count_has_no_say():
    counts = a_history(7, 2)
    counts[1] = counts[0]
    counts[:, 30:33] = np.nan
    found = farrington(counts, SHORT)

    assert np.isfinite(found.p_value).all()
    assert found.p_value[0] == found.p_value[1]
    counts[:, -1] = np.nan
    assert np.isnan(farrington(counts, SHORT).p_value).all()


def test_too_short_a_history_is_refused():
    with pytest.raises(ValueError, match="3 years need 159 weeks"):
        farrington(a_history(weeks=WEEKS - 1), SHORT)


def test_below_five_cases_in_four_weeks_there_is_no_threshold():
    counts = a_history(8, mean=0.2)
    counts[0, -4:] = [0, 1, 0, 3]

    assert np.isnan(farrington(counts, SHORT).upper[0])
    assert not farrington(counts, SHORT).is_alarm[0]


@given(st.integers(3, 5), st.integers(1, 4), st.integers(2, 12))
def test_every_week_between_has_one_season_and_these_are_of_equal_length(years, half, parts):
    control = Control(years=years, half_window=half, seasons_n=parts)
    now = control.weeks_needed + 5

    found = seasons(now, control)

    lengths = np.bincount(found[now - 52 + half + 1 : now - half], minlength=parts - 1)
    assert (found[:5] == -1).all()
    assert (found[5:] >= 0).all()
    assert lengths.max() - lengths.min() <= 1
    assert found[now] == found[now - 52] == found[now - 52 - half] == parts - 1


def test_the_fit_is_the_maximum_of_the_likelihood():
    counts = a_history(9, 2, weeks=60)
    season, time = np.arange(60) % 4, np.arange(60.0)
    offset = np.log(100.0 + np.arange(120).reshape(2, 60))
    weight = np.random.default_rng(1).uniform(0.2, 2, (2, 60))
    found = fit(counts, Design(season, 4, time, offset), weight)

    matrix = np.column_stack([np.eye(4)[season], time])
    score = (weight * (counts - found.mean)) @ matrix
    information = np.einsum("sw,wp,wq->spq", weight * found.mean, matrix, matrix)
    inverse = np.linalg.inv(information)
    hat = weight * found.mean * np.einsum("wp,spq,wq->sw", matrix, inverse, matrix)
    ahead = np.array([0, 0, 1, 0, 70.0])

    assert score == pytest.approx(np.zeros((2, 5)), abs=1e-4)
    assert found.leverage(Design(season, 4, time, offset)) == pytest.approx(hat, rel=1e-4)
    assert found.variance_at(2, 70.0) == pytest.approx(ahead @ inverse @ ahead, rel=1e-4)
    assert found.has_converged.all()


@given(st.integers(0, 60), st.floats(0.1, 50), st.floats(1.0, 6))
def test_the_tail_is_that_of_the_negative_binomial(count, mean, phi):
    law = stats.poisson(mean) if phi == 1 else stats.nbinom(mean / (phi - 1), 1 / phi)

    found = count_tail(np.array([count]), np.array([mean]), np.array([phi]))[0]

    assert found == pytest.approx(law.sf(count - 1), rel=1e-6, abs=1e-13)


@given(st.floats(0.1, 500), st.floats(1e-9, 0.2))
def test_the_smallest_count_is_found_wherever_the_search_begins(mean, alpha):
    def tail(n):
        return special.gammainc(np.maximum(n, 1e-9), mean)

    found = smallest_count(tail, alpha, np.array([1.0, mean, np.nan]))

    assert found[0] == found[1]
    assert np.isnan(found[2])
    assert tail(found[0]) <= alpha < tail(found[0] - 1)


@given(st.floats(0.01, 400))
def test_a_hidden_count_is_filled_by_what_hidden_counts_are_on_average(mean):
    n = np.arange(2000)
    chance = stats.poisson(mean).pmf(n) * np.where(n <= 9, 1.0, 0.05)

    filled = _mean_if_hidden(np.array([mean]))[0]

    assert filled == pytest.approx((n * chance).sum() / chance.sum(), rel=1e-6)


def test_filling_hidden_counts_gives_the_mean_back_better_than_their_midpoint():
    true = a_history(10, 200, mean=9.0)
    seen = np.where(true >= 10, true, np.nan)
    people = np.full(true.shape, 500.0)

    filled = _filled(seen, people, SHORT)

    midpoint = np.where(np.isnan(seen), 4.5, seen)
    used = seasons(WEEKS - 1, SHORT) >= 0
    assert filled[:, used].mean() == pytest.approx(9.0, abs=0.35)
    assert abs(midpoint.mean() - 9.0) > 3 * abs(filled[:, used].mean() - 9.0)


def test_past_years_judge_a_week_and_hidden_counts_get_no_p_value():
    counts, people = a_history(11, 3, mean=20.0), np.full((3, WEEKS), 500.0)
    counts[0, -1], counts[1, -1] = 60, np.nan
    people[:, 50] = np.nan
    counts[:, 50] = np.nan

    found = judge_long(counts, people)

    assert found.p_value[0] < 1e-6
    assert np.isnan(found.p_value[1])
    assert found.reach == pytest.approx(np.full(3, 0.99), abs=0.02)
    assert found.mean == pytest.approx(np.full(3, 20.0), rel=0.15)


def test_three_years_are_asked_for_and_five_used_at_most():
    weeks = np.zeros((1, 400))

    assert years_known(weeks[:, : WEEKS - 1]) == 0
    assert years_known(weeks[:, :WEEKS]) == 3
    assert years_known(weeks) == 5
    weeks[0, :100] = np.nan
    assert not is_known(weeks)[0]
