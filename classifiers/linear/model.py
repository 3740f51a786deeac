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
    """What the heads say of N posts cut into W windows, before any stance is asked for.

    themes, signals, health  (N, T), (N, S), (N, 1) log-odds, calibrated by head alone
    gate       (N) how much a post may have a theme
    windows    (W) their texts, normalised
    where      (N, T) the window in which each theme is strongest
    by_stance  (W, 4) what a window's features say of the stances
    """

    themes: Array
    signals: Array
    health: Array
    gate: Array
    windows: list[str]
    where: Indices
    by_stance: Array


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
        themes = of_kind["theme"]
        gate = gate_features(themes, of_kind["gate"][:, 0]) @ self.weights.gate_weights
        return LinearReading(
            themes,
            of_kind["signal"],
            of_kind["health"],
            gate,
            windows,
            strongest(by_head[:, self.weights.columns("theme")], firsts),
            by_head[:, self.weights.columns("stance")],
        )

    def scores(self, reading: LinearReading, posts: Indices) -> Scores:
        """All scores of the posts numbered `posts`, stances too.

        Cues of stance take long to count, and matter only for posts that the gate lets pass; so
        they are counted here, for those.
        """
        return Scores(
            reading.themes[posts],
            reading.signals[posts],
            reading.health[posts],
            self._stances(reading, reading.where[posts]),
        )

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

    def _stances(self, reading: LinearReading, where: Indices) -> Array:
        """(N, T, 4) log-shares: the text's own, its cues, and what the theme adds."""
        used, place = np.unique(where, return_inverse=True)
        cued = cues([reading.windows[window] for window in used]) @ self.weights.cue_weights
        of_window = reading.by_stance[used] + cued
        log_odds = self.weights.log_odds(
            of_window[place.reshape(where.shape)] + self.weights.theme_weights, "stance"
        )
        each = np.interp(log_odds, LOG_ODDS, self.weights.curve("stance"))
        return np.asarray(np.log(each / each.sum(axis=-1, keepdims=True)), np.float32)
