"""Read exports of listening tools, CSV or Parquet, through a column map.

An export is somebody's spreadsheet: rows can be cut, a quote left open, an encoding wrong.
Each row stands alone here: a bad one is rejected with its line, and the next one is read.
Without an author column every post counts as its own voice, and the release says so.
"""

from __future__ import annotations

from pathlib import Path

from flows.sources.columns import ColumnMap, choose
from flows.sources.csv_sheet import open_csv
from flows.sources.parquet_sheet import open_parquet
from flows.sources.reading import (
    BadRowError,
    Cells,
    Reading,
    Rejected,
    as_read,
    name_of,
    native_id,
)
from flows.sources.times import read_time
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "import"


def read_export(file: Path, asked: ColumnMap | None = None) -> Reading:
    """Yield each row of a CSV or Parquet export as a `Post`.

    `asked` is the column map of the command line; None chooses by the header.
    """
    is_parquet = file.suffix.lower() == ".parquet"
    with open_parquet(file) if is_parquet else open_csv(file, asked) as sheet:
        columns = choose(file, sheet.header, asked)
        for line, row in sheet.rows(columns.used):
            if isinstance(row, Rejected):
                yield row
                continue
            try:
                yield parse(row, columns)
            except BadRowError as error:
                yield Rejected(line, str(error))


def parse(row: Cells, columns: ColumnMap) -> Post:
    """The post in one row. Raises `BadRowError` with the reason when there is none."""
    texts = (row[name].strip() for name in columns.text)
    text = "\n".join(dict.fromkeys(part for part in texts if part))
    try:
        post_id = f"{SOURCE}:{native_id(row[columns.id])}"
    except BadRowError as error:
        raise BadRowError(f"{error} in column '{columns.id}'") from error
    try:
        posted_at = read_time(row[columns.posted_at], columns.date_format)
    except ValueError as error:
        raise BadRowError(f"no date in column '{columns.posted_at}'") from error
    try:
        return Post(
            post_id=post_id,
            source=SOURCE,
            posted_at=posted_at,
            text=mask(as_read(text)),
            author=_optional(row, columns.author),
            community=_optional(row, columns.community),
            platform=_optional(row, columns.platform),
            location=_optional(row, columns.location),
        )
    except ValueError as error:
        raise BadRowError(str(error)) from error


def _optional(row: Cells, column: str | None) -> str | None:
    return name_of(row.get(column)) if column else None
