"""What a data folder holds when the work is done, so that two can be compared to the byte."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

NEVER_THE_SAME = {"created_at", "started_at", "finished_at", "published_at", "set_aside_at"}
NEVER_THE_SAME |= {"request"}  # of a week that was made: a digest in which files' times are

Left = dict[str, dict[str, object]]


def left(home: Path) -> Left:
    """All that a run leaves behind for the next one and for readers."""
    return {
        "lake": digests(home / "lake"),
        "marts": tables(home / "grapevine.duckdb"),
        "published": tables(home / "published" / "marts.duckdb"),
        "site": digests(home / "site"),
        "quarantine": digests(home / "quarantine"),
        "deletions": deletions(home / "deletions.sqlite"),
    }


def differing(one: Left, other: Left) -> str:
    """The parts that differ, by name."""
    return ", ".join(part for part in one if one[part] != other[part])


def deletions(ledger: Path) -> dict[str, object]:
    """The rows of the ledger of what sources took back."""
    if not ledger.exists():
        return {}
    with closing(sqlite3.connect(ledger)) as con:
        names = con.execute("select name from sqlite_master where type = 'table'").fetchall()
        found = [name for (name,) in names]
        return {name: sorted(map(repr, con.execute(f"select * from {name}"))) for name in found}


def digests(folder: Path) -> dict[str, object]:
    """The digest of every file in a folder."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def tables(database: Path) -> dict[str, object]:
    """Every table of a database as sorted rows, less the columns that hold the clock."""
    with duckdb.connect(str(database), read_only=True) as con:
        held = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_name != 'stages' order by 1"
        )
        names = [name for (name,) in held.fetchall()]
        return {name: sorted(map(repr, _rows(con, name))) for name in names}


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    columns = [row[0] for row in con.execute(f"describe {name}").fetchall()]
    kept = [column for column in columns if column not in NEVER_THE_SAME]
    return con.execute(f"select {', '.join(kept)} from {name}").fetchall()
