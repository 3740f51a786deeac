"""Read exports of listening tools, CSV or Parquet, through a column map.

An export is somebody's spreadsheet: rows can be cut, a quote left open, an encoding wrong.
Each row stands alone here: a bad one is rejected with its line, and the next one is read.
Without an author column every post counts as its own voice, and the release says so.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from flows.sources.columns import ColumnMap, choose
from flows.sources.reading import MAX_LINE, BadRowError, Reading, Rejected, unreadable
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "import"
_BATCH = 5_000

Cells = dict[str, str]


def read_export(file: Path, asked: ColumnMap | None = None) -> Reading:
    """Yield each row of a CSV or Parquet export as a `Post`.

    `asked` is the column map of the command line; None chooses by the header.
    """
    rows = _parquet_rows if file.suffix == ".parquet" else _csv_rows
    columns: ColumnMap | None = None
    for line, header, row in rows(file):
        columns = columns or choose(file, header, asked)
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            yield parse(row, columns)
        except BadRowError as error:
            yield Rejected(line, str(error))


def parse(row: Cells, columns: ColumnMap) -> Post:
    """The post in one row. Raises `BadRowError` with the reason when there is none."""
    texts = (row.get(name, "").strip() for name in columns.text)
    text = "\n".join(dict.fromkeys(part for part in texts if part))
    native_id = row[columns.id].strip()
    if not native_id:
        raise BadRowError(f"no id in column '{columns.id}'")
    try:
        return Post(
            post_id=f"{SOURCE}:{native_id}",
            source=SOURCE,
            posted_at=_time(row[columns.posted_at].strip(), columns),
            text=mask(text),
            author=_optional(row, columns.author),
            community=_optional(row, columns.community),
            platform=_optional(row, columns.platform),
            location=_optional(row, columns.location),
        )
    except ValueError as error:
        raise BadRowError(str(error)) from error


def _optional(row: Cells, column: str | None) -> str | None:
    return (row.get(column, "").strip() or None) if column else None


def _time(written: str, columns: ColumnMap) -> datetime:
    try:
        if columns.date_format:
            when = datetime.strptime(written, columns.date_format)  # noqa: DTZ007 zone set below
        elif written.isdigit():
            when = datetime.fromtimestamp(int(written), UTC)
        else:
            when = datetime.fromisoformat(written.removesuffix(" UTC"))
    except (ValueError, OverflowError, OSError) as error:
        raise BadRowError(f"no date in column '{columns.posted_at}'") from error
    zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).replace(microsecond=0)


Row = tuple[int, Sequence[str], Cells | Rejected]
"""Line number, the file's header, and the row's cells by column (or why there are none)."""


def _csv_rows(file: Path) -> Iterator[Row]:
    with _opened(file) as stream:
        records = _records(stream)
        line, header = next(records, (1, []))
        if isinstance(header, str) or not any(header):
            raise unreadable(file, 1, "is empty or has no header", "Export it again.")
        for line, cells in records:
            if isinstance(cells, str):
                yield line, header, Rejected(line, cells)
            elif any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
                yield line, header, Rejected(line, "not UTF-8; save the export as UTF-8")
            else:
                yield line, header, dict(zip(header, cells, strict=True))


def _opened(file: Path) -> TextIO:
    """Text of a CSV: UTF-8, or UTF-16 when it says so; other bytes become lone surrogates."""
    with file.open("rb") as stream:
        start = stream.read(4)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", "surrogateescape")
    return file.open(encoding=encoding, errors=errors, newline="")


def _records(stream: TextIO) -> Iterator[tuple[int, list[str] | str]]:
    """Yield `(line, cells)`, or `(line, reason)` for a record that cannot be cut into cells.

    After a bad record, reading goes on at the line after its first one: a quote left open
    costs one row, not the rest of the file.
    """
    waiting: deque[str] = deque()
    line, width = 1, 0
    while taken := _record(stream, waiting):
        cells, used = taken
        if isinstance(cells, list) and width and cells and len(cells) != width:
            cells = f"has {len(cells)} columns where the header has {width}"
        if isinstance(cells, str):
            waiting.extendleft(reversed(used[1:]))
            used = used[:1]
        if cells:
            yield line, cells
            width = width or len(cells)
        line += len(used)


def _record(stream: TextIO, waiting: deque[str]) -> tuple[list[str] | str, list[str]] | None:
    """The next record and the lines it took; None at the end."""
    used: list[str] = []

    def feed() -> Iterator[str]:
        while line := (waiting.popleft() if waiting else stream.readline(MAX_LINE)):
            used.append(line)
            yield line

    try:
        cells = next(csv.reader(feed(), strict=True), None)
    except csv.Error as error:
        return f"cannot be cut into columns ({error})", used
    return None if cells is None else (cells, used)


def _parquet_rows(file: Path) -> Iterator[Row]:
    try:
        parquet = pq.ParquetFile(file)
        header = parquet.schema_arrow.names
        line = 1
        for batch in parquet.iter_batches(_BATCH):
            for row in batch.to_pylist():
                yield line, header, {name: _written(value) for name, value in row.items()}
                line += 1
    except (pa.ArrowInvalid, OSError) as error:
        raise unreadable(
            file, 1, "is no Parquet file, or cut short", "Export it again."
        ) from error


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
