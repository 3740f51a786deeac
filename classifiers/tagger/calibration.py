"""Turn the scores of one or two models into probabilities that hold, and thresholds.

Log-odds of both models are mixed with weights learnt on posts that neither learnt from, each
label gets its own offset, and one rising curve a kind bends the sure ends. Where a post was
read by the tf-idf heads alone, their own calibration (by cross-validation) is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.linear.weights import LOG_ODDS, Weights
from classifiers.scores import Array, Scores
from classifiers.stances import MENTIONS, PROMOTES

UNSURE_SHARE = 0.5
"""Of a theme's threshold: from there up to it, a post is worth a reader's look."""


@dataclass(frozen=True, slots=True)
class Mix:
    """log-odds = encoder * score + linear * score + offset, through a rising curve.

    offset  one a label
    curve   (33) the probability at each of `LOG_ODDS`
    """

    encoder: float
    linear: float
    offset: Array
    curve: Array

    def probabilities(self, linear: Array, encoder: Array | None) -> Array:
        """Calibrated, in the shape of the scores."""
        mixed = self.linear * linear + self.offset
        if encoder is not None:
            mixed = mixed + self.encoder * encoder
        return np.asarray(np.interp(mixed, LOG_ODDS, self.curve), np.float32)


@dataclass(frozen=True, slots=True)
class TextProbabilities:
    """Of N posts as a whole, whatever their themes: signals (N, S), health (N)."""

    signals: Array
    health: Array


@dataclass(frozen=True, slots=True)
class Probabilities(TextProbabilities):
    """Of N posts, besides: themes (N, T), stances (N, T, 4)."""

    themes: Array
    stances: Array


@dataclass(frozen=True, slots=True)
class Calibration:
    """How to read the scores of one way through the tagger.

    themes, signals, health  mixes
    stance_encoder, stance_linear, stance_offset (4)  of the stances' log-odds
    theme_from, signal_from  (T) and (S) probability from which the answer is yes
    unsure_from     (T) probability from which a theme is worth a reader's look
    promotes_from   share from which the likeliest stance may be `promotes`
    """

    themes: Mix
    signals: Mix
    health: Mix
    stance_encoder: float
    stance_linear: float
    stance_offset: Array
    theme_from: Array
    signal_from: Array
    unsure_from: Array
    promotes_from: float

    def of_text(self, signals: Array, health: Array) -> TextProbabilities:
        """What the tf-idf scores of signals (N, S) and health (N, 1) alone make probable."""
        return TextProbabilities(
            self.signals.probabilities(signals, None),
            self.health.probabilities(health, None)[:, 0],
        )

    def probabilities(self, linear: Scores, encoder: Scores | None = None) -> Probabilities:
        """The probabilities of N posts from the scores of both models, or of tf-idf alone."""
        stances = self.stance_linear * linear.stances + self.stance_offset
        if encoder is not None:
            stances = stances + self.stance_encoder * encoder.stances
        shares = np.exp(stances - stances.max(axis=-1, keepdims=True))
        themes, signals, health = (
            (encoder.themes, encoder.signals, encoder.health) if encoder else (None, None, None)
        )
        return Probabilities(
            signals=self.signals.probabilities(linear.signals, signals),
            health=self.health.probabilities(linear.health, health)[:, 0],
            themes=self.themes.probabilities(linear.themes, themes),
            stances=np.asarray(shares / shares.sum(axis=-1, keepdims=True), np.float32),
        )

    def stance(self, shares: Array) -> tuple[int, float]:
        """(stance, its probability) from (4) shares.

        A rebuttal counted as promotion harms the reader most, so `promotes` needs more than
        being likeliest. Likely promotion that falls short is `mentions`: by the labelling
        guide, the word for a stance that cannot be told.
        """
        likeliest = int(shares.argmax())
        if likeliest == PROMOTES and shares[PROMOTES] < self.promotes_from:
            likeliest = MENTIONS
        return likeliest, float(shares[likeliest])


def of_linear(weights: Weights) -> Calibration:
    """The calibration of the tf-idf heads alone, whose scores are log-odds already."""
    themes, signals = weights.columns("theme"), weights.columns("signal")
    return Calibration(
        themes=_as_is(weights, "theme"),
        signals=_as_is(weights, "signal"),
        health=_as_is(weights, "health"),
        stance_encoder=0.0,
        stance_linear=1.0,
        stance_offset=np.zeros(4, np.float32),
        theme_from=weights.threshold[themes],
        signal_from=weights.threshold[signals],
        unsure_from=weights.threshold[themes] * UNSURE_SHARE,
        promotes_from=float(weights.threshold[weights.columns("stance")[PROMOTES]]),
    )


def _as_is(weights: Weights, kind: str) -> Mix:
    offset = np.zeros(len(weights.columns(kind)), np.float32)
    return Mix(0.0, 1.0, offset, weights.curve(kind))
