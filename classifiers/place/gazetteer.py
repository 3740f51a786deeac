"""Look up towns and counties by state and name, and the few names that need no state.

The table is built by `classifiers.place.build_gazetteer`. One look-up is one dictionary read:
nothing here searches the gazetteer.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from classifiers.place.names import key, one_slip_away, spell_out_initial
from warehouse.reference import load_counties

FOLDER = Path(__file__).parent

MIN_SLIP_POP = 5_000
"""A misspelling is mended only to a town of this size."""

SLIP_LETTERS = range(6, 26)
"""Lengths of a key that may be mended: short ones have too many neighbours."""

_KIND = re.compile(
    r" (?:county|parish|borough|census area|city and borough|municipality|planning region"
    r"|city)$"
)
_PREFIX = re.compile(
    r"^(?:the )?(?:city|town|village|township|borough|ciudad|pueblo) (?:of|de) "
)
_SUFFIX = re.compile(r" (?:township|charter township|city|town|village|borough)$")


class Town(NamedTuple):
    """One town or county. Shape: one row of towns.csv.gz, or a county.

    name, state  as written for readers
    fips         the county that holds it, or `""` when it is spread over several
    pop          residents, rough for places the Census does not count
    """

    name: str
    state: str
    fips: str
    pop: int


@cache
def load_towns() -> dict[str, dict[str, Town]]:
    """Towns by state and folded name. Do not change it."""
    return _tables()[0]


@cache
def load_alone() -> dict[str, Town]:
    """Towns by a folded name that means one place in the country. Do not change it."""
    return _tables()[1]


@cache
def load_county_names() -> dict[str, dict[str, Town]]:
    """Counties by state and folded name, with their kind (`natrona county`) and without."""
    found: dict[str, dict[str, Town]] = {}
    for fips, county in load_counties().items():
        names = found.setdefault(county.state, {})
        folded, town = key(county.name), Town(county.name, county.state, fips, county.pop)
        names[folded] = town
        names.setdefault(_squeeze(folded), town)
        if not folded.endswith(" city"):
            names.setdefault(_KIND.sub("", folded), town)
    return found


@cache
def load_lone_counties() -> dict[str, Town]:
    """Counties whose full name no other state has (`natrona county`)."""
    found: dict[str, list[Town]] = {}
    for names in load_county_names().values():
        for folded, town in names.items():
            if folded.endswith((" county", " parish", " borough")):
                found.setdefault(folded, []).append(town)
    return {folded: towns[0] for folded, towns in found.items() if len(towns) == 1}


def find_town(folded: str, state: str) -> Town | None:
    """The town of a state by its key, trying the usual ways to write it; else None."""
    towns = load_towns().get(state, {})
    for written in (folded, spell_out_initial(folded), _PREFIX.sub("", folded)):
        if written in towns:
            return towns[written]
    return towns.get(_SUFFIX.sub("", folded))


def find_county(folded: str, state: str, needs_kind: bool = True) -> Town | None:
    """The county of a state by its key; with `needs_kind` it must say `county` or the like."""
    if needs_kind and not _KIND.search(folded):
        return None
    names = load_county_names().get(state, {})
    return names.get(folded) or names.get(_squeeze(folded))


def mend_town(folded: str, state: str) -> Town | None:
    """The one sizeable town of a state that is a typing slip away from a key, or None."""
    if len(folded) not in SLIP_LETTERS:
        return None
    towns = load_towns().get(state, {})
    near = {towns[slip] for slip in one_slip_away(folded) if slip in towns}
    sizeable = [town for town in near if town.pop >= MIN_SLIP_POP]
    return sizeable[0] if len(sizeable) == 1 else None


def _squeeze(folded: str) -> str:
    """`la salle county` as `lasalle county`: people write either."""
    head, space, kind = folded.rpartition(" ")
    return head.replace(" ", "") + space + kind


@cache
def _tables() -> tuple[dict[str, dict[str, Town]], dict[str, Town]]:
    data = gzip.decompress((FOLDER / "towns.csv.gz").read_bytes()).decode()
    rows = csv.reader(io.StringIO(data))
    next(rows)
    by_state: dict[str, dict[str, Town]] = {}
    alone: dict[str, Town] = {}
    for state, folded, name, fips, pop, is_alone in rows:
        town = Town(name, state, fips, int(pop))
        by_state.setdefault(state, {})[folded] = town
        if is_alone == "1":
            alone[folded] = town
    return by_state, alone
