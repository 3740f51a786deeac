"""What the tagger says on ordinary days, and what its wide gate lets pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.intervals import Figure, Interval
from classifiers.tagger import Tags


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Shares, 0 to 1, of posts that nobody labelled and few of which carry a claim.

    themed, promoting    posts with any theme, and posts that promote one
    by_theme             posts tagged with it, and posts tagged as promoting it
    """

    posts_n: int
    themed: Interval
    promoting: Interval
    by_theme: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate lets pass to the encoders; shares are 0 to 1.

    recall           of labelled posts with a theme, by the gate alone
    passed_labelled  of all labelled posts
    passed_ordinary  of ordinary posts
    drawn_ordinary   of ordinary posts, those it stopped but that were drawn by lot
    """

    recall: Interval
    passed_labelled: Interval
    passed_ordinary: Interval
    drawn_ordinary: Interval


def ordinary_days(tags: Sequence[Tags]) -> Ordinary:
    """How often posts that were chosen for nothing are tagged."""
    promoted = [[k for k, tag in t.themes.items() if tag.stance == "promotes"] for t in tags]
    found_n = Counter(theme for t in tags for theme in t.themes)
    promoted_n = Counter(theme for themes in promoted for theme in themes)
    return Ordinary(
        posts_n=len(tags),
        themed=share([bool(t.themes) for t in tags]),
        promoting=share([bool(themes) for themes in promoted]),
        by_theme={theme: (n, promoted_n[theme]) for theme, n in found_n.most_common()},
    )


def gate(gold: Sequence[Gold], tags: Sequence[Tags], ordinary: Sequence[Tags]) -> Gate:
    """What passes of labelled posts and of ordinary ones."""
    themed = [
        t.gate == "passed" for g, t in zip(gold, tags, strict=True) if g.themes or g.theme_only
    ]
    return Gate(
        recall=share(themed),
        passed_labelled=share([t.gate == "passed" for t in tags]),
        passed_ordinary=share([t.gate == "passed" for t in ordinary]),
        drawn_ordinary=share([t.gate == "drawn" for t in ordinary]),
    )


def share(is_yes: Sequence[bool]) -> Interval:
    """The share of posts that are, with Wilson's interval."""
    return Figure(np.array([sum(is_yes)], float), np.array([len(is_yes)], float)).interval()
