"""Lay a moment of the data folder aside, to be packed while everything else goes on.

The folder must be held (`flows.running`), so that no run, sweep or deletion is at work.
Collectors are: so parts are taken in an order that a kill of theirs could have left. What says
that something is done comes first, what it speaks of after: a mark of how far a source was read
never stands for posts that are not in the copy, and a batch that came in between is read again.

Parquet files are never changed, only replaced: a second name for each costs no time and no
room. The rest is copied: SQLite files by SQLite, the database while nobody has it open.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

from warehouse.errors import DataFolderError, InUseError
from warehouse.files import alone_or_told, readable_errors
from warehouse.home import Home
from warehouse.object_store import TAKING

WAIT_S = 60.0
"""Seconds to wait for whoever has the database open: commands that look something up."""

STEP_S = 0.2


def parts(home: Home) -> tuple[Path, ...]:
    """Files and folders that go into a copy, in the order they are taken."""
    return (
        home.watermarks,
        home.verified,
        home.deletions,
        home.quarantine,
        home.landing,
        home.layout.parent,
        home.keys,  # a week's key is made before its first post lands
        home.audit_labels.parent,
        home.database,
        home.snapshot.parent,
        home.deliveries,
        home.delivery,
        home.districts,
        home.links,
        home.watch,
    )


def wal(database: Path) -> Path:
    """What DuckDB has not put into the file yet, if a run was killed."""
    return database.with_name(f"{database.name}.wal")


@contextmanager
def stage(home: Home) -> Iterator[Path]:
    """An empty folder for `fill`; away with the block, or with `clear` after a kill."""
    with readable_errors(home.root), _alone(home):
        shutil.rmtree(home.copying, ignore_errors=True)
        home.copying.mkdir(mode=0o700)
        try:
            yield home.copying
        finally:
            shutil.rmtree(home.copying, ignore_errors=True)


def clear(home: Home) -> None:
    """Throw away what a killed backup left: it holds text. One that is at work goes on."""
    if home.copying.exists():
        with suppress(InUseError), _alone(home):
            shutil.rmtree(home.copying, ignore_errors=True)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    told = f"Another backup of {home.root} is at work. Wait until it has ended."
    with alone_or_told(home.root / "backup.lock", told):
        yield


def fill(home: Home, folder: Path, without: Collection[str] = ()) -> None:
    """Take every part into `folder`. Raise `DataFolderError` when one cannot be read.

    without  sources whose posts are left out, and with them how far each was read: where the
             copy is restored they are read again, as far as the source still has them
    """
    if (home.layout.parent / TAKING).exists():
        raise DataFolderError(
            f"The lake of {home.root} is being taken over from its store. Run first, then "
            "copy it."
        )
    for part in parts(home):
        for file in _files(part):
            if any(_holds_posts_of(source, home, file) for source in without):
                continue
            to = folder / file.relative_to(home.root)
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # a list that was begun anew just now
                _take(home, file, to)


def _files(part: Path) -> list[Path]:
    """The files of a part, less drafts, locks and the mark of a store's owner."""
    found = [part] if part.is_file() else sorted(part.rglob("*"))
    return [
        file for file in found if file.is_file() and _is_kept(file.relative_to(part.parent))
    ]


def _holds_posts_of(source: str, home: Home, file: Path) -> bool:
    folders = (part / f"source={source}" for part in (home.landing, home.posts))
    is_mark = file == home.watermarks / f"{source}.json"
    return is_mark or any(file.is_relative_to(folder) for folder in folders)


def _is_kept(name: Path) -> bool:
    is_hidden = any(word.startswith(".") for word in name.parts)
    return not is_hidden and name.suffix != ".lock" and not name.name.endswith("-journal")


def _take(home: Home, file: Path, to: Path) -> None:
    if file == home.database:
        _take_database(file, to)
    elif file.suffix == ".sqlite":
        copy_ledger(file, to)
    elif file.suffix == ".parquet" and not file.is_symlink():
        _link(file, to)
    else:
        shutil.copy2(file, to)


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:  # the lake lies on another disk, or on one that has no second names
        shutil.copy2(file, to)


def copy_ledger(file: Path, to: Path) -> None:
    """Copy an SQLite file whole, whoever writes it meanwhile."""
    try:
        with (
            closing(sqlite3.connect(file, timeout=WAIT_S)) as old,
            closing(sqlite3.connect(to)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise DataFolderError(
            f"The ledger {file} cannot be copied ({error}). Check the free space and the file."
        ) from error


def _take_database(file: Path, to: Path) -> None:
    with file.open("rb") as held:
        _lock(held, file)
        with suppress(FileNotFoundError):
            shutil.copy2(wal(file), wal(to))
        with to.open("wb") as out:
            shutil.copyfileobj(held, out, 1 << 20)


def _lock(held: IO[bytes], file: Path) -> None:
    """Keep writers out as DuckDB does, by its own lock, until the file is closed."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.lockf(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                raise InUseError(
                    f"The database {file} is in use. Wait until it is free, then copy again."
                ) from None
            time.sleep(STEP_S)
        else:
            return
