"""Read and replace one day's file of the lake without holding more than a part of it.

A flood can put a million posts on one day. Which rows stay, and in what order, is worked out
from their keys alone; the rows themselves are then read and written a few row groups at a time,
from wherever they lie. The same rows always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from warehouse.errors import DataFolderError
from warehouse.files import put_in_place
from warehouse.home import Home

POSTS = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("platform", pa.string()),
        pa.field("community", pa.string()),
        pa.field("posted_at", pa.timestamp("s", tz="UTC"), nullable=False),
        pa.field("author_key", pa.string(), nullable=False),
        pa.field("has_author", pa.bool_(), nullable=False),
        pa.field("location", pa.string()),
        pa.field("text", pa.string(), nullable=False),
    ]
)
"""One row a post. author_key: 16 hexadecimal characters (`warehouse.keys`); has_author: False
when the source named no author, and the key is of the post itself."""

TAGS = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("posted_at", pa.timestamp("s", tz="UTC"), nullable=False),
        pa.field("author_key", pa.string(), nullable=False),
        pa.field("has_author", pa.bool_(), nullable=False),
        pa.field("state", pa.string()),
        pa.field("county_fips", pa.string()),
        pa.field("level", pa.string(), nullable=False),
        pa.field("basis", pa.string(), nullable=False),
        pa.field("place_score", pa.float32(), nullable=False),
        pa.field("lang", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("tag_id", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("stance", pa.string()),
        pa.field("stance_score", pa.float32()),
        pa.field("claim_id", pa.string()),
        pa.field("model", pa.string(), nullable=False),
        pa.field("near", pa.list_(pa.int64())),
        pa.field("community", pa.string()),
    ]
)
"""One row a post and tag, no text. kind: `health` (exactly one a post, tag_id `health`),
`theme`, `signal`, `unsure` (a theme for the review queue) or `drawn` (the wide gate would have
stopped the post); scores 0 to 1; stance only with a theme. near: hashes of the text's bands
(`classifiers.copies`), on the `health` row alone; posts of one week that share one are
near-copies. community: as the post's, and empty when it has none that may be kept, so that it
is still known when the text has expired. Files of before these two have NULL there."""


ROW_GROUP_N = 65_536
AT_ONCE_N = 2 * ROW_GROUP_N
"""Rows that are read, put in order and written together."""

SourceDay = tuple[str, date]
Numbers = NDArray[np.int64]
"""Numbers of rows."""

Piece = Callable[[list[str]], pa.Table]
"""Reads columns of some rows in a half's shape; asked several times, it gives the same rows."""


@dataclass(frozen=True, slots=True)
class Half:
    """Posts or tags: the shape, the columns that name a row, the folder and the file."""

    schema: pa.Schema
    key: list[str]
    folder: Path
    file: str

    def path(self, source: str, day: date) -> Path:
        """Where the rows of a source and day lie."""
        return self.folder / f"source={source}" / f"day={day}" / self.file

    def read(self, path: Path) -> pa.Table:
        """The rows of a file, none when it is absent. Raise `DataFolderError` when damaged."""
        # Parquet has no whole seconds: a time comes back in milliseconds, hence the cast.
        if not path.exists():
            return self.schema.empty_table()
        try:
            return _in_shape(pq.ParquetFile(path).read(use_threads=False), self.schema)
        except (pa.ArrowInvalid, KeyError) as error:
            raise DataFolderError(
                f"{path} is damaged ({error}). Put it back from a copy; without one, delete it "
                "and read the posts of its day in again."
            ) from error

    def stored(self, path: Path) -> list[Piece]:
        """The rows of a file, a piece for each row group. Raise as `read` does."""
        if not path.exists():
            return []
        with self._named(path):
            groups_n = pq.ParquetFile(path).num_row_groups
        return [partial(self._group, path, number) for number in range(groups_n)]

    def _group(self, path: Path, number: int, columns: list[str]) -> pa.Table:
        with self._named(path):
            file = pq.ParquetFile(path)
            held = [name for name in columns if name in file.schema_arrow.names]
            schema = pa.schema([self.schema.field(name) for name in columns])
            return _in_shape(file.read_row_group(number, held, use_threads=False), schema)

    @contextmanager
    def _named(self, path: Path) -> Iterator[None]:
        """Raise `DataFolderError` when what is read is damaged."""
        try:
            yield
        except (pa.ArrowInvalid, KeyError) as error:
            raise DataFolderError(
                f"{path} is damaged ({error}). Put it back from a copy; without one, delete it "
                "and read the posts of its day in again."
            ) from error


