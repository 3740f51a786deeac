"""Joining two models: probabilities that hold, and few rebuttals called promotion."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.weights import LOG_ODDS
from classifiers.scores import NEVER, Scores
from classifiers.stances import PROMOTES, REFUTES, STANCES
from classifiers.tagger.calibration import UNSURE_SHARE
from classifiers.taxonomy import load_taxonomy
from classifiers.training.joining import (
    ENOUGH,
    MAX_PROMOTES,
    MAX_REFUTES_CALLED_PROMOTES,
    MIN_PROMOTES,
    deciding,
    join,
)
from classifiers.training.rows import Row
from tests.tagging import SIGNALS, THEMES

POSTS_N = 600


@cache
def posts(seed=1, posts_n=POSTS_N):
    """Rows of which each carries a theme or two, half of them refuting."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(posts_n):
        themes = {
            THEMES[theme]: STANCES[chance.choice(4, p=[0.45, 0.35, 0.1, 0.1])]
            for theme in chance.choice(len(THEMES), chance.integers(0, 3), replace=False)
        }
        signals = [SIGNALS[n] for n in chance.choice(len(SIGNALS), chance.integers(0, 2))]
        rows.append(Row(str(number), "x", health=bool(themes), themes=themes, signals=signals))
    return rows


def heard(rows, sure, noise, seed, stance_sure=2.0):
    """Scores of a model that tells right from wrong by `sure` log-odds, blurred by `noise`."""
    chance = np.random.default_rng(seed)

    def of(labels_of, labels):
        truth = np.array([[label in found for label in labels] for found in labels_of])
        return (sure * (2 * truth - 1) + chance.normal(0, noise, truth.shape)).astype("f4")

    stances = chance.normal(0, noise, (len(rows), len(THEMES), 4)).astype("f4")
    for number, row in enumerate(rows):
        for theme, stance in row.themes.items():
            stances[number, THEMES.index(theme), STANCES.index(stance)] += stance_sure
    return Scores(
        of([row.themes for row in rows], THEMES),
        of([row.signals for row in rows], SIGNALS),
        of([["h"] if row.health else [] for row in rows], ["h"]),
        stances,
    )


def joined(rows, linear, encoder):
    return join(rows, linear, encoder, load_taxonomy())


def truth_of(rows):
    return np.array([[theme in row.themes for theme in THEMES] for row in rows])


def test_probabilities_hold_on_posts_that_were_not_joined_on():
    rows, others = posts(1), posts(2)
    found = joined(rows, heard(rows, 1, 2, 3), heard(rows, 2, 2, 4))

    sure = found.probabilities(heard(others, 1, 2, 5), heard(others, 2, 2, 6)).themes

    truth = truth_of(others)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.0)):
        inside = (sure >= low) & (sure < high)
        if inside.sum() >= 40:
            assert truth[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.12)
    assert abs(truth.mean() - sure.mean()) < 0.01


@pytest.mark.parametrize(("of_linear", "of_encoder"), [(1, 3), (3, 1)])
def test_the_better_model_is_heard_most(of_linear, of_encoder):
    rows = posts()
    found = joined(rows, heard(rows, of_linear, 3, 3), heard(rows, of_encoder, 3, 4))

    for mix in (found.themes, found.signals):
        assert (mix.encoder > mix.linear) == (of_encoder > of_linear)


def test_both_models_together_find_more_than_either_alone():
    rows, others = posts(1), posts(2)
    linear, encoder = heard(rows, 2, 2, 3), heard(rows, 2, 2, 4)
    nothing = Scores(*(np.zeros_like(getattr(linear, name)) for name in Scores.__slots__))
    unseen = heard(others, 2, 2, 5), heard(others, 2, 2, 6)

    both = joined(rows, linear, encoder).probabilities(*unseen).themes
    alone = joined(rows, nothing, encoder).probabilities(nothing, unseen[1]).themes

    assert loss(both, truth_of(others)) < loss(alone, truth_of(others))


def loss(sure, truth):
    return -np.log(np.where(truth, sure, 1 - sure)).mean()


@pytest.mark.parametrize("noise", [0.5, 2.0, 4.0])
def test_few_enough_refutations_pass_for_promotion(noise):
    rows = posts()
    linear = heard(rows, 2, 1, 3, stance_sure=1)
    encoder = heard(rows, 2, noise, 4)

    found = joined(rows, linear, encoder)

    assert MIN_PROMOTES <= found.promotes_from <= MAX_PROMOTES
    sure = found.probabilities(linear, encoder)
    is_found = sure.themes >= found.theme_from
    called = [
        found.stance(sure.stances[number, place])[0] if is_found[number, place] else None
        for number, row in enumerate(rows)
        for theme, stance in row.themes.items()
        for place in [THEMES.index(theme)]
        if stance == "refutes"
    ]
    if found.promotes_from < MAX_PROMOTES:
        assert called.count(PROMOTES) <= MAX_REFUTES_CALLED_PROMOTES * len(called)


