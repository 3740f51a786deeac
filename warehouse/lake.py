"""Keep posts and tags in Parquet, one file a source and UTC day, each replaced whole.

A file lies at `source=…/day=YYYY-MM-DD/posts.parquet` (or `tags.parquet`). It holds every
column of its schema, `source` too, so it explains itself; the folder names only say which
files a question needs. Rows are sorted and settings fixed: the same rows always give the same
bytes, and a merge that changes nothing writes nothing. A post's day comes from its time, so a
source must not give one post two times: the lake would hold it on both days.

Text is in the posts only, so it can expire or be deleted without touching a count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import DataFolderError
from warehouse.files import alone, readable_errors, replace_file
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.records import Post
from warehouse.weeks import Week

SAMPLE = "sample"
"""The source of posts written for demonstration; never counted together with real ones."""

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
    ]
)
"""One row a post and tag, no text. kind: `health` (exactly one a post, tag_id `health`),
`theme`, `signal`, `unsure` (a theme for the review queue) or `drawn` (the wide gate would have
stopped the post); scores 0 to 1; stance only with a theme."""


ROW_GROUP_N = 65_536

SourceDay = tuple[str, date]


@dataclass(frozen=True, slots=True)
class _Half:
    """Posts or tags: the shape, the columns that name a row, the folder and the file."""

    schema: pa.Schema
    key: list[str]
    folder: Path
    file: str

    def path(self, source: str, day: date) -> Path:
        return self.folder / f"source={source}" / f"day={day}" / self.file

    def read(self, path: Path) -> pa.Table:
        # Parquet has no whole seconds: a time comes back in milliseconds, hence the cast.
        if not path.exists():
            return self.schema.empty_table()
        try:
            return pq.ParquetFile(path).read(use_threads=False).cast(self.schema)
        except pa.ArrowInvalid as error:
            raise DataFolderError(
                f"{path} is damaged ({error}). Put it back from a copy; without one, delete it "
                "and read the posts of its day in again."
            ) from error


def _halves(home: Home) -> dict[Literal["posts", "tags"], _Half]:
    return {
        "posts": _Half(POSTS, ["post_id"], home.posts, "posts.parquet"),
        "tags": _Half(TAGS, ["post_id", "kind", "tag_id"], home.tags, "tags.parquet"),
    }


def posts_table(posts: Iterable[Post], keys: AuthorKeys) -> pa.Table:
    """The posts in shape `POSTS`. Authors are hashed here and go no further."""
    return pa.Table.from_pylist([_row(post, keys) for post in posts], schema=POSTS)


def _row(post: Post, keys: AuthorKeys) -> dict[str, object]:
    posted_at = post.posted_at.astimezone(UTC)
    week = _week(posted_at.date())
    if post.author is None:
        author_key = keys.hash_post(week, post.post_id)
    else:
        author_key = keys.hash(week, post.source, post.author)
    return {
        "post_id": post.post_id,
        "source": post.source,
        "platform": post.platform,
        "community": post.community,
        "posted_at": posted_at.replace(microsecond=0),
        "author_key": author_key,
        "has_author": post.author is not None,
        "location": post.location,
        "text": post.text,
    }


_week = lru_cache(maxsize=4096)(Week.of)


def merge(home: Home, posts: pa.Table, tags: pa.Table) -> int:
    """Put posts (shape `POSTS`) and their tags (shape `TAGS`) in; return the source-days met.

    The newest wins: a post already there is replaced, and all its tags with it. Tags without
    their post replace the tags alone. Of a row given twice the last counts. Merging the same
    again changes no byte; after a kill, merge again. One merge runs at a time, others wait.
    """
    halves = _halves(home)
    new_posts = _by_day(posts, halves["posts"])
    new_tags = _by_day(tags, halves["tags"])
    places = sorted(new_posts.keys() | new_tags.keys())
    lake = home.posts.parent
    drafts = lake / ".drafts"

    with readable_errors(lake), alone(lake / ".lock"):
        rmtree(drafts, ignore_errors=True)  # what a killed run left; it may hold text
        drafts.mkdir()
        for place in places:
            day_posts = new_posts.get(place, POSTS.empty_table())
            day_tags = new_tags.get(place, TAGS.empty_table())
            replaced = day_posts["post_id"].to_pylist()
            retagged = replaced + day_tags["post_id"].to_pylist()
            _put(halves["posts"], place, day_posts, replaced, drafts)
            _put(halves["tags"], place, day_tags, retagged, drafts)
        drafts.rmdir()
    return len(places)


def _by_day(table: pa.Table, half: _Half) -> dict[SourceDay, pa.Table]:
    """The rows of each source and day; of rows with one key, the last. Refuse bare authors."""
    table = table.select(half.schema.names).cast(half.schema)
    is_hash = pc.match_substring_regex(table["author_key"], "^[0-9a-f]{16}$")
    if pc.any(pc.invert(is_hash)).as_py():
        raise ValueError("an author_key is not a hash made by warehouse.keys")
    table = table.append_column("day", table["posted_at"].cast(pa.date32()))
    rows = table.append_column("row", pa.array(range(table.num_rows), pa.int64()))
    newest = rows.group_by(["source", "day", *half.key]).aggregate([("row", "max")])
    table = table.take(newest["row_max"]).sort_by(
        [(name, "ascending") for name in ["source", "day", *half.key]]
    )
    places = zip(table["source"].to_pylist(), table["day"].to_pylist(), strict=True)
    days: dict[SourceDay, pa.Table] = {}
    start = 0
    for place, run in groupby(places):
        length = sum(1 for _ in run)
        days[place] = table.slice(start, length).drop_columns("day")
        start += length
    return days


def _put(
    half: _Half, place: SourceDay, new: pa.Table, replaced: list[str], drafts: Path
) -> None:
    """Replace the rows of the posts `replaced` in one day's file by `new`."""
    path = half.path(*place)
    old = half.read(path)
    is_replaced = pc.is_in(old["post_id"], value_set=pa.array(replaced, pa.string()))
    kept = old.filter(pc.invert(is_replaced))
    merged = pa.concat_tables([kept, new]).sort_by([(name, "ascending") for name in half.key])
    if merged.equals(old):
        return
    if not merged.num_rows:
        path.unlink()
        return
    sink = pa.BufferOutputStream()
    pq.write_table(
        merged.combine_chunks(),
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP_N,
    )
    replace_file(path, sink.getvalue(), drafts / half.file)


