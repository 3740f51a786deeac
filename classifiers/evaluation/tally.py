"""Count, post by post, what was found rightly, found wrongly and missed.

Every figure is a ratio of sums of these counts, so that a resampled set of posts is a weighted
sum of rows and costs one matrix product. A post whose label the reader was unsure of is left
out where it is unsure, not everywhere. The rules are those of the project's scoring script.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.evaluation.gold import Gold
from classifiers.stances import STANCES
from classifiers.tagger import Tags

RIGHT, WRONG, MISSED = range(3)
"""The last axis of every count."""

Counts = npt.NDArray[np.int64]
HEALTH_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of N posts; `RIGHT`, `WRONG`, `MISSED` on the last axis.

    theme_ids   (T) those that stand in labels or tags
    signal_ids  (S)
    themes      (N, T, 3)
    signals     (N, S, 3)
    stances     (N, 4, 3) themes of that stance: right when both theme and stance are
    health      (N, 1, 3)
    refuted     (N, 2) labelled refutations, and those of them tagged as promotion
    """

    theme_ids: tuple[str, ...]
    signal_ids: tuple[str, ...]
    themes: Counts
    signals: Counts
    stances: Counts
    health: Counts
    refuted: Counts


def tally(gold: Sequence[Gold], tags: Sequence[Tags]) -> Tally:
    """Compare the tags of the same posts, in the same order."""
    posts = list(zip(gold, tags, strict=True))
    theme_ids = sorted(
        {theme for g, t in posts for theme in (*g.themes, *g.theme_only, *t.themes)}
    )
    signal_ids = sorted({signal for g, t in posts for signal in (*g.signals, *t.signals)})
    return Tally(
        tuple(theme_ids),
        tuple(signal_ids),
        themes=_array([_themes(g, t, theme_ids) for g, t in posts], len(theme_ids)),
        signals=_array([_signals(g, t, signal_ids) for g, t in posts], len(signal_ids)),
        stances=_array([_stances(g, t) for g, t in posts], len(STANCES)),
        health=_array([_health(g, t) for g, t in posts], 1),
        refuted=np.array([_refuted(g, t) for g, t in posts], np.int64).reshape(-1, 2),
    )


def found_themes(gold: Gold, tags: Tags) -> dict[str, str]:
    """Theme to stance of the tags that are scored."""
    return {k: tag.stance for k, tag in tags.themes.items() if k not in gold.unsure}


def _themes(gold: Gold, tags: Tags, labels: Sequence[str]) -> list[list[int]]:
    return _outcomes({*gold.themes, *gold.theme_only}, found_themes(gold, tags), labels)


def _signals(gold: Gold, tags: Tags, labels: Sequence[str]) -> list[list[int]]:
    unsure = set(gold.signals_unsure)
    return _outcomes(set(gold.signals) - unsure, tags.signals.keys() - unsure, labels)


def _stances(gold: Gold, tags: Tags) -> list[list[int]]:
    found = found_themes(gold, tags).items()
    pairs_wanted = {pair for pair in gold.themes.items() if pair[0] not in gold.theme_only}
    pairs_found = {pair for pair in found if pair[0] not in gold.theme_only}
    counts = []
    for stance in STANCES:
        wanted = {pair for pair in pairs_wanted if pair[1] == stance}
        of_stance = {pair for pair in pairs_found if pair[1] == stance}
        counts.append(
            [len(wanted & of_stance), len(of_stance - wanted), len(wanted - of_stance)]
        )
    return counts


def _health(gold: Gold, tags: Tags) -> list[list[int]]:
    if gold.health is None:
        return [[0, 0, 0]]
    found = {"health"} if tags.health >= HEALTH_FROM else set()
    return _outcomes({"health"} if gold.health else set(), found, ["health"])


def _refuted(gold: Gold, tags: Tags) -> list[int]:
    refuted = [theme for theme, stance in gold.themes.items() if stance == "refutes"]
    found = found_themes(gold, tags)
    return [len(refuted), sum(found.get(theme) == "promotes" for theme in refuted)]


def _outcomes(
    wanted: Collection[str], found: Collection[str], labels: Sequence[str]
) -> list[list[int]]:
    return [
        [
            int(label in wanted and label in found),
            int(label in found and label not in wanted),
            int(label in wanted and label not in found),
        ]
        for label in labels
    ]


def _array(counts: Sequence[Sequence[Sequence[int]]], labels_n: int) -> Counts:
    return np.array(counts, np.int64).reshape(len(counts), labels_n, 3)
