"""Keep posts and tags in Parquet, one file a source and UTC day, each replaced whole.

A file lies at `source=…/day=YYYY-MM-DD/posts.parquet` (or `tags.parquet`). It holds every
column of its schema, `source` too, so it explains itself; the folder names only say which
files a question needs. Rows are sorted and settings fixed: the same rows always give the same
bytes, and a merge that changes nothing writes nothing. A post's day comes from its time, so a
source must not give one post two times: the lake would hold it on both days.

Text is in the posts only, so it can expire or be deleted without touching a count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.days import POSTS, TAGS, Piece, SourceDay, halves, in_memory, put, rows_by_day
from warehouse.files import alone, readable_errors
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.records import Post
from warehouse.weeks import Week

__all__ = [
    "POSTS",
    "SAMPLE",
    "SIMULATED",
    "TAGS",
    "day_files",
    "holds_simulated",
    "keep",
    "merge",
    "merge_day",
    "posts_table",
    "read_days",
    "real_days",
]

SAMPLE = "sample"
"""The source of posts written for demonstration; never counted together with real ones."""

SIMULATED = "simulated_"
"""How the sources of a simulated world begin: made up as the sample is, kept apart alike."""

NOBODY = pa.array([], pa.string())


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
    parts = halves(home)
    new_posts = rows_by_day(posts.select(POSTS.names).cast(POSTS))
    new_tags = rows_by_day(tags.select(TAGS.names).cast(TAGS))
    places = sorted(new_posts.keys() | new_tags.keys())
    with _writing(home) as drafts:
        for place in places:
            day_posts = new_posts.get(place, POSTS.empty_table())
            day_tags = new_tags.get(place, TAGS.empty_table())
            put(parts["posts"], place, [in_memory(day_posts)], NOBODY, drafts)
            replaced = day_posts["post_id"].combine_chunks()
            put(parts["tags"], place, [in_memory(day_tags)], replaced, drafts)
    return len(places)


def merge_day(
    home: Home, half: Literal["posts", "tags"], place: SourceDay, pieces: Sequence[Piece]
) -> None:
    """Put rows of one day in as `merge` does, but those of one half alone.

    Every post has tags, so tags replace those of their posts; a post leaves them as they are.
    """
    with _writing(home) as drafts:
        put(halves(home)[half], place, pieces, NOBODY, drafts)


@contextmanager
def _writing(home: Home) -> Iterator[Path]:
    """A folder for drafts, emptied first: what a killed run left there may hold text."""
    lake = home.posts.parent
    drafts = lake / ".drafts"
    with readable_errors(lake), alone(lake / ".lock"):
        rmtree(drafts, ignore_errors=True)
        drafts.mkdir()
        yield drafts
        drafts.rmdir()


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
    went_n = 0
    with _writing(home) as drafts:
        for half in (half for name, half in halves(home).items() if name in parts):
            for path in sorted((half.folder / f"source={source}").glob(f"day=*/{half.file}")):
                old = half.read(path)
                goes = pc.invert(stays(old))
                went = old["post_id"].filter(goes).unique()
                del old  # `put` reads it again
                day = date.fromisoformat(path.parent.name.removeprefix("day="))
                put(half, (source, day), [], went, drafts)
                went_n += len(went) if half.schema is POSTS else 0
    return went_n


def day_files(
    home: Home, half: Literal["posts", "tags"], first: date, last: date, is_sample: bool
) -> list[Path]:
    """The lake's files of the days `first` to `last`, both included; made-up or all others.

    Looks at those days only, so the cost does not grow with the lake's history.
    """
    part = halves(home)[half]
    sources = sorted(path.name.removeprefix("source=") for path in part.folder.glob("source=*"))
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    paths = [
        part.path(source, day)
        for source in sources
        if _is_made_up(source) == is_sample
        for day in days
    ]
    return [path for path in paths if path.exists()]


def real_days(home: Home) -> Iterator[date]:
    """The days of which the lake has tags of posts that somebody wrote, by source."""
    for file in home.tags.glob("source=*/day=*/tags.parquet"):
        source, day = (folder.partition("=")[2] for folder in file.parts[-3:-1])
        if not _is_made_up(source):
            yield date.fromisoformat(day)


def _is_made_up(source: str) -> bool:
    return source == SAMPLE or source.startswith(SIMULATED)


def holds_simulated(home: Home) -> bool:
    """Whether the lake is a simulated world."""
    return any(home.tags.glob(f"source={SIMULATED}*"))


def read_days(
    home: Home, half: Literal["posts", "tags"], first: date, last: date, is_sample: bool
) -> pa.Table:
    """The rows of those days in shape `POSTS` or `TAGS`, by source, day and key."""
    part = halves(home)[half]
    with readable_errors(part.folder):
        files = day_files(home, half, first, last, is_sample)
        return pa.concat_tables([part.schema.empty_table(), *map(part.read, files)])
