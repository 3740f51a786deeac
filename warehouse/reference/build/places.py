"""Cut the Census list of places by county down to what finding a place needs.

A place that lies in several counties has a row for each. Its main county comes first and alone
is marked primary, so a new place begins at every primary row.
"""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

PLACE_COLUMNS = ("name", "state", "fips", "kind", "pop", "county_share", "is_primary")


def place_rows(path: Path) -> list[dict[str, str]]:
    """One row a place and county, by state and name, from the gzipped prepared file (UTF-8)."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = sorted(csv.DictReader(text), key=_order)
    return [_place(row) for row in rows]


def write_places(rows: list[dict[str, str]]) -> bytes:
    """Gzipped CSV with no time or name in its header: same rows, same bytes.

    (Another version of zlib may pack the same text into other bytes.)
    """
    text = io.StringIO()
    table = csv.DictWriter(text, PLACE_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def _order(row: dict[str, str]) -> tuple[str, str, str, bool, str]:
    """By name within a state; the place code keeps namesakes apart, the main county leads."""
    return row["state"], row["name"], row["place_fips"], row["primary"] != "True", row["fips"]


def _place(row: dict[str, str]) -> dict[str, str]:
    kept = {name: row[name] for name in PLACE_COLUMNS[:5]}
    share = f"{float(row['county_share']):g}"
    return kept | {"county_share": share, "is_primary": row["primary"].lower()}
