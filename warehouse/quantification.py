"""Tell the share of a tag in one sample of posts from the tagger's scores, with draws.

Adding up who was tagged (`warehouse.estimates`) throws away how sure the tagger was of each
post. Where scores are at hand, more can be said. How much likelier a score is among true
positives than among others follows from labelled posts: their log-odds are a straight line of
the score's log-odds, whose place and slope (a, b) stray around (0, 1), where the scores hold
as they are. Few labelled posts leave that line near (0, 1), many move it: Bayesian logistic
regression. Each draw of the line gives a posterior of the share; draws are of the sample's own
share, as protocols of quantification measure it.

Published shares rest on published counts alone, so no page uses this; it says what the counts
lose. The benchmark `make bench-quantify` lays both beside QuaPy's methods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from warehouse.rate_posteriors import Floats

Bools = npt.NDArray[np.bool_]

STRAYS = (0.5, 0.25)
"""Standard deviations of a and b around 0 and 1."""

_LEAST = 0.002
"""Scores are kept this far from 0 and 1: the tagger is not as sure as it says."""

_STEP = 0.25
"""Log-odds of scores are rounded to multiples of this: equal scores are reckoned once."""

_GRID = (np.arange(200) + 0.5) / 200
_NEWTON_N = 30
_LARGEST = 30.0


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Draws of the line that turns scores into evidence.

    line  (D, 2) place and slope
    odds  log-odds of the share of true positives among the labelled posts
    """

    line: Floats
    odds: float

    @classmethod
    def learnt(
        cls, scores: Floats, true: Bools, rng: np.random.Generator, draws_n: int = 200
    ) -> ScoreLine:
        """From labelled posts, some of which are true positives and some are not."""
        known = np.column_stack([np.ones(len(scores)), _log_odds(scores)])
        centre, precision = np.array([0.0, 1.0]), np.diag(1 / np.square(STRAYS))
        line = centre
        for _ in range(_NEWTON_N):
            chance = expit(known @ line)
            slope = known.T @ (true - chance) - precision @ (line - centre)
            bend = known.T @ (known * (chance * (1 - chance))[:, None]) + precision
            line = line + np.linalg.solve(bend, slope)
        spread = _spread(known, chance, true, precision)
        drawn = rng.multivariate_normal(line, spread, draws_n)
        return cls(drawn, float(np.log(true.sum() / (~true).sum())))

    def shares(self, scores: Floats, rng: np.random.Generator) -> Floats:
        """(D) draws of the share of true positives among these posts.

        Before any evidence the share is Beta(1/2, 1/2), as it is for counts.
        """
        values, posts_n = np.unique(_log_odds(scores), return_counts=True)
        evidence = self.line[:, :1] + self.line[:, 1:] * values - self.odds
        ratio = np.exp(np.clip(evidence, -_LARGEST, _LARGEST))
        agreed = np.log1p(_GRID[None, :, None] * (ratio[:, None, :] - 1)) @ posts_n
        agreed -= 0.5 * (np.log(_GRID) + np.log1p(-_GRID))
        share = _drawn(agreed, rng)[:, None]
        chance = share * ratio / (share * ratio + 1 - share)
        return _of_posts(rng.binomial(posts_n, chance).sum(axis=1), len(scores), rng)


def shares_from_counts(
    tagged_n: int, posts_n: int, se: Floats, fp: Floats, rng: np.random.Generator
) -> Floats:
    """(D) draws of a sample's own share, from the number tagged and (D) draws of error rates.

    Each pair of rates gives a posterior of the share, which is Beta(1/2, 1/2) before: the
    correction of Rogan and Gladen with its uncertainty, for one place that borrows nothing.
    """
    rate = np.clip(se[:, None] * _GRID + fp[:, None] * (1 - _GRID), 1e-9, 1 - 1e-9)
    agreed = tagged_n * np.log(rate) + (posts_n - tagged_n) * np.log1p(-rate)
    share = _drawn(agreed - 0.5 * (np.log(_GRID) + np.log1p(-_GRID)), rng)
    rate = se * share + fp * (1 - share)
    rightly = rng.binomial(tagged_n, np.clip(se * share / rate, 0, 1))
    missed = rng.binomial(posts_n - tagged_n, np.clip((1 - se) * share / (1 - rate), 0, 1))
    return _of_posts(rightly + missed, posts_n, rng)


def _spread(known: Floats, chance: Floats, true: Bools, precision: Floats) -> Floats:
    """(2, 2) covariance of the line, knowing how many true positives there are.

    Their number says nothing of the scores, so its share of the uncertainty of the place,
    1 / positives + 1 / others, is taken off (Scott and Wild 1986).
    """
    of_data = np.linalg.inv(known.T @ (known * (chance * (1 - chance))[:, None]))
    of_data[0, 0] -= 1 / true.sum() + 1 / (~true).sum()
    values, axes = np.linalg.eigh(of_data)
    information = axes @ np.diag(1 / np.maximum(values, 1e-6)) @ axes.T
    return np.asarray(np.linalg.inv(information + precision))


def _of_posts(
    positive_n: npt.NDArray[np.int64], posts_n: int, rng: np.random.Generator
) -> Floats:
    """Numbers as shares, each spread over the width of one post.

    Ends of an interval that fall on whole posts would hold more than they say.
    """
    within = rng.random(len(positive_n)) - 0.5
    return np.asarray(np.clip((positive_n + within) / posts_n, 0, 1))


def _log_odds(scores: Floats) -> Floats:
    return np.asarray(np.round(logit(np.clip(scores, _LEAST, 1 - _LEAST)) / _STEP) * _STEP)


def _drawn(log_density: Floats, rng: np.random.Generator) -> Floats:
    """(D) a share from each of the (D, G) densities over the grid."""
    heaped = np.cumsum(np.exp(log_density - log_density.max(axis=1, keepdims=True)), axis=1)
    heaped /= heaped[:, -1:]
    place = (heaped < rng.random((len(heaped), 1))).sum(axis=1)
    return np.asarray((place + rng.random(len(place))) / len(_GRID))
