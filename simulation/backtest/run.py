"""Run a backtest: worlds drawn, seen, estimated and alarmed week after week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulation import sources
from simulation.backtest import accuracy, alarming, brigading, changing, detection
from simulation.backtest.brigading import Moved
from simulation.backtest.detection import Detection
from simulation.backtest.estimating import estimate
from simulation.backtest.seen import WINDOW, Seen, see
from simulation.chance import Bools, Floats, Ints
from simulation.places import LEVELS
from simulation.settings import Settings
from simulation.world import World
from warehouse.alarms.weekly import GAP_WEEKS, REACH_BACK

Report = Callable[[str], None]

EVERY = 6
"""Shares are held to the truth in every sixth week; alarms in all of them."""

CHANGED = 0.25
"""A week in which a source's part of all voices is so far from usual is compared with none."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """All that a backtest found.

    estimated  weeks whose shares were held to the truth; alarmed: judged for alarms
    """

    settings: Settings
    estimated: Sequence[int]
    alarmed: Sequence[int]
    left_out: Sequence[int]
    tallies: accuracy.Tallies
    uncorrected: accuracy.Tallies
    words: dict[str, changing.Words]
    detections: dict[str, Detection]
    brigades: dict[str, Moved]


def backtest(drawn: World, report: Report) -> Backtest:
    """Run the product over the weeks of a world, of which a release has 12: it needs more."""
    settings = drawn.settings
    report("counting and hiding")
    seen, out = see(drawn), left_out(settings, drawn)
    estimated = range(WINDOW, settings.weeks, EVERY)
    tallies, plain = accuracy.Tallies(), accuracy.Tallies()
    words: dict[str, changing.Words] = {}
    for week in estimated:
        report(f"{settings.window[week]}: shares")
        found = estimate(drawn, seen, week, out)
        accuracy.add(tallies, drawn, seen, week, found)
        changing.add(words, drawn, week, found, out)
        if week == estimated[0]:
            found = estimate(drawn, seen, week, [week], corrected=False)
            accuracy.add(plain, drawn, seen, week, found)
    alarmed = [week for week in range(WINDOW, settings.weeks) if week not in out]
    detections = _detections(drawn, seen, alarmed, out, report)
    report("brigades")
    moved = brigading.measure(drawn)
    return Backtest(settings, estimated, alarmed, out, tallies, plain, words, detections, moved)


def left_out(settings: Settings, drawn: World) -> list[int]:
    """Weeks in which a source's part of the voices is a quarter or more from usual."""
    usual = sources.PARTS.copy()
    usual[3] = 0.0
    usual = usual / usual.sum()
    found = []
    for week in range(settings.weeks):
        parts = sources.parts(settings, list(drawn.outages), week)
        if (np.abs(parts / parts.sum() - usual) >= CHANGED).any():
            found.append(week)
    return found


def _detections(
    drawn: World, seen: Seen, weeks: list[int], out: list[int], report: Report
) -> dict[str, Detection]:
    """By level: states and regions."""
    report("alarms")
    level = drawn.places.level
    chosen = {name: np.flatnonzero(level == LEVELS.index(name)) for name in ("state", "region")}
    both = np.concatenate(list(chosen.values()))
    shares = _shares(drawn, seen, both)
    expected = shares[weeks] * seen.health[weeks][:, both, None]
    is_risen = np.stack([_is_risen(shares, week) for week in weeks])
    scored = alarming.score(drawn.places, seen, expected, weeks, both, out)
    found, at = {}, 0
    for name, places in chosen.items():
        part = slice(at, at + len(places))
        own = alarming.Scores(
            {method: scores[:, part] for method, scores in scored.scores.items()},
            {method: alarms[:, part] for method, alarms in scored.alarms.items()},
        )
        known = expected[:, part], is_risen[:, part]
        found[name] = detection.detect(drawn, own, *known, weeks, places)
        at += len(places)
    return found


def _is_risen(shares: Floats, week: int) -> Bools:
    """(places, tags) whether a week's usual share is far above its baseline weeks'."""
    before = shares[max(0, week - REACH_BACK) : week - GAP_WEEKS].mean(axis=0)
    return np.asarray(shares[week] >= detection.RISEN * before)


def _shares(drawn: World, seen: Seen, chosen: Ints) -> Floats:
    """(weeks, chosen, tags) authors of all whom the tagger would tag, without outbreaks.

    Known to who knows all but who posts: with the true shares and the true rates of error. That
    authors have several posts is put in by one factor a tag, which makes the quiet weeks come
    right.
    """
    tagger, spanish = drawn.tagger, drawn.places.spanish
    se, fp = (
        np.outer(1 - spanish, rate[:, 0]) + np.outer(spanish, rate[:, 1])
        for rate in (tagger.sensitivity, tagger.false_positive)
    )
    found = []
    for week in range(drawn.settings.weeks):
        usual = drawn.usual_shares(week)
        found.append(drawn.by_place(usual * se + (1 - usual) * fp))
    quiet = slice(0, drawn.settings.quiet)
    nation = np.stack(found)[quiet, 0] * seen.health[quiet, :1]
    factor = seen.tagged[quiet, 0].sum(axis=0) / nation.sum(axis=0)
    return np.stack([shares[chosen] * factor for shares in found])
