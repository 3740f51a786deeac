"""Part: fit heads on a frozen encoder (`[train]` extra).

They learn from the rows that our own models learn from, and are calibrated on the rows that
ours are calibrated on, by the same rules: what differs is the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from classifiers.bench.frozen import Heads, Meanings, nothing_like
from classifiers.bench.parts import Fit, Fitted
from classifiers.encoder.pretrained import E5, MINILM, open_e5, open_minilm
from classifiers.linear.fitting import UNLIKELY
from classifiers.normalise import readable
from classifiers.scores import Array
from classifiers.stances import STANCES
from classifiers.tagger.calibration_file import write_calibrations
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training.gather import gather
from classifiers.training.joining import join
from classifiers.training.rows import Row
from classifiers.training.splits import rows_of

STRENGTH = 10.0
"""Inverse of the regularisation; on the calibrating rows 1 ranked as well, 100 worse."""

THEME_SCALE = 0.5
"""How large a theme stands beside a meaning, which has length 1, for the stances."""

Bools = npt.NDArray[np.bool_]


def answer(asked: Fit) -> Fitted:
    """Fit, calibrate, and write encoder, heads and calibration to the folder."""
    taxonomy = load_taxonomy()
    rows = gather(asked.labels, asked.posts, taxonomy, [asked.gold]).rows
    learn = _spread(rows_of("learn", rows), asked.learn_n)
    calibrate = _spread(rows_of("calibrate", rows), asked.learn_n)
    meanings = _opened(asked.base, rows)
    meanings.save(asked.folder)
    heads = fit(learn, _read(meanings, learn), taxonomy)
    heads.save(asked.folder)
    scores = heads.scores(_read(meanings, calibrate))
    calibration = join(calibrate, nothing_like(scores), scores, taxonomy)
    write_calibrations({asked.base: calibration}, asked.folder, {"claims": []})
    return Fitted(len(learn), len(calibrate))


def fit(rows: Sequence[Row], meanings: Array, taxonomy: Taxonomy) -> Heads:
    """All heads from `rows` and their (N, 384) meanings."""
    theme_ids = list(taxonomy.themes)
    everyone = np.ones(len(rows), bool)
    looked = np.array([not (row.is_claim or row.assumed) for row in rows])
    known = np.array([row.health is not None for row in rows])
    questions = [(np.array([i in row.themes for row in rows]), everyone) for i in theme_ids]
    questions += [
        (np.array([i in row.signals for row in rows]), looked) for i in taxonomy.signals
    ]
    questions.append((np.array([bool(row.health) for row in rows]), known))
    heads = [_head(meanings[asked], is_yes[asked]) for is_yes, asked in questions]
    stance_weights, stance_themes = _stances(rows, meanings, theme_ids)
    return Heads(
        np.stack([weights for weights, _ in heads], axis=1),
        np.array([bias for _, bias in heads], np.float32),
        stance_weights,
        stance_themes,
    )


def _head(meanings: Array, is_yes: Bools) -> tuple[Array, float]:
    if is_yes.sum() < 2 or is_yes.all():
        return np.zeros(meanings.shape[1], np.float32), UNLIKELY
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(meanings, is_yes)
    return np.asarray(model.coef_[0], np.float32), float(model.intercept_[0])


def _stances(
    rows: Sequence[Row], meanings: Array, theme_ids: Sequence[str]
) -> tuple[Array, Array]:
    """(384, 4) weights of the meaning, and (T, 4) of the theme with the bias."""
    pairs = [
        (number, theme_ids.index(theme_id), STANCES.index(stance))
        for number, row in enumerate(rows)
        for theme_id, stance in row.themes.items()
    ]
    posts, themes, stances = np.array(pairs).T
    of_theme = THEME_SCALE * np.eye(len(theme_ids), dtype=np.float32)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(np.hstack([meanings[posts], of_theme[themes]]), stances)
    weights = np.zeros((len(STANCES), meanings.shape[1] + len(theme_ids)), np.float32)
    bias = np.full(len(STANCES), UNLIKELY, np.float32)
    weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    by_meaning, by_theme = np.split(weights, [meanings.shape[1]], axis=1)
    return by_meaning.T, np.asarray(THEME_SCALE * by_theme.T + bias, np.float32)


def _opened(base: str, rows: Sequence[Row]) -> Meanings:
    if base == "minilm":
        return Meanings(*open_minilm(), MINILM.prefix, MINILM.pad)
    texts = [E5.prefix + readable(row.text) for row in rows]
    return Meanings(*open_e5(texts), E5.prefix, E5.pad)


def _read(meanings: Meanings, rows: Sequence[Row]) -> Array:
    return meanings.of([readable(row.text) for row in rows])


def _spread(rows: Sequence[Row], most: int) -> list[Row]:
    """At most `most` rows, evenly spread over the sources they come from in order."""
    return list(rows[:: max(1, -(-len(rows) // most))])
