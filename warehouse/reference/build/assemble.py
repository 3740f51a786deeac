"""Make every reference file in memory, so that nothing is written when one of them fails."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from warehouse.errors import InputError
from warehouse.reference.build import access, counties, places, sources
from warehouse.reference.build.rows import Row, parsed
from warehouse.reference.build.shapes import draw_shapes

COUNTIES = "counties.csv"
SAME_COLUMNS = "give it the columns of the README beside the tables, or leave it out."


def assemble(folder: Path, atlas: Path | None, current: Path) -> dict[str, bytes]:
    """Relative file name to bytes, from the official files in `folder`.

    Two tables have no single official file. Where `folder` holds no `access.csv`, the access
    columns are those of `current`; where it holds no `places.csv.gz`, places are not remade.
    Shapes are drawn when `atlas` names a folder. Raise `InputError` when a file is missing.
    """
    rows = counties.county_rows(folder, _access(folder, current))
    files = {COUNTIES: counties.write_table(rows)}
    if (folder / sources.PLACES).is_file():
        rows_of_places = places.place_rows(folder / sources.PLACES)
        files[sources.PLACES] = places.write_places(rows_of_places)
    if atlas is not None:
        states = {row["fips"][:2]: row["state"] for row in rows}
        drawn = draw_shapes(atlas, states)
        files |= {f"shapes/{name}": data for name, data in drawn.items()}
    return files


def summary(files: Mapping[str, bytes]) -> Iterator[str]:
    """What was made, a line a fact: the figures that README.md states."""
    rows = _rows(files[COUNTIES])
    rural = sum(row["is_rural"] == "true" for row in rows)
    yield f"{COUNTIES}: {len(rows)} counties, {rural} rural, {_kb(files[COUNTIES])} kB"
    for name in access.ACCESS_COLUMNS:
        yield f"  {name}: known for {sum(row[name] != '' for row in rows)}"
    if sources.PLACES in files:
        listed = _rows(gzip.decompress(files[sources.PLACES]))
        primary = sum(row["is_primary"] == "true" for row in listed)
        size = _kb(files[sources.PLACES])
        yield f"{sources.PLACES}: {len(listed)} rows, {primary} places, {size} kB"
    drawn = [data for name, data in files.items() if name.startswith("shapes/")]
    if drawn:
        yield f"shapes: {len(drawn)} files, {_kb(b''.join(drawn))} kB"


def left_as_they_were(folder: Path) -> Iterator[str]:
    """What `folder` holds no file for, and where newer figures are published."""
    if not (folder / sources.ACCESS).is_file():
        yield f"no {sources.ACCESS}: access columns left as they were; {sources.ACCESS_PAGES}"
    if not (folder / sources.PLACES).is_file():
        yield f"no {sources.PLACES}: places left as they were; {sources.PLACES_PAGE}"


def _access(folder: Path, current: Path) -> dict[str, Row]:
    if (folder / sources.ACCESS).is_file():
        return parsed(folder / sources.ACCESS, access.read_access, SAME_COLUMNS)
    if (current / COUNTIES).is_file():
        return access.keep_access(current / COUNTIES)
    raise InputError(
        f"{folder} has no {sources.ACCESS} and {current} no {COUNTIES} to keep its columns "
        f"from: take the facts from {sources.ACCESS_PAGES} and run again."
    )


def _rows(data: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def _kb(data: bytes) -> int:
    return round(len(data) / 1000)
