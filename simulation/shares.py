"""Draw the true shares: of a county's health authors, how many carry each tag in each week.

Log odds are a sum: the tag's usual, its season, the nation's drift, then what state, region
and county add, lasting and drifting. The estimates assume another shape (beta distributions,
and no memory from week to week), so that they are tried on a world they were not made for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.chance import Floats, stream
from simulation.outbreaks import Outbreak, multiples
from simulation.places import Places
from simulation.settings import Settings

MOST = 0.6
"""No share goes above it, whatever an outbreak multiplies."""

WEEKS_A_YEAR = 52.18


@dataclass(frozen=True, slots=True)
class Shares:
    """What the shares of every week are made from; log odds unless said.

    lasting  (counties, tags)       the tag's usual and the place's lasting difference
    season   (tags, 2)              parts that go with the sine and cosine of the year
    nation   (weeks, tags)          drift
    states   (weeks, states, tags)  drift, states in order
    county   (counties, tags, 3)    slow drift of a county: size, weeks a swing, where it begins
    """

    lasting: Floats
    season: Floats
    nation: Floats
    states: Floats
    county: Floats


def draw(settings: Settings, places: Places, tags_n: int) -> Shares:
    """Draw the parts of a world's shares."""
    spread, random = settings.places, stream(settings.seed, "shares")
    usual = random.permutation(np.linspace(np.log(0.005), np.log(0.05), tags_n))
    regions_n = places.first - 1 - _states_n(places)
    lasting = (
        usual
        + spread.state * random.normal(size=(_states_n(places), tags_n))[places.state_of - 1]
        + spread.region
        * random.normal(size=(regions_n, tags_n))[places.region_of - 1 - _states_n(places)]
        + spread.county * random.normal(size=(places.counties_n, tags_n))
    )
    season = random.uniform(-1, 1, size=(tags_n, 2)) * spread.season / np.sqrt(2)
    county = np.stack(
        [
            spread.county_drift * np.sqrt(2) * np.ones(lasting.shape),
            random.uniform(20, 80, lasting.shape),
            random.uniform(0, 2 * np.pi, lasting.shape),
        ],
        axis=-1,
    )
    nation = _drift(settings, "nation drift", spread.nation_drift, (tags_n,))
    states = _drift(settings, "state drift", spread.state_drift, (_states_n(places), tags_n))
    return Shares(lasting, season, nation, states, county)


def _states_n(places: Places) -> int:
    return int((places.level == 1).sum())


def _drift(settings: Settings, purpose: str, size: float, shape: tuple[int, ...]) -> Floats:
    """(weeks, *shape) first-order drift of this standard deviation; a longer world goes on."""
    memory = settings.places.memory
    path = [stream(settings.seed, purpose).normal(size=shape)]
    for week in range(1, settings.weeks):
        new = stream(settings.seed, purpose, week).normal(size=shape)
        path.append(memory * path[-1] + np.sqrt(1 - memory**2) * new)
    return size * np.stack(path)


def usual_shares(settings: Settings, places: Places, shares: Shares, week: int) -> Floats:
    """(counties, tags) the true shares of a week as they would be without outbreaks, 0 to 1."""
    angle = 2 * np.pi * (settings.first.number - 1 + week) / WEEKS_A_YEAR
    size, period, begin = np.moveaxis(shares.county, -1, 0)
    new = stream(settings.seed, "county week", week).normal(size=shares.lasting.shape)
    odds = np.exp(
        shares.lasting
        + shares.season @ [np.sin(angle), np.cos(angle)]
        + shares.nation[week]
        + shares.states[week][places.state_of - 1]
        + size * np.sin(2 * np.pi * week / period + begin)
        + settings.places.county_week * new
    )
    return np.asarray(odds / (1 + odds))


def true_shares(usual: Floats, planted: list[Outbreak], places: Places, week: int) -> Floats:
    """(counties, tags) the true shares of a week, outbreaks included, 0 to 1."""
    return np.minimum(MOST, usual * multiples(planted, places, usual.shape[1], week))
