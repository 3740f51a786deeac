"""Keep what clinics report having heard, in Parquet, one file an MMWR week.

These are counts by staff, not posts: they have no text, no patient and no author, and are never
added to counts of posts. A file that was loaded before replaces what it said of the weeks it
names, so that loading it twice changes nothing and a corrected row takes effect.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import DataFolderError
from warehouse.files import alone, readable_errors, replace_file
from warehouse.home import Home
from warehouse.weeks import Week

CLINIC = pa.schema(
    [
        pa.field("week", pa.string(), nullable=False),
        pa.field("county_fips", pa.string(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("theme_id", pa.string(), nullable=False),
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("heard_n", pa.int32(), nullable=False),
    ]
)
"""One row a week, county, role, theme and row of a file."""

MAX_HEARD = 1_000
"""Most often that one row may say a theme was heard in a week; more is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of a clinic's report. Shape: one row of `CLINIC`.

    Source: read by `flows.sources.clinic`.

    week         MMWR week, `2024-W10`
    county_fips  5-character code of the county the clinic is in
    role         who heard it: `nurse`, `pharmacist`, …; never who said it
    theme_id     a theme of the taxonomy
    row_id       `<file>:<line>`, the file as `file_id` names it
    heard_n      how often it was heard, 1 to `MAX_HEARD`
    """

    week: str
    county_fips: str
    role: str
    theme_id: str
    row_id: str
    heard_n: int

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        if not 1 <= self.heard_n <= MAX_HEARD:
            raise ValueError(f"heard_n is not from 1 to {MAX_HEARD}")


def file_id(name: str) -> str:
    """12 hexadecimal digits for a file by its name: a file that was moved is still the same."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def put(home: Home, rows: Iterable[Heard]) -> int:
    """Put in all that a file says, whole; return how many weeks it speaks of.

    What it said before of these weeks is gone; other weeks and other files stay.
    """
    said: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for row in rows:
        said[row.week, row.row_id.partition(":")[0]].append(row)
    if not said:
        return 0
    with readable_errors(home.clinic), alone(home.clinic / ".lock"):
        for (week, file), heard in said.items():
            _put_week(home, file, week, heard)
    return len({week for week, _ in said})


def _put_week(home: Home, file: str, week: str, heard: list[Heard]) -> None:
    path = _path(home, week)
    old = _read(path)
    kept = old.filter(pc.invert(pc.starts_with(old["row_id"], f"{file}:")))
    new = pa.Table.from_pylist([asdict(row) for row in heard], schema=CLINIC)
    order = [("county_fips", "ascending"), ("theme_id", "ascending"), ("row_id", "ascending")]
    merged = pa.concat_tables([kept, new]).sort_by(order)
    if not merged.equals(old):
        sink = pa.BufferOutputStream()
        pq.write_table(merged.combine_chunks(), sink, compression="zstd")
        replace_file(path, sink.getvalue(), home.clinic / ".draft")


def forget(home: Home, weeks: Iterable[Week]) -> None:
    """Remove all that clinics reported of these weeks."""
    with readable_errors(home.clinic), alone(home.clinic / ".lock"):
        (home.clinic / ".draft").unlink(missing_ok=True)
        for week in weeks:
            _path(home, str(week)).unlink(missing_ok=True)


def reported(home: Home) -> list[Week]:
    """The weeks that clinics reported on, oldest first."""
    files = home.clinic.glob("week=*/heard.parquet")
    return sorted(Week.parse(file.parent.name.removeprefix("week=")) for file in files)


def read_weeks(home: Home, weeks: Sequence[Week]) -> pa.Table:
    """What was heard in those weeks, in shape `CLINIC`; empty when no clinic has reported."""
    with readable_errors(home.clinic):
        return pa.concat_tables(
            [CLINIC.empty_table(), *(_read(_path(home, str(week))) for week in weeks)]
        )


def fingerprint(home: Home) -> str:
    """What changes when a report is loaded that says something new."""
    digest = hashlib.sha256()
    with readable_errors(home.clinic):
        for path in sorted(home.clinic.glob("week=*/heard.parquet")):
            digest.update(path.parent.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _path(home: Home, week: str) -> Path:
    return home.clinic / f"week={week}" / "heard.parquet"


def _read(path: Path) -> pa.Table:
    if not path.exists():
        return CLINIC.empty_table()
    try:
        return pq.ParquetFile(path).read(use_threads=False).cast(CLINIC)
    except pa.ArrowInvalid as error:
        raise DataFolderError(
            f"{path} is damaged ({error}). Put it back from a copy; without one, delete it and "
            "load the clinics' reports of its week again."
        ) from error
