"""Turn labelled rows into what heads are fitted on: features, folds and yes-no answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from classifiers.linear.cues import cues
from classifiers.linear.features import Vocabulary
from classifiers.linear.fitting import ALWAYS, Bools, fold_of
from classifiers.normalise import normalise
from classifiers.training.rows import Row

FORM_SCALE = 0.5
"""How large cues and themes stand beside text features, whose rows have length 1.4."""


@dataclass(frozen=True, slots=True)
class Examples:
    """N rows ready to learn from.

    rows, tokens  (N) the rows, and their texts normalised
    vocabulary    the F features standing in at least two of them
    features      (N, F)
    folds         (N) 0 to 4, or `ALWAYS` for claims
    """

    rows: Sequence[Row]
    tokens: Sequence[str]
    vocabulary: Vocabulary
    features: sparse.csr_array
    folds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Examples:
        """Normalise the texts and learn the vocabulary from them."""
        tokens = [normalise(row.text) for row in rows]
        vocabulary = Vocabulary.learn(tokens)
        is_claim = np.array([row.is_claim for row in rows])
        folds = np.where(is_claim, ALWAYS, fold_of(tokens))
        return cls(rows, tokens, vocabulary, vocabulary.features(tokens), folds)

    def health(self) -> tuple[Bools, Bools]:
        """(is about health, was labelled)."""
        known = np.array([row.health is not None for row in self.rows])
        return np.array([bool(row.health) for row in self.rows]), known

    def anything(self) -> tuple[Bools, Bools]:
        """(shows a theme or signal, was labelled or is taken to be ordinary)."""
        return np.array([bool(row.themes or row.signals) for row in self.rows]), self._all()

    def theme(self, theme_id: str) -> tuple[Bools, Bools]:
        """(shows the theme, was labelled)."""
        return np.array([theme_id in row.themes for row in self.rows]), self._all()

    def signal(self, signal_id: str) -> tuple[Bools, Bools]:
        """(carries the signal, was labelled). An unread post of politics may well carry one."""
        labelled = np.array([not (row.is_claim or row.assumed) for row in self.rows])
        return np.array([signal_id in row.signals for row in self.rows]), labelled

    def _all(self) -> Bools:
        return np.ones(len(self.rows), bool)


@dataclass(frozen=True, slots=True)
class Pairs:
    """M pairs of a post and a theme in it, for the stance heads.

    features  (M, F + cues + themes): the text's, the cues, and which theme it is
    stances   (M) label of each pair
    folds     (M)
    """

    features: sparse.csr_array
    stances: npt.NDArray[np.str_]
    folds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, examples: Examples, theme_ids: Sequence[str]) -> Pairs:
        """Every labelled theme of every row."""
        found = [
            (number, theme_ids.index(theme_id), stance)
            for number, row in enumerate(examples.rows)
            for theme_id, stance in row.themes.items()
        ]
        posts = [number for number, _, _ in found]
        of_theme = np.eye(len(theme_ids), dtype=np.float32)[[theme for _, theme, _ in found]]
        form = np.hstack([cues([examples.tokens[post] for post in posts]), of_theme])
        features = sparse.hstack(
            [examples.features[posts], sparse.csr_array(FORM_SCALE * form)], format="csr"
        )
        return cls(features, np.array([s for _, _, s in found]), examples.folds[posts])
