"""Merge an input of many files into the lake, each day written once.

Chunk after chunk, a day would be read and written once a chunk, and a flood of a million posts
on one day takes fifty chunks. Here every day is written once an input, first its posts, then
its tags. Small days are merged from memory, several with one reading of the files; a large day
is read from the files a part at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.days import POSTS, TAGS, Piece, SourceDay, in_memory, rows_by_day
from warehouse.home import Home
from warehouse.lake import merge_day

AT_ONCE_N = 100_000
"""Posts of small days that are merged together, so that no file is read once a day."""

Files = tuple[Path, Path]
"""Posts (shape `POSTS`), and the tags (shape `TAGS`) of the same posts."""

Newest = dict[tuple[str, date], int]
"""Post id and day → number of the last file that gives it, for those that several give."""


def merge_files(home: Home, files: Sequence[Files]) -> int:
    """Put these files in, as if merged one after the other; return the source-days met.

    Every post has tags in the file beside its own. A day's posts are written before its tags,
    so after a kill the tags of a new wording may be the old one's: merge all of them again.
    """
    days = [_days(posts) for posts, _ in files]
    count = sum(days, Counter[SourceDay]())
    for group in _groups(count):
        held = [pair for pair, own in zip(files, days, strict=True) if own.keys() & group]
        posts = [partial(_posts, file, group) for file, _ in held]
        newest = _newest(posts)
        tags = [partial(_tags, file, group, newest, n) for n, (_, file) in enumerate(held)]
        _merge(home, "posts", group, posts, POSTS)
        _merge(home, "tags", group, tags, TAGS)
    pa.default_memory_pool().release_unused()  # the next stage wants it
    return len(count)


def _days(file: Path) -> Counter[SourceDay]:
    """How many posts of each source and day a file has."""
    return _counted(pq.read_table(file, columns=["source", "posted_at"]))


def _counted(table: pa.Table) -> Counter[SourceDay]:
    met = _with_day(table).group_by(["source", "day"]).aggregate([([], "count_all")])
    return Counter({(row["source"], row["day"]): row["count_all"] for row in met.to_pylist()})


def _with_day(table: pa.Table) -> pa.Table:
    return table.append_column("day", table["posted_at"].cast(pa.date32()))


def _groups(count: Counter[SourceDay]) -> Iterator[set[SourceDay]]:
    group, posts_n = set[SourceDay](), 0
    for place in sorted(count):
        if group and posts_n + count[place] > AT_ONCE_N:
            yield group
            group, posts_n = set(), 0
        group.add(place)
        posts_n += count[place]
    if group:
        yield group


def _merge(
    home: Home,
    half: Literal["posts", "tags"],
    group: set[SourceDay],
    pieces: Sequence[Piece],
    schema: pa.Schema,
) -> None:
    """Merge one half of these days: a single day from its files, several from memory."""
    if len(group) == 1:
        (place,) = group
        merge_day(home, half, place, pieces)
        return
    table = pa.concat_tables([piece(schema.names) for piece in pieces])
    for place, rows in sorted(rows_by_day(table).items(), key=lambda item: item[0]):
        merge_day(home, half, place, [in_memory(rows)])


def _newest(posts: Sequence[Piece]) -> Newest:
    tables = [piece(["post_id", "posted_at"]) for piece in posts]
    numbers = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    rows = _with_day(pa.concat_tables(tables)).append_column("file", pa.array(numbers))
    met = rows.group_by(["post_id", "day"]).aggregate([("file", "min"), ("file", "max")])
    again = met.filter(pc.less(met["file_min"], met["file_max"])).to_pylist()
    return {(row["post_id"], row["day"]): row["file_max"] for row in again}


def _posts(file: Path, group: set[SourceDay], columns: list[str]) -> pa.Table:
    """The posts of these days in one file."""
    return _of_days(file, group, columns, POSTS).select(columns)


def _tags(
    file: Path, group: set[SourceDay], newest: Newest, number: int, columns: list[str]
) -> pa.Table:
    """The tags of these days in a file, less those of posts that a later file gives again."""
    if not newest:
        return _of_days(file, group, columns, TAGS).select(columns)
    table = _of_days(file, group, ["post_id", *columns], TAGS)
    days = table["posted_at"].cast(pa.date32()).to_pylist()
    posts = zip(table["post_id"].to_pylist(), days, strict=True)
    is_newest = [newest.get(one, number) == number for one in posts]
    return table.filter(pa.array(is_newest, pa.bool_())).select(columns)


def _of_days(
    file: Path, group: set[SourceDay], columns: Sequence[str], schema: pa.Schema
) -> pa.Table:
    """The rows of these days in one file: these columns, and at least `source`, `posted_at`."""
    names = [name for name in schema.names if name in {*columns, "source", "posted_at"}]
    table = pq.read_table(file, columns=names)
    table = table.cast(pa.schema([schema.field(name) for name in names]))
    if _counted(table).keys() <= group:
        return table
    days = table["posted_at"].cast(pa.date32()).to_pylist()
    places = zip(table["source"].to_pylist(), days, strict=True)
    return table.filter(pa.array([place in group for place in places], pa.bool_()))
