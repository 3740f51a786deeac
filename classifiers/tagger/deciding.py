"""Turn the probabilities of one post into its tags."""

from __future__ import annotations

import numpy as np

from classifiers.scores import Array, Indices
from classifiers.stances import STANCES
from classifiers.tagger.calibration import Calibration, Probabilities, TextProbabilities
from classifiers.tagger.routes import TAGGED
from classifiers.tagger.tags import Gate, Tags, ThemeTag
from classifiers.taxonomy import Taxonomy

HEALTH_FROM = 0.5
"""Probability from which a post is about health."""

Pair = tuple[int, int]
"""A post, as its row among those that were read, and a theme found in it."""


class Decider:
    """Knows the labels' names; what is likely enough, each calibration says."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._theme_ids, self._signal_ids = list(taxonomy.themes), list(taxonomy.signals)

    def decide(
        self,
        row: int,
        found: Probabilities,
        calibration: Calibration,
        nearest: dict[Pair, str | None],
        lang: str,
        gate: Gate,
    ) -> Tags:
        """The tags of the post in row `row` of `found`; `nearest` names each theme's claim."""
        themes: dict[str, ThemeTag] = {}
        for theme in _over(found.themes[row], calibration.theme_from):
            stance, sure = calibration.stance(found.stances[row, theme])
            themes[self._theme_ids[theme]] = ThemeTag(
                _rounded(found.themes[row, theme]),
                STANCES[stance],
                _rounded(sure),
                nearest[row, int(theme)],
            )
        unsure = {
            self._theme_ids[theme]: _rounded(found.themes[row, theme])
            for theme in _over(found.themes[row], calibration.unsure_from)
            if self._theme_ids[theme] not in themes
        }
        signals = self._signals(row, found, calibration)
        return Tags(lang, _rounded(found.health[row]), themes, signals, unsure, gate)

    def stopped(
        self, row: int, found: TextProbabilities, calibration: Calibration, lang: str
    ) -> Tags:
        """The tags of a post that no encoder reads: no theme was looked for.

        In other languages no signal either: nothing was learnt there.
        """
        signals = self._signals(row, found, calibration) if lang in TAGGED else {}
        return Tags(lang, _rounded(found.health[row]), signals=signals, gate="stopped")

    def _signals(
        self, row: int, found: TextProbabilities, calibration: Calibration
    ) -> dict[str, float]:
        """The signals of one post about health; blame outside health is no signal of ours."""
        if found.health[row] < HEALTH_FROM:
            return {}
        return {
            self._signal_ids[signal]: _rounded(found.signals[row, signal])
            for signal in _over(found.signals[row], calibration.signal_from)
        }


def _over(probabilities: Array, least: Array) -> Indices:
    return np.flatnonzero(probabilities >= least)


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
