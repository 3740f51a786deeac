"""Keep what live sources hand over until the lake holds it: one Parquet file a batch.

Collecting must not wait for tagging, and a run must not wait for the network, so posts land
here first: `source=…/1795000000000000.parquet`, numbered in the order they came and no number
given twice, in the lake's shape `POSTS`, authors hashed. A file is whole or absent. Posts that
a source took back before they landed do not land.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import deletions
from warehouse.errors import DataFolderError
from warehouse.files import readable_errors, write_whole
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import POSTS, posts_table
from warehouse.records import Post


def prepare(home: Home, source: str) -> None:
    """Make the folder of a source, and clear what a killed collector left half written."""
    folder = home.landing / f"source={source}"
    with readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob(".*.draft"):
            draft.unlink()


def put(home: Home, source: str, posts: Iterable[Post]) -> int:
    """Land the posts of one batch; return how many. One collector a source may call it.

    Raise `DataFolderError` when they cannot be written whole; nothing of them is left then.
    """
    table = deletions.kept(home, posts_table(posts, AuthorKeys(home)))
    if table.num_rows:
        folder = home.landing / f"source={source}"
        with readable_errors(folder):
            write(folder / f"{_next(folder):016}.parquet", table)
    return int(table.num_rows)


def write(path: Path, table: pa.Table) -> None:
    """Write a landed file whole. Raises `OSError` when it cannot.

    A file written anew keeps the time of the first: its text expires by when it landed.
    """
    landed_s = path.stat().st_mtime if path.exists() else None
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(path, sink.getvalue(), landed_s)


def sources(home: Home) -> list[str]:
    """The sources that were ever collected, by name."""
    found = home.landing.glob("source=*")
    return sorted(folder.name.removeprefix("source=") for folder in found)


def files(home: Home, source: str) -> list[Path]:
    """The landed files of a source, oldest first."""
    return sorted((home.landing / f"source={source}").glob("[0-9]*.parquet"))


def batches(paths: Sequence[Path], rows_n: int, text_n: int) -> Iterator[pa.Table]:
    """The posts of these files in tables of about `rows_n` posts, or `text_n` bytes if less."""
    waiting, waiting_rows_n, waiting_text_n = list[pa.Table](), 0, 0
    for path in paths:
        table = read(path)
        if waiting and (
            waiting_rows_n + table.num_rows > rows_n or waiting_text_n + table.nbytes > text_n
        ):
            yield pa.concat_tables(waiting)
            waiting, waiting_rows_n, waiting_text_n = [], 0, 0
        waiting.append(table)
        waiting_rows_n += table.num_rows
        waiting_text_n += table.nbytes
    if waiting:
        yield pa.concat_tables(waiting)


def read(path: Path) -> pa.Table:
    """The posts of one landed file. Raise `DataFolderError` when it is damaged."""
    with readable_errors(path):
        try:
            return pq.ParquetFile(path).read(use_threads=False).cast(POSTS)
        except pa.ArrowInvalid as error:
            raise DataFolderError(
                f"{path} is damaged ({error}). Put it back from a copy; without one, delete "
                "it: the posts of that batch are lost."
            ) from error


def keep(home: Home, source: str, stays: Callable[[pa.Table], pa.Array]) -> None:
    """Rewrite every landed file of a source with the rows that stay; `stays` is given `POSTS`.

    Raise `DataFolderError` for one that cannot be read or written.
    """
    with readable_errors(home.landing):
        for file in files(home, source):
            table = read(file)
            left = table.filter(stays(table))
            if not left.num_rows:
                remove([file])
            elif left.num_rows < table.num_rows:
                write(file, left)


def remove(paths: Iterable[Path]) -> None:
    """Remove files that the lake now holds, oldest first: numbers are given above the rest.

    What a killed rewriting of one left beside it goes too.
    """
    for path in sorted(paths):
        path.with_name(f".{path.name}.draft").unlink(missing_ok=True)
        path.unlink(missing_ok=True)


def _next(folder: Path) -> int:
    """A number above all there are, and above those of files that are gone.

    A run that is repeated removes what it had listed: no later file may bear such a name.
    """
    numbers = (int(path.stem) for path in folder.glob("[0-9]*.parquet"))
    return max(max(numbers, default=0) + 1, time.time_ns() // 1_000)
