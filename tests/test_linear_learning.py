"""Learning the heads: copies in one fold, thresholds that weigh precision, honest unknowns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from classifiers.linear.cues import CUES_N, cues
from classifiers.linear.examples import Examples, Pairs
from classifiers.linear.fitting import (
    ALWAYS,
    FOLDS,
    UNLIKELY,
    best_threshold,
    fit,
    fold_of,
    out_of_fold,
    platt,
)
from classifiers.linear.learning import CANDIDATES
from classifiers.linear.model import LinearModel
from classifiers.normalise import normalise
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import Row, claim_rows
from tests.tagging import THEMES, plain_rows, small_weights


def examples(*rows):
    return Examples.of([*rows, *plain_rows()])


def test_copies_of_a_post_fall_into_one_fold():
    assert len(set(fold_of(["raw milk cures"] * 5).tolist())) == 1
    assert set(fold_of([f"post {n}" for n in range(100)]).tolist()) == set(range(FOLDS))


def test_claims_always_train_and_are_never_scored():
    claims = claim_rows(load_taxonomy())[:4]

    found = Examples.of([*claims, *plain_rows()])

    assert found.folds[:4].tolist() == [ALWAYS] * 4
    assert (found.folds[4:] != ALWAYS).all()
    scores = out_of_fold(
        found.features, found.theme("raw_milk")[0], found.folds, found.vocabulary.size
    )
    assert np.isnan(scores).tolist() == [True] * 4 + [False] * (len(scores) - 4)


def test_health_is_learnt_only_where_it_was_labelled():
    found = examples(Row("a", "one post here"), Row("b", "two posts here", health=True))

    is_health, known = found.health()

    assert known[:2].tolist() == [False, True]
    assert is_health[1]


def test_a_post_nobody_read_teaches_themes_and_the_gate_but_no_signal():
    found = examples(Row("a", "the senate votes today", assumed=True))

    assert not found.signal("blame_government")[1][0]
    assert found.theme("raw_milk")[1][0]
    assert found.anything()[1][0]
    assert not found.anything()[0][0]


def test_a_claim_teaches_no_signal():
    claim = claim_rows(load_taxonomy())[0]

    assert not examples(claim).signal("blame_pharma")[1][0]


def test_a_post_with_a_signal_alone_should_pass_the_gate():
    found = examples(Row("a", "my doctor never listens", signals=["blame_clinicians"]))

    assert found.anything()[0][0]


def test_every_theme_of_a_row_is_a_pair_with_its_stance():
    row = Row("a", "raw milk and fluoride", themes={"raw_milk": "refutes", "fluoride": "asks"})
    found = examples(row)

    pairs = Pairs.of(found, THEMES)

    assert pairs.stances[:2].tolist() == ["refutes", "asks"]
    assert pairs.folds[0] == pairs.folds[1] == found.folds[0]
    which = pairs.features[[0, 1]][:, -len(THEMES) :].toarray() > 0
    assert which.argmax(axis=1).tolist() == [THEMES.index(t) for t in ("raw_milk", "fluoride")]
    assert pairs.features.shape[1] == found.vocabulary.size + CUES_N + len(THEMES)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_cues_are_counts_between_0_and_1(text):
    found = cues([normalise(text)])

    assert found.shape == (1, CUES_N)
    assert (found >= 0).all()
    assert (found <= 1).all()


def test_a_question_and_a_denial_give_other_cues_than_a_bare_claim():
    claim, denial, question = cues(
        ["raw milk cures asthma", "raw milk never cures asthma", "raw milk cures asthma ?"]
    )

    assert (claim != denial).any()
    assert (claim != question).any()


def test_no_posts_give_no_cues():
    assert cues([]).shape == (0, CUES_N)


@pytest.mark.parametrize("is_yes", [[False] * 4, [True, False, False, False], [True] * 4])
def test_a_head_with_too_few_examples_says_no_and_claims_no_calibration(is_yes):
    features = sparse.csr_array(np.eye(4, dtype=np.float32))
    answers = np.array(is_yes)

    head = fit(features, answers, 4)

    assert head.score(features).tolist() == [UNLIKELY] * 4
    assert platt(np.zeros(4), answers) == (1.0, 0.0)


def test_a_head_learns_what_separates_its_posts():
    features = sparse.csr_array(np.repeat(np.eye(2, dtype=np.float32), 6, axis=0))
    answers = np.repeat([True, False], 6)

    scores = fit(features, answers, 2).score(features)

    assert (scores[:6] > 0).all()
    assert (scores[6:] < 0).all()


def test_scores_that_run_backwards_are_given_no_say():
    scores = np.array([3.0, 2.0, 1.0, -1.0, -2.0, -3.0])
    answers = np.array([False, False, False, True, True, True])

    assert platt(scores, answers)[0] == 0.0


def test_a_threshold_that_weighs_precision_is_higher():
    sure = np.array([0.9, 0.8, 0.6, 0.55, 0.5, 0.3])
    is_yes = np.array([True, True, False, True, False, False])
    candidates = np.array([0.52, 0.7])

    assert best_threshold(sure, is_yes, candidates, beta=2.0) == 0.52
    assert best_threshold(sure, is_yes, candidates, beta=0.2) == 0.7


def test_every_threshold_is_one_that_could_have_been_chosen():
    weights = small_weights()

    of_themes = weights.threshold[weights.columns("theme")]
    assert (of_themes >= CANDIDATES[0] - 1e-6).all()
    assert (of_themes <= CANDIDATES[-1] + 1e-6).all()
    assert weights.threshold[weights.columns("stance")[0]] >= 0.5


def test_learning_leaves_no_post_of_its_own_outside_the_gate():
    model = LinearModel(small_weights())
    rows = plain_rows()

    gate = model.read([normalise(row.text) for row in rows]).gate

    missed = [row.text for row, score in zip(rows, gate, strict=True)
              if row.themes and score < model.gate_from]  # fmt: skip
    assert len(missed) <= 0.01 * len(rows)


def test_the_same_rows_give_the_same_numbers():
    features = sparse.csr_array(np.tile(np.eye(6, dtype=np.float32), (4, 1)))
    answers = np.arange(24) % 6 < 2

    first, second = fit(features, answers, 6), fit(features, answers, 6)

    assert first.weights.tolist() == second.weights.tolist()
    assert first.bias == second.bias
