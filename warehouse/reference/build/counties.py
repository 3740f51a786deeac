"""Join the official county files into one table, one row a county.

The counties are those the Census estimates give a 2024 population: Connecticut's nine planning
regions, and not its eight old counties, which the file still lists with no figure.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from warehouse.errors import InputError
from warehouse.reference.build import sources
from warehouse.reference.build.access import ACCESS_COLUMNS
from warehouse.reference.build.rows import Row, flag, parsed, read_rows
from warehouse.reference.records import RURAL_FROM

POP_YEAR = "2024"

UNZIPPED_MAX = 32_000_000
"""Bytes; the gazetteer of counties has less than one million."""


def county_rows(folder: Path, access: Mapping[str, Row]) -> list[Row]:
    """One row a county, sorted by FIPS; every value is text as it goes into the file.

    `access` maps FIPS to the columns of `ACCESS_COLUMNS`; a county it lacks gets blanks.
    Raise `InputError` when a file is absent, not laid out as expected, or lacks a
    county that the estimates have.
    """
    population = _take(folder, sources.POPULATION, read_population)
    rurality = _take(folder, sources.RURALITY, read_rurality)
    land = _take(folder, sources.GAZETTEER, read_land)
    blank = dict.fromkeys(ACCESS_COLUMNS, "")
    return [
        {"fips": fips}
        | population[fips]
        | _of(fips, land, sources.GAZETTEER)
        | _of(fips, rurality, sources.RURALITY)
        | access.get(fips, blank)
        for fips in sorted(population)
    ]


def read_population(path: Path) -> dict[str, Row]:
    """FIPS to name, state_name, pop, pop_year, from the Census estimates."""
    return dict(filter(None, map(_population, read_rows(path.read_bytes()))))


def read_rurality(path: Path) -> dict[str, Row]:
    """FIPS to state (postal code), rucc_2023, is_rural, from USDA ERS (long form)."""
    return {
        row["FIPS"]: {
            "state": row["State"],
            "rucc_2023": row["Value"],
            "is_rural": flag(int(row["Value"]) >= RURAL_FROM),
        }
        for row in read_rows(path.read_bytes())
        if row["Attribute"] == "RUCC_2023"
    }


def read_land(path: Path) -> dict[str, Row]:
    """FIPS to land_km2 (2 decimals), lat and lon (degrees, 5 decimals)."""
    if path.suffix == ".zip":
        return dict(map(_gazetteer, read_rows(_unzip(path), "\t")))
    return {
        row["fips"]: {name: row[name] for name in ("land_km2", "lat", "lon")}
        for row in read_rows(path.read_bytes())
    }


def write_table(rows: Iterable[Row]) -> bytes:
    """CSV of `COUNTY_COLUMNS`, as UTF-8 with plain line feeds."""
    text = io.StringIO()
    table = csv.DictWriter(text, COUNTY_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def _take(
    folder: Path, source: sources.Source, read: Callable[[Path], dict[str, Row]]
) -> dict[str, Row]:
    return parsed(sources.find(folder, source), read, f"fetch it again from {source.url}.")


def _population(row: Row) -> tuple[str, Row] | None:
    """One county of either layout, or None for a state or a county with no estimate."""
    if "SUMLEV" in row:
        fips = row["STATE"].zfill(2) + row["COUNTY"].zfill(3)
        name, state_name, pop = row["CTYNAME"], row["STNAME"], row["POPESTIMATE2024"]
    else:
        fips, name, state_name, pop = row["FIPS"], row["county"], row["state"], row["pop_2024"]
    if fips.endswith("000") or not pop.isdigit():
        return None
    return fips, {"name": name, "state_name": state_name, "pop": pop, "pop_year": POP_YEAR}


def _gazetteer(row: Row) -> tuple[str, Row]:
    return row["GEOID"], {
        "land_km2": str(round(int(row["ALAND"]) / 1e6, 2)),
        "lat": str(round(float(row["INTPTLAT"]), 5)),
        "lon": str(round(float(row["INTPTLONG"]), 5)),
    }


def _unzip(path: Path) -> bytes:
    """The first file of an archive. Raise `ValueError` where it is none, or far too large."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
            content = member.read(UNZIPPED_MAX + 1)
    except (IndexError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    if len(content) > UNZIPPED_MAX:
        raise ValueError(f"it unpacks to more than {UNZIPPED_MAX:,} bytes")
    return content


def _of(fips: str, table: Mapping[str, Row], source: sources.Source) -> Row:
    try:
        return table[fips]
    except KeyError as error:
        raise InputError(
            f"County {fips} has a population but is not in {source.agency} or "
            f"{source.prepared}: use files of the same vintage."
        ) from error


COUNTY_COLUMNS = (
    "fips",
    "name",
    "state",
    "state_name",
    "pop",
    "pop_year",
    "land_km2",
    "lat",
    "lon",
    "rucc_2023",
    "is_rural",
    *ACCESS_COLUMNS,
)
"""The columns of counties.csv, in order."""
