"""Hold what one look at a string found, before it becomes a `Place`.

`kind` says by which evidence, and is a row of evidence.csv: its measured share right becomes
the score. `ABROAD` is an answer too: it stops a look, where None lets the next evidence try.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from classifiers.place.gazetteer import Town
from warehouse.reference import load_counties, load_states


class Found(NamedTuple):
    """A county or a state that a string points to.

    fips     county code, or None when only the state is known
    state    postal code, or None abroad
    matched  the name in a clean form (`Casper, WY`, `Natrona County, WY`, `Wyoming`)
    kind     the evidence, a row of evidence.csv
    """

    fips: str | None
    state: str | None
    matched: str | None
    kind: str


ABROAD = Found(None, None, None, "abroad")


def in_town(town: Town, kind: str) -> Found:
    """The county that holds a town; its state alone when the town is spread over several."""
    return Found(town.fips or None, town.state, f"{town.name}, {town.state}", kind)


def in_county(fips: str, kind: str) -> Found:
    """A county by its code."""
    county = load_counties()[fips]
    return Found(fips, county.state, f"{county.name}, {county.state}", kind)


def in_state(state: str, kind: str, matched: str | None = None) -> Found:
    """A state by its code, matched by the region that was written or else by its name.

    The District of Columbia is one county, so naming it names the county.
    """
    if state == "DC":
        return in_county("11001", kind)
    return Found(None, state, matched or load_states()[state], kind)


def agree(found: Sequence[Found]) -> Found | None:
    """What several finds have in common: one county, one state, or nothing."""
    if ABROAD in found:
        return ABROAD
    if len({place.state for place in found}) != 1:
        return None
    counties = {place.fips for place in found if place.fips}
    if len(counties) <= 1:
        return next((place for place in found if place.fips), found[0])
    return in_state(str(found[0].state), found[0].kind)
