"""Hold one county, one place and one map as the reference tables give them.

Columns carry their unit and year in their name; None means the source gives no figure, never
zero. README.md beside this file names the source of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

T = TypeVar("T")

RURAL_FROM = 4
"""USDA rural-urban continuum codes 4 to 9 are nonmetro."""


@dataclass(frozen=True, slots=True)
class County:
    """One county or county equivalent, as of 2023. Shape: one row of counties.csv.

    fips, name, state, state_name   5-character code; `Natrona County`; `WY`; `Wyoming`
    pop, pop_year                   residents on 1 July of that year, an estimate
    land_km2, lat, lon              land area; a point inside it, degrees north and east
    rucc_2023, is_rural             USDA code 1 (large metro) to 9 (remote); 4 and above
    pop_per_pcp_2021                residents to one primary care physician; None: no figure
    has_pcp_2021                    False: none practises there; None: not known
    pcp_quality_2021                1 firm, 2 fair, 3 rests on one physician: do not print it
    hpsa_primary_care_2023          how much is a shortage area: `none`, `part` or `whole`
    digital_access_pct_2023         households with a computer and fixed broadband, estimated
                                    for areas of 100,000 people, so small neighbours share it
    no_internet_pct_2019            households with no internet at all
    uninsured_pct_2018, age_65_plus_pct_2018, hispanic_pct_2018, limited_english_pct_2018
                                    residents, 0 to 100
    """

    fips: str
    name: str
    state: str
    state_name: str
    pop: int
    pop_year: int
    land_km2: float
    lat: float
    lon: float
    rucc_2023: int
    is_rural: bool
    pop_per_pcp_2021: int | None
    has_pcp_2021: bool | None
    pcp_quality_2021: int | None
    hpsa_primary_care_2023: str | None
    digital_access_pct_2023: float | None
    no_internet_pct_2019: float | None
    uninsured_pct_2018: float | None
    age_65_plus_pct_2018: float | None
    hispanic_pct_2018: float | None
    limited_english_pct_2018: float | None

    def __post_init__(self) -> None:
        """Refuse a code that lost its leading zero, and a rural flag its code denies."""
        if len(self.fips) != 5 or not self.fips.isdigit():
            raise ValueError(f"'{self.fips}' is not a 5-digit county code")
        if self.is_rural != (self.rucc_2023 >= RURAL_FROM):
            raise ValueError(f"{self.fips}: RUCC {self.rucc_2023} and is_rural disagree")

    @property
    def region(self) -> str:
        """The county's group for pooling: same state, same side of the rural line."""
        return f"{self.state}-{'rural' if self.is_rural else 'urban'}"

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> County:
        """One line of counties.csv, by column name."""
        return cls(
            fips=row["fips"],
            name=row["name"],
            state=row["state"],
            state_name=row["state_name"],
            pop=int(row["pop"]),
            pop_year=int(row["pop_year"]),
            land_km2=float(row["land_km2"]),
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            rucc_2023=int(row["rucc_2023"]),
            is_rural=_flag(row["is_rural"]),
            pop_per_pcp_2021=_maybe(int, row["pop_per_pcp_2021"]),
            has_pcp_2021=_maybe(_flag, row["has_pcp_2021"]),
            pcp_quality_2021=_maybe(int, row["pcp_quality_2021"]),
            hpsa_primary_care_2023=row["hpsa_primary_care_2023"] or None,
            digital_access_pct_2023=_maybe(float, row["digital_access_pct_2023"]),
            no_internet_pct_2019=_maybe(float, row["no_internet_pct_2019"]),
            uninsured_pct_2018=_maybe(float, row["uninsured_pct_2018"]),
            age_65_plus_pct_2018=_maybe(float, row["age_65_plus_pct_2018"]),
            hispanic_pct_2018=_maybe(float, row["hispanic_pct_2018"]),
            limited_english_pct_2018=_maybe(float, row["limited_english_pct_2018"]),
        )


class CensusPlace(NamedTuple):
    """One city, town, village or named settlement, in one county. Shape: one row of places.

    name, state   without its kind: `Casper`, `WY`
    fips          the county
    kind          `city`, `town`, `village`, `cdp` (unincorporated), …
    pop           residents of the whole place, 2020 Census
    county_share  0 to 1, the part of them living in this county
    is_primary    True for the county with the largest part
    """

    name: str
    state: str
    fips: str
    kind: str
    pop: int
    county_share: float
    is_primary: bool

    @classmethod
    def from_line(cls, line: list[str]) -> CensusPlace:
        """One line of places.csv, columns in the order above."""
        name, state, fips, kind, pop, share, primary = line
        return cls(name, state, fips, kind, int(pop), float(share), primary == "true")


@dataclass(frozen=True, slots=True)
class Shapes:
    """One map: an SVG `viewBox` and the `d` of each area by its code; y runs down."""

    viewbox: str
    paths: Mapping[str, str]


def _flag(text: str) -> bool:
    return text == "true"


def _maybe(make: Callable[[str], T], text: str) -> T | None:
    return make(text) if text else None
