"""Keep the ledger of what sources took back: whose, when they said so, when it was gone here.

A row is a post, by a hash of its id, or an author in one week, by the key that the lake knows
him under; so the ledger names nobody, and what is in it never comes back. An author's row
covers what he posted up to the moment the source said so. It is an SQLite file of its own
because collectors write at any time, and the DuckDB file has one writer.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import pyarrow as pa

from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.layout.ledgers import open_ledger
from warehouse.weeks import Week

_TABLE = """
create table if not exists deletions (
    source text not null,
    what text not null,
    key text not null,
    week text,
    reason text not null,
    said_at integer not null,
    gone_at integer,
    held_n integer,
    primary key (source, what, key)
) without rowid;
create index if not exists waiting on deletions (source) where gone_at is null;
"""

_SAY = """
insert into deletions (source, what, key, week, reason, said_at) values (?, ?, ?, ?, ?, ?)
on conflict do update set said_at = excluded.said_at, reason = excluded.reason, gone_at = null
where (what = 'author' and excluded.said_at > said_at)
    or (excluded.reason = 'forgotten' and reason <> 'forgotten')
"""

FORGOTTEN = "forgotten"
"""The reason of what a person chose to forget here; such an entry stays for good."""

KEEP_UNMET_DAYS = 3
"""Days to keep what matched no post here: streams can be replayed for about so long."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was said to be gone and may still be here. said_at: seconds since 1970, by key."""

    posts: frozenset[str]
    authors: Mapping[str, int]

    def covers(self, row: Mapping[str, object]) -> tuple[Literal["post", "author"], str] | None:
        """By which entry a row of the lake has to go; None when it stays."""
        if self.posts and (key := post_hash(str(row["post_id"]))) in self.posts:
            return ("post", key)
        author, posted_at = str(row["author_key"]), row["posted_at"]
        said_at = self.authors.get(author)
        if said_at is None or not isinstance(posted_at, datetime):
            return None
        return ("author", author) if posted_at.timestamp() <= said_at else None


def post_hash(post_id: str) -> str:
    """32 hexadecimal characters that stand for a post: some ids hold their author's."""
    return hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def record(
    home: Home, source: str, taken_back: Iterable[tuple[str | None, str | None, datetime, str]]
) -> int:
    """Enter what a source took back: (post_id, author, said_at, reason); return the rows.

    Saying it twice changes nothing. An author is entered for each week that has a key, and
    for the week in which the source said so.
    """
    rows = list(_rows(home, source, taken_back))
    if rows:
        with _ledger(home) as con:
            con.executemany(_SAY, rows)
    return len(rows)


def _rows(
    home: Home, source: str, taken_back: Iterable[tuple[str | None, str | None, datetime, str]]
) -> Iterator[tuple[str, str, str, str | None, str, int]]:
    keys, known = AuthorKeys(home), {Week.parse(file.stem) for file in home.keys.glob("*.key")}
    for post_id, author, said_at, reason in taken_back:
        at = int(said_at.timestamp())
        if post_id is not None:
            yield (source, "post", post_hash(post_id), None, reason, at)
        if author is not None:
            last = Week.of(said_at.astimezone(UTC).date())
            for week in sorted({week for week in known if week < last} | {last}):
                yield (source, "author", keys.hash(week, source, author), str(week), reason, at)


def kept(home: Home, posts: pa.Table) -> pa.Table:
    """The posts (shape `lake.POSTS`) less those in the ledger, gone here or not yet."""
    if not home.deletions.exists() or not posts.num_rows:
        return posts
    sources = posts["source"].unique().to_pylist()
    hashes = [post_hash(post_id) for post_id in posts["post_id"].to_pylist()]
    authors = posts["author_key"].to_pylist()
    with _ledger(home) as con:
        found = Waiting(
            frozenset(_among(con, sources, "post", hashes)),
            _among(con, sources, "author", authors),
        )
    if not found.posts and not found.authors:
        return posts
    rows = posts.select(["post_id", "author_key", "posted_at"]).to_pylist()
    return posts.filter(pa.array([found.covers(row) is None for row in rows]))


