"""Check what there is: shares, labels, languages and scores, against the trailing weeks.

Two distributions are held against each other by the population stability index, less what
chance alone gives two samples of their sizes: (bins - 1) (1/n + 1/m). 0.25 is usually called a
large shift (Siddiqi, Credit Risk Scorecards, 2006). An outbreak of one theme shifts labels too,
so a release is stopped only by a shift after which hardly anything is as before, and only when
no trailing week differed from the others half as much.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from warehouse.quality.finding import (
    FAILED,
    HELD,
    NO_HISTORY,
    NOT_CHECKED,
    WARNED,
    Finding,
    gravest,
)
from warehouse.quality.history import FEWEST_WEEKS, Bins, History, SourceWeek

WARNS, FAILS = 0.25, 1.0
FEWEST = 50
"""Tags (or posts) a week must have to be compared."""
SHARE_WARNS, SHARE_FAILS = 0.15, 0.4
CHANCE = 4.0

INDEX_THRESHOLD = (
    "stability index: warns above 0.25, fails above 1.0 and twice that of any week"
)
SHARE_THRESHOLD = "share: warns when 0.15 away from the trailing weeks, fails when 0.4 away"


def stability_index(now: Bins, before: Bins) -> float:
    """Population stability index of two samples, less what chance gives; 0 or more."""
    values = now.keys() | before.keys()
    n, m = sum(now.values()), sum(before.values())
    index = 0.0
    for value in values:
        # half an observation more in each bin: an empty one would make the index infinite
        one = (now.get(value, 0) + 0.5) / (n + 0.5 * len(values))
        other = (before.get(value, 0) + 0.5) / (m + 0.5 * len(values))
        index += (one - other) * math.log(one / other)
    return max(0.0, index - (len(values) - 1) * (1 / n + 1 / m))


def judge(name: str, week: str, by_week: Mapping[str, Bins], weeks: Sequence[str]) -> Finding:
    """The distribution of `week` against those of the other `weeks` together."""
    known = {one: by_week.get(one, {}) for one in weeks}
    known = {one: bins for one, bins in known.items() if sum(bins.values()) >= FEWEST}
    if week not in known or len(known) <= FEWEST_WEEKS:
        return Finding(name, NOT_CHECKED, INDEX_THRESHOLD, NO_HISTORY)
    index = _against_others(week, known)
    before = {one: bins for one, bins in known.items() if one != week}
    most = max(_against_others(one, before) for one in before)
    outcome = HELD
    if index > FAILS and index > 2 * most:
        outcome = FAILED
    elif index > WARNS and index > most:
        outcome = WARNED
    told = f"index {index:.2f}, of the weeks before {most:.2f} at most"
    return Finding(name, outcome, INDEX_THRESHOLD, told)


def _against_others(week: str, known: Mapping[str, Bins]) -> float:
    others = Counter[object]()
    for one, bins in known.items():
        if one != week:
            others.update(bins)
    return stability_index(known[week], others)


def labels(found: History) -> Finding:
    """Which themes and signals are tagged, and with which stance."""
    return gravest(
        [
            judge("label shift", found.week, found.bins.get(part, {}), found.weeks)
            for part in ("labels", "stances")
        ]
    )


def languages(found: History) -> Finding:
    """In which languages the posts are."""
    return judge("language mix", found.week, found.bins.get("languages", {}), found.weeks)


def calibration(found: History) -> Finding:
    """How the tagger's scores lie: of health over all posts, of tags over those given."""
    judged = [
        judge("calibration", found.week, found.bins.get(f"scores of {kind}", {}), found.weeks)
        for kind in ("health", "theme", "signal")
    ]
    checked = [one for one in judged if one.outcome != NOT_CHECKED]
    return gravest(checked or judged)


def placed(found: History) -> Finding:
    """The part of posts that could be placed."""
    return _share("placed share", found, lambda one: one.placed_n, "placed")


def health(found: History) -> Finding:
    """The part of posts that is about health."""
    return _share("health share", found, lambda one: one.health_n, "about health")


def _share(name: str, found: History, part: Callable[[SourceWeek], int], what: str) -> Finding:
    totals = [found.total(week) for week in found.weeks]
    *before, now = totals
    known = [one for one in before if one.post_n >= FEWEST]
    if now.post_n < FEWEST or len(known) < FEWEST_WEEKS:
        return Finding(name, NOT_CHECKED, SHARE_THRESHOLD, NO_HISTORY)
    usual = sum(map(part, known)) / sum(one.post_n for one in known)
    most = max(abs(part(one) / one.post_n - usual) for one in known)
    share = part(now) / now.post_n
    away = abs(share - usual)
    chance = CHANCE * math.sqrt(max(usual * (1 - usual), 0.01) / now.post_n)
    outcome = HELD
    if away > SHARE_FAILS and away > 2 * most and away > chance:
        outcome = FAILED
    elif away > SHARE_WARNS and away > most and away > chance:
        outcome = WARNED
    return Finding(
        name, outcome, SHARE_THRESHOLD, f"{share:.0%} of posts {what}, usually {usual:.0%}"
    )
