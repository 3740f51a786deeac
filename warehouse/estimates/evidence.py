"""Say what an estimate rests on: how much is the place's own, and how much each level's.

A place of n voices whose parent lends it k keeps n / (n + k) of the estimate for itself, and
its parent's level has the rest, of which the parent in turn keeps its own part, and so on. A
voice weighs less when the tagger errs. A hidden count weighs nothing here, though it does
bound the estimate.
"""

from __future__ import annotations

import numpy as np

from warehouse.estimates.counts import Counts, Floats, Ints, depths, filled, weighed
from warehouse.estimates.strength import LEAST_SHARE, UNSURE, by_depth, observed, overall_share


def evidence(
    counts: Counts,
    parents: Ints,
    error_rates: tuple[float, float],
    known_strengths: Floats,
) -> tuple[Floats, Ints]:
    """What each estimate of `pooled` rests on: `(places_n,)` and `(places_n,)`.

    Same arguments, but `error_rates` are means. Returns the share of the estimate that is the
    place's own evidence (0 to 1), and the index of the place (itself or one around it) that
    has the largest part.
    """
    known, depth = filled(counts, parents), depths(parents)
    k = np.median(by_depth(known_strengths), axis=1)
    share = overall_share(known)
    worth, came = weighed(known, parents, observed(k, share, error_rates))
    lending = np.concatenate([[UNSURE], k])[depth]
    voice = _information(share, error_rates)
    told = np.where(known.is_told, known.health_n, 0) * voice
    own = told / (told + lending)
    kept = worth.health_n * voice / (worth.health_n * voice + lending)
    best, rests_on = np.zeros(len(parents)), np.arange(len(parents))
    left, above, mine = 1 - own, parents.copy(), came.copy()
    while (inside := above >= 0).any():
        is_root = parents[above] < 0
        part = np.where(inside, left * np.where(is_root, 1.0, kept[above]), 0)
        left = left - part
        own = own + part * mine  # what the parent knows from this very place
        others = part * (1 - mine)
        rests_on = np.where(others > best, above, rests_on)
        best = np.maximum(best, others)
        mine = mine * came[above]
        above = np.where(inside, parents[above], -1)
    return own, np.where(own >= best, np.arange(len(parents)), rests_on)


def _information(observed_share: float, error_rates: tuple[float, float]) -> float:
    """What one tagged or untagged voice tells, in voices of which the truth is known."""
    se, fp = error_rates
    reach = max(se - fp, 1e-3)
    seen = float(np.clip(observed_share, LEAST_SHARE, 1 - LEAST_SHARE))
    share = float(np.clip((seen - fp) / reach, LEAST_SHARE, 0.5))
    return min(1.0, reach**2 * share * (1 - share) / (seen * (1 - seen)))
