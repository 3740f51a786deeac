"""A share against its past: what has not changed is called changed as seldom as it says."""

import numpy as np
import pytest

from warehouse.estimates.published import RURAL, Places, Told
from warehouse.estimates.scene import Scene
from warehouse.estimates.shares import Estimator

COUNTIES, WEEKS, TAG = 300, 10, ("theme", "raw_milk")
STRENGTH = 200.0
PERFECT = (np.ones(200), np.zeros(200))


def country():
    """The nation, a state, its region and its counties."""
    names = [("nation", "US"), ("state", "WY"), ("region", "WY-urban")]
    names += [("county", f"{n:05}") for n in range(COUNTIES)]
    parents = np.array([-1, 0, 1] + [2] * COUNTIES)
    return Places([*names, RURAL], parents, np.empty(0, np.int64))


def told(places, counts, true, voices):
    """Counts (weeks, counties), NaN where hidden; the places around are told the true sums."""
    weeks_n = len(counts)
    around = true.sum(axis=1)
    whole = np.column_stack([around * 50, around * 10, around, counts])
    volume = np.zeros((weeks_n, len(places.names)))
    volume[:, :3] = voices * COUNTIES * np.array([50, 10, 1])
    volume[:, 3:-1] = voices
    week, place = np.nonzero(~np.isnan(whole))
    series = {TAG: (week, place, whole[week, place])}
    return Told(places, [f"2024-W{n:02}" for n in range(1, weeks_n + 1)], volume, series)


def changes(counts, voices, large_hidden=0.02, true=None):
    """(rise, fall) probability of every county in the last week."""
    places = country()
    true = counts if true is None else true
    seen, real = told(places, counts, true, voices), told(places, true, true, voices)
    scene = Scene(places, seen, real, [TAG], np.empty(0, np.int64), np.full(4, large_hidden))
    rows = Estimator(scene, TAG, PERFECT).present_rows().to_pylist()
    found = {row["geo_value"]: row for row in rows}
    return np.array(
        [
            (found[name]["rise_probability"], found[name]["fall_probability"])
            for _, name in places.names[3:-1]
        ],
        float,
    ).T


def drawn(seed, voices, weeks=WEEKS, now=1.0):
    """Counts of counties whose shares differ and stay, `now` times that in the last week."""
    rng = np.random.default_rng(seed)
    share = rng.beta(STRENGTH * 0.06, STRENGTH * 0.94, COUNTIES)
    by_week = np.where(np.arange(weeks)[:, None] == weeks - 1, now, 1.0) * share
    return share, rng.binomial(voices, np.clip(by_week, 0, 1)).astype(float)


@pytest.mark.parametrize("tail", ["high", "low"])
def test_a_county_above_or_below_its_region_does_not_seem_to_move_towards_it(tail):
    rises, falls = [], []
    for seed in range(3):
        share, counts = drawn(seed, 300)
        chosen = np.argsort(share)[-60:] if tail == "high" else np.argsort(share)[:60]
        rise, fall = changes(counts, 300)
        rises.append((rise[chosen] >= 0.95).mean())
        falls.append((fall[chosen] >= 0.95).mean())

    assert np.mean(rises) < 0.06
    assert np.mean(falls) < 0.06


def test_a_share_that_doubled_or_halved_is_mostly_found():
    _, doubled = drawn(1, 800, now=2.0)
    _, halved = drawn(2, 800, now=0.5)

    assert (changes(doubled, 800)[0] >= 0.95).mean() > 0.7
    assert (changes(halved, 800)[1] >= 0.95).mean() > 0.5


@pytest.mark.parametrize("large_hidden", [0.02, 0.35], ids=["seldom", "often"])
def test_weeks_hidden_for_the_sake_of_others_make_no_rise_of_what_did_not_change(large_hidden):
    _, counts = drawn(3, 500)
    hidden = counts.copy()
    hidden[:-1, :100] = np.nan

    rise, _ = changes(hidden, 500, large_hidden, true=counts)

    assert (rise[:100] >= 0.95).mean() < 0.1


def test_weeks_hidden_because_few_said_it_do_not_keep_a_rise_from_being_told():
    counts = np.full((WEEKS, COUNTIES), 3.0)
    hidden = np.full_like(counts, np.nan)
    counts[-1, 0] = hidden[-1, 0] = 60.0

    rise, _ = changes(hidden, 500, true=counts)

    assert rise[0] >= 0.95
