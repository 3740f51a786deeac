"""Name the catalogued claim that a post comes closest to.

The catalogue (claims.toml) is read when the tagger is loaded, so a claim added on Monday is
matched the same day; retired claims are not matched. Closeness explains and groups; it is
blind to stance, and decides neither theme nor stance.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from scipy import sparse

from classifiers.encoder import Encoder
from classifiers.encoder.encoder import HIDDEN
from classifiers.linear.features import Vocabulary
from classifiers.normalise import normalise, readable
from classifiers.scores import Array
from classifiers.taxonomy import Taxonomy

MIN_COSINE = 0.1
"""Below this no claim is named: the post shares hardly a word with any."""


class ClaimIndex:
    """The live claims of every theme as feature vectors, in English and Spanish."""

    def __init__(
        self, taxonomy: Taxonomy, vocabulary: Vocabulary, learnt: Set[str] | None = None
    ) -> None:
        """`learnt` are the ids of claims that the models know; None: they know all."""
        claims = [
            (theme.id, claim.id, lang, text)
            for theme in taxonomy.themes.values()
            for claim in theme.claims
            for lang, text in (("en", claim.text_en), ("es", claim.text_es))
        ]
        self._themes = np.array([theme_id for theme_id, _, _, _ in claims])
        self._ids = [claim_id for _, claim_id, _, _ in claims]
        self._langs = np.array([lang for _, _, lang, _ in claims])
        self._texts = [text for _, _, _, text in claims]
        self._is_fresh = np.array(
            [learnt is not None and claim_id not in learnt for claim_id in self._ids]
        )
        self._vectors = vocabulary.features([normalise(text) for text in self._texts])

    def meanings(self, encoder: Encoder, lang: str) -> Array:
        """(C, 384) what the encoder takes each claim to mean; 0 in other languages."""
        found = np.zeros((len(self._texts), HIDDEN), np.float32)
        own = np.flatnonzero(self._langs == lang)
        found[own] = encoder.read([readable(self._texts[claim]) for claim in own]).meaning
        return found

    def fresh(self, lang: str) -> list[tuple[int, str, str]]:
        """Row among all claims, theme and id of each claim that no model has learnt."""
        return [
            (int(claim), str(self._themes[claim]), self._ids[claim])
            for claim in np.flatnonzero(self._is_fresh & (self._langs == lang))
        ]

    def nearest(
        self,
        features: sparse.csr_array,
        theme_ids: Sequence[str],
        likeness: Array | None = None,
    ) -> list[str | None]:
        """For each row, the claim of its theme nearest to it, or None when none is near.

        Words decide together with `likeness` (rows, C), the cosines of meanings, where an
        encoder gives them: a paraphrase may share hardly a word with its claim.
        """
        # words and letters each have length 1, so a dot product of 2 is a perfect match
        cosines = (features @ self._vectors.T).toarray() / 2
        if likeness is not None:
            cosines = (cosines + likeness) / 2
        nearest: list[str | None] = []
        for cosine, theme_id in zip(cosines, theme_ids, strict=True):
            cosine = np.where(self._themes == theme_id, cosine, -1)
            best = int(cosine.argmax())
            nearest.append(self._ids[best] if cosine[best] >= MIN_COSINE else None)
        return nearest
