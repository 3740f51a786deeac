"""Part: tag the hand-labelled posts with heads on a frozen encoder (`[train]` extra)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifiers.bench.frozen import Heads, Meanings, nothing_like
from classifiers.bench.gold import scored
from classifiers.bench.parts import Scored, TagFrozen
from classifiers.normalise import readable
from classifiers.stances import STANCES
from classifiers.tagger import Tags, ThemeTag
from classifiers.tagger.calibration import Calibration, Probabilities
from classifiers.tagger.calibration_file import read_calibrations
from classifiers.taxonomy import Taxonomy, load_taxonomy


def answer(asked: TagFrozen) -> Scored:
    """Tag and score with what `frozen_fit` wrote to the folder."""
    tagger = FrozenTagger.open(asked.folder, asked.base, load_taxonomy())
    return scored(asked.base, tagger.tag, asked.gold, asked.gold_n)


@dataclass(frozen=True, slots=True)
class FrozenTagger:
    """Texts to tags in one step: no gate, no windows, no claims, no language."""

    meanings: Meanings
    heads: Heads
    calibration: Calibration
    taxonomy: Taxonomy

    @classmethod
    def open(cls, folder: Path, base: str, taxonomy: Taxonomy) -> FrozenTagger:
        """What `frozen_fit` wrote."""
        calibrations = read_calibrations(folder, [base]).calibrations
        return cls(Meanings.open(folder), Heads.open(folder), calibrations[base], taxonomy)

    def tag(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Tags]:
        """The tags of each text; its language is passed on."""
        scores = self.heads.scores(self.meanings.of([readable(text) for text in texts]))
        found = self.calibration.probabilities(nothing_like(scores), scores)
        return [self._decide(post, found, lang or "en") for post, lang in enumerate(langs)]

    def _decide(self, post: int, found: Probabilities, lang: str) -> Tags:
        calibration = self.calibration
        theme_ids, signal_ids = list(self.taxonomy.themes), list(self.taxonomy.signals)
        themes = {}
        for theme in np.flatnonzero(found.themes[post] >= calibration.theme_from):
            stance, sure = calibration.stance(found.stances[post, theme])
            score = float(found.themes[post, theme])
            themes[theme_ids[theme]] = ThemeTag(score, STANCES[stance], sure, None)
        signals = {
            signal_ids[signal]: float(found.signals[post, signal])
            for signal in np.flatnonzero(found.signals[post] >= calibration.signal_from)
        }
        return Tags(lang, float(found.health[post]), themes, signals)
