"""Hold one release's published numbers as plain records, ready to be looked up.

A number that is absent was hidden in the warehouse (fewer than 10 voices, or so that a small
count cannot be worked out); the pages never learn which, nor how many it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from dashboards.geo import Geo

FEWER = "fewer than 10"
"""The lowest evidence band, zero included."""

VERSIONS = ("code", "taxonomy", "model", "reference", "correction")
"""What a release says it was made by."""

TOO_FEW = "too few posts to say"
"""The direction of which nothing can be said."""

NONE_SHOWN, MANY_NAMES = "none shown", "10 names or more"
"""What the release says of near-copies: not seen, too few or not to be told; or seen."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share as it is likely to be, per 1,000 health voices: corrected and pooled.

    per_1000, low, high  posterior mean and 90 % interval
    rests_on             geo_type of the place that has the largest part in it
    has_numbers          false: too few posts to say
    """

    per_1000: float
    low: float
    high: float
    rests_on: str
    has_numbers: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a place's health voices in one week, with a 90 % interval per 1,000.

    author_n         distinct authors seen, at least 10; None where the release holds no count
                     but only an estimate (all rural counties together)
    health_author_n  distinct authors of health posts there that week; None likewise
    per_1000, low, high  the share as counted and its Wilson interval, per 1,000 health voices
    estimate  the share as it is likely to be; None where the tagger's errors are not known
    """

    author_n: int | None
    health_author_n: int | None
    per_1000: float
    low: float
    high: float
    estimate: Estimate | None = None

    @property
    def said(self) -> tuple[float, float, float]:
        """What pages say: the estimate and its interval, or else the share as counted."""
        found = self.estimate or self
        return found.per_1000, found.low, found.high

    @property
    def has_numbers(self) -> bool:
        """Whether there are enough posts to say a number at all."""
        return self.estimate is None or self.estimate.has_numbers


@dataclass(frozen=True, slots=True)
class Alarm:
    """A theme (promoted) or signal seen unusually often in the release's week.

    kind  'theme' or 'signal'
    fold  its share as counted, as a multiple of the share expected
    """

    kind: str
    tag_id: str
    fold: float


@dataclass(frozen=True, slots=True)
class Bands:
    """How many voices (author-weeks) a place gave in the whole window, in words.

    copies  `10 names or more`: so many put up near-copies about health in one week
    """

    voices: str
    health_voices: str
    copies: str = NONE_SHOWN

    @property
    def has_copies(self) -> bool:
        """Whether near-copies under many names may be told."""
        return self.copies == MANY_NAMES


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One county as the release describes it: codes, name, and facts about access to care.

    None means that the source gives no figure. Units and vintages: warehouse/reference.
    """

    fips: str
    name: str
    state: str
    state_name: str
    is_rural: bool
    rucc_2023: int
    pop: int
    pop_year: int
    pop_per_pcp_2021: int | None
    has_pcp_2021: bool | None
    pcp_quality_2021: int | None
    hpsa_primary_care_2023: str | None
    no_internet_pct_2019: float | None
    uninsured_pct_2018: float | None


@dataclass(frozen=True, slots=True)
class Release:
    """What was released: the week, the window behind it, what went in, and which versions.

    posts_n, placed_n, health_n, no_author_n  posts of the window: read, placed in the US,
    about health, and without an author named (each of those counts as one voice); None when
    too few to say
    sources   names of the sources with 10 voices or more, and `news`
    error_rates  what shares are corrected by (`pub_release`); None: by nothing
    versions  of code, taxonomy, model, reference data and correction
    changed   what changed since the release of this week published before; empty: the first
    checked   what the checks before publication found
    outages   (week, source, reason): weeks without a source, or with a changed mix of them
    content_sha256  digest of all its published figures
    """

    release_id: str
    week: str
    week_start: date
    week_end: date
    weeks_n: int
    is_sample: bool
    posts_n: int | None
    placed_n: int | None
    health_n: int | None
    no_author_n: int | None
    sources: tuple[str, ...]
    versions: Mapping[str, str]
    changed: str = ""
    checked: str = ""
    error_rates: str | None = None
    outages: tuple[tuple[str, str, str], ...] = ()
    content_sha256: str = ""

    @property
    def revision(self) -> int:
        """Which release of its week it is: 2 for `2024-W10.2-sample`."""
        return int(self.release_id.partition(".")[2].partition("-")[0])

    @property
    def order(self) -> tuple[str, int]:
        """By which releases are put in order: the week, then the revision."""
        return self.week, self.revision


Shares = dict[Geo, dict[str, dict[str, dict[str, Share]]]]
"""place → week → theme → stance → share."""

Signals = dict[Geo, dict[str, dict[str, Share]]]
"""place → week → signal → share."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that a site is made from. `changes` is of the release's own week only."""

    release: Release
    counties: dict[str, PlaceFacts]
    volume: dict[Geo, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    themes: Shares = field(default_factory=dict)
    signals: Signals = field(default_factory=dict)
    changes: dict[Geo, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    voids: set[tuple[Geo, str]] = field(default_factory=set)
    """(place, theme) where questions rise and few answer, in the release's week."""
    alarms: dict[Geo, list[Alarm]] = field(default_factory=dict)
    """place → what is unusual there in the release's week."""
    judged: set[tuple[Geo, str]] = field(default_factory=set)
    """(place, theme) that could be called unusual or not."""
    bands: dict[Geo, Bands] = field(default_factory=dict)
    clinics: dict[Geo, dict[str, dict[str, int]]] = field(default_factory=dict)
    """place → week → theme → times heard in clinics; counted apart from posts."""
    tables: dict[str, pa.Table] = field(default_factory=dict)
    """Published table → all its rows, for the data files."""
    past: list[Numbers] = field(default_factory=list)
    """Releases published before this one, oldest first: the promoters of each theme in the
    nation and the states, in each one's own week, and nothing else."""

    def themes_now(self, geo: Geo) -> Mapping[str, Mapping[str, Share]]:
        """Theme → stance → share of the release's week at one place."""
        return self.themes.get(geo, {}).get(self.release.week, {})

    def signals_now(self, geo: Geo) -> Mapping[str, Share]:
        """Signal → share of the release's week at one place."""
        return self.signals.get(geo, {}).get(self.release.week, {})

    def bands_of(self, geo: Geo) -> Bands:
        """The evidence bands of a place; the lowest when the release has none for it."""
        return self.bands.get(geo, Bands(FEWER, FEWER))

    def clinics_now(self, geo: Geo) -> Mapping[str, int]:
        """Theme → times heard in the clinics of one place in the release's week."""
        return self.clinics.get(geo, {}).get(self.release.week, {})
