"""Open the DuckDB file of the data folder: one writer, for as short as can be.

Every connection gets the same limits, and UTC as its zone: `date_trunc` and casts of a time
use the machine's zone otherwise, and a Saturday evening in Denver is a Sunday in UTC.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import DataFolderError, InUseError
from warehouse.home import Home
from warehouse.layout.database import check, refuse_other

MEMORY_LIMIT = "1GB"
"""More than that goes to a folder beside the database, and away with the connection."""

THREADS_MAX = 8

LOOKED_UP_S, STEP_S = 2.0, 0.1
"""How long a writer waits: whoever looks something up (`read_database`) takes moments."""

FULL = "No space left on device"
"""How a full disk shows in what DuckDB says."""


@contextmanager
def open_database(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as `connected` gives it, to a database of the layout this program knows.

    Raise `DataFolderError` as that does, and for a database of another layout.
    """
    with connected(home) as con:
        check(con, home)
        yield con


@contextmanager
def connected(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to `home.database`, made when missing, closed at the end of the block.

    Raise `DataFolderError` when another run has it open, when it cannot be read or written, or
    when the disk is full in the middle of the block.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    con = _opened(home)
    shutil.rmtree(_spilled(home), ignore_errors=True)  # by a killed run; it holds post ids
    try:
        con.execute("set timezone = 'UTC'")
        con.execute("set enable_progress_bar = false")  # it writes over what the command says
        yield con
    except duckdb.Error as error:
        if FULL not in str(error):
            raise
        raise DataFolderError(
            f"The disk of {home.root} is full: the database could not be written. Free some "
            "space, then run again: nothing is half written."
        ) from error
    finally:
        con.close()


def _opened(home: Home) -> duckdb.DuckDBPyConnection:
    threads = min(os.cpu_count() or 1, THREADS_MAX)
    until = time.monotonic() + LOOKED_UP_S
    while True:
        try:
            return duckdb.connect(
                home.database, config={"memory_limit": MEMORY_LIMIT, "threads": threads}
            )
        except duckdb.IOException as error:
            if not _is_locked(error) or time.monotonic() >= until:
                raise DataFolderError(_reason(home, error)) from error
            time.sleep(STEP_S)


@contextmanager
def read_database(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that changes nothing, closed at the end of the block; make it a short one.

    Raise `InUseError` while another command writes, and `DataFolderError` when the file, which
    must be there, cannot be read or is of another layout.
    """
    try:
        con = duckdb.connect(home.database, read_only=True)
    except duckdb.IOException as error:
        kind = InUseError if _is_locked(error) else DataFolderError
        raise kind(_reason(home, error)) from error
    try:
        refuse_other(con, home)
        con.execute("set timezone = 'UTC'")
        yield con
    finally:
        con.close()


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block's changes or, when it ends by an error or a kill, none."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def _spilled(home: Home) -> Path:
    """Where DuckDB puts what does not fit into memory."""
    return home.database.with_name(f"{home.database.name}.tmp")


def _is_locked(error: duckdb.IOException) -> bool:
    return "lock" in str(error).lower()


def _reason(home: Home, error: duckdb.IOException) -> str:
    if _is_locked(error):
        return (
            f"The database {home.database} is in use by another run. Wait until it has ended, "
            "then run again."
        )
    return (
        f"The database {home.database} cannot be opened ({str(error).splitlines()[0]}). "
        "Check the free space and who owns the folder. If the file is damaged, put it back "
        "from a copy; without one, move it away and run again: counts are made anew from the "
        "lake, past releases are not."
    )
