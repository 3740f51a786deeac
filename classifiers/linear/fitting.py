"""Fit linear heads, and learn from held-out posts how far to believe them.

Each head is a logistic regression with classes balanced, on features stretched by how much
more often they stand in the one class than in the other (the log-count ratio of Wang and
Manning 2012, blended with 1). Its scores for posts it has not seen, by cross-validation,
give the calibration (Platt 1999) and the thresholds. Nothing is drawn at random: the fold of
a post is the checksum of its tokens, so that copies fall into one fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

FOLDS = 5
ALWAYS = -1
"""Fold of rows that always train and are never scored: the claims."""

STRENGTH = 10.0
"""Inverse of the regularisation; 3 to 30 gave the same cross-validated F1."""

BLEND = 0.4
"""Share of the log-count ratio in a feature's stretch; 0.3 to 0.5 were best, 1 worse."""

SMOOTHING = 0.02
"""Added to every count, in tf-idf units."""

UNLIKELY = -6.0
"""Score of every post where a head has too few examples to learn from."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Head:
    """One yes-no question: score = features @ weights + bias."""

    weights: Floats
    bias: float

    def score(self, features: sparse.csr_array) -> Floats:
        """The log-odds of each row, not calibrated."""
        return np.asarray(features @ self.weights + self.bias)


def fold_of(tokens: Sequence[str]) -> Folds:
    """The fold, 0 to `FOLDS` - 1, of each post."""
    return np.array(
        [crc32(post.encode("utf-8", "replace")) % FOLDS for post in tokens], np.int64
    )


def fit(features: sparse.csr_array, is_yes: Bools, stretch_n: int) -> Head:
    """Fit one head. The first `stretch_n` columns are stretched, the rest taken as they are."""
    if is_yes.sum() < 2 or is_yes.all():
        return Head(np.zeros(features.shape[1]), UNLIKELY)
    stretch = np.ones(features.shape[1], np.float32)
    stretch[:stretch_n] = _stretch(features[:, :stretch_n], is_yes)
    yes_n, no_n = is_yes.sum(), (~is_yes).sum()
    balanced = np.where(is_yes, len(is_yes) / (2 * yes_n), len(is_yes) / (2 * no_n))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(features @ sparse.diags_array(stretch), is_yes, sample_weight=balanced)
    return Head(model.coef_[0] * stretch, float(model.intercept_[0]))


def out_of_fold(
    features: sparse.csr_array, is_yes: Bools, folds: Folds, stretch_n: int
) -> Floats:
    """Each row's score by a head that has not seen its fold; NaN for rows of `ALWAYS`."""
    scores = np.full(len(is_yes), np.nan)
    for fold in range(FOLDS):
        held, train = folds == fold, folds != fold
        if held.any():
            head = fit(features[train], is_yes[train], stretch_n)
            scores[held] = head.score(features[held])
    return scores


def platt(scores: Floats, is_yes: Bools) -> tuple[float, float]:
    """(slope, offset) that turn a score into log-odds; slope never below 0."""
    if is_yes.sum() < 2 or is_yes.all():
        return 1.0, 0.0
    model = LogisticRegression(C=1.0).fit(scores[:, None], is_yes)
    return max(0.0, float(model.coef_[0, 0])), float(model.intercept_[0])


def best_threshold(
    probabilities: Floats, is_yes: Bools, candidates: Floats, beta: float
) -> float:
    """The candidate with the best F-beta (beta below 1: precision counts more)."""
    found = probabilities[:, None] >= candidates
    hits = (found & is_yes[:, None]).sum(axis=0)
    wanted = beta**2 * is_yes.sum()
    f_beta = (1 + beta**2) * hits / np.maximum(found.sum(axis=0) + wanted, 1e-9)
    return float(candidates[f_beta.argmax()])


def _stretch(features: sparse.csr_array, is_yes: Bools) -> npt.NDArray[np.float32]:
    yes = np.asarray(features[is_yes].sum(axis=0)).ravel() + SMOOTHING
    no = np.asarray(features[~is_yes].sum(axis=0)).ravel() + SMOOTHING
    ratio = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    typical = np.sqrt((ratio**2).mean()) or 1.0
    return np.asarray(BLEND * ratio / typical + (1 - BLEND), np.float32)
