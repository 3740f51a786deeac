"""Score posts with the tf-idf heads; the whole tagger where no encoder is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from classifiers.linear.cues import cues
from classifiers.linear.gate import gate_features
from classifiers.linear.weights import LOG_ODDS, Weights
from classifiers.linear.windows import cut
from classifiers.scores import NEVER, Array, Indices, Scores, strongest

BATCH = 2000
"""Windows scored at once; bounds memory."""

MIN_TOKENS = 3
"""A window with fewer carries no theme and no signal: "vaccines!" says nothing of them."""

TEXT_KINDS = ("health", "gate", "theme", "signal")
WITHHELD = ("gate", "theme", "signal")
"""Kinds of heads that say nothing of a window that is too short."""


class LinearReading(NamedTuple):
    """What the heads say of N posts cut into W windows.

    scores   not calibrated beyond each head's own
    gate     (N) how much a post may have a theme
    windows  (W) their texts, normalised
    where    (N, T) the window in which each theme is strongest
    """

    scores: Scores
    gate: Array
    windows: list[str]
    where: Indices


class LinearModel:
    """The tf-idf heads, ready to score. `gate_from`: the gate's score that lets pass."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._withheld = np.isin(weights.kinds, WITHHELD)
        (gate,) = weights.columns("gate")
        self.gate_from = float(weights.threshold[gate])

    def read(self, tokens: Sequence[str]) -> LinearReading:
        """Score N posts, normalised."""
        windows, owners = cut(tokens)
        by_head = self._by_head(windows)
        short = np.array([window.count(" ") + 1 < MIN_TOKENS for window in windows], bool)
        by_head[np.outer(short, self._withheld)] = NEVER
        firsts = np.searchsorted(owners, np.arange(len(tokens)))
        top = np.maximum.reduceat(by_head, firsts) if len(firsts) else by_head
        of_kind = {kind: self._of_kind(top, kind) for kind in TEXT_KINDS}
        where = strongest(by_head[:, self.weights.columns("theme")], firsts)
        stances = self._stances(windows, by_head[:, self.weights.columns("stance")], where)
        scores = Scores(of_kind["theme"], of_kind["signal"], of_kind["health"], stances)
        gate = gate_features(scores.themes, of_kind["gate"][:, 0]) @ self.weights.gate_weights
        return LinearReading(scores, gate, windows, where)

    def features(self, tokens: Sequence[str]) -> sparse.csr_array:
        """The features of normalised texts, one row each."""
        return self.weights.vocabulary.features(tokens)

    def _of_kind(self, by_head: Array, kind: str) -> Array:
        return self.weights.log_odds(by_head[:, self.weights.columns(kind)], kind)

    def _by_head(self, windows: Sequence[str]) -> Array:
        """(W, heads) before calibration."""
        parts = [
            self.features(windows[n : n + BATCH]) @ self.weights.weights
            for n in range(0, len(windows), BATCH)
        ]
        heads_n = len(self.weights.heads)
        return np.asarray(
            np.concatenate([np.zeros((0, heads_n)), *parts]) + self.weights.bias, np.float32
        )

    def _stances(self, windows: Sequence[str], by_stance: Array, where: Indices) -> Array:
        """(N, T, 4) log-shares: the text's own, its cues, and what the theme adds."""
        of_window = by_stance + cues(windows) @ self.weights.cue_weights
        log_odds = self.weights.log_odds(
            of_window[where] + self.weights.theme_weights, "stance"
        )
        each = np.interp(log_odds, LOG_ODDS, self.weights.curve("stance"))
        return np.asarray(np.log(each / each.sum(axis=-1, keepdims=True)), np.float32)
