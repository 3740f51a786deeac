"""Learn how to join an encoder with the tf-idf heads, on rows that neither learnt from.

Public posts decide where there are enough of them: written ones are easier to tell, so on both
together every score would seem too sure, and promotion too easily told from its rebuttal. All
rows that decide weigh the two models against each other. How likely a score is, and from where
on the answer is yes, is learnt without those picked for being hard, which seem less sure than
posts are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from classifiers.linear.fitting import Bools, Floats, best_threshold
from classifiers.linear.learning import CANDIDATES
from classifiers.linear.weights import LOG_ODDS
from classifiers.scores import Array, Scores
from classifiers.stances import PROMOTES, REFUTES, STANCES
from classifiers.tagger.calibration import UNSURE_SHARE, Calibration, Mix
from classifiers.taxonomy import Taxonomy
from classifiers.training.rows import Row

ENOUGH = 300
"""Public posts with a theme that are enough to do without the written ones."""

BETA = 0.6
"""Thresholds weigh precision above recall, more than those of the heads alone: most posts that
pass the gate have no theme, and the encoder finds more."""

PRIOR_N = 60
"""Rows with a label at which its own threshold and the common one count alike."""

OFFSET_STRENGTH = 0.1
"""How freely a label's own offset may move; small, because most labels have few rows."""

MAX_REFUTES_CALLED_PROMOTES = 0.08
"""Of refutations, the share that may pass for promotion; one whose theme is missed does not."""

HAIR = 1e-4
"""Added to what promotion must reach: the refutation that sets the mark stays under it."""

MIN_PROMOTES = 0.4
MAX_PROMOTES = 0.9
"""The share of promotion that may be asked for lies between these."""


def join(
    rows: Sequence[Row], linear: Scores, encoder: Scores, taxonomy: Taxonomy
) -> Calibration:
    """The calibration of both models' scores of `rows`, in the same order."""
    fair = np.array([not row.picked for row in rows])
    read = np.array([not row.assumed for row in rows])
    known = np.array([row.health is not None for row in rows])
    themes = _has([list(row.themes) for row in rows], list(taxonomy.themes))
    signals = _has([row.signals for row in rows], list(taxonomy.signals))[read]
    health = np.array([[bool(row.health)] for row in rows])[known]
    of_themes = _mix(linear.themes, encoder.themes, themes, fair)
    of_signals = _mix(linear.signals[read], encoder.signals[read], signals, fair[read])
    theme_from = _thresholds(of_themes, linear.themes, encoder.themes, themes, fair)
    is_found = of_themes.probabilities(linear.themes, encoder.themes) >= theme_from
    stance = _stance(rows, linear, encoder, list(taxonomy.themes), is_found)
    return Calibration(
        themes=of_themes,
        signals=of_signals,
        health=_mix(linear.health[known], encoder.health[known], health, fair[known]),
        stance_encoder=stance[0],
        stance_linear=stance[1],
        stance_offset=stance[2],
        theme_from=theme_from,
        signal_from=_thresholds(
            of_signals, linear.signals[read], encoder.signals[read], signals, fair[read]
        ),
        unsure_from=theme_from * UNSURE_SHARE,
        promotes_from=stance[3],
    )


def deciding(rows: Sequence[Row]) -> list[Row]:
    """Those of `rows` to join on: public posts alone, if `ENOUGH` of them have a theme."""
    public = [row for row in rows if row.dataset]
    return public if sum(bool(row.themes) for row in public) >= ENOUGH else list(rows)


def _has(found: Sequence[Sequence[str]], labels: Sequence[str]) -> Bools:
    return np.array([[label in of_row for label in labels] for of_row in found])


