"""Say in Spanish where something is, and what a county is like.

Proper names stay, but for the word that says what a place is: `el condado de Natrona`.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.geo import Place
from dashboards.published import PlaceFacts
from dashboards.spanish import of_es
from dashboards.words import kind_of

EVERYWHERE = "todos los lugares de donde reunimos mensajes"
WIDE = {
    "rural": "todos los condados rurales de donde reunimos mensajes",
    "nation": EVERYWHERE,
}
UNPLACED: Mapping[str, str] = {"rural": "condados rurales", "nation": "los Estados Unidos"}

KINDS = {
    "county": "este condado",
    "parish": "esta parroquia",
    "borough": "este distrito",
    "city": "esta ciudad",
    "district": "este distrito",
    "census area": "esta zona censal",
    "planning region": "esta región de planificación",
}
"""`kind_of` a county → `this` and its noun."""

NAMED = {
    " County": "el condado de",
    " Parish": "la parroquia de",
    " City and Borough": "la ciudad y distrito de",
    " Borough": "el distrito de",
    " city": "la ciudad de",
    " Census Area": "la zona censal de",
    " Planning Region": "la región de planificación de",
}
"""End of a county's name → how its name begins in a sentence."""

_CLOSE, _FAR = "junto a una zona metropolitana", "lejos de toda zona metropolitana"
RUCC = {
    1: "en una zona metropolitana de 1 millón de personas o más",
    2: "en una zona metropolitana de 250,000 a 1 millón de personas",
    3: "en una zona metropolitana de menos de 250,000 personas",
    4: f"pueblos con 20,000 personas o más en total, {_CLOSE}",
    5: f"pueblos con 20,000 personas o más en total, {_FAR}",
    6: f"pueblos con 5,000 a 20,000 personas en total, {_CLOSE}",
    7: f"pueblos con 5,000 a 20,000 personas en total, {_FAR}",
    8: f"menos de 5,000 personas en pueblos, {_CLOSE}",
    9: f"menos de 5,000 personas en pueblos, {_FAR}",
}
"""As `dashboards.words.RUCC`."""


def name(place: Place) -> str:
    if place.geo.type == "region":
        kind = "rurales" if place.geo.value.endswith("-rural") else "urbanos"
        return f"los condados {kind} {of_es(_state(place))}"
    if place.geo.type == "state":
        return _state(place)
    if place.geo.type == "county":
        return _county(place.name)
    return WIDE.get(place.geo.type, place.name)


def _county(name: str) -> str:
    """`el condado de Natrona`, `la parroquia de Orleans`; other kinds of name stay."""
    for ending, kind in NAMED.items():
        if name.endswith(ending):
            return f"{kind} {name.removesuffix(ending)}"
    return name


def _state(place: Place) -> str:
    is_district = place.state.startswith("District")
    return "el Distrito de Columbia" if is_district else place.state


def level(place: Place) -> str:
    return this(place.name) if place.geo.type == "county" else name(place)


def this(county_name: str) -> str:
    """`este condado`, `esta parroquia`."""
    return KINDS[kind_of(county_name)]


def within(place: Place) -> str:
    return f"en {level(place)}"


def inside(place: Place) -> str:
    return f"en {name(place)}"


def described(county: PlaceFacts) -> str:
    kind = "Rural" if county.is_rural else "Urbano"
    told = f"{kind} ({RUCC[county.rucc_2023]})" if county.rucc_2023 in RUCC else kind
    return f"{told} · {county.pop:,} habitantes ({county.pop_year})"


def access_lead(county_name: str) -> str:
    return f"Acceso a la atención en {this(county_name)}:"
