"""Write the published tables as CSV, Parquet and JSON, all three with the same figures.

Every CSV line carries the release and the sample mark, so that a file parted from its folder
still says what it is. A hidden figure has no line. Text that a spreadsheet might run as a
formula gets a quote before it, in CSV alone: the other two formats run nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboards.dictionary import HEADERS, SAMPLE_NOTICE, TABLES
from dashboards.geo import LEVELS, Geo
from dashboards.published import Numbers, Release

Cell = str | int | float | bool | None

_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""What starts a formula: the four signs, full-width too, also behind spaces of any kind, and
the characters that begin a new cell or line."""

_RATES = ("_per_1000", "_low", "_high")
_RATE_DIGITS = 3


def csv_file(numbers: Numbers, name: str) -> str:
    """One of `TABLES` as CSV text, with the columns it names and `COMMON`."""
    table = whole(numbers, name)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    columns = [_cells(column) for column in table.columns]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def _cells(column: pa.ChunkedArray) -> list[object]:
    """The cells of a column, each distinct one made safe once; numbers and dates are safe."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_date(kind):
        cells: list[object] = column.to_pylist()
        return cells
    distinct = column.combine_chunks().dictionary_encode()
    safe = [safe_cell(cell) for cell in distinct.dictionary.to_pylist()]
    return [None if place is None else safe[place] for place in distinct.indices.to_pylist()]


def parquet_file(numbers: Numbers, name: str) -> bytes:
    """One of `TABLES` as a Parquet file; the meaning of each column is in its schema."""
    table = whole(numbers, name)
    meanings = dict(TABLES[name][1])
    fields = [
        field.with_metadata({"meaning": meanings[field.name]} if field.name in meanings else {})
        for field in table.schema
    ]
    sink = io.BytesIO()
    pq.write_table(table.cast(pa.schema(fields)), sink, compression="zstd")
    return sink.getvalue()


def json_file(numbers: Numbers, name: str) -> str:
    """One of `TABLES` as JSON text: the names of the columns once, then a list a row."""
    table = figures(numbers, name)
    columns = [column.to_pylist() for column in table.columns]
    body = {
        "table": name,
        "issue": numbers.release.release_id,
        "is_sample": numbers.release.is_sample,
        "notice": notice(numbers.release),
        "columns": table.column_names,
        "rows": [list(row) for row in zip(*columns, strict=True)],
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, default=str) + "\n"


def row_count(numbers: Numbers, name: str) -> int:
    """Lines of a table, without its header."""
    return int(numbers.tables[HEADERS[name].name].num_rows)


def notice(release: Release) -> str:
    """The sample notice, or nothing for a real release."""
    return SAMPLE_NOTICE if release.is_sample else ""


def safe_cell(cell: object) -> object:
    """A cell a spreadsheet shows and never runs: text that starts a formula gets a quote."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def figures(numbers: Numbers, name: str) -> pa.Table:
    """A published table with the columns of its dictionary; rates have three digits."""
    held = numbers.tables[HEADERS[name].name].select([column for column, _ in TABLES[name][1]])
    for place, field in enumerate(held.schema):
        if pa.types.is_floating(field.type) and field.name.endswith(_RATES):
            held = held.set_column(place, field, pc.round(held[place], _RATE_DIGITS))
    return held


def whole(numbers: Numbers, name: str) -> pa.Table:
    """As `figures`, with the columns of `COMMON` behind."""
    held, release = figures(numbers, name), numbers.release
    common = {
        "issue": pa.repeat(release.release_id, len(held)),
        "is_sample": pa.repeat(release.is_sample, len(held)),
        "notice": pa.repeat(notice(release), len(held)),
    }
    for column, cells in common.items():
        if column not in held.column_names:  # the table of the release has one of them itself
            held = held.append_column(column, cells)
    return held


def in_order(geos: Iterable[Geo]) -> list[Geo]:
    """Places from the nation down to counties, each level by its code."""
    return sorted(geos, key=lambda geo: (-LEVELS.index(geo.type), geo.value))
