"""Lay labelled stances beside tagged ones, theme by theme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.tally import Counts, found_themes
from classifiers.stances import STANCES
from classifiers.tagger import Tags

NONE = len(STANCES)
"""The last row: no such theme is labelled. The last column: the theme was missed."""


def confusion(gold: Sequence[Gold], tags: Sequence[Tags]) -> Counts:
    """(5, 5) pairs of post and theme: labelled stance by tagged stance.

    Themes whose stance the reader was unsure of are left out, and what carries no theme on
    either side is not counted: the last cell is 0.
    """
    counts = np.zeros((NONE + 1, NONE + 1), np.int64)
    for post, tagged in zip(gold, tags, strict=True):
        found = found_themes(post, tagged)
        for theme in (post.themes.keys() | found.keys()) - set(post.theme_only):
            counts[_number(post.themes.get(theme)), _number(found.get(theme))] += 1
    return counts


def _number(stance: str | None) -> int:
    return NONE if stance is None else STANCES.index(stance)
