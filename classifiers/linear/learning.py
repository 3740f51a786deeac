"""Learn all heads of the tagger from examples, with their calibration and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from classifiers.linear.cues import CUES_N
from classifiers.linear.examples import FORM_SCALE, Examples, Pairs
from classifiers.linear.fitting import (
    Bools,
    Floats,
    Folds,
    Head,
    best_threshold,
    fit,
    out_of_fold,
    platt,
)
from classifiers.linear.gate import gate_features
from classifiers.linear.weights import LOG_ODDS, Weights
from classifiers.stances import PROMOTES, REFUTES, STANCES
from classifiers.taxonomy import Taxonomy

BETA = 0.8
"""Thresholds weigh precision above recall: a theme wrongly named alarms a county."""

CANDIDATES = np.arange(0.2, 0.66, 0.01)
"""Thresholds that are tried."""

PRIOR_N = 30
"""A head with this many examples goes half its own way from the common threshold."""

GATE_MISSES = 0.003
"""Of the training's posts with a theme, the share that it may stop; of others it is more."""

MAX_REFUTES_CALLED_PROMOTES = 1 / 6
"""Of refutations whose theme is known, the share that may pass for promotion."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """One head with what cross-validation says of it.

    slope, offset  log-odds = slope * score + offset
    held_out       (rows scored) log-odds given by a head that had not seen the row
    is_yes         (rows scored) what was right
    """

    name: str
    kind: str
    head: Head
    slope: float
    offset: float
    held_out: Floats
    is_yes: Bools


def learn(examples: Examples, taxonomy: Taxonomy) -> Weights:
    """The weights of all heads: health, gate, themes, signals, stances."""
    theme_ids, signal_ids = list(taxonomy.themes), list(taxonomy.signals)
    text_n = examples.vocabulary.size
    health = [_learn_text("health", "health", examples, examples.health())]
    gate = [_learn_text("gate", "gate", examples, examples.anything())]
    themes = [_learn_text(name, "theme", examples, examples.theme(name)) for name in theme_ids]
    signals = [
        _learn_text(name, "signal", examples, examples.signal(name)) for name in signal_ids
    ]
    stances = _learn_stances(Pairs.of(examples, theme_ids), text_n)
    learnt = [*health, *gate, *themes, *signals, *stances]
    curves = [_curve(of_kind) for of_kind in (health, gate, themes, signals, stances)]
    curves[0] = _for_even_odds(curves[0], float(health[0].is_yes.mean()))
    form = FORM_SCALE * np.stack([one.head.weights[text_n:] for one in stances], axis=1)
    gate_weights, gate_from = _learn_gate(themes, gate[0])
    thresholds = [0.5, gate_from]
    thresholds += [*_thresholds(themes, curves[2]), *_thresholds(signals, curves[3])]
    thresholds += [_promotes_threshold(stances, curves[4]), 0.0, 0.0, 0.0]
    return Weights(
        vocabulary=examples.vocabulary,
        heads=tuple(one.name for one in learnt),
        kinds=tuple(one.kind for one in learnt),
        weights=_float32([one.head.weights[:text_n] for one in learnt]).T,
        bias=_float32([one.head.bias for one in learnt]),
        slope=_float32([one.slope for one in learnt]),
        offset=_float32([one.offset for one in learnt]),
        curves=_float32(curves),
        threshold=_float32(thresholds),
        cue_weights=form[:CUES_N].astype(np.float32),
        theme_weights=form[CUES_N:].astype(np.float32),
        gate_weights=gate_weights.astype(np.float32),
    )


def _learn_text(
    name: str, kind: str, examples: Examples, labels: tuple[Bools, Bools]
) -> Learnt:
    is_yes, known = labels
    return _learn(
        name,
        kind,
        examples.features[known],
        is_yes[known],
        examples.folds[known],
        examples.vocabulary.size,
    )


def _learn_stances(pairs: Pairs, text_n: int) -> list[Learnt]:
    return [
        _learn(stance, "stance", pairs.features, pairs.stances == stance, pairs.folds, text_n)
        for stance in STANCES
    ]


def _learn(
    name: str,
    kind: str,
    features: sparse.csr_array,
    is_yes: Bools,
    folds: Folds,
    stretch_n: int,
) -> Learnt:
    head = fit(features, is_yes, stretch_n)
    scores = out_of_fold(features, is_yes, folds, stretch_n)
    scored = ~np.isnan(scores)
    slope, offset = platt(scores[scored], is_yes[scored])
    return Learnt(
        name, kind, head, slope, offset, slope * scores[scored] + offset, is_yes[scored]
    )


def _pooled(learnt: Sequence[Learnt]) -> tuple[Floats, Bools]:
    held_out = np.concatenate([one.held_out for one in learnt])
    return held_out, np.concatenate([one.is_yes for one in learnt])


def _curve(learnt: Sequence[Learnt]) -> Floats:
    """The probability at each log-odds of the grid, over all heads of a kind.

    Platt's two numbers a head leave the sure end too sure, and one head has too few examples
    to bend it alone; so one rising curve is fitted to all of them (isotonic regression).
    """
    held_out, is_yes = _pooled(learnt)
    rising = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip")
    rising.fit(np.clip(held_out, LOG_ODDS[0], LOG_ODDS[-1]), is_yes)
    return np.asarray(rising.predict(LOG_ODDS))


def _for_even_odds(curve: Floats, share: float) -> Floats:
    """The curve for posts of which half are about health, not `share` of them.

    Label files are chosen for health; a town's posts are not. Left as learnt, the health head
    calls every second lost dog a health post, and health posts are what shares are divided by.
    """
    odds = curve / (1 - curve) * (1 - share) / share
    return np.asarray(odds / (1 + odds))


def _thresholds(learnt: Sequence[Learnt], curve: Floats) -> list[float]:
    """Each head's own best threshold, drawn towards the common one where examples are few."""
    held_out, is_yes = _pooled(learnt)
    common = best_threshold(np.interp(held_out, LOG_ODDS, curve), is_yes, CANDIDATES, BETA)
    found = []
    for one in learnt:
        sure = np.interp(one.held_out, LOG_ODDS, curve)
        own = best_threshold(sure, one.is_yes, CANDIDATES, BETA)
        share = one.is_yes.sum() / (one.is_yes.sum() + PRIOR_N)
        found.append(float(share * own + (1 - share) * common))
    return found


