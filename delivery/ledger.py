"""Keep the delivery ledger: what was handed over to whom, so that nothing goes out twice.

A row is a release and a subscription, under a keyed hash of its address and place: the ledger
names nobody, and a token from it in a mail's unsubscribe link cannot be guessed. It is an
SQLite file of its own, forced to the disk at every step. Without it everything would go out
again, so a delivery refuses to start when it cannot be read.

Mail is noted `in doubt` before the one byte that makes a server take it, and as it ended
after: a kill in between leaves the doubt, and what is in doubt is not sent again by itself.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from delivery.outcome import Outcome, State
from delivery.subscribers import Channel, Subscriber
from warehouse.errors import DataFolderError
from warehouse.layout.ledgers import open_ledger as opened

_TABLES = """
create table if not exists key (one integer primary key check (one = 1), key blob not null);
create table if not exists deliveries (
    release_id text not null,
    subscription text not null,
    delivery_id text not null unique,
    subscriber text not null,
    channel text not null,
    state text not null,
    told text not null,
    tries_n integer not null,
    at integer not null,
    primary key (release_id, subscription)
) without rowid;
create table if not exists bounces (
    release_id text not null,
    subscription text not null,
    told text not null,
    at integer not null,
    primary key (release_id, subscription)
) without rowid;
create table if not exists stopped (
    subscription text primary key,
    why text not null,
    at integer not null
) without rowid;
"""

BOUNCES_MOST = 3
"""Releases in a row that may come back before a subscription is stopped."""

Stopped = Literal["left", "bounced", "gone"]
"""Why a subscription is stopped: its reader left, its mail came back, its webhook said so."""

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row: how a release stands with a subscription. at: UTC."""

    release_id: str
    subscriber: str
    channel: Channel
    state: State
    told: str
    tries_n: int
    at: datetime


