"""Remember when a source was last asked about each post whose text is held.

A row is a post by the hash that the ledger of deletions knows it under, so nothing here names
one. It is an SQLite file of its own: a sweep writes it while collectors write the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from warehouse.deletions import post_hash
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.layout.ledgers import open_ledger

_TABLE = """
create table if not exists verified (
    source text not null,
    key text not null,
    asked_at integer not null,
    primary key (source, key)
) without rowid;
"""


def note(home: Home, source: str, post_ids: Iterable[str], asked_at: datetime) -> None:
    """Note that the source answered about these posts."""
    rows = [(source, post_hash(post_id), int(asked_at.timestamp())) for post_id in post_ids]
    with _opened(home) as con:
        con.executemany("insert or replace into verified values (?, ?, ?)", rows)


def asked_at(home: Home, source: str, post_ids: Collection[str]) -> dict[str, datetime]:
    """When the source last answered about these posts, for those it was asked about."""
    if not home.verified.exists():
        return {}
    with _opened(home) as con:
        rows = con.execute("select key, asked_at from verified where source = ?", [source])
        known = dict(rows.fetchall())
    keys = ((post_id, known.get(post_hash(post_id))) for post_id in post_ids)
    return {post_id: datetime.fromtimestamp(at, UTC) for post_id, at in keys if at is not None}


def forget_all_but(home: Home, source: str, post_ids: Iterable[str]) -> None:
    """Drop the rows of posts that are no longer held."""
    if not home.verified.exists():
        return
    held = {post_hash(post_id) for post_id in post_ids}
    with _opened(home) as con:
        rows = con.execute("select key from verified where source = ?", [source]).fetchall()
        gone = [(source, key) for (key,) in rows if key not in held]
        con.executemany("delete from verified where source = ? and key = ?", gone)


@contextmanager
def _opened(home: Home) -> Iterator[sqlite3.Connection]:
    """The file in one transaction, made when missing. Raise `DataFolderError` if it fails."""
    try:
        with open_ledger(home.verified, _TABLE) as con, con:
            yield con
    except (sqlite3.DatabaseError, OSError) as error:
        raise DataFolderError(
            f"{home.verified} cannot be read or written ({error}). Check the free space and "
            "who owns the folder; if it is damaged, delete it: every post is asked about anew."
        ) from error