def _learn_gate(themes: Sequence[Learnt], gate: Learnt) -> tuple[Floats, float]:
    """(3) weights of the gate's features, and the score all but `GATE_MISSES` reach.

    Learnt from scores of heads that had not seen the row, so it expects what heads miss.
    """
    log_odds = np.stack([theme.held_out for theme in themes], axis=1)
    has_theme = np.stack([theme.is_yes for theme in themes], axis=1).any(axis=1)
    features = gate_features(log_odds, gate.held_out)
    if not has_theme.any():
        return np.ones(features.shape[1]), -np.inf
    model = LogisticRegression(class_weight="balanced").fit(features, has_theme)
    scores = features @ model.coef_[0]
    return model.coef_[0], float(np.quantile(scores[has_theme], GATE_MISSES))


def _promotes_threshold(stances: Sequence[Learnt], curve: Floats) -> float:
    """The lowest share of `promotes` at which few enough refutations pass for promotion."""
    held_out = np.stack([np.interp(s.held_out, LOG_ODDS, curve) for s in stances], axis=1)
    promotes = held_out[:, PROMOTES] / held_out.sum(axis=1)
    refuted = promotes[stances[REFUTES].is_yes]
    if not len(refuted):
        return 0.5
    return float(max(0.5, np.quantile(refuted, 1 - MAX_REFUTES_CALLED_PROMOTES)))


def _float32(values: Sequence[float] | Sequence[Floats]) -> npt.NDArray[np.float32]:
    return np.array(values, np.float32)
