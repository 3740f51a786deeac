"""Name places in English, and say what a county is like."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.geo import Place
from dashboards.published import PlaceFacts
from dashboards.words import kind_of, rurality

EVERYWHERE = "all places we collected from"
"""The widest level in words: few installations hear the whole nation, so none claims to."""

WIDE = {"rural": "all rural counties we collected from", "nation": EVERYWHERE}
UNPLACED: Mapping[str, str] = {"rural": "rural counties", "nation": "the United States"}


def name(place: Place) -> str:
    if place.geo.type == "region":
        return f"{place.geo.value.partition('-')[2]} {place.state} counties"
    if place.geo.type == "state":
        return f"the {place.state}" if place.state.startswith("District") else place.state
    return WIDE.get(place.geo.type, place.name)


def level(place: Place) -> str:
    return f"this {kind_of(place.name)}" if place.geo.type == "county" else name(place)


def within(place: Place) -> str:
    return f"{_preposition(place)} {level(place)}"


def inside(place: Place) -> str:
    return f"{_preposition(place)} {name(place)}"


def _preposition(place: Place) -> str:
    return "across" if place.geo.type in WIDE else "in"


def described(county: PlaceFacts) -> str:
    kind = rurality(county.rucc_2023, county.is_rural)
    return f"{kind} · {county.pop:,} residents ({county.pop_year})"


def access_lead(county_name: str) -> str:
    return f"Access to care in this {kind_of(county_name)}:"
