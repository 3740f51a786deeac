"""Hold the real counties of the reference as arrays, and where each lies.

Places are numbered: the nation is 0, then states, regions and counties, each in order of its
name. A county's posts also count in its region, its state and the nation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from simulation.chance import Bools, Floats, Ints
from warehouse.reference import load_counties

LEVELS = ("nation", "state", "region", "county")


@dataclass(frozen=True, slots=True)
class Places:
    """Every place, and every county with its facts.

    names     (places) `US`, `WY`, `WY-rural` or a county code
    level     (places) position in `LEVELS`
    parent    (places) number of the place around; -1 for the nation
    first     number of the first county: county c is place `first + c`
    pop       (counties) residents
    is_rural  (counties)
    spanish   (counties) 0 to 1, part of the health authors who write in Spanish
    """

    names: tuple[str, ...]
    level: Ints
    parent: Ints
    first: int
    pop: Floats
    is_rural: Bools
    spanish: Floats

    @property
    def counties_n(self) -> int:
        """How many counties there are."""
        return len(self.pop)

    @property
    def region_of(self) -> Ints:
        """(counties) number of the region's place."""
        return self.parent[self.first :]

    @property
    def state_of(self) -> Ints:
        """(counties) number of the state's place."""
        return np.asarray(self.parent[self.region_of])

    def within(self, place: int) -> Bools:
        """(counties) whether each lies in, or is, this place."""
        own = np.arange(self.first, len(self.names))
        chain = (own, self.region_of, self.state_of, np.zeros(len(own), np.int64))
        return np.asarray(np.any([numbers == place for numbers in chain], axis=0))


HISPANIC_TO_SPANISH = 0.35
"""Part of the health authors writing in Spanish, for each Hispanic resident of a county."""


@cache
def load() -> Places:
    """The places of the reference."""
    counties = list(load_counties().values())
    states = sorted({county.state for county in counties})
    regions = sorted({county.region for county in counties})
    names = ("US", *states, *regions, *(county.fips for county in counties))
    number = {name: n for n, name in enumerate(names)}
    parent = [-1, *[0] * len(states), *(number[region[:2]] for region in regions)]
    parent += [number[county.region] for county in counties]
    level = np.repeat(np.arange(4), [1, len(states), len(regions), len(counties)])
    hispanic = np.array([county.hispanic_pct_2018 or 0.0 for county in counties]) / 100
    return Places(
        names,
        level.astype(np.int64),
        np.array(parent, np.int64),
        1 + len(states) + len(regions),
        np.array([county.pop for county in counties], float),
        np.array([county.is_rural for county in counties]),
        HISPANIC_TO_SPANISH * hispanic,
    )
