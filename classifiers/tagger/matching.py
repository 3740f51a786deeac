"""Match the posts that an encoder read with the catalogue: fresh claims, and nearest claims."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from classifiers.encoder import Encoder, Reading
from classifiers.linear.model import LinearModel, LinearReading
from classifiers.scores import Array, Indices
from classifiers.tagger.calibration import Calibration, Probabilities
from classifiers.tagger.claims import ClaimIndex
from classifiers.tagger.deciding import Pair
from classifiers.tagger.fresh import raised
from classifiers.tagger.routes import ENCODER_OF
from classifiers.taxonomy import Taxonomy

Named = dict[Pair, str | None]
"""The claim of each theme found, or None where none is near."""


class ClaimMatcher:
    """The live claims as both kinds of model see them."""

    def __init__(
        self, taxonomy: Taxonomy, linear: LinearModel, learnt: Set[str] | None
    ) -> None:
        """`learnt` are the ids of the claims that the models know; None: they know all."""
        self._theme_ids = list(taxonomy.themes)
        self._linear = linear
        self._claims = ClaimIndex(taxonomy, linear.weights.vocabulary, learnt)
        self._meaning_of: dict[str, Array] = {}

    def with_fresh_claims(
        self,
        name: str,
        encoder: Encoder,
        found: Probabilities,
        calibration: Calibration,
        reading: Reading,
    ) -> tuple[Probabilities, Named]:
        """Raise themes whose claims no model has learnt, and name the claim that did it."""
        fresh = self._claims.fresh(_lang_of(name))
        if not fresh:
            return found, {}
        rows, themes, ids = zip(*fresh, strict=True)
        theme_of = np.array([self._theme_ids.index(theme) for theme in themes])
        meanings = self._meanings(name, encoder)[list(rows)]
        lifted, because = raised(found.themes, reading, meanings, theme_of, calibration)
        named: Named = {
            (int(row), int(theme)): ids[because[row, theme]]
            for row, theme in np.argwhere(because >= 0)
        }
        return replace(found, themes=lifted), named

    def likeness(
        self, name: str, encoder: Encoder, reading: Reading, pairs: Sequence[Pair]
    ) -> Array:
        """(pairs, claims) how like each claim's meaning the window of each theme is."""
        windows = [reading.where[row, theme] for row, theme in pairs]
        return np.asarray(reading.meaning[windows] @ self._meanings(name, encoder).T)

    def nearest(
        self,
        pairs: Sequence[Pair],
        linear: LinearReading,
        members: Indices,
        likeness: Array | None,
    ) -> Named:
        """The claim nearest to each theme found.

        A long post is compared by the window in which the theme is strongest: the whole of it
        shares too little with any claim.
        """
        if not pairs:
            return {}
        windows = [linear.windows[linear.where[members[row], theme]] for row, theme in pairs]
        theme_ids = [self._theme_ids[theme] for _, theme in pairs]
        nearest = self._claims.nearest(self._linear.features(windows), theme_ids, likeness)
        return dict(zip(pairs, nearest, strict=True))

    def _meanings(self, name: str, encoder: Encoder) -> Array:
        """(C, 384) what encoder `name` takes the claims to mean; read once."""
        if name not in self._meaning_of:
            self._meaning_of[name] = self._claims.meanings(encoder, _lang_of(name))
        return self._meaning_of[name]


def _lang_of(name: str) -> str:
    """The language that encoder `name` was made for."""
    return next(lang for lang, reader in ENCODER_OF.items() if reader == name)
