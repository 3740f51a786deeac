"""Put one release where readers look: its published tables, what came before, nothing else.

Readers never open the database. The snapshot is made new each time, beside its place, and
swapped in by a rename: a table dropped from a DuckDB file can leave its rows behind in it, and
a reader always finds a whole file, the last release or this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import archive, publication
from warehouse.build import MODELS
from warehouse.database import open_database
from warehouse.errors import DataFolderError, GrapevineError
from warehouse.files import readable_errors, sync_file
from warehouse.headers import Header, published
from warehouse.home import Home

VERSIONS = ("code", "taxonomy", "model", "reference", "correction")
"""What can change a number besides the posts; each is a column of `releases`."""

FROZEN = ("release_id", *VERSIONS, "content_sha256", "seed", "changed")
"""Columns of `releases` that the snapshot's pub_release has besides its own."""

PUBLISHED = tuple(sorted(path.stem for path in (MODELS / "published").glob("*.sql")))
"""The tables that leave the warehouse."""


@dataclass(frozen=True, slots=True)
class OnShow:
    """The release that readers see. since: when its numbers were put there (UTC)."""

    release_id: str
    week: str
    is_sample: bool
    since: datetime


def on_show(snapshot: Path) -> OnShow | None:
    """What a snapshot holds; None when there is none. It may be replaced meanwhile.

    Raise `DataFolderError` when the file is damaged.
    """
    with readable_errors(snapshot):
        if not snapshot.exists():
            return None
        since = datetime.fromtimestamp(snapshot.stat().st_mtime, UTC)
    try:
        with duckdb.connect(snapshot, read_only=True) as con:
            row = con.execute("select release_id, week, is_sample from pub_release").fetchone()
    except duckdb.Error as error:
        raise DataFolderError(
            f"The published numbers {snapshot} cannot be read. Put the file back from a copy, "
            "or publish the release again with `grapevine release publish`."
        ) from error
    if row is None:
        return None
    release_id, week, is_sample = row
    return OnShow(release_id, week, is_sample, since)


def publish_snapshot(home: Home, release_id: str, despite: str = "") -> None:
    """Put the tables of one release at `home.snapshot`, whole; leave it if it holds them.

    Raise `GrapevineError` when there is no such release, or when it is set aside and no reason
    is given to publish it `despite` that.
    """
    with open_database(home) as con, readable_errors(home.snapshot):
        _check_release(con, release_id)
        publication.admit(con, release_id, despite)
        _write(con, release_id, home.snapshot)


def write_snapshot(home: Home, release_id: str, path: Path) -> None:
    """Write the snapshot of any release at `path`, published or not; what readers see stays.

    Raise `GrapevineError` when there is no such release.
    """
    with open_database(home) as con, readable_errors(path):
        _check_release(con, release_id)
        _write(con, release_id, path)


def _write(con: duckdb.DuckDBPyConnection, release_id: str, path: Path) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    for left in draft.parent.glob(f"{draft.name}*"):  # by a killed run: the draft, its log
        left.unlink()
    con.execute(f"attach '{_quoted(draft)}' as snapshot")
    for header in published():
        con.execute(_copy(con, header, release_id), [release_id])
    archive.copy_earlier(con, release_id)
    con.execute("detach snapshot")
    if _content(draft) == _content(path):
        draft.unlink()
        return
    sync_file(draft)
    draft.replace(path)


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


def _copy(con: duckdb.DuckDBPyConnection, header: Header, release_id: str) -> str:
    """The statement that copies one release's rows of a table into the snapshot.

    A release of an earlier version has no rows in a table added since, and NULL in a column
    added since; a row without its grain is one that this version cannot name.
    """
    kinds = _kinds(con, f"frozen.{header.name}") or _kinds(con, header.name)
    columns = [
        f"held.{name}" if name in kinds else f"cast(null as text) as {name}"
        for name in header.names
    ]
    if header.name == "pub_release":
        told = publication.checked_in_words(con, release_id)
        made_by = [f"releases.{name}" for name in FROZEN]
        columns = [*made_by, f"'{_doubled(told)}' as checked", *columns]
    source = f"frozen.{header.name}"
    if not _kinds(con, source):
        source = f"(select null as release_id, * from {header.name} limit 0)" if kinds else ""
    if not source:
        source = "(select null as release_id)"
    named = " and ".join(f"held.{name} is not null" for name in header.grain if name in kinds)
    return (
        f"create table snapshot.{header.name} as select {', '.join(columns)} "
        f"from {source} as held inner join releases using (release_id) "
        f"where release_id = ? and {named or 'false'} order by all"
    )


def _kinds(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a table, none when it does not exist."""
    try:
        return list(con.table(table).columns)
    except duckdb.CatalogException:
        return []


def _content(file: Path) -> str | None:
    """The fingerprint of a snapshot's tables, or None when it is absent, old or damaged."""
    try:
        with duckdb.connect(file, read_only=True) as con:
            return fingerprint(con, (*PUBLISHED, *archive.TABLES))
    except duckdb.Error:
        return None


def _quoted(path: Path) -> str:
    return _doubled(str(path))


def _doubled(text: str) -> str:
    return text.replace("'", "''")
