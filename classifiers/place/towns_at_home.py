"""Gather the towns of the country from four sources, and settle the county of each.

A Census place says how its people are spread over counties; a post town only which counties
its ZIP codes lie in, but it knows the townships and villages that the Census does not list.
Where the two disagree about a small place, no county is given: the state is as far as it goes.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import zipcodes

from classifiers.place.names import key
from warehouse.reference import load_counties, load_places

FOLDER = Path(__file__).parent

MIN_COUNTY_SHARE = 0.6
"""A town with a smaller part of its people in any one county is placed in its state only."""

FIRM_POP = 5_000
"""A Census place of this size is believed over a post town of the same name."""

POP_PER_ZIP = {"STANDARD": 3_000, "PO BOX": 500, "UNIQUE": 50, "MILITARY": 50}
"""Rough residents behind one ZIP code by its type; only to weigh towns and find rivals."""

_MERGED = re.compile(
    r"(?:Urban )?(.+?)(?:|[-/](?:.* County|.* government|Davidson|Fayette|Silver Bow))"
    r"(?: \(balance\))?"
)
_PARENTHESIS = re.compile(r"^(.+) \((.+)\)$")

Key = tuple[str, str]
"""State and folded name."""


class Known(NamedTuple):
    """A town, as the sources know it.

    name, fips  as written; its county, or `""` when not settled
    pop         residents; a rough figure for post towns
    is_alone    whether its name needs no state beside it; None: its people decide
    """

    name: str
    fips: str
    pop: int
    is_alone: bool | None = None


def gather_towns() -> dict[Key, Known]:
    """Every town by state and key. The Census comes first, then post towns, then nicknames."""
    census, post = census_towns(), post_towns()
    known = {at: _settle(census.get(at), post.get(at)) for at in census.keys() | post.keys()}
    for at, town in merged_names(census).items():
        if at not in known or known[at].pop < town.pop:
            known[at] = town
    known |= connecticut_towns(known) | boroughs(known)
    return known | nicknames(known)


def census_towns() -> dict[Key, Known]:
    """Census places. Two of one name in a state are one town spread over both counties."""
    people: dict[Key, Counter[str]] = defaultdict(Counter)
    names: dict[Key, str] = {}
    for place in load_places():
        for name in _PARENTHESIS.sub(r"\1|\2", place.name).split("|"):
            at = (place.state, key(name))
            people[at][place.fips] += round(place.pop * place.county_share)
            names.setdefault(at, name)
    return {at: _majority(names[at], counts) for at, counts in people.items()}


def post_towns() -> dict[Key, Known]:
    """Post towns, and for names that are no post town the ones that mail accepts."""
    counties = _county_codes()
    people: tuple[dict[Key, Counter[str]], ...] = (defaultdict(Counter), defaultdict(Counter))
    names: dict[Key, str] = {}
    for code in zipcodes.list_all():  # type: ignore[no-untyped-call]
        fips = counties.get((code["state"], _squeeze(code["county"])))
        if fips is None or not code["active"]:
            continue
        for rank, given in enumerate(([code["city"]], code["acceptable_cities"])):
            for name in given:
                at = (code["state"], key(name))
                people[rank][at][fips] += POP_PER_ZIP[code["zip_code_type"]] // (rank + 1)
                names.setdefault(at, name)
    return {
        at: _majority(names[at], people[0].get(at, people[1].get(at, Counter())))
        for at in names
    }


def merged_names(census: dict[Key, Known]) -> dict[Key, Known]:
    """The everyday name of a place whose Census name says more: `Nashville-Davidson`."""
    found: dict[Key, Known] = {}
    for (state, _), town in census.items():
        short = _MERGED.fullmatch(town.name)
        if short and short[1] != town.name:
            found[state, key(short[1])] = town._replace(name=short[1])
    return found


def connecticut_towns(known: dict[Key, Known]) -> dict[Key, Known]:
    """Connecticut's towns by planning region; ZIP codes still carry the old counties."""
    with (FOLDER / "connecticut.toml").open("rb") as file:
        regions = tomllib.load(file)["regions"]
    return {
        ("CT", key(name)): Known(
            name, fips, getattr(known.get(("CT", key(name))), "pop", FIRM_POP)
        )
        for fips, names in regions.items()
        for name in (part.strip() for part in names.split(","))
    }


def boroughs(known: dict[Key, Known]) -> dict[Key, Known]:
    """New York City and its boroughs, which are five counties and no Census places."""
    with (FOLDER / "nicknames.toml").open("rb") as file:
        codes = tomllib.load(file)["boroughs"]
    people = known["NY", "new york"].pop // len(codes)
    return {
        ("NY", key(name)): Known(name, fips, people, is_alone=name != "New York")
        for name, fips in codes.items()
    }


def nicknames(known: dict[Key, Known]) -> dict[Key, Known]:
    """Our own list of other names, each with the county of the town it means."""
    with (FOLDER / "nicknames.toml").open("rb") as file:
        lists = tomllib.load(file)
    found: dict[Key, Known] = {}
    for kind in ("alone", "with_state"):
        for nickname, meant in lists[kind].items():
            name, state = meant.rsplit(", ", 1)
            town = known[state, key(name.split(" (")[0])]
            found[state, key(nickname)] = town._replace(is_alone=kind == "alone")
    return found


@cache
def common_words() -> frozenset[str]:
    """Keys of towns whose bare name says something else first (`bear`, `white house`)."""
    with (FOLDER / "nicknames.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["never_alone"]["words"])


def _settle(census: Known | None, post: Known | None) -> Known:
    """One town from what the two sources say of it."""
    if census is None or post is None:
        return census or post or Known("", "", 0)
    if census.fips == post.fips or not post.fips or census.pop >= FIRM_POP:
        return census
    return census._replace(fips="")


def _majority(name: str, people: Counter[str]) -> Known:
    total = sum(people.values())
    [(fips, most)] = people.most_common(1)
    return Known(name, fips if most >= MIN_COUNTY_SHARE * total else "", total)


def _county_codes() -> dict[tuple[str, str], str]:
    """County code by state and squeezed name, with and without its kind; ours come first."""
    found: dict[tuple[str, str], str] = {}
    for fips, county in load_counties().items():
        found.setdefault((county.state, _squeeze(county.name)), fips)
    for fips, county in load_counties().items():
        bare = re.sub(
            r" (?:County|Parish|Borough|Census Area|Municipality|city)$", "", county.name
        )
        found.setdefault((county.state, _squeeze(bare)), fips)
    found["AK", _squeeze("Municipality of Anchorage")] = "02020"
    found["AK", _squeeze("City and Borough of Juneau")] = "02110"
    return found


def _squeeze(name: str) -> str:
    return key(name).replace(" ", "")
