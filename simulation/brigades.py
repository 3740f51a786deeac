"""Plant brigades: a few people who put up the same text again and again in one county."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.chance import stream
from simulation.places import Places
from simulation.settings import Settings


@dataclass(frozen=True, slots=True)
class Brigade:
    """Near-copies that promote theme `tag`, all in one county (by number) in one week.

    names, posts  accounts, and copies they put up together
    """

    week: int
    county: int
    tag: int
    names: int
    posts: int


def plant(settings: Settings, places: Places, themes_n: int) -> list[Brigade]:
    """The brigades of a world, by week; counties with more residents draw more of them."""
    events, chances = settings.events, places.pop / places.pop.sum()
    planted = []
    for week in range(settings.quiet, settings.weeks):
        random = stream(settings.seed, "brigades", week)
        for _ in range(random.poisson(events.brigades)):
            county = int(random.choice(places.counties_n, p=chances))
            tag = int(random.integers(themes_n))
            planted.append(
                Brigade(week, county, tag, events.brigade_names, events.brigade_posts)
            )
    return planted
