"""Read and write the number of a layout where a store bears it, and refuse any other.

The DuckDB file has it in the table `layout`, an SQLite ledger as its `user_version`, and all
that lies in files as `lake/layout`, which goes to the lake's object store too.
"""

from __future__ import annotations

import duckdb

from warehouse.errors import DataFolderError
from warehouse.files import readable_errors, write_whole
from warehouse.home import Home
from warehouse.layout.steps import LAYOUT


def refuse_newer(what: str, number: int) -> None:
    """Raise `DataFolderError` for what a newer program wrote; `what` begins the sentence."""
    if number > LAYOUT:
        raise DataFolderError(
            f"{what} was written by a newer Grapevine (layout {number}; this one knows "
            f"{LAYOUT}). Install that version, or put back a copy from before."
        )


def check(home: Home) -> None:
    """Raise `DataFolderError` when a newer program wrote the data folder. Writes nothing."""
    refuse_newer(f"The data folder {home.root}", of_files(home))


def of_files(home: Home) -> int:
    """The number of the lake and of all other files; 0 when they bear none."""
    with readable_errors(home.layout):
        written = home.layout.read_text(encoding="ascii") if home.layout.exists() else "0"
    return parsed(written, str(home.layout))


def parsed(written: str, where: str) -> int:
    """The number that somebody wrote. Raise `DataFolderError` when it is none."""
    if not written.strip().isdecimal():
        raise DataFolderError(
            f"{where} is damaged: it must hold the number of the layout. Put it back from a "
            "copy."
        )
    return int(written)


def enter_files(home: Home) -> None:
    """Let the lake and all other files bear this program's number."""
    if of_files(home) != LAYOUT:
        with readable_errors(home.layout):
            write_whole(home.layout, f"{LAYOUT}\n".encode("ascii"))


def of_database(con: duckdb.DuckDBPyConnection) -> int:
    """The number of a database; 0 when it bears none."""
    try:
        row = con.execute("select number from layout").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0]) if row else 0


def enter_database(con: duckdb.DuckDBPyConnection) -> None:
    """Let a database bear this program's number."""
    con.execute("create or replace table layout (number integer not null)")
    con.execute("insert into layout values (?)", [LAYOUT])


def check_database(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Number a database that holds nothing yet; raise `DataFolderError` for another layout."""
    if (number := of_database(con)) == LAYOUT:
        return
    refuse_newer(f"The data folder {home.root}", number)
    if con.execute("select 1 from duckdb_tables() where not temporary").fetchone():
        raise DataFolderError(
            f"The data folder {home.root} is as an earlier Grapevine left it (layout {number}; "
            f"this one works on {LAYOUT}). Copy it with `grapevine backup`; then `grapevine "
            "up`, `run` or `sweep` brings it forward."
        )
    con.execute("begin")
    enter_database(con)
    con.execute("commit")
