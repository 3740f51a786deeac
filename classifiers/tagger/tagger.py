"""Tag posts with themes, stances, signals and the nearest claim.

The way of a post: normalise → language → windows → features → heads → stance → claim. Scores
of a long post are the highest of its windows, and a theme's stance is read in the window where
the theme is strongest. Posts in other languages than English and Spanish get no theme and no
signal: nothing was learnt or measured there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.language import detect
from classifiers.tagger.claims import ClaimIndex
from classifiers.tagger.normalise import normalise
from classifiers.tagger.stance import cues, decide
from classifiers.tagger.weights import WEIGHTS, Weights, load
from classifiers.tagger.windows import cut
from classifiers.taxonomy import Taxonomy, load_taxonomy

BATCH = 2000
"""Distinct posts tagged at once; bounds memory."""

TAGGED = ("en", "es", "und")
"""Languages that may carry themes; `und` holds too few words to tell, and is tried."""

MIN_TOKENS = 3
"""A window with fewer carries no theme and no signal: "vaccines!" says nothing of them."""

HEALTH = 0
"""Column of the health head."""

NEVER = -1e6
"""A score below every threshold."""

Array = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """One theme found in a post.

    score         probability, 0 to 1, that the theme is present
    stance        `promotes`, `refutes`, `asks` or `mentions`
    stance_score  probability, 0 to 1, of that stance, the theme being present
    claim_id      the nearest claim of the theme in the taxonomy, or None
    """

    score: float
    stance: str
    stance_score: float
    claim_id: str | None


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tagger says of one post.

    lang     `en`, `es`, `other` or `und`
    health   probability that the post is about health
    themes   those at or over their threshold
    signals  those at or over their threshold, with their probability
    """

    lang: str
    health: float
    themes: dict[str, ThemeTag] = field(default_factory=dict)
    signals: dict[str, float] = field(default_factory=dict)


@cache
def load_tagger(path: Path | None = None) -> Tagger:
    """The shipped tagger, or the one at `path`; read once a process."""
    weights, name = load(path or WEIGHTS)
    return Tagger(weights, name, load_taxonomy())


class Tagger:
    """A loaded model. `name` says which, and goes into every tag."""

    def __init__(self, weights: Weights, name: str, taxonomy: Taxonomy) -> None:
        self.name = name
        self._model = weights
        self._claims = ClaimIndex(taxonomy, weights.vocabulary)
        self._themes = weights.columns("theme")
        self._signals = weights.columns("signal")
        self._stances = weights.columns("stance")
        self._withheld = np.isin(weights.kinds, ("theme", "signal"))

    def tag(
        self, texts: Sequence[str], langs: Sequence[str | None] | None = None
    ) -> list[Tags]:
        """The tags of each text. A given lang of `en` or `es` is taken, others are checked."""
        posts = list(zip(texts, langs or [None] * len(texts), strict=True))
        distinct = list(dict.fromkeys(posts))
        tags: dict[tuple[str, str | None], Tags] = {}
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            tags.update(zip(batch, self._tag(batch), strict=True))
        return [tags[post] for post in posts]

    def _tag(self, posts: Sequence[tuple[str, str | None]]) -> list[Tags]:
        langs = [_given(lang) or detect([text])[0] for text, lang in posts]
        windows, owners = cut([normalise(text) for text, _ in posts])
        scores = self._scores(windows)
        mute = [
            langs[post] not in TAGGED or window.count(" ") + 1 < MIN_TOKENS
            for window, post in zip(windows, owners, strict=True)
        ]
        scores[np.outer(mute, self._withheld)] = NEVER
        firsts = np.searchsorted(owners, np.arange(len(posts)))
        top = np.maximum.reduceat(scores, firsts)
        health = self._model.probabilities(top[:, [HEALTH]], "health")[:, 0]
        themes = self._theme_tags(windows, scores, self._found(scores, top, firsts))
        signals = self._signal_tags(top, health)
        return [
            Tags(lang, _rounded(health[n]), themes.get(n, {}), signals.get(n, {}))
            for n, lang in enumerate(langs)
        ]

    def _scores(self, windows: Sequence[str]) -> Array:
        """(windows, heads) before calibration."""
        parts = [
            self._model.vocabulary.features(windows[n : n + BATCH]) @ self._model.weights
            for n in range(0, len(windows), BATCH)
        ]
        return np.asarray(np.concatenate(parts) + self._model.bias, np.float32)

    def _found(self, scores: Array, top: Array, firsts: Indices) -> list[_Found]:
        """Every theme found in a post, with the window in which it is strongest."""
        columns = self._themes
        sure = self._model.probabilities(top[:, columns], "theme")
        ends = [*firsts[1:], len(scores)]
        return [
            _Found(
                int(post),
                int(theme),
                int(firsts[post] + scores[firsts[post] : ends[post], columns[theme]].argmax()),
                _rounded(sure[post, theme]),
            )
            for post, theme in np.argwhere(sure >= self._model.threshold[columns])
        ]

    def _theme_tags(
        self, windows: Sequence[str], scores: Array, found: Sequence[_Found]
    ) -> dict[int, dict[str, ThemeTag]]:
        tags: dict[int, dict[str, ThemeTag]] = {}
        if not found:
            return tags
        texts = [windows[one.window] for one in found]
        theme_ids = [self._model.heads[self._themes[one.theme]] for one in found]
        stances, sure = self._stance(texts, scores, found)
        claim_ids = self._claims.nearest(self._model.vocabulary.features(texts), theme_ids)
        for n, one in enumerate(found):
            tags.setdefault(one.post, {})[theme_ids[n]] = ThemeTag(
                one.score, stances[n], _rounded(sure[n]), claim_ids[n]
            )
        return tags

    def _stance(
        self, texts: Sequence[str], scores: Array, found: Sequence[_Found]
    ) -> tuple[list[str], Array]:
        columns = self._stances
        stance_scores = (
            scores[[one.window for one in found]][:, columns]
            + cues(texts) @ self._model.cue_weights
            + self._model.theme_weights[[one.theme for one in found]]
        )
        each = self._model.probabilities(stance_scores, "stance")
        shares = each / each.sum(axis=1, keepdims=True)
        chosen, sure = decide(shares, float(self._model.threshold[columns[0]]))
        return [self._model.heads[columns[stance]] for stance in chosen], sure

    def _signal_tags(self, top: Array, health: Array) -> dict[int, dict[str, float]]:
        """The signals of each post about health; blame outside health is no signal of ours."""
        columns = self._signals
        sure = self._model.probabilities(top[:, columns], "signal")
        sure[health < self._model.threshold[HEALTH]] = 0
        tags: dict[int, dict[str, float]] = {}
        for post, signal in np.argwhere(sure >= self._model.threshold[columns]):
            signal_id = self._model.heads[columns[signal]]
            tags.setdefault(int(post), {})[signal_id] = _rounded(sure[post, signal])
        return tags


class _Found(NamedTuple):
    """A theme (by number) in a post, the window it is strongest in, and its probability."""

    post: int
    theme: int
    window: int
    score: float


def _given(lang: str | None) -> str | None:
    """`en` or `es` where the caller says so (`es-MX` too); None: look at the text."""
    code = (lang or "").lower().replace("_", "-").partition("-")[0]
    return code if code in ("en", "es") else None


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
