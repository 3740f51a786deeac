"""Read and write the number of the layout, and refuse what a newer program wrote.

All that lies in files bears it as `lake/layout`, which goes to the lake's object store too; an
SQLite ledger as its `user_version`, and the database in a table (`warehouse.layout.database`).
"""

from __future__ import annotations

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
