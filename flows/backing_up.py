"""Copy the data folder while collectors go on, and put a copy back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flows.running import held_as_it_is
from flows.versions import versions
from warehouse import deletions, retention
from warehouse.backup import packing, staging, unpacking
from warehouse.backup.manifest import Manifest, describe
from warehouse.errors import InputError
from warehouse.home import Home
from warehouse.layout import number

WAIT_S = 1_800.0
"""How long the daily copy waits while a run holds the data folder."""

KEEP = 14


@dataclass(frozen=True, slots=True)
class Copies:
    """Where the daily copies go and how many are kept; folder: None when there are none."""

    folder: Path | None
    keep: int = KEEP

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Copies:
        """From GRAPEVINE_BACKUP_FOLDER and _KEEP. Raise `InputError` for no whole number."""
        named, keep = env.get("GRAPEVINE_BACKUP_FOLDER"), env.get("GRAPEVINE_BACKUP_KEEP", "")
        if keep and not (keep.isdecimal() and int(keep) >= 1):
            raise InputError("GRAPEVINE_BACKUP_KEEP must be a whole number, 1 or more.")
        return cls(Path(named) if named else None, int(keep or KEEP))


def due(home: Home) -> Iterator[str]:
    """The daily copy, as `grapevine.toml` wants it; none when it names no folder."""
    copies = Copies.from_env()
    if copies.folder is None:
        yield "Not set up: grapevine.toml names no folder for copies under [backup]."
        return
    yield from back_up(home, copies.folder, copies.keep, WAIT_S)


def back_up(home: Home, target: Path, keep: int | None, wait_s: float = 0.0) -> Iterator[str]:
    """Copy to the file or into the folder `target`; of a folder keep so many copies.

    The data folder is held while its parts are laid aside, not while they are packed. Raise
    `InUseError` when it is not free within `wait_s` seconds.
    """
    if not home.root.is_dir():
        raise InputError(
            f"There is no data folder at {home.root}. Set GRAPEVINE_HOME to yours."
        )
    number.check(home)
    with staging.stage(home) as folder:
        with held_as_it_is(home, wait_s):
            made_at = datetime.now(UTC)
            file = packing.place(target, made_at)
            staging.fill(home, folder, without=retention.MOST_H)
        held = describe(folder, number.of_files(home), versions()["code"], made_at)
        packing.pack(folder, held, file)
    yield f"Copied {_size(held)} to {file} ({file.stat().st_size / 1e6:,.1f} MB)."
    if keep is not None and (gone_n := packing.prune(file.parent, keep)):
        yield f"Older copies removed: {gone_n:,}."


def put_back(source: Path, home: Home, ledgers_from: Home | None) -> Iterator[str]:
    """Restore a copy at `home`, with the newer ledgers of the folder it replaces, if named.

    Raise `GrapevineError` when it cannot be; then nothing is at `home`.
    """
    if ledgers_from and not ledgers_from.root.is_dir():
        raise InputError(
            f"There is no data folder at {ledgers_from.root} to take ledgers from."
        )
    finish = partial(_take_ledgers, ledgers_from) if ledgers_from else None
    held = unpacking.restore(source, home, finish)
    yield f"Restored {_size(held)} to {home.root}, as of {held.made_at:%Y-%m-%d %H:%M} UTC."
    if ledgers_from:
        yield "What sources took back since then is entered; `grapevine sweep` erases it."
    else:
        yield "What sources took back since then is here again: say `grapevine sweep`."
    yield "Forget again what was forgotten since then by source or by day."
    yield "The site is in no copy: the next `grapevine run` makes it."


def _take_ledgers(old: Home, home: Home, held: Manifest) -> None:
    """Put the old folder's ledgers in place of the copy's: they know all that these do."""
    for theirs, ours in ((old.deletions, home.deletions), (old.deliveries, home.deliveries)):
        if theirs.exists():
            ours.unlink(missing_ok=True)
            staging.copy_ledger(theirs, ours)
    deletions.wait_again(home, held.made_at)


def _size(held: Manifest) -> str:
    return f"{len(held.files):,} files with {held.bytes_n / 1e6:,.1f} MB"
