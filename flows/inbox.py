"""Hold what is being read: chunks of posts that are not in the lake yet.

An input becomes a folder of the inbox with numbered chunks of posts, so that memory does not
grow with the input. `locate` and `tag` put their results beside a chunk, and
`lake` takes the input out whole. A run that was killed leaves its inbox behind; the next one
empties it first and reads again, and the lake, which keeps one row a post, is none the wiser.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import deletions
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import posts_table
from warehouse.ledger import InputRead
from warehouse.records import Post

CHUNK = 20_000
"""Posts in one chunk, at most: about 30 MB while it is worked on."""

CHUNK_TEXT = 16 * 1024 * 1024
"""Characters of text in one chunk, at most: 20,000 posts as long as can be would take 3 GB."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of one input: its posts, and beside them its places and tags when made."""

    posts: Path

    @property
    def places(self) -> Path:
        """One row a post, in the posts' order: where it belongs."""
        return self.posts.with_suffix(".places")

    @property
    def tags(self) -> Path:
        """Rows of the lake's tags."""
        return self.posts.with_suffix(".tags")


def empty(home: Home) -> None:
    """Throw away what an earlier run left half done."""
    shutil.rmtree(home.inbox, ignore_errors=True)


def open_input(home: Home, order: int, input_id: str) -> Path:
    """Make the folder of one input; `order` keeps inputs in the order they were named."""
    folder = home.inbox / f"{order:05}-{input_id}"
    with readable_errors(home.inbox):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(folder: Path, posts: Iterable[Post], keys: AuthorKeys) -> None:
    """Write `posts` as the chunks of one input, authors hashed, less what was taken back."""
    for number, batch in enumerate(_batches(posts)):
        put_table(folder, number, deletions.kept(keys.home, posts_table(batch, keys)))


def _batches(posts: Iterable[Post]) -> Iterator[list[Post]]:
    batch, text_n = list[Post](), 0
    for post in posts:
        batch.append(post)
        text_n += len(post.text)
        if len(batch) == CHUNK or text_n >= CHUNK_TEXT:
            yield batch
            batch, text_n = [], 0
    if batch:
        yield batch


def put_table(folder: Path, number: int, posts: pa.Table) -> None:
    """Write posts in the lake's shape as chunk `number` of an input."""
    write(posts, folder / f"{number:05}.posts")


def write(table: pa.Table, path: Path) -> None:
    """Write a part of a chunk. Raise `DataFolderError` when the disk refuses."""
    with readable_errors(path.parent):
        pq.write_table(table, path)


def put_again(home: Home, files: Iterable[Path]) -> None:
    """Put posts files of the lake back in, to be placed and tagged anew."""
    batches = (batch for file in files for batch in pq.ParquetFile(file).iter_batches(CHUNK))
    for number, batch in enumerate(batches):
        put_table(open_input(home, 0, "again"), number, pa.Table.from_batches([batch]))


def close(folder: Path, counted: InputRead) -> None:
    """Mark an input as read to its end."""
    with readable_errors(folder):
        (folder / "read.json").write_text(json.dumps(asdict(counted)), encoding="utf-8")


def inputs(home: Home) -> list[Path]:
    """The folders of the inputs, in order."""
    return sorted(home.inbox.glob("*/"))


def count_of(folder: Path) -> InputRead | None:
    """What was counted when the input was read; None for days of the lake tagged anew."""
    file = folder / "read.json"
    return InputRead(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def chunks(folder: Path) -> list[Chunk]:
    """The chunks of one input, in order."""
    return [Chunk(path) for path in sorted(folder.glob("*.posts"))]


def all_chunks(home: Home) -> list[Chunk]:
    """The chunks of every input, in order."""
    return [chunk for folder in inputs(home) for chunk in chunks(folder)]


def take_out(folder: Path) -> None:
    """Remove an input that the lake now holds."""
    shutil.rmtree(folder)
