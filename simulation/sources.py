"""Say which sources a simulated world has, when one fails, and when one joins.

Sources differ in what is said on them, as real ones do. Together, as they usually are, they
say what the place says; when one fails or another joins, the observed share moves though
nobody changed their mind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.chance import Floats, stream
from simulation.settings import Settings
from warehouse.lake import SIMULATED

NAMES = tuple(f"{SIMULATED}{name}" for name in ("forum", "microblog", "groups", "newcomer"))
PARTS = np.array([0.5, 0.3, 0.2, 0.4])
"""Health authors on each source, for one in the world; the last joins later, if at all."""

TILT = np.array([1.0, 1.2, 0.7, 1.6])
"""A tag's share on each source, for one of the place: the first three average 1."""

LEFT = 0.05
"""What an outage leaves of a source."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A source, by its number, gives nearly nothing for some weeks, counted from 0."""

    source: int
    start: int
    length: int


def outages(settings: Settings) -> list[Outage]:
    """The outages of a world, by start. None in the quiet weeks."""
    found = []
    for week in range(settings.quiet, settings.weeks):
        random = stream(settings.seed, "outages", week)
        if random.random() < settings.events.outages:
            source, length = int(random.integers(3)), int(random.integers(1, 3))
            found.append(Outage(source, week, length))
    return found


def parts(settings: Settings, failed: list[Outage], week: int) -> Floats:
    """(sources) health authors on each source in a week, for one usually in the world."""
    found = PARTS.copy()
    if settings.mixed is None or week < settings.mixed:
        found[3] = 0.0
    for one in failed:
        if one.start <= week < one.start + one.length:
            found[one.source] *= LEFT
    return found
