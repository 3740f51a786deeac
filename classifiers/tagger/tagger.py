"""Tag posts with themes, stances, signals and the nearest claim.

The way of a post: normalise → language → tf-idf heads → wide gate → encoder → both models'
scores joined and calibrated → thresholds → nearest claim. Long posts are scored in windows,
the highest of which counts. Posts in other languages than English and Spanish get no theme and
no signal: nothing was learnt or measured there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import numpy as np

from classifiers.encoder import Encoder
from classifiers.language import detect
from classifiers.linear.model import LinearModel, LinearReading
from classifiers.normalise import readable, tokens
from classifiers.scores import Indices
from classifiers.tagger.calibration import Calibration, Probabilities
from classifiers.tagger.deciding import Decider, Pair
from classifiers.tagger.matching import ClaimMatcher, Named
from classifiers.tagger.routes import gates, readers
from classifiers.tagger.tags import Tags
from classifiers.taxonomy import Taxonomy

BATCH = 2000
BATCH_CHARACTERS = 2_000_000
"""Distinct posts tagged at once, and the characters they may have together; bounds memory."""

MAX_CHARACTERS = 2_000_000
"""Of a post that are read: 50 times what any source keeps. More is no post."""

Post = tuple[str, str | None]
"""Text, and language where the caller knows it."""


class Tagger:
    """A loaded model. `name` says which, and goes into every tag."""

    def __init__(
        self,
        name: str,
        taxonomy: Taxonomy,
        linear: LinearModel,
        alone: Calibration,
        encoders: dict[str, tuple[Encoder, Calibration]],
        learnt_claims: Set[str] | None = None,
    ) -> None:
        """`alone` reads the tf-idf scores where there is no encoder for the language.

        `learnt_claims` are the ids of the claims the models know; None: they know all.
        """
        self.name = name
        self._linear, self._alone, self._encoders = linear, alone, encoders
        self._matcher = ClaimMatcher(taxonomy, linear, learnt_claims)
        self._decider = Decider(taxonomy)

    def tag(
        self, texts: Sequence[str], langs: Sequence[str | None] | None = None
    ) -> list[Tags]:
        """The tags of each text. A given lang of `en` or `es` is taken, others are checked."""
        posts = list(zip(texts, langs or [None] * len(texts), strict=True))
        distinct = list(dict.fromkeys(posts))
        tags: dict[Post, Tags] = {}
        for batch in _batches(distinct):
            tags.update(zip(batch, self._tag(batch), strict=True))
        return [tags[post] for post in posts]

    def _tag(self, posts: Sequence[Post]) -> list[Tags]:
        texts = [readable(text[:MAX_CHARACTERS]) for text, _ in posts]
        langs = [
            _given(lang) or detect([text])[0]
            for text, (_, lang) in zip(texts, posts, strict=True)
        ]
        plain = [tokens(text) for text in texts]
        linear = self._linear.read(plain)
        least = self._linear.gate_from if self._encoders else -np.inf
        came = gates(plain, langs, linear.gate, least)
        alone = self._alone.of_text(linear.signals, linear.health)
        tags = [
            self._decider.stopped(post, alone, self._alone, lang)
            for post, lang in enumerate(langs)
        ]
        for name, members in readers(langs, came).items():
            own = [texts[post] for post in members]
            found, calibration, nearest = self._read(name, linear, members, own)
            for row, post in enumerate(members):
                tags[post] = self._decider.decide(
                    row, found, calibration, nearest, langs[post], came[post]
                )
        return tags

    def _read(
        self, name: str, linear: LinearReading, members: Indices, texts: Sequence[str]
    ) -> tuple[Probabilities, Calibration, Named]:
        """What both models say of the posts `members`; tf-idf alone where `name` is not there.

        With the calibration that was used, and the claim of each theme found.
        """
        scores = self._linear.scores(linear, members)
        if name not in self._encoders:
            found = self._alone.probabilities(scores)
            pairs = _pairs(found, self._alone)
            return found, self._alone, self._matcher.nearest(pairs, linear, members, None)
        encoder, calibration = self._encoders[name]
        reading = encoder.read(texts)
        found, fresh = self._matcher.with_fresh_claims(
            name,
            encoder,
            calibration.probabilities(scores, reading.scores),
            calibration,
            reading,
        )
        pairs = _pairs(found, calibration)
        likeness = self._matcher.likeness(name, encoder, reading, pairs) if pairs else None
        nearest = self._matcher.nearest(pairs, linear, members, likeness)
        return found, calibration, {**nearest, **fresh}


def _pairs(found: Probabilities, calibration: Calibration) -> list[Pair]:
    over = np.argwhere(found.themes >= calibration.theme_from)
    return [(int(row), int(theme)) for row, theme in over]


def _batches(posts: Sequence[Post]) -> Iterator[list[Post]]:
    batch: list[Post] = []
    characters_n = 0
    for post in posts:
        characters_n += len(post[0])
        if batch and (len(batch) == BATCH or characters_n > BATCH_CHARACTERS):
            yield batch
            batch, characters_n = [], len(post[0])
        batch.append(post)
    if batch:
        yield batch


def _given(lang: str | None) -> str | None:
    """`en` or `es` where the caller says so (`es-MX` too); None: look at the text."""
    code = (lang or "").lower().replace("_", "-").partition("-")[0]
    return code if code in ("en", "es") else None
