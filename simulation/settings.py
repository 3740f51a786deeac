"""State how a simulated world is made: every number that shapes it, with its unit.

The defaults are chosen, not measured: few health authors in most rural counties, themes that
most authors never promote, places that differ by half their share or so. Whoever doubts one
changes it and runs the backtest again.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.errors import GrapevineError
from warehouse.weeks import Week

FIRST = Week(2020, 1)
"""First week of a world when none is asked for. The date means nothing."""


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How much places differ: standard deviations of log odds, all normal.

    state, region, county  lasting differences from the place around
    nation_drift, state_drift, county_drift
                           slow movement over weeks (first-order, `memory` from week to week)
    county_week            what is new in a county each week
    memory                 0 to 1, correlation of the drift from one week to the next
    season                 most a theme swings over the year, up and down
    """

    state: float = 0.30
    region: float = 0.25
    county: float = 0.40
    nation_drift: float = 0.15
    state_drift: float = 0.10
    county_drift: float = 0.15
    county_week: float = 0.10
    memory: float = 0.95
    season: float = 0.30


@dataclass(frozen=True, slots=True)
class Volume:
    """How many voices there are and how much each says.

    rural_per_100k, urban_per_100k  health authors a week and 100,000 residents, expected
    county_spread   standard deviation of log volume among counties
    state_only      0 to 1, part of the authors who can be placed in a state but no county
    one_post        0 to 1, part of the authors with one post; others have more, geometrically
    beside          posts not about health for each author of health posts, all by others
    named           0 to 1, part of the authors whom their source names
    with_bands      0 to 1, part of the posts long enough for near-copies to be found
    """

    rural_per_100k: float = 27.0
    urban_per_100k: float = 40.0
    county_spread: float = 0.6
    state_only: float = 0.25
    one_post: float = 0.7
    beside: float = 0.3
    named: float = 0.9
    with_bands: float = 0.6


@dataclass(frozen=True, slots=True)
class Errors:
    """How wrong the tagger is, of a post; drawn for each tag and language.

    sensitivity           (low, high) found of the posts that carry a tag
    false_positives       (low, high) in 1,000 health posts that do not carry it
    spanish_less          taken off the sensitivity in Spanish
    audit_with, audit_without
                          posts a reader labelled, for each tag and language
    """

    sensitivity: tuple[float, float] = (0.60, 0.90)
    false_positives: tuple[float, float] = (0.5, 4.0)
    spanish_less: float = 0.10
    audit_with: int = 150
    audit_without: int = 2000


@dataclass(frozen=True, slots=True)
class Events:
    """What happens in a world: events that begin in an average week, by kind.

    county, region, state  outbreaks: the share of one tag is multiplied for some weeks
    multiples, lengths     by how much, and for how many weeks; each as likely
    brigades               200 copies under 20 names in one county
    outages                a source gives one post in twenty, for a week or two
    """

    county: float = 6.0
    region: float = 10.0
    state: float = 1.0
    multiples: tuple[float, ...] = (1.5, 2.0, 3.0, 5.0)
    lengths: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    brigades: float = 2.0
    brigade_names: int = 20
    brigade_posts: int = 200
    outages: float = 0.04


@dataclass(frozen=True, slots=True)
class Settings:
    """One world: the same settings give the same world, byte for byte.

    weeks   how many, from `first`
    scale   multiplies the number of voices everywhere
    mixed   week from which a fourth source joins, counted from 0; None: never
    quiet   first weeks without outbreaks, so that there is a past to compare with
    """

    weeks: int
    seed: int
    first: Week = FIRST
    scale: float = 1.0
    mixed: int | None = None
    quiet: int = 12
    places: Heterogeneity = Heterogeneity()
    volume: Volume = Volume()
    errors: Errors = Errors()
    events: Events = Events()

    def __post_init__(self) -> None:
        """Refuse a world without weeks or with a negative seed."""
        if self.weeks < 1:
            raise GrapevineError("A simulated world needs at least one week: --weeks 1.")
        if self.seed < 0:
            raise GrapevineError(f"The seed {self.seed} is negative. Give 0 or more.")
        if self.scale <= 0:
            raise GrapevineError(
                f"The scale {self.scale} is not above 0. Give 1 for the usual."
            )

    @property
    def window(self) -> list[Week]:
        """Its weeks, oldest first."""
        return [self.first.back(-number) for number in range(self.weeks)]
