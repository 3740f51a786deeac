"""Find posts that pass on a claim which no model has learnt yet.

A claim added on Monday is matched the same day, but the heads may not know what it is about: a
post on it then carries no theme, and nothing to match. So the meaning of such a claim is held
against every post that an encoder reads. No probability was learnt for it: a post near enough
gets the least score that counts, and one less near is left to a reader.
"""

from __future__ import annotations

import numpy as np

from classifiers.encoder import Reading
from classifiers.scores import Array, Indices
from classifiers.tagger.calibration import Calibration

COUNTS_FROM = 0.64
"""Cosine of meanings from which a post has the claim's theme. What that catches, rightly and
wrongly, `tests/test_tagger_fresh.py` holds; another encoder has other cosines, so set it anew
when one is trained."""

UNSURE_FROM = 0.58
"""Cosine from which a reader should look."""


def raised(
    themes: Array, reading: Reading, meanings: Array, theme_of: Indices, by: Calibration
) -> tuple[Array, Indices]:
    """Probabilities with what fresh claims add, and the claim that counts, or -1, for each.

    themes    (N, T) probabilities
    meanings  (F, 384) of F fresh claims; theme_of (F) the theme of each

    Both results are (N, T).
    """
    lifted, because = themes.copy(), np.full(themes.shape, -1)
    nearest = np.full(themes.shape, -1.0)
    for claim, theme in enumerate(theme_of):
        likeness = reading.meaning[reading.where[:, theme]] @ meanings[claim]
        counts = (likeness >= COUNTS_FROM) & (likeness > nearest[:, theme])
        because[counts, theme] = claim
        nearest[counts, theme] = likeness[counts]
        for bar, least in ((COUNTS_FROM, by.theme_from), (UNSURE_FROM, by.unsure_from)):
            near = likeness >= bar
            lifted[near, theme] = np.maximum(lifted[near, theme], least[theme])
    return lifted, because
