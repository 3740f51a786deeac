"""Say how much a post may carry one of our themes: the score of the wide gate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from classifiers.scores import Array

Floats = npt.NDArray[np.float64]

FEATURES = ("strongest theme", "all themes", "gate head")
CLIP = 9.0
"""Log-odds beyond this say no more."""


def gate_features(themes: Array | Floats, gate: Array | Floats) -> Array:
    """(N, 3) log-odds of the strongest theme, of themes together, and of the gate's own head.

    themes  (N, T) log-odds of each theme
    gate    (N) log-odds of the head that looks for any theme or signal
    """
    themes = themes.clip(-CLIP, CLIP)
    together = np.log(np.exp(themes).sum(axis=1))
    columns = [themes.max(axis=1), together, gate.clip(-CLIP, CLIP)]
    return np.stack(columns, axis=1).astype(np.float32)
