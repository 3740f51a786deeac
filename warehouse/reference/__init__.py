"""Read the reference: every US county, its facts, its shape, and the places inside it.

The tables are facts of US agencies, built by `warehouse.reference.build`; README.md beside
this file gives the source, vintage and terms of each column. Reading needs nothing but the
standard library, and each table is read once.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from functools import cache
from pathlib import Path

from warehouse.errors import UnknownPlaceError
from warehouse.reference.records import CensusPlace, County, Shapes

FOLDER = Path(__file__).parent
NATION = "nation"

__all__ = [
    "FOLDER",
    "NATION",
    "CensusPlace",
    "County",
    "Shapes",
    "load_counties",
    "load_places",
    "load_shapes",
    "load_states",
    "reference_version",
]


@cache
def load_counties() -> dict[str, County]:
    """Every county by its 5-character FIPS code, in order of the code. Do not change it."""
    with (FOLDER / "counties.csv").open(encoding="utf-8", newline="") as table:
        return {row["fips"]: County.from_row(row) for row in csv.DictReader(table)}


@cache
def load_states() -> dict[str, str]:
    """The name of each state and the District of Columbia by postal code."""
    return {county.state: county.state_name for county in load_counties().values()}


@cache
def load_places() -> tuple[CensusPlace, ...]:
    """Every Census place by county, by state and name; a primary row starts a new place."""
    data = gzip.decompress((FOLDER / "places.csv.gz").read_bytes()).decode()
    lines = csv.reader(io.StringIO(data))
    next(lines)
    return tuple(map(CensusPlace.from_line, lines))


@cache
def load_shapes(state: str) -> Shapes:
    """The county shapes of a state by FIPS, or for `NATION` the state shapes by postal code.

    `state` is a two-letter postal code. Raise `UnknownPlaceError` when there is no such state.
    """
    if state != NATION and state not in load_states():
        raise UnknownPlaceError(
            f"No state has the postal code '{state}'. Codes are two capital letters, like WY."
        )
    drawn = json.loads((FOLDER / "shapes" / f"{state}.json").read_bytes())
    return Shapes(drawn["viewbox"], drawn["paths"])


@cache
def reference_version() -> str:
    """12 hexadecimal digits that change when a table does; shapes carry no numbers."""
    digest = hashlib.sha256()
    for name in ("counties.csv", "places.csv.gz"):
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()[:12]
