"""Name places, and say which wider places stand behind a narrow one.

Five levels, finest first: county, region (the rural or the urban counties of one state),
state, all rural counties, nation. A number a place lacks is looked for one level up, and the
page says so. A district is a group of counties that a health department drew: it has a brief
and no figure of its own, so it is no level.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

GeoType = Literal["county", "district", "region", "state", "rural", "nation"]
LEVELS: tuple[GeoType, ...] = ("county", "region", "state", "rural", "nation")


class Geo(NamedTuple):
    """A place as the published tables key it: `county 56025`, `region WY-rural`, `state WY`."""

    type: GeoType
    value: str


NATION = Geo("nation", "US")
RURAL = Geo("rural", "US-rural")
"""The rural regions of all states taken together."""


def state_of(postal: str) -> Geo:
    """The state with this postal code."""
    return Geo("state", postal)


def region_of(postal: str, is_rural: bool) -> Geo:
    """The rural or the urban counties of a state, taken together."""
    return Geo("region", f"{postal}-{'rural' if is_rural else 'urban'}")


def state_around(region: Geo) -> Geo:
    """The state that a region lies in."""
    return state_of(region.value.partition("-")[0])


def county_chain(fips: str, postal: str, is_rural: bool) -> tuple[Geo, ...]:
    """A county and the wider places behind it, finest first."""
    return (Geo("county", fips), region_of(postal, is_rural), state_of(postal), NATION)


def joined(chains: Iterable[tuple[Geo, ...]]) -> tuple[Geo, ...]:
    """Several chains as one: each place once, finest level first, in the order given."""
    every = dict.fromkeys(geo for chain in chains for geo in chain)
    return tuple(sorted(every, key=lambda geo: LEVELS.index(geo.type)))


def page_of(geo: Geo) -> str:
    """The file name of a place's brief: `county/56025.html`, `rural.html`, `nation.html`."""
    if geo in (RURAL, NATION):
        return f"{geo.type}.html"
    return f"{geo.type}/{geo.value}.html"


class Place(NamedTuple):
    """A place with the names that a sentence needs; empty where it has none.

    name   of a county or a district; state: of the state it is in
    """

    geo: Geo
    name: str = ""
    state: str = ""