def keep(
    home: Home,
    source: str,
    stays: Callable[[pa.Table], pa.Array],
    parts: Collection[str] = ("posts", "tags"),
) -> int:
    """Rewrite every day of a source with the rows that stay; return how many posts went.

    stays  given rows in shape `POSTS` or `TAGS`, whether each stays
    parts  what is rewritten: `posts` alone takes the text away and leaves the counts
    """
    lake = home.posts.parent
    drafts = lake / ".drafts"
    went_n = 0
    with readable_errors(lake), alone(lake / ".lock"):
        rmtree(drafts, ignore_errors=True)
        drafts.mkdir()
        for half in (half for name, half in _halves(home).items() if name in parts):
            for path in sorted((half.folder / f"source={source}").glob(f"day=*/{half.file}")):
                old = half.read(path)
                went = old.filter(pc.invert(stays(old)))["post_id"].unique().to_pylist()
                day = date.fromisoformat(path.parent.name.removeprefix("day="))
                _put(half, (source, day), half.schema.empty_table(), went, drafts)
                went_n += len(went) if half.schema is POSTS else 0
        drafts.rmdir()
    return went_n


def day_files(
    home: Home, half: Literal["posts", "tags"], first: date, last: date, is_sample: bool
) -> list[Path]:
    """The lake's files of the days `first` to `last`, both included; sample or all others.

    Looks at those days only, so the cost does not grow with the lake's history.
    """
    part = _halves(home)[half]
    sources = sorted(path.name.removeprefix("source=") for path in part.folder.glob("source=*"))
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    paths = [
        part.path(source, day)
        for source in sources
        if (source == SAMPLE) == is_sample
        for day in days
    ]
    return [path for path in paths if path.exists()]


def read_days(
    home: Home, half: Literal["posts", "tags"], first: date, last: date, is_sample: bool
) -> pa.Table:
    """The rows of those days in shape `POSTS` or `TAGS`, by source, day and key."""
    part = _halves(home)[half]
    with readable_errors(part.folder):
        files = day_files(home, half, first, last, is_sample)
        return pa.concat_tables([part.schema.empty_table(), *map(part.read, files)])
