"""Figures of tags against hand labels, under the names that the scoring script gives them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.intervals import Figure, Floats, Interval, interval, weights
from classifiers.evaluation.reliability import answers_of, calibration_error
from classifiers.evaluation.tally import MISSED, RIGHT, WRONG, Counts, Tally, tally
from classifiers.stances import PROMOTES
from classifiers.tagger import Tags

MIN_POSTS = 5
"""Themes with fewer labelled posts stay out of the macro average."""


def score(gold: Sequence[Gold], tags: Sequence[Tags]) -> dict[str, float]:
    """Every figure of the same posts, in the same order; 0 where it is undefined."""
    found = figures(tally(gold, tags), np.ones((1, len(gold))))
    numbers = {name: float(np.nan_to_num(values[0])) for name, values in found.items()}
    return {**numbers, "theme_ece": calibration_error(answers_of(gold, tags))}


def measured(tallied: Tally) -> dict[str, Interval]:
    """Every figure but the calibration error, with its interval.

    The calibration error has none: resampling itself makes it larger.
    """
    drawn = weights(len(tallied.themes))
    found = {name: one.interval() for name, one in _figures(tallied, drawn).items()}
    return {**found, "theme_macro_f1": interval(_macro(tallied, drawn))}


def figures(tallied: Tally, drawn: Floats) -> dict[str, Floats]:
    """(D) values of each figure, of D weightings (D, N) of the posts; NaN where undefined."""
    found = {name: one.values() for name, one in _figures(tallied, drawn).items()}
    return {**found, "theme_macro_f1": _macro(tallied, drawn)}


def summed(counts: Counts, drawn: Floats) -> Floats:
    """(D, …, 3) counts over all posts, of (N, …, 3) counts and (D, N) weights."""
    return np.asarray(np.tensordot(drawn, counts, axes=1))


def f1(counts: Floats) -> Figure:
    """Harmonic mean of precision and recall, of (D, 3) counts."""
    return Figure(counts[:, RIGHT], counts.sum(axis=1), is_f1=True)


def precision(counts: Floats) -> Figure:
    """Share of what was found that is right."""
    return Figure(counts[:, RIGHT], counts[:, RIGHT] + counts[:, WRONG])


def recall(counts: Floats) -> Figure:
    """Share of the labels that was found."""
    return Figure(counts[:, RIGHT], counts[:, RIGHT] + counts[:, MISSED])


def _figures(tallied: Tally, drawn: Floats) -> dict[str, Figure]:
    themes = summed(tallied.themes, drawn).sum(axis=1)
    promotes = summed(tallied.stances, drawn)[:, PROMOTES]
    refuted = drawn @ tallied.refuted
    return {
        "theme_micro_f1": f1(themes),
        "theme_precision": precision(themes),
        "theme_recall": recall(themes),
        "promotes_f1": f1(promotes),
        "promotes_precision": precision(promotes),
        "promotes_recall": recall(promotes),
        "refutes_called_promotes": Figure(refuted[:, 1], refuted[:, 0]),
        "signal_micro_f1": f1(summed(tallied.signals, drawn).sum(axis=1)),
        "health_f1": f1(summed(tallied.health, drawn)[:, 0]),
    }


def _macro(tallied: Tally, drawn: Floats) -> Floats:
    """Mean over the themes that the posts as they are have labelled often enough."""
    labelled_n = tallied.themes[..., [RIGHT, MISSED]].sum(axis=(0, 2))
    enough = np.flatnonzero(labelled_n >= MIN_POSTS)
    if not len(enough):
        return np.full(len(drawn), np.nan)
    by_theme = summed(tallied.themes[:, enough], drawn)
    each = [f1(by_theme[:, n]).values() for n in range(len(enough))]
    return np.asarray(np.nan_to_num(each).mean(axis=0))
