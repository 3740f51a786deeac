"""Compare how sure the tagger says it is with how often it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.intervals import SEED, Floats, wilson
from classifiers.tagger import Tags

BINS = 10
"""Probabilities 0 to 1 in tenths."""

CHANCES = 200
"""Draws from which the error of a perfectly calibrated tagger is reckoned."""


@dataclass(frozen=True, slots=True)
class Answers:
    """M themes that the tagger names, with how sure it is: scores (M), right (M)."""

    scores: Floats
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tenth:
    """The answers in one tenth of probability; shares are 0 to 1.

    low, high  Wilson's 90 % interval of the share that is right
    """

    answers_n: int
    right_n: int
    mean_score: float
    right_share: float
    low: float
    high: float


def answers_of(
    gold: Sequence[Gold], tags: Sequence[Tags], with_unsure: bool = False
) -> Answers:
    """The themes found, and with `with_unsure` those in the unsure band under them too."""
    pairs = [
        (score, theme in g.themes or theme in g.theme_only)
        for g, t in zip(gold, tags, strict=True)
        for theme, score in _scores(t, with_unsure).items()
        if theme not in g.unsure
    ]
    scores, right = np.array(pairs, float).reshape(-1, 2).T
    return Answers(scores, right.astype(bool))


def calibration_error(answers: Answers) -> float:
    """Mean distance of score and truth by tenths, each weighted by its number of answers."""
    if not len(answers.scores):
        return 0.0
    apart = np.bincount(_tenth(answers.scores), answers.scores - answers.right)
    return float(np.abs(apart).sum() / len(answers.scores))


def error_by_chance(answers: Answers, seed: int = SEED) -> float:
    """The calibration error to expect of so few answers even if every score were true."""
    random = np.random.default_rng(seed)
    drawn = random.random((CHANCES, len(answers.scores))) < answers.scores
    return float(
        np.mean([calibration_error(Answers(answers.scores, right)) for right in drawn])
    )


def tenths(answers: Answers) -> list[Tenth]:
    """The tenths that hold any claim, from the least sure."""
    of = _tenth(answers.scores)
    return [
        _of_tenth(answers.scores[of == n], answers.right[of == n])
        for n in range(BINS)
        if (of == n).any()
    ]


def histogram(answers: Answers) -> tuple[list[int], list[int]]:
    """(right, wrong) number of answers in each of the ten tenths."""
    of = _tenth(answers.scores)
    right = np.bincount(of[answers.right], minlength=BINS)
    return right.tolist(), np.bincount(of[~answers.right], minlength=BINS).tolist()


def _scores(tags: Tags, with_unsure: bool) -> dict[str, float]:
    found = {theme: tag.score for theme, tag in tags.themes.items()}
    return {**tags.unsure, **found} if with_unsure else found


def _tenth(scores: Floats) -> npt.NDArray[np.int64]:
    return np.minimum(BINS - 1, (BINS * scores).astype(np.int64))


def _of_tenth(scores: Floats, right: npt.NDArray[np.bool_]) -> Tenth:
    right_n, all_n = int(right.sum()), len(right)
    low, high = wilson(right_n, all_n)
    return Tenth(all_n, right_n, float(scores.mean()), right_n / all_n, low, high)