@dataclass(slots=True)
class Ledger:
    """The open ledger. Each method is one transaction, on the disk when it returns."""

    con: sqlite3.Connection
    now: Now
    _key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the key the first time."""
        with self.con:
            self.con.execute(
                "insert or ignore into key values (1, ?)", [secrets.token_bytes(32)]
            )
        (self._key,) = self.con.execute("select key from key").fetchone()

    def subscription(self, of: Subscriber) -> str:
        """32 hexadecimal characters that stand for a subscription, here and in its mail."""
        return self._digest("subscription", of.identity)

    def delivery_id(self, release_id: str, subscription: str) -> str:
        """32 hexadecimal characters that stand for a delivery, the same at every attempt."""
        return self._digest("delivery", f"{release_id}\n{subscription}")

    def _digest(self, what: str, text: str) -> str:
        return hmac.new(self._key, f"{what}\n{text}".encode(), "sha256").hexdigest()[:32]

    def deliveries(self, release_id: str) -> dict[str, Delivery]:
        """Subscription → how the release stands with it, for those it was tried with."""
        rows = self.con.execute(
            "select subscription, release_id, subscriber, channel, state, told, tries_n, at "
            "from deliveries where release_id = ?",
            [release_id],
        )
        return {key: _delivery(row) for key, *row in rows}

    def last(self) -> dict[str, Delivery]:
        """Subscription → what was last tried with it."""
        rows = self.con.execute(
            "select subscription, release_id, subscriber, channel, state, told, tries_n, at "
            "from deliveries order by at, release_id"
        )
        return {key: _delivery(row) for key, *row in rows}

    def note(self, release_id: str, to: Subscriber, outcome: Outcome, tries_n: int) -> None:
        """Note how a delivery stands. Raise `ValueError` for one that was sent already."""
        key, at = self.subscription(to), self._at()
        name = self.delivery_id(release_id, key)
        row = [release_id, key, name, to.id, to.channel, *astuple(outcome), tries_n, at]
        with self.con:
            changed = self.con.execute(
                "insert into deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "on conflict (release_id, subscription) do update "
                "set subscriber = excluded.subscriber, state = excluded.state, "
                "told = excluded.told, tries_n = excluded.tries_n, at = excluded.at "
                "where state <> 'sent'",
                row,
            )
            if not changed.rowcount:
                raise ValueError(f"{release_id} was sent to {to.id} already")
            if outcome.state == "refused" and to.channel == "mail":
                self._bounce(release_id, key, outcome.told)
            if outcome.state == "gone":
                self._stop(key, "gone")

    def allow_again(self, release_id: str, to: Subscriber) -> bool:
        """Let a refused or doubtful delivery be tried again; whether there was one."""
        with self.con:
            found = self.con.execute(
                "update deliveries set state = 'later' where release_id = ? "
                "and subscription = ? and state in ('refused', 'in doubt')",
                [release_id, self.subscription(to)],
            )
        return found.rowcount > 0

    def bounce(self, delivery_id: str, told: str) -> bool:
        """Note that a mail came back; whether it is one that we sent.

        Coming back twice is one bounce. After `BOUNCES_MOST` releases in a row it is stopped.
        """
        found = self.con.execute(
            "select release_id, subscription from deliveries "
            "where delivery_id = ? and channel = 'mail'",
            [delivery_id],
        ).fetchone()
        if found is None:
            return False
        with self.con:
            self._bounce(found[0], found[1], told)
        return True

    def _bounce(self, release_id: str, key: str, told: str) -> None:
        self.con.execute(
            "insert or ignore into bounces values (?, ?, ?, ?)",
            [release_id, key, told, self._at()],
        )
        in_a_row = self.con.execute(
            "select count(release_id) = ? from (select release_id from deliveries "
            "where subscription = ? and state in ('sent', 'refused') "
            "order by at desc, release_id desc limit ?) "
            "inner join bounces using (release_id) where subscription = ?",
            [BOUNCES_MOST, key, BOUNCES_MOST, key],
        ).fetchone()
        if in_a_row[0]:
            self._stop(key, "bounced")

    def bounces(self) -> dict[str, int]:
        """Subscription → releases that came back from it."""
        rows = self.con.execute("select subscription, count(*) from bounces group by 1")
        return dict(rows.fetchall())

    def leave(self, subscription: str) -> bool:
        """Stop a subscription for its reader, who has its token; whether it is known here."""
        known = self.con.execute(
            "select 1 from deliveries where subscription = ?", [subscription]
        ).fetchone()
        if known:
            with self.con:
                self._stop(subscription, "left")
        return known is not None

    def rejoin(self, to: Subscriber) -> bool:
        """Take a stopped subscription up again; whether it was stopped."""
        key = self.subscription(to)
        with self.con:
            found = self.con.execute("delete from stopped where subscription = ?", [key])
            self.con.execute("delete from bounces where subscription = ?", [key])
        return found.rowcount > 0

    def stopped(self) -> dict[str, Stopped]:
        """Subscription → why it is stopped."""
        return dict(self.con.execute("select subscription, why from stopped").fetchall())

    def _stop(self, key: str, why: Stopped) -> None:
        self.con.execute(
            "insert into stopped values (?, ?, ?) on conflict do update "
            "set why = excluded.why, at = excluded.at where excluded.why = 'left'",
            [key, why, self._at()],
        )

    def _at(self) -> int:
        return int(self.now().timestamp())


def _delivery(row: Sequence[Any]) -> Delivery:
    release_id, subscriber, channel, state, told, tries_n, at = row
    when = datetime.fromtimestamp(at, UTC)
    return Delivery(release_id, subscriber, channel, state, told, tries_n, when)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@contextmanager
def open_ledger(path: Path, now: Now = utc_now) -> Iterator[Ledger]:
    """The ledger at `path`, made when missing. Raise `DataFolderError` if it fails."""
    try:
        with opened(path, _TABLES) as con:
            con.execute("pragma synchronous = extra")
            yield Ledger(con, now)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> DataFolderError:
    return DataFolderError(
        f"The delivery ledger {path} cannot be read or written ({error}). Nothing is sent "
        "without it. Check the free space and who owns the folder; if it is damaged, put it "
        "back from a copy, or everybody gets the week's brief again."
    )
