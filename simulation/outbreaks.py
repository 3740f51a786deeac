"""Plant outbreaks: a tag's share multiplied in one place for some weeks.

An outbreak begins on a Sunday, so that "within 7 days" means in its first week's numbers. A
place and tag that had one, in it or around it or inside it, stays quiet for a while, so that
each can be found on its own and weeks before it are a past to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.chance import Floats, stream
from simulation.places import LEVELS, Places
from simulation.settings import Settings

REST = 12
"""Weeks of quiet after an outbreak, where it was."""


@dataclass(frozen=True, slots=True)
class Outbreak:
    """The share of tag `tag` in place `place` is `multiple` times its usual, for some weeks.

    place, tag     numbers
    start, length  first week, from 0, and how many
    """

    place: int
    tag: int
    start: int
    length: int
    multiple: float

    def is_on(self, week: int) -> bool:
        """Whether it goes on in a week."""
        return self.start <= week < self.start + self.length


def plant(settings: Settings, places: Places, tags_n: int) -> list[Outbreak]:
    """The outbreaks of a world, by start."""
    free_from = np.zeros((places.counties_n, tags_n), int)
    planted = []
    for week in range(settings.quiet, settings.weeks):
        random = stream(settings.seed, "outbreaks", week)
        for level in ("state", "region", "county"):
            for _ in range(random.poisson(getattr(settings.events, level))):
                one = _drawn(random, settings, places, level, week, tags_n)
                inside = places.within(one.place)
                if (free_from[inside, one.tag] <= week).all():
                    free_from[inside, one.tag] = week + one.length + REST
                    planted.append(one)
    return planted


def _drawn(
    random: np.random.Generator,
    settings: Settings,
    places: Places,
    level: str,
    week: int,
    tags_n: int,
) -> Outbreak:
    of_level = np.flatnonzero(places.level == LEVELS.index(level))
    return Outbreak(
        place=int(random.choice(of_level)),
        tag=int(random.integers(tags_n)),
        start=week,
        length=int(random.choice(settings.events.lengths)),
        multiple=float(random.choice(settings.events.multiples)),
    )


def multiples(planted: list[Outbreak], places: Places, tags_n: int, week: int) -> Floats:
    """(counties, tags) what each share is multiplied by in a week."""
    found = np.ones((places.counties_n, tags_n))
    for one in planted:
        if one.is_on(week):
            found[places.within(one.place), one.tag] = one.multiple
    return found
