"""Read and write the number of the layout in the database: its table `layout`, of one row."""

from __future__ import annotations

import duckdb

from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.layout.number import refuse_newer
from warehouse.layout.steps import LAYOUT


def number_of(con: duckdb.DuckDBPyConnection) -> int:
    """The number of a database; 0 when it bears none."""
    try:
        row = con.execute("select number from layout").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0]) if row else 0


def enter_number(con: duckdb.DuckDBPyConnection) -> None:
    """Let a database bear this program's number."""
    con.execute("create or replace table layout (number integer not null)")
    con.execute("insert into layout values (?)", [LAYOUT])


def check(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Number a database that holds nothing yet; raise `DataFolderError` for another layout."""
    refuse_other(con, home)
    if number_of(con) != LAYOUT:
        con.execute("begin")
        enter_number(con)
        con.execute("commit")


def refuse_other(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Raise `DataFolderError` for a database of another layout. Writes nothing."""
    if (number := number_of(con)) == LAYOUT:
        return
    refuse_newer(f"The data folder {home.root}", number)
    if con.execute("select 1 from duckdb_tables() where not temporary").fetchone():
        raise DataFolderError(
            f"The data folder {home.root} is as an earlier Grapevine left it (layout {number}; "
            f"this one works on {LAYOUT}). Copy it with `grapevine backup`; then `grapevine "
            "up`, `run` or `sweep` brings it forward."
        )
