"""Name the catalogued claim that a post comes closest to.

The catalogue is read when the tagger is loaded, so a claim added on Monday is matched the same
day. Closeness explains and groups; it is blind to stance, and decides neither theme nor stance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from classifiers.tagger.features import Vocabulary
from classifiers.tagger.normalise import normalise
from classifiers.taxonomy import Taxonomy

MIN_COSINE = 0.1
"""Below this no claim is named: the post shares hardly a word with any."""


class ClaimIndex:
    """The claims of every theme as feature vectors, in English and Spanish."""

    def __init__(self, taxonomy: Taxonomy, vocabulary: Vocabulary) -> None:
        claims = [
            (theme.id, claim.id, text)
            for theme in taxonomy.themes.values()
            for claim in theme.claims
            for text in (claim.text_en, claim.text_es)
        ]
        self._themes = np.array([theme_id for theme_id, _, _ in claims])
        self._ids = [claim_id for _, claim_id, _ in claims]
        self._vectors = vocabulary.features([normalise(text) for _, _, text in claims])

    def nearest(self, features: sparse.csr_array, theme_ids: Sequence[str]) -> list[str | None]:
        """For each row, the claim of its theme nearest to it, or None when none is near."""
        # words and letters each have length 1, so a dot product of 2 is a perfect match
        cosines = (features @ self._vectors.T).toarray() / 2
        nearest: list[str | None] = []
        for cosine, theme_id in zip(cosines, theme_ids, strict=True):
            cosine = np.where(self._themes == theme_id, cosine, -1)
            best = int(cosine.argmax())
            nearest.append(self._ids[best] if cosine[best] >= MIN_COSINE else None)
        return nearest
