"""Bring a data folder of an earlier program forward, all at once or not at all.

Call it while the folder is held (`flows.running.hold`), which every command that writes does.
The database takes all its steps and its number in one transaction: after a kill it is as it
was, and the next command does it again.
"""

from __future__ import annotations

from warehouse.database import connected, transaction
from warehouse.home import Home
from warehouse.layout.database import enter_number, number_of
from warehouse.layout.number import refuse_newer
from warehouse.layout.steps import DATABASE, LAYOUT


def bring_database(home: Home) -> None:
    """Do the steps that the database lacks. Raise `DataFolderError` when it is newer."""
    if not home.database.exists():
        return
    with connected(home) as con:
        number = number_of(con)
        refuse_newer(f"The data folder {home.root}", number)
        if number == LAYOUT:
            return
        with transaction(con):
            for step in sorted(DATABASE):
                if step > number:
                    DATABASE[step](con)
            enter_number(con)
