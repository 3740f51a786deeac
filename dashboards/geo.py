"""Name places, and say which wider places stand behind a narrow one.

Four levels, finest first: county, region (the rural or the urban counties of one state),
state, nation. A number a county lacks is looked for one level up, and the page says so.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

GeoType = Literal["county", "region", "state", "nation"]
LEVELS: tuple[GeoType, ...] = ("county", "region", "state", "nation")


class Geo(NamedTuple):
    """A place as the published tables key it: `county 56025`, `region WY-rural`, `state WY`."""

    type: GeoType
    value: str


NATION = Geo("nation", "US")


def state_of(postal: str) -> Geo:
    """The state with this postal code."""
    return Geo("state", postal)


def region_of(postal: str, is_rural: bool) -> Geo:
    """The rural or the urban counties of a state, taken together."""
    return Geo("region", f"{postal}-{'rural' if is_rural else 'urban'}")


def county_chain(fips: str, postal: str, is_rural: bool) -> tuple[Geo, ...]:
    """A county and the wider places behind it, finest first."""
    return (Geo("county", fips), region_of(postal, is_rural), state_of(postal), NATION)


class Place(NamedTuple):
    """A place with the names that a sentence needs; empty where it has none.

    name   of a county or a district; state: of the state it is in
    """

    geo: Geo
    name: str = ""
    state: str = ""
