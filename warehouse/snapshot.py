"""Put one release where readers look: a file with its published tables and nothing else.

Readers never open the database. The snapshot is made new each time, beside its place, and
swapped in by a rename: a table dropped from a DuckDB file can leave its rows behind in it, and
a reader always finds a whole file, the last release or this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from warehouse.build import MODELS
from warehouse.database import open_database
from warehouse.errors import GrapevineError
from warehouse.files import readable_errors, sync_file
from warehouse.home import Home

VERSIONS = ("code", "taxonomy", "model", "reference")
"""What can change a number besides the posts; each is a column of `releases`."""

PUBLISHED = tuple(sorted(path.stem for path in (MODELS / "published").glob("*.sql")))
"""The tables that leave the warehouse."""


def publish_snapshot(home: Home, release_id: str) -> None:
    """Put the tables of one release at `home.snapshot`, whole; leave it if it holds them.

    Raise `GrapevineError` when there is no such release.
    """
    draft = home.snapshot.with_name(f".{home.snapshot.name}.draft")
    with open_database(home) as con, readable_errors(home.snapshot):
        _check_release(con, release_id)
        draft.parent.mkdir(parents=True, exist_ok=True)
        for left in draft.parent.glob(f"{draft.name}*"):  # by a killed run: the draft, its log
            left.unlink()
        con.execute(f"attach '{_quoted(draft)}' as snapshot")
        for table in PUBLISHED:
            con.execute(_copy(table), [release_id])
        con.execute("detach snapshot")
        if _content(draft) == _content(home.snapshot):
            draft.unlink()
            return
        sync_file(draft)
        draft.replace(home.snapshot)


def fingerprint(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> str:
    """The sha256 of the rows of these tables, whatever their order."""
    digest = hashlib.sha256()
    for table in tables:
        rows = con.execute(f"select to_json(published) from {table} as published order by 1")
        digest.update(f"{table}\n".encode())
        digest.update("\n".join(row for (row,) in rows.fetchall()).encode())
    return digest.hexdigest()


def _check_release(con: duckdb.DuckDBPyConnection, release_id: str) -> None:
    try:
        found = con.execute(
            "select 1 from releases where release_id = ?", [release_id]
        ).fetchone()
    except duckdb.CatalogException:
        found = None
    if not found:
        raise GrapevineError(
            f"There is no release '{release_id}'. Run its week first, then publish it."
        )


def _copy(table: str) -> str:
    """The statement that copies one release's rows of `table` into the snapshot."""
    extra = ""
    if table == "pub_release":
        extra = f"release_id, {', '.join(VERSIONS)}, content_sha256, "
    return (
        f"create table snapshot.{table} as select {extra}published.* exclude (release_id) "
        f"from frozen.{table} as published inner join releases using (release_id) "
        "where release_id = ? order by all"
    )


def _content(file: Path) -> str | None:
    """The fingerprint of a snapshot's tables, or None when it is absent, old or damaged."""
    try:
        with duckdb.connect(file, read_only=True) as con:
            return fingerprint(con, PUBLISHED)
    except duckdb.Error:
        return None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
