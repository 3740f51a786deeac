"""A country of one state: real places, and pages by the dozen where the whole has thousands."""

from __future__ import annotations

from warehouse import marts
from warehouse.reference import County, load_counties

STATE = "WY"


def counties(*states: str) -> dict[str, County]:
    """Those of these states."""
    return {fips: one for fips, one in load_counties().items() if one.state in states}


def settle(*states: str) -> None:
    """Count these states alone, in this process and until it ends."""
    found = counties(*states or (STATE,))
    marts.load_counties = lambda: found
