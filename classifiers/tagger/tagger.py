"""Tag posts with themes, stances, signals and the nearest claim.

The way of a post: normalise → language → tf-idf heads → wide gate → encoder → both models'
scores joined and calibrated → thresholds → nearest claim. Long posts are scored in windows,
the highest of which counts. Posts in other languages than English and Spanish get no theme and
no signal: nothing was learnt or measured there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

import numpy as np

from classifiers.encoder import Encoder, Reading
from classifiers.language import detect
from classifiers.linear.model import LinearModel, LinearReading
from classifiers.normalise import readable, tokens
from classifiers.scores import Array, Indices, Scores
from classifiers.stances import STANCES
from classifiers.tagger.calibration import Calibration, Probabilities, TextProbabilities
from classifiers.tagger.claims import ClaimIndex
from classifiers.tagger.fresh import raised
from classifiers.tagger.routes import ENCODER_OF, TAGGED, gates, readers
from classifiers.tagger.tags import Gate, Tags, ThemeTag
from classifiers.taxonomy import Taxonomy

BATCH = 2000
BATCH_CHARACTERS = 2_000_000
"""Distinct posts tagged at once, and the characters they may have together; bounds memory."""

MAX_CHARACTERS = 2_000_000
"""Of a post that are read: 50 times what any source keeps. More is no post, and takes minutes."""

HEALTH_FROM = 0.5
"""Probability from which a post is about health."""

Post = tuple[str, str | None]
"""Text, and language where the caller knows it."""

Pair = tuple[int, int]
"""A post, as its row among those an encoder read, and a theme found in it."""


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
        self._theme_ids, self._signal_ids = list(taxonomy.themes), list(taxonomy.signals)
        self._linear, self._alone, self._encoders = linear, alone, encoders
        self._claims = ClaimIndex(taxonomy, linear.weights.vocabulary, learnt_claims)
        self._meaning_of: dict[str, Array] = {}

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
        tags = [self._stopped(post, alone, lang) for post, lang in enumerate(langs)]
        for name, members in readers(langs, came).items():
            found, calibration, reading = self._read(
                name, self._linear.scores(linear, members), [texts[post] for post in members]
            )
            found, named = self._with_fresh_claims(name, found, calibration, reading)
            pairs = [
                (int(row), int(theme))
                for row, theme in np.argwhere(found.themes >= calibration.theme_from)
            ]
            likeness = self._likeness(name, reading, pairs)
            nearest = {**self._nearest(pairs, linear, members, likeness), **named}
            for row, post in enumerate(members):
                tags[post] = self._decide(
                    row, found, calibration, nearest, langs[post], came[post]
                )
        return tags

    def _read(
        self, name: str, linear: Scores, texts: Sequence[str]
    ) -> tuple[Probabilities, Calibration, Reading | None]:
        """Join in encoder `name`, if there is one, and say which calibration was used."""
        if name not in self._encoders:
            return self._alone.probabilities(linear), self._alone, None
        encoder, calibration = self._encoders[name]
        reading = encoder.read(texts)
        return calibration.probabilities(linear, reading.scores), calibration, reading

    def _with_fresh_claims(
        self,
        name: str,
        found: Probabilities,
        calibration: Calibration,
        reading: Reading | None,
    ) -> tuple[Probabilities, dict[Pair, str | None]]:
        """Raise themes whose claims no model has learnt, and name the claim that did it."""
        fresh = self._claims.fresh(_lang_of(name))
        if reading is None or not fresh:
            return found, {}
        rows, themes, ids = zip(*fresh, strict=True)
        theme_of = np.array([self._theme_ids.index(theme) for theme in themes])
        meanings = self._meanings(name)[list(rows)]
        lifted, because = raised(found.themes, reading, meanings, theme_of, calibration)
        named = {
            (int(row), int(theme)): ids[because[row, theme]]
            for row, theme in np.argwhere(because >= 0)
        }
        return replace(found, themes=lifted), dict(named)

    def _likeness(
        self, name: str, reading: Reading | None, pairs: Sequence[Pair]
    ) -> Array | None:
        """(pairs, claims) how like each claim's meaning the window of each theme is."""
        if reading is None or not pairs:
            return None
        windows = [reading.where[row, theme] for row, theme in pairs]
        return np.asarray(reading.meaning[windows] @ self._meanings(name).T)

    def _meanings(self, name: str) -> Array:
        """(C, 384) what encoder `name` takes the claims to mean; read once."""
        if name not in self._meaning_of:
            encoder, _ = self._encoders[name]
            self._meaning_of[name] = self._claims.meanings(encoder, _lang_of(name))
        return self._meaning_of[name]

    def _nearest(
        self,
        pairs: Sequence[Pair],
        linear: LinearReading,
        members: Indices,
        likeness: Array | None,
    ) -> dict[Pair, str | None]:
        """The claim nearest to each theme found.

        A long post is compared by the window in which the theme is strongest: the whole of it
        shares too little with any claim.
        """
        if not pairs:
            return {}
        windows = [linear.windows[linear.where[members[row], theme]] for row, theme in pairs]
        features = self._linear.features(windows)
        theme_ids = [self._theme_ids[theme] for _, theme in pairs]
        nearest = self._claims.nearest(features, theme_ids, likeness)
        return dict(zip(pairs, nearest, strict=True))

    def _decide(
        self,
        row: int,
        found: Probabilities,
        calibration: Calibration,
        nearest: dict[Pair, str | None],
        lang: str,
        gate: Gate,
    ) -> Tags:
        """The tags of one post from its probabilities, row `row` of `found`."""
        themes: dict[str, ThemeTag] = {}
        for theme in _over(found.themes[row], calibration.theme_from):
            stance, sure = calibration.stance(found.stances[row, theme])
            themes[self._theme_ids[theme]] = ThemeTag(
                _rounded(found.themes[row, theme]),
                STANCES[stance],
                _rounded(sure),
                nearest[row, int(theme)],
            )
        signals = self._signals(row, found, calibration)
        unsure = {
            self._theme_ids[theme]: _rounded(found.themes[row, theme])
            for theme in _over(found.themes[row], calibration.unsure_from)
            if self._theme_ids[theme] not in themes
        }
        return Tags(lang, _rounded(found.health[row]), themes, signals, unsure, gate)

    def _stopped(self, post: int, alone: TextProbabilities, lang: str) -> Tags:
        """What the tf-idf heads alone say of a post that no encoder reads."""
        signals = self._signals(post, alone, self._alone) if lang in TAGGED else {}
        return Tags(lang, _rounded(alone.health[post]), signals=signals, gate="stopped")

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


def _lang_of(name: str) -> str:
    """The language that encoder `name` was made for."""
    return next(lang for lang, reader in ENCODER_OF.items() if reader == name)


def _over(probabilities: Array, least: Array) -> Indices:
    return np.flatnonzero(probabilities >= least)


def _given(lang: str | None) -> str | None:
    """`en` or `es` where the caller says so (`es-MX` too); None: look at the text."""
    code = (lang or "").lower().replace("_", "-").partition("-")[0]
    return code if code in ("en", "es") else None


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
