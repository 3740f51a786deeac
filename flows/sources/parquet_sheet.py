"""Read rows of a Parquet export as text, a few at a time, within bounds.

Parquet packs what repeats into almost nothing, so what may come out is capped before it does:
what a group of rows says it unpacks to, the longest text of the group's dictionary, which a
column may repeat in every row, and what the cells add up to beside the file's size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.sources.archive import MAX_RATIO, RATIO_FROM
from flows.sources.reading import Cells, Rejected, Sheet, shown, unreadable

MAX_GROUP = 1024**3
"""Unpacked bytes of one group of rows; a million posts with all their columns fit."""

MAX_TEXT_BYTES = 1024 * 1024
"""Longest text in a group's dictionary; a post has at most 160,000."""

_BATCH = 256
"""Rows held at once: `_BATCH` times `MAX_TEXT_BYTES` is 256 MiB."""

_ROW = 64
"""Bytes that a row counts for beside its cells: ten million empty rows are a bomb too."""

_EXACT = 2**53
"""Whole numbers that a float holds exactly are below it; an id above it has been rounded."""

_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@contextmanager
def open_parquet(file: Path) -> Iterator[Sheet]:
    """The sheet in a Parquet file. Raises `InputError` when it is none."""
    with file.open("rb") as stream:
        try:
            opened = pq.ParquetFile(stream, coerce_int96_timestamp_unit="us")
            header = opened.schema_arrow.names
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            why = "is no Parquet file, or cut short"
            raise unreadable(file, 1, why, "Export it again.") from error
        cap = max(RATIO_FROM, MAX_RATIO * file.stat().st_size)
        yield Sheet(header, _Table(file, opened, cap).rows)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    is_string = (
        types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    )
    return bool(is_string or types.is_binary(kind) or types.is_large_binary(kind))


@dataclass(frozen=True, slots=True)
class _Table:
    """An opened Parquet file, and the bytes it may unpack to."""

    file: Path
    opened: pq.ParquetFile
    cap: int

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, Cells | Rejected]]:
        """Yield each row's number, and its cells in `columns` or why it has none."""
        for column in columns:
            if pa.types.is_nested(self._type(column)):
                why = f"its column '{shown(column)}' holds lists or records"
                raise unreadable(self.file, 1, why, "Export it as plain text.")
        line = unpacked_n = 0
        try:
            for batch in self._batches(list(columns)):
                for texts in zip(*map(_texts, batch), strict=True):
                    unpacked_n += _ROW + sum(len(text) for text in texts if text)
                    self._refuse_bomb(unpacked_n)
                    line += 1
                    yield line, _cells(line, columns, texts)
        except _BombError as error:
            yield line + 1, Rejected(line + 1, str(error))
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            why = "the file is damaged here; nothing after it was read"
            yield line + 1, Rejected(line + 1, why)

    def _type(self, column: str) -> pa.DataType:
        return self.opened.schema_arrow.field(column).type

    def _batches(self, columns: list[str]) -> Iterator[list[pa.Array]]:
        texts = [column for column in columns if _is_text(self._type(column))]
        with self.file.open("rb") as stream:
            packed = pq.ParquetFile(stream, read_dictionary=texts)
            for group in range(self.opened.num_row_groups):
                # The whole group's size: asking a bad footer for a column's ends the process.
                unpacked_n = self.opened.metadata.row_group(group).total_byte_size
                self._refuse_bomb(unpacked_n)
                if unpacked_n > MAX_GROUP or _longest(packed, group, texts) > MAX_TEXT_BYTES:
                    raise _BombError("the rows from here on are too large; nothing was read")
                for batch in self.opened.iter_batches(
                    _BATCH, [group], columns, use_threads=False
                ):
                    yield [batch.column(column) for column in columns]

    def _refuse_bomb(self, unpacked_n: int) -> None:
        if unpacked_n > self.cap:
            raise _BombError(f"the file unpacks to over {MAX_RATIO} times its size")


def _longest(packed: pq.ParquetFile, group: int, texts: list[str]) -> int:
    """Bytes of the longest text in a group's dictionaries, which come with its first row."""
    first = next(packed.iter_batches(1, [group], texts, use_threads=False), None)
    columns = first.columns if first else []
    lengths = [pc.max(pc.binary_length(column.dictionary)).as_py() for column in columns]
    return max((length for length in lengths if length), default=0)


class _BombError(ValueError):
    """The file would unpack to more than we hold; the text is the reason."""


def _cells(line: int, columns: Sequence[str], texts: Sequence[str | None]) -> Cells | Rejected:
    named = zip(columns, texts, strict=True)
    cells = {column: text for column, text in named if text is not None}
    if len(cells) == len(columns):
        return cells
    lost = next(column for column in columns if column not in cells)
    return Rejected(line, f"no text, number or date in column '{shown(lost)}'")


def _texts(column: pa.Array) -> list[str | None]:
    """Each value as text: "" for a null, None for a value that cannot be read."""
    values, write = _plain(column)
    try:
        return ["" if value is None else write(value) for value in values.to_pylist()]
    except (ValueError, OverflowError, OSError):
        return [_text(value, write) for value in values]


def _text(value: pa.Scalar, write: Callable[[Any], str]) -> str | None:
    try:
        held = value.as_py()
        return "" if held is None else write(held)
    except (ValueError, OverflowError, OSError):
        return None


def _plain(column: pa.Array) -> tuple[pa.Array, Callable[[Any], str]]:
    """Values that Python can hold, and how to write one; times come as counted in the file.

    Arrow's own times fail whole batches: on nanoseconds, unknown zones, years past 9999.
    """
    kind = column.type
    if pa.types.is_timestamp(kind):
        ticks = _TICKS[kind.unit]
        return column.cast(pa.int64()), lambda held: _instant(held // ticks)
    if pa.types.is_date32(kind):
        return column.cast(pa.int32()), lambda held: _instant(held * 86_400)
    if pa.types.is_date64(kind):
        return column.cast(pa.int64()), lambda held: _instant(held // 1000)
    return column, _written


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _written(value: object) -> str:
    """The value as text; a whole number without a point, one that was rounded as `1.37e+18`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, float | Decimal) and value == int(value):
        is_exact = isinstance(value, Decimal) or abs(value) < _EXACT
        return str(int(value)) if is_exact else f"{value:e}"
    return str(value)
