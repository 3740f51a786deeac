"""Score tags against hand labels: themes, stance, signals, health, calibration.

A post whose stance or label the reader was unsure of is left out where it is unsure, not
everywhere: `theme_only` themes count as present but not for stance, `unsure` themes and
`signals_unsure` signals are not scored at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from classifiers.tagger.tagger import Tags

MIN_POSTS = 5
"""Themes with fewer labelled posts stay out of the macro average."""

BINS = 10
"""Of the calibration error: probabilities 0 to 1 in tenths."""


class Gold(msgspec.Struct, frozen=True):
    """One hand-labelled post to measure on."""

    id: str
    text: str
    lang: str
    platform: str = ""
    health: bool | None = None
    themes: dict[str, str] = {}
    signals: list[str] = []
    theme_only: list[str] = []
    unsure: list[str] = []
    signals_unsure: list[str] = []


@dataclass(frozen=True, slots=True)
class Hits:
    """Counts of one yes-no question: found rightly, found wrongly, missed."""

    right_n: int = 0
    wrong_n: int = 0
    missed_n: int = 0

    @classmethod
    def of(cls, wanted: set[tuple[str, str]], found: set[tuple[str, str]]) -> Hits:
        """Compare two sets of (post id, label)."""
        return cls(len(wanted & found), len(found - wanted), len(wanted - found))

    @property
    def wanted_n(self) -> int:
        """Number of labels."""
        return self.right_n + self.missed_n

    @property
    def precision(self) -> float:
        """Share of the found that is right; 0 when nothing was found."""
        return self.right_n / max(1, self.right_n + self.wrong_n)

    @property
    def recall(self) -> float:
        """Share of the labels that was found; 0 when there are none."""
        return self.right_n / max(1, self.wanted_n)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right_n / max(1, 2 * self.right_n + self.wrong_n + self.missed_n)


@dataclass(frozen=True, slots=True)
class Scores:
    """How well posts were tagged; shares are 0 to 1.

    themes, promotes, signals, health  over all posts and labels (micro)
    by_theme                           themes that stand in the labels
    theme_macro_f1                     mean F1 of themes with at least `MIN_POSTS` labels
    refutes_called_promotes            of labelled refutations, those tagged as promotion
    theme_ece                          expected calibration error of the themes found
    """

    posts_n: int
    themes: Hits
    promotes: Hits
    signals: Hits
    health: Hits
    by_theme: dict[str, Hits]
    theme_macro_f1: float
    refuted_n: int
    refutes_called_promotes: float
    theme_ece: float


Labels = set[tuple[str, str]]


def score(gold: Sequence[Gold], tags: Sequence[Tags]) -> Scores:
    """Score the tags of the same posts, in the same order."""
    posts = list(zip(gold, tags, strict=True))
    wanted = {(g.id, theme) for g in gold for theme in {*g.themes, *g.theme_only}}
    found = {(g.id, theme) for g, t in posts for theme in t.themes if theme not in g.unsure}
    by_theme = _by_theme(wanted, found)
    enough = [hits.f1 for hits in by_theme.values() if hits.wanted_n >= MIN_POSTS]
    promoted = _promoted(posts)
    refuted = {(g.id, theme) for g in gold for theme, s in g.themes.items() if s == "refutes"}
    return Scores(
        posts_n=len(gold),
        themes=Hits.of(wanted, found),
        promotes=Hits.of(*promoted),
        signals=Hits.of(*_signals(posts)),
        health=Hits.of(*_health(posts)),
        by_theme=by_theme,
        theme_macro_f1=float(np.mean(enough)) if enough else 0.0,
        refuted_n=len(refuted),
        refutes_called_promotes=len(refuted & _called_promotes(posts)) / max(1, len(refuted)),
        theme_ece=_calibration_error(posts, wanted),
    )


def _by_theme(wanted: Labels, found: Labels) -> dict[str, Hits]:
    theme_ids = sorted({theme for _, theme in wanted})
    return {
        theme_id: Hits.of(
            {label for label in wanted if label[1] == theme_id},
            {label for label in found if label[1] == theme_id},
        )
        for theme_id in theme_ids
    }


def _called_promotes(posts: Sequence[tuple[Gold, Tags]]) -> Labels:
    return {
        (g.id, theme)
        for g, t in posts
        for theme, tag in t.themes.items()
        if tag.stance == "promotes" and theme not in g.unsure
    }


def _promoted(posts: Sequence[tuple[Gold, Tags]]) -> tuple[Labels, Labels]:
    wanted = {(g.id, k) for g, _ in posts for k, s in g.themes.items() if s == "promotes"}
    unsure = {(g.id, theme) for g, _ in posts for theme in g.theme_only}
    return wanted - unsure, _called_promotes(posts) - unsure


def _signals(posts: Sequence[tuple[Gold, Tags]]) -> tuple[Labels, Labels]:
    unsure = {(g.id, signal) for g, _ in posts for signal in g.signals_unsure}
    wanted = {(g.id, signal) for g, _ in posts for signal in g.signals}
    found = {(g.id, signal) for g, t in posts for signal in t.signals}
    return wanted - unsure, found - unsure


def _health(posts: Sequence[tuple[Gold, Tags]]) -> tuple[Labels, Labels]:
    labelled = [(g, t) for g, t in posts if g.health is not None]
    wanted = {(g.id, "health") for g, _ in labelled if g.health}
    return wanted, {(g.id, "health") for g, t in labelled if t.health >= 0.5}


def _calibration_error(posts: Sequence[tuple[Gold, Tags]], wanted: Labels) -> float:
    """How far probability and truth lie apart in each tenth, weighted by how many lie there."""
    found = [
        (t.themes[theme].score, (g.id, theme) in wanted)
        for g, t in posts
        for theme in t.themes.keys() - set(g.unsure)
    ]
    if not found:
        return 0.0
    claimed, right = np.array(found, float).T
    tenth = np.minimum(BINS - 1, (BINS * claimed).astype(int))
    return float(np.abs(np.bincount(tenth, claimed - right)).sum() / len(found))