def test_where_stances_cannot_be_told_promotion_must_be_surest():
    rows = posts()
    shuffled = [Row(r.id, r.text, themes=dict.fromkeys(r.themes, "refutes")) for r in rows]
    scores = heard(rows, 2, 1, 3, stance_sure=4)  # it hears promotion where none is

    found = joined([*shuffled[:300], *rows[300:]], scores, scores)

    assert found.promotes_from > MIN_PROMOTES


def test_a_model_that_only_misleads_is_left_out_and_never_turned_round():
    rows = posts()
    wrong = heard(rows, -2, 1, 3, stance_sure=-2)

    found = joined(rows, wrong, heard(rows, 2, 1, 4))

    for mix in (found.themes, found.signals, found.health):
        assert mix.linear == 0
        assert mix.encoder > 0
    assert found.stance_linear == 0
    assert found.stance_encoder > 0


def test_a_window_too_short_for_the_heads_stays_without_themes():
    rows = posts()
    linear = heard(rows, 2, 2, 3)
    found = joined(rows, linear, heard(rows, 3, 2, 4))
    short = Scores(
        np.full_like(linear.themes[:1], NEVER),
        np.full_like(linear.signals[:1], NEVER),
        linear.health[:1],
        linear.stances[:1],
    )

    sure = found.probabilities(short, heard(rows[:1], 3, 0, 4)).themes

    assert (sure < found.theme_from).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_curves_rise_and_thresholds_lie_between_0_and_1(seed):
    rows = posts(seed % 3, 150)
    found = joined(rows, heard(rows, 1, 2, seed), heard(rows, 2, 2, seed + 1))

    for mix in (found.themes, found.signals, found.health):
        assert (np.diff(mix.curve) >= 0).all()
        assert mix.curve.shape == LOG_ODDS.shape
        assert mix.encoder >= 0
        assert mix.linear >= 0
    assert found.theme_from.shape == (len(THEMES),)
    assert found.signal_from.shape == (len(SIGNALS),)
    assert ((found.theme_from > 0) & (found.theme_from < 1)).all()
    assert found.unsure_from == pytest.approx(UNSURE_SHARE * found.theme_from)
    assert found.stance_offset.shape == (len(STANCES),)


def test_posts_nobody_read_calibrate_no_signal_and_posts_without_health_none():
    rows = posts(1, 300)
    unread = [Row(f"u{n}", "x", assumed=True) for n in range(60)]
    linear, encoder = heard(rows, 1, 1, 3), heard(rows, 2, 1, 4)
    silent, loud = heard(unread, 1, 1, 5), heard(unread, 2, 1, 6)
    loud = replace(loud, signals=loud.signals + 9, health=loud.health + 9)

    found = joined([*rows, *unread], stacked(linear, silent), stacked(encoder, loud))
    expected = joined(rows, linear, encoder)

    assert found.signals.encoder == pytest.approx(expected.signals.encoder, rel=1e-4)
    assert found.health.curve == pytest.approx(expected.health.curve, abs=1e-4)
    assert found.promotes_from == pytest.approx(expected.promotes_from, abs=1e-4)


def stacked(first, second):
    return Scores(
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in Scores.__slots__
        )
    )


def test_refutations_are_told_from_promotion_where_the_scores_tell_them():
    rows = posts()
    linear, encoder = heard(rows, 2, 1, 3), heard(rows, 2, 1, 4, stance_sure=6)

    found = joined(rows, linear, encoder)

    shares = found.probabilities(linear, encoder).stances
    right = [
        found.stance(shares[number, THEMES.index(theme)])[0] == STANCES.index(stance)
        for number, row in enumerate(rows)
        for theme, stance in row.themes.items()
        if STANCES.index(stance) in (PROMOTES, REFUTES)
    ]
    assert np.mean(right) > 0.95


def test_rows_picked_for_being_hard_weigh_the_models_but_do_not_set_how_sure_a_score_is():
    rows = posts()
    linear, encoder = heard(rows, 2, 1, 3), heard(rows, 2, 1, 4)
    wrong = [
        Row(f"hard{n}", row.text, themes={}, health=True, picked=True)
        for n, row in enumerate(rows)
    ]
    doubled = [
        Scores(*(np.concatenate([getattr(one, name)] * 2) for name in Scores.__slots__))
        for one in (linear, encoder)
    ]

    plain = joined(rows, linear, encoder).probabilities(linear, encoder).themes
    hard = joined([*rows, *wrong], *doubled).probabilities(linear, encoder).themes
    read_as_all = [Row(r.id, r.text, themes={}, health=True) for r in wrong]
    misled = joined([*rows, *read_as_all], *doubled).probabilities(linear, encoder).themes

    truth = truth_of(rows)
    assert loss(hard, truth) < loss(misled, truth)
    assert loss(hard, truth) == pytest.approx(loss(plain, truth), rel=0.2)


def test_public_posts_decide_alone_where_enough_of_them_have_a_theme():
    written = [Row(f"w{n}", "x", themes={"masks": "promotes"}, health=True) for n in range(9)]
    public = [
        Row(f"p{n}", "x", themes={"masks": "asks"}, dataset="a set") for n in range(ENOUGH)
    ]

    assert deciding(written + public) == public
    assert deciding(written + public[1:]) == written + public[1:]
