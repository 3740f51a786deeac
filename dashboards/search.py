"""Make the small script files that let the front page find a county by name, town or ZIP code.

There is no server to ask, and pages must work from a folder on a USB stick, where a script may
not read files but may load other scripts. So the index is a set of scripts: one with every
county, one for each first three digits of a ZIP code and one for each first three letters of a
town, loaded only when typed. A ZIP code or town is given its main county; a ZIP code that names
no county of 2023 leads to its state's page.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import zipcodes

from dashboards.published import PlaceFacts
from warehouse.reference import load_counties, load_places


def county_index(counties: Mapping[str, PlaceFacts]) -> str:
    """A script that hands over `[name, postal code, FIPS]` of every county, by name."""
    rows = sorted((place.name, place.state, place.fips) for place in counties.values())
    return f"grapevine.counties({_literal(rows)});\n"


def zip_shards(counties: Mapping[str, PlaceFacts]) -> dict[str, str]:
    """Three digits → a script that hands over ZIP code → FIPS (or postal code of the state)."""
    shards: dict[str, dict[str, str]] = defaultdict(dict)
    known = set(counties)
    states = {place.state for place in counties.values()}
    for code, state, fips in _zip_codes():
        if fips in known or state in states:
            shards[code[:3]][code] = fips if fips in known else state
    return {prefix: f"grapevine.zips({_literal(codes)});\n" for prefix, codes in shards.items()}


def town_shards(counties: Mapping[str, PlaceFacts]) -> dict[str, str]:
    """Three letters → a script that hands them over, and `[name, FIPS]` of the towns there.

    The letters are those of name and state run together, so that a name of two has three.
    """
    shards: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for place in load_places():
        if place.is_primary and place.fips in counties:
            shards[_key(place.name + place.state)[:3]].append((place.name, place.fips))
    return {
        prefix: f"grapevine.towns({_literal(prefix)},{_literal(sorted(set(towns)))});\n"
        for prefix, towns in sorted(shards.items())
    }


@cache
def _zip_codes() -> tuple[tuple[str, str, str], ...]:
    """(ZIP, postal code, FIPS or "") of every ZIP code in use in the 50 states and DC."""
    return tuple(
        (row["zip_code"], row["state"], _county_of(row))
        for row in zipcodes.list_all()  # type: ignore[no-untyped-call]  # it ships no types
        if row["active"] and row["zip_code_type"] != "MILITARY"
    )


def _county_of(row: Mapping[str, Any]) -> str:
    """By the county the ZIP list names, else by its town where only one county has it."""
    state, county = row["state"], row["county"] or ""
    return _county_named(state, county) or next(
        filter(
            None, (_county_with(state, t) for t in (row["city"], *row["acceptable_cities"]))
        ),
        "",
    )


@cache
def _county_named(state: str, name: str) -> str:
    """The county of this name, `City and Borough of Juneau` and the like turned round."""
    kind, _, place = name.rpartition(" of ")
    names = _county_names()
    return names.get((state, _key(name))) or names.get((state, _key(f"{place} {kind}")), "")


@cache
def _county_names() -> dict[tuple[str, str], str]:
    return {(place.state, _key(place.name)): place.fips for place in load_counties().values()}


def _county_with(state: str, town: str) -> str:
    found = _towns().get((state, _key(town)), set())
    return next(iter(found)) if len(found) == 1 else ""


@cache
def _towns() -> dict[tuple[str, str], set[str]]:
    """(postal code, place name as a key) → the counties it may mean."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place in load_places():
        if place.is_primary:
            found[place.state, _key(place.name)].add(place.fips)
    return dict(found)


def _key(name: str) -> str:
    """Letters only, without case or accents: `LaSalle`, `La Salle` and `Doña` agree."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain.lower())


def _literal(value: object) -> str:
    """JSON that is safe in a script, whatever the names are: ASCII, and no `<`."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