def _mix(linear: Array, encoder: Array, is_yes: Bools, fair: Bools) -> Mix:
    """One weight a model, one offset a label: logistic regression over all pairs at once."""
    labels_n = is_yes.shape[1]
    one_hot = np.tile(np.eye(labels_n) * OFFSET_STRENGTH, (len(is_yes), 1))
    pairs = np.hstack([encoder.reshape(-1, 1), linear.reshape(-1, 1).clip(-8, 8), one_hot])
    model = LogisticRegression(max_iter=1000).fit(pairs, is_yes.ravel())
    while (weights := model.coef_[0][:2]).min() < 0:  # a higher score never means less likely
        pairs[:, weights.argmin()] = 0
        model.fit(pairs, is_yes.ravel())
    of_encoder, of_linear, *own = model.coef_[0]
    offset = np.array(own) * OFFSET_STRENGTH + model.intercept_[0]
    log_odds = of_encoder * encoder + of_linear * linear + offset
    curve = _curve(log_odds[fair], is_yes[fair])
    return Mix(float(of_encoder), float(of_linear), offset.astype(np.float32), curve)


def _curve(log_odds: Array, is_yes: Bools) -> Array:
    rising = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip")
    rising.fit(log_odds.ravel().clip(LOG_ODDS[0], LOG_ODDS[-1]), is_yes.ravel())
    return np.asarray(rising.predict(LOG_ODDS), np.float32)


def _thresholds(mix: Mix, linear: Array, encoder: Array, is_yes: Bools, fair: Bools) -> Array:
    """Each label's best threshold, drawn towards the common one where rows are few."""
    sure, is_yes = mix.probabilities(linear, encoder)[fair].astype(float), is_yes[fair]
    common = best_threshold(sure.ravel(), is_yes.ravel(), CANDIDATES, BETA)
    found = []
    for label in range(is_yes.shape[1]):
        own = best_threshold(sure[:, label], is_yes[:, label], CANDIDATES, BETA)
        share = is_yes[:, label].sum() / (is_yes[:, label].sum() + PRIOR_N)
        found.append(share * own + (1 - share) * common)
    return np.array(found, np.float32)


def _stance(
    rows: Sequence[Row],
    linear: Scores,
    encoder: Scores,
    theme_ids: Sequence[str],
    is_found: Bools,
) -> tuple[float, float, Array, float]:
    """Weights of both models, offsets of the stances, and what `promotes` must reach."""
    pairs = [
        (number, theme_ids.index(theme_id), STANCES.index(stance))
        for number, row in enumerate(rows)
        for theme_id, stance in row.themes.items()
    ]
    posts, themes, stances = np.array(pairs).T
    of_encoder, of_linear = encoder.stances[posts, themes], linear.stances[posts, themes]
    weights = _stance_weights(of_encoder, of_linear, stances)
    shares = _softmax(weights[0] * of_encoder + weights[1] * of_linear + weights[2:])
    refutes = (stances == REFUTES) & np.array([not rows[post].picked for post in posts])
    mistaken = refutes & (shares.argmax(axis=1) == PROMOTES)
    refuted = shares[mistaken & is_found[posts, themes], PROMOTES]
    allowed = int(MAX_REFUTES_CALLED_PROMOTES * refutes.sum())
    worst = np.sort(refuted)[::-1]
    least = float(worst[allowed]) + HAIR if len(worst) > allowed else MIN_PROMOTES
    return (
        float(weights[0]),
        float(weights[1]),
        weights[2:].astype(np.float32),
        float(np.clip(least, MIN_PROMOTES, MAX_PROMOTES)),
    )


def _stance_weights(encoder: Array, linear: Array, stances: Floats) -> Floats:
    """(6) the two weights and four offsets that make the labelled stances likeliest."""

    def loss(weights: Floats) -> float:
        shares = _softmax(weights[0] * encoder + weights[1] * linear + weights[2:])
        return float(-np.log(shares[np.arange(len(stances)), stances] + 1e-9).mean()) + float(
            0.01 * (weights[2:] ** 2).sum()
        )

    start = np.array([0.7, 0.3, 0, 0, 0, 0])
    bounds = [(0, None)] * 2 + [(None, None)] * 4
    return np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=bounds).x)


def _softmax(log_odds: Array) -> Array:
    each = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    return np.asarray(each / each.sum(axis=1, keepdims=True))
