"""Open the SQLite ledgers of a data folder: small files that several processes write.

Each is an SQLite file of its own, because collectors and deliveries write at any time and the
DuckDB file has one writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from warehouse.layout.number import refuse_newer
from warehouse.layout.steps import LAYOUT

WAIT_S = 30.0
"""Seconds to wait for another writer."""


@contextmanager
def open_ledger(path: Path | None, tables: str) -> Iterator[sqlite3.Connection]:
    """The ledger at `path`, its owner's alone, made when missing; in memory for None.

    tables  statements that make its tables where they are missing

    Raise `DataFolderError` when a newer program wrote it, `sqlite3.Error` or `OSError` when it
    cannot be used.
    """
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    with closing(sqlite3.connect(path or ":memory:", timeout=WAIT_S)) as con:
        (number,) = con.execute("pragma user_version").fetchone()
        refuse_newer(f"The ledger {path}", number)
        if number < LAYOUT:
            con.executescript(
                f"begin immediate; {tables} pragma user_version = {LAYOUT}; commit;"
            )
        yield con