def _in_shape(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows of a file; columns that came after it was written are NULL."""
    for field in schema:
        if field.nullable and field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(schema.names).cast(schema)


def halves(home: Home) -> dict[Literal["posts", "tags"], Half]:
    """The two halves of the lake in a data folder."""
    return {
        "posts": Half(POSTS, ["post_id"], home.posts, "posts.parquet"),
        "tags": Half(TAGS, ["post_id", "kind", "tag_id"], home.tags, "tags.parquet"),
    }


def rows_by_day(table: pa.Table) -> dict[SourceDay, pa.Table]:
    """The rows of each source and day, in their order."""
    table = table.append_column("day", table["posted_at"].cast(pa.date32()))
    places = table.group_by(["source", "day"]).aggregate([]).to_pylist()
    return {
        (place["source"], place["day"]): table.filter(
            pc.and_(
                pc.equal(table["source"], place["source"]), pc.equal(table["day"], place["day"])
            )
        ).drop_columns("day")
        for place in places
    }


def in_memory(table: pa.Table) -> Piece:
    """A piece that is at hand."""
    return lambda columns: table.select(columns)


def put(
    half: Half, place: SourceDay, pieces: Sequence[Piece], also: pa.Array, drafts: Path
) -> None:
    """Put the rows of `pieces` in one day's file, and take out what was there of their posts.

    Of rows with one key the last counts. `also` are further posts whose rows go. A file that
    would stay the same is left alone.
    """
    path = half.path(*place)
    stored = half.stored(path)
    rows = _Rows([*stored, *pieces])
    kept = _kept(rows, len(stored), half.key, also)
    if not len(kept):
        path.unlink(missing_ok=True)
    elif not _is_same(rows, kept, len(stored), half.schema):
        draft = drafts / half.file
        _write(draft, half.schema, rows.taken(kept, half.schema.names))
        put_in_place(draft, path)


class _Rows:
    """The rows of several pieces, numbered through, and read only when they are asked for."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.begins = np.zeros(1, np.int64)

    def columns(self, names: list[str]) -> pa.Table:
        """These columns of all rows; from then on the pieces' sizes are known."""
        tables = [piece(names) for piece in self.pieces]
        self.begins = np.cumsum([0, *(table.num_rows for table in tables)])
        return pa.concat_tables(tables)

    def taken(self, numbers: Numbers, names: list[str]) -> Iterator[pa.Table]:
        """These rows, in this order, `AT_ONCE_N` at a time."""
        for start in range(0, len(numbers), AT_ONCE_N):
            yield self._taken(numbers[start : start + AT_ONCE_N], names)

    def _taken(self, numbers: Numbers, names: list[str]) -> pa.Table:
        piece_of = np.searchsorted(self.begins, numbers, side="right") - 1
        by_piece = np.argsort(piece_of, kind="stable")
        met, counts = np.unique(piece_of, return_counts=True)
        parts = np.split(numbers[by_piece], np.cumsum(counts)[:-1])
        taken = [
            self.pieces[number](names).take(pa.array(part - self.begins[number]))
            for number, part in zip(met, parts, strict=True)
        ]
        back = np.empty(len(numbers), np.int64)
        back[by_piece] = np.arange(len(numbers))
        return pa.concat_tables(taken).take(pa.array(back)).combine_chunks()


def _kept(rows: _Rows, stored_n: int, key: list[str], also: pa.Array) -> Numbers:
    """The numbers of the rows that stay, in the order of their key."""
    keys = rows.columns(key)
    old_n = int(rows.begins[stored_n])
    old, new = keys["post_id"].slice(0, old_n), keys["post_id"].slice(old_n)
    goes = pc.or_(pc.is_in(old, value_set=new), pc.is_in(old, value_set=also))
    stays = np.ones(keys.num_rows, bool)
    stays[:old_n] = ~goes.to_numpy()
    keys = keys.append_column("number", pa.array(np.arange(keys.num_rows)))
    names = [*key, "number"]
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]).to_numpy()
    order = np.asarray(order[stays[order]], np.int64)
    return order[_is_last(keys, order, key)]


def _is_last(keys: pa.Table, order: Numbers, key: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the rows, in order of their key, are not followed by one with the same."""
    is_again = np.ones(max(0, len(order) - 1), bool)
    for name in key:
        column = keys[name].take(pa.array(order))
        is_again &= pc.equal(column.slice(0, len(is_again)), column.slice(1)).to_numpy()
    return np.append(~is_again, np.ones(min(1, len(order)), bool))


def _is_same(rows: _Rows, kept: Numbers, stored_n: int, schema: pa.Schema) -> bool:
    old_n = int(rows.begins[stored_n])
    if len(kept) != old_n:
        return False
    before = np.arange(old_n)
    if np.array_equal(kept, before):
        return True
    pairs = zip(rows.taken(kept, schema.names), rows.taken(before, schema.names), strict=True)
    return all(new.equals(old) for new, old in pairs)


def _write(draft: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write a file of these tables. Refuse bare authors."""
    with pq.ParquetWriter(draft, schema, compression="zstd", compression_level=3) as writer:
        for table in tables:
            is_hash = pc.match_substring_regex(table["author_key"], "^[0-9a-f]{16}$")
            if not pc.all(is_hash).as_py():
                raise ValueError("an author_key is not a hash made by warehouse.keys")
            writer.write_table(table, row_group_size=ROW_GROUP_N)
