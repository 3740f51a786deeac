"""Draw a world: everything about it that does not depend on who happens to post.

A world is small: shares of any week are worked out when they are asked for, posts are drawn
week by week (`simulation.posts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from classifiers.taxonomy import load_taxonomy
from simulation import brigades, outbreaks, shares, sources, tagger
from simulation.brigades import Brigade
from simulation.chance import Floats, Ints, stream
from simulation.outbreaks import Outbreak
from simulation.places import Places, load
from simulation.settings import Settings
from simulation.shares import Shares
from simulation.sources import Outage
from simulation.tagger import Tagger

Tag = tuple[str, str]
"""Kind (`theme` or `signal`) and tag id."""


@dataclass(frozen=True, slots=True)
class World:
    """One simulated country over its weeks.

    tags      (kind, tag id): themes first, then signals; numbers are positions here
    authors   (counties) health authors expected in a week, placed in the county or not
    """

    settings: Settings
    places: Places
    tags: tuple[Tag, ...]
    authors: Floats
    shares: Shares
    outbreaks: tuple[Outbreak, ...]
    brigades: tuple[Brigade, ...]
    outages: tuple[Outage, ...]
    tagger: Tagger

    @property
    def themes_n(self) -> int:
        """How many of the tags are themes."""
        return sum(kind == "theme" for kind, _ in self.tags)

    def usual_shares(self, week: int) -> Floats:
        """(counties, tags) true shares of a week, counted from 0, without its outbreaks."""
        return shares.usual_shares(self.settings, self.places, self.shares, week)

    def true_shares(self, week: int) -> Floats:
        """(counties, tags) true shares of a week, counted from 0."""
        usual = self.usual_shares(week)
        return shares.true_shares(usual, list(self.outbreaks), self.places, week)

    def by_place(self, of_counties: Floats) -> Floats:
        """(places, tags) shares of all places: means of their counties', by authors."""
        weighed = of_counties * self.authors[:, None]
        sums = summed(self.places, weighed)
        return np.asarray(sums / summed(self.places, self.authors[:, None]))


Numbers = TypeVar("Numbers", Floats, Ints)


def summed(places: Places, of_counties: Numbers) -> Numbers:
    """(places, …) sums over the counties in each place, from (counties, …)."""
    found = np.zeros((len(places.names), *of_counties.shape[1:]), of_counties.dtype)
    found[places.first :] = of_counties
    np.add.at(found, places.region_of, of_counties)
    np.add.at(found, places.state_of, of_counties)
    found[0] = of_counties.sum(axis=0)
    return found


def draw(settings: Settings, tags: tuple[Tag, ...] | None = None) -> World:
    """The world of these settings, with these tags, themes first; default: the taxonomy's."""
    places, tags = load(), tags or _all_tags()
    themes_n = sum(kind == "theme" for kind, _ in tags)
    return World(
        settings,
        places,
        tags,
        _authors(settings, places),
        shares.draw(settings, places, len(tags)),
        tuple(outbreaks.plant(settings, places, len(tags))),
        tuple(brigades.plant(settings, places, themes_n)),
        tuple(sources.outages(settings)),
        tagger.draw(settings, len(tags)),
    )


def _all_tags() -> tuple[Tag, ...]:
    taxonomy = load_taxonomy()
    themes = tuple(("theme", tag) for tag in taxonomy.themes)
    return themes + tuple(("signal", tag) for tag in taxonomy.signals)


def _authors(settings: Settings, places: Places) -> Floats:
    volume = settings.volume
    rate = np.where(places.is_rural, volume.rural_per_100k, volume.urban_per_100k) / 1e5
    random = stream(settings.seed, "volume")
    spread = random.normal(size=places.counties_n) * volume.county_spread
    even = np.exp(spread - volume.county_spread**2 / 2)
    return np.asarray(settings.scale * rate * places.pop * even)