def _among(
    con: sqlite3.Connection, sources: list[str], what: str, keys: list[str]
) -> dict[str, int]:
    """When each of these keys was said to be gone, for those that were.

    Naming the sources is what lets SQLite look the keys up instead of reading the ledger.
    """
    rows = con.execute(
        "select key, said_at from deletions where what = ? "
        "and source in (select value from json_each(?)) "
        "and key in (select value from json_each(?))",
        [what, json.dumps(sources), json.dumps(keys)],
    )
    return dict(rows.fetchall())


def sources_waiting(home: Home) -> list[str]:
    """The sources with something said to be gone that may still be here."""
    if not home.deletions.exists():
        return []
    with _ledger(home) as con:
        found = con.execute("select distinct source from deletions where gone_at is null")
        return sorted(source for (source,) in found)


def sources(home: Home) -> list[str]:
    """The sources that ever took something back."""
    if not home.deletions.exists():
        return []
    with _ledger(home) as con:
        found = con.execute("select distinct source from deletions order by source")
        return [source for (source,) in found]


def waiting(home: Home, source: str) -> Waiting:
    """What of a source is said to be gone and may still be here."""
    with _ledger(home) as con:
        rows = con.execute(
            "select what, key, said_at from deletions where source = ? and gone_at is null",
            [source],
        ).fetchall()
    posts = frozenset(key for what, key, _ in rows if what == "post")
    return Waiting(posts, {key: said_at for what, key, said_at in rows if what == "author"})


def settle(home: Home, source: str, gone: Waiting, held_n: Mapping[str, int]) -> None:
    """Note that everything in `gone` is gone now, and how many posts each key held here.

    What held none is dropped after `KEEP_UNMET_DAYS`, unless a person chose to forget it: a
    network takes back far more posts than are ever kept here.
    """
    now = datetime.now(UTC)
    said: list[tuple[str, str, int | None]] = [("post", key, None) for key in gone.posts]
    said += [("author", key, at) for key, at in gone.authors.items()]
    rows = [
        (int(now.timestamp()), held_n.get(key, 0), source, what, key, at, at)
        for what, key, at in said
    ]
    with _ledger(home) as con:
        con.executemany(
            "update deletions set gone_at = ?, held_n = coalesce(held_n, 0) + ? "
            "where source = ? and what = ? and key = ? and (? is null or said_at = ?)",
            rows,
        )
        old = int((now - timedelta(days=KEEP_UNMET_DAYS)).timestamp())
        con.execute(
            "delete from deletions where held_n = 0 and gone_at < ? and reason <> ?",
            [old, FORGOTTEN],
        )


def wait_again(home: Home, since: datetime) -> None:
    """Let what was erased at `since` or later wait again: a copy of then brought it back."""
    if home.deletions.exists():
        with _ledger(home) as con:
            con.execute(
                "update deletions set gone_at = null where gone_at >= ?",
                [int(since.timestamp())],
            )


def counts(home: Home, source: str) -> tuple[int, int, int]:
    """Entries of a source: all, those still waiting, and posts that went from here."""
    if not home.deletions.exists():
        return (0, 0, 0)
    with _ledger(home) as con:
        row = con.execute(
            "select count(*), count(*) - count(gone_at), coalesce(sum(held_n), 0) "
            "from deletions where source = ?",
            [source],
        ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2]))


@contextmanager
def _ledger(home: Home) -> Iterator[sqlite3.Connection]:
    """The ledger in one transaction, made when missing. Raise `DataFolderError` if it fails."""
    try:
        with open_ledger(home.deletions, _TABLE) as con, con:
            yield con
    except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
        raise DataFolderError(
            f"The ledger of deletions {home.deletions} cannot be read or written ({error}). "
            "Check the free space and who owns the folder, then run again; nothing was lost."
        ) from error
