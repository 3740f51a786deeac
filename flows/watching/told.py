"""Remember who was told of what, so that each event is told once, across restarts.

A row is an event and somebody told, under a hash: the ledger names nobody. It is noted
`in doubt` before it can have arrived and as it ended after, as deliveries are. Once an event is
over its rows go, and it is told again when it comes again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from delivery.outcome import Outcome
from warehouse.errors import DataFolderError
from warehouse.layout.ledgers import open_ledger

_TABLE = """
create table if not exists told (
    event text not null,
    who text not null,
    state text not null,
    told text not null,
    primary key (event, who)
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The open ledger. Each method is one transaction, on the disk when it returns."""

    con: sqlite3.Connection

    def standing(self) -> frozenset[str]:
        """The events that somebody was told of and that were not over."""
        return frozenset(event for (event,) in self.con.execute("select event from told"))

    def forget_others(self, events: Collection[str]) -> None:
        """Forget the events that are over: all but these."""
        with self.con:
            self.con.executemany(
                "delete from told where event = ?",
                [(event,) for event in self.standing() - frozenset(events)],
            )

    def settled(self, who: str) -> frozenset[str]:
        """Events that this one was told of, or may have been, or will not hear of."""
        rows = self.con.execute(
            "select event from told where who = ? and state <> 'later'", [who_hash(who)]
        )
        return frozenset(event for (event,) in rows)

    def note(self, events: Collection[str], who: str, outcome: Outcome) -> None:
        """Note what came of telling somebody of these events, all in one message."""
        with self.con:
            self.con.executemany(
                "insert or replace into told values (?, ?, ?, ?)",
                [(event, who_hash(who), outcome.state, outcome.told) for event in events],
            )

    def allow_again(self) -> int:
        """Let what was refused or is in doubt be told again; how many messages that were."""
        with self.con:
            found = self.con.execute(
                "update told set state = 'later' where state in ('refused', 'gone', 'in doubt')"
            )
        return found.rowcount

    def refused(self, who: str) -> frozenset[str]:
        """Events that this one was not told of, because the message was refused for good."""
        rows = self.con.execute(
            "select event from told where who = ? and state in ('refused', 'gone')",
            [who_hash(who)],
        )
        return frozenset(event for (event,) in rows)


def who_hash(who: str) -> str:
    """16 hexadecimal characters that stand for an address."""
    return hashlib.sha256(who.encode()).hexdigest()[:16]


@contextmanager
def open_told(path: Path | None) -> Iterator[Ledger]:
    """The ledger at `path`, made when missing; one to throw away for None.

    Raise `DataFolderError` when it cannot be read or written.
    """
    try:
        with open_ledger(path, _TABLE) as con:
            con.execute("pragma synchronous = extra")
            yield Ledger(con)
    except (OSError, sqlite3.Error) as error:
        raise DataFolderError(
            f"The ledger of what was told, {path}, cannot be read or written ({error}). Nobody "
            "is told without it. Check the free space; if it is damaged, delete it: what is "
            "wrong now is then told once more."
        ) from error
