"""Keep the lake in an object store as well: `GRAPEVINE_LAKE=s3://…`, or any fsspec address.

The data folder holds a whole copy, on which everything works as it does without a store: one
DuckDB job counts the week, and what is erased is erased in every day. When a command lets the
folder go, each file that changed is put into the store whole and each that went is removed; an
object is never half there. What a kill left unsent is sent the next time. A new machine with an
empty lake takes everything from the store, and is its writer from then on.

Who may read the store reads posts: keep it private. Its key comes from the environment, as the
store's own library wants it (for S3 `AWS_ACCESS_KEY_ID` and the like), and is never said here.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.errors import DataFolderError
from warehouse.files import write_whole
from warehouse.home import Home
from warehouse.layout.number import parsed, refuse_newer

ADDRESS = "GRAPEVINE_LAKE"
OWNER = "owner"
"""The object, and the local file, that say which data folder writes to the store."""

SENT = ".sent.json"
"""What the store has of ours: file → its size and time when it was sent."""

TAKING = ".taking"
"""There while a new machine takes over what a store holds."""

_KEYS = re.compile(
    r"://[^@]*:[^@]*@|[?&;][^=]*(key|secret|token|pass|sig|cred)[^=]*=", re.IGNORECASE
)
"""A name and password, or a parameter that is one. A secret may have any sign but `@`."""

Stamp = list[int]
"""Bytes and nanoseconds since 1970 of a file's last change."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Files fetched from the store, put into it, and removed there."""

    fetched_n: int = 0
    sent_n: int = 0
    removed_n: int = 0


@contextmanager
def in_step(home: Home) -> Iterator[None]:
    """The lake as the store has it before the block, and the store as the lake is after it.

    Does nothing without `GRAPEVINE_LAKE`. Raise `DataFolderError` when the store does not
    answer, or another data folder writes to it.
    """
    fetch(home)
    try:
        yield
    finally:  # what was erased before something went wrong is erased there too
        send(home)


def fetch(home: Home) -> Exchanged:
    """Take what a lake that is empty lacks; one that has files is the newer and takes none."""
    if not (address := os.environ.get(ADDRESS)):
        return Exchanged()
    lake = _lake(home)
    with _said(address):
        store, root = _opened(address)
        owner, ours = _owner(store, root), _ours(lake)
        held = _stamps(lake).keys() - {home.layout.name}
        if owner and owner != ours and held and not (lake / TAKING).exists():
            raise DataFolderError(_told_of_another(address))
        if owner == ours or not owner:
            return Exchanged()
        names = _names(store, root)
        _refuse_outside(names, address)
        if home.layout.name in names:
            written = store.cat_file(f"{root}/{home.layout.name}").decode("ascii", "replace")
            bare = _bare(address)
            refuse_newer(f"The lake's store {bare}", parsed(written, f"The layout of {bare}"))
        home.layout.unlink(missing_ok=True)  # it may have been said of another lake
        write_whole(lake / TAKING, b"")  # a kill from here on is made good by taking it again
        for name in names:
            write_whole(lake / name, store.cat_file(f"{root}/{name}"))
        _write_sent(lake, _stamps(lake))
        _claim(store, root, lake)
        (lake / TAKING).unlink()
    return Exchanged(fetched_n=len(names))


def send(home: Home) -> Exchanged:
    """Put what changed into the store, whole, and remove what is gone."""
    if not (address := os.environ.get(ADDRESS)):
        return Exchanged()
    lake = _lake(home)
    with _said(address):
        store, root = _opened(address)
        if (owner := _owner(store, root)) and owner != _ours(lake):
            raise DataFolderError(_told_of_another(address))
        if not owner:
            _claim(store, root, lake)
        sent, now = _sent(lake), _stamps(lake)
        gone = sorted(set(_names(store, root)) - now.keys())
        changed = sorted(name for name, stamp in now.items() if sent.get(name) != stamp)
        for name in gone:
            store.rm_file(f"{root}/{name}")
        for name in changed:
            store.pipe_file(f"{root}/{name}", (lake / name).read_bytes())
        _write_sent(lake, now)
    return Exchanged(sent_n=len(changed), removed_n=len(gone))


def _lake(home: Home) -> Path:
    return home.posts.parent


def _opened(address: str) -> tuple[Any, str]:
    """The file system of an address, and the folder in it; nothing is remembered of it."""
    import fsspec

    if _KEYS.search(address):
        raise DataFolderError(
            f"{ADDRESS} has a key in it, which logs and other programs would see. Change that "
            "key, put the new one into the environment (for S3 AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY), and leave the address bare, as s3://bucket/lake."
        )

    folders = {"auto_mkdir": True} if address.startswith("file:") else {}  # objects have none
    store, root = fsspec.core.url_to_fs(address, use_listings_cache=False, **folders)
    return store, root.rstrip("/")


@contextmanager
def _said(address: str) -> Iterator[None]:
    """Turn what goes wrong with the store into a plain line, without keys or parameters."""
    bare = _bare(address)
    refusals = _refusals()
    try:
        yield
    except ImportError as error:
        raise DataFolderError(
            f"{ADDRESS} needs an extra part ({error}). Install it with "
            "`uv pip install 'grapevine[s3]'`."
        ) from error
    except refusals as error:
        raise DataFolderError(
            f"The lake's store {bare} cannot be read or written ({type(error).__name__}). "
            f"Check {ADDRESS}, its keys and the network, then run again: the data folder is "
            "whole."
        ) from error


def _refusals() -> tuple[type[Exception], ...]:
    """What a store raises; the library of S3 has errors of its own: no keys, no answer."""
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return OSError, ValueError
    return OSError, ValueError, BotoCoreError


def _names(store: Any, root: str) -> list[str]:  # noqa: ANN401 - fsspec ships no types
    found = (name.removeprefix(f"{root}/").lstrip("/") for name in store.find(root))
    return sorted(name for name in found if name != OWNER)


def _refuse_outside(names: list[str], address: str) -> None:
    """An object's name may be any text, and would be written where it leads."""
    parts = [PurePosixPath(name).parts for name in names]
    if any(
        not part or part[0] == "/" or ".." in part or "\0" in "".join(part) for part in parts
    ):
        raise DataFolderError(
            f"The store {_bare(address)} has an object whose name leads out of the lake, which "
            "Grapevine never wrote. Nothing was fetched. Find out who else writes there."
        )


def _stamps(lake: Path) -> dict[str, Stamp]:
    """Every file of the lake but drafts, locks and our own notes, which begin with a dot."""
    found = {}
    for file in sorted(lake.rglob("*")):
        name = file.relative_to(lake)
        if file.is_file() and not any(part.startswith(".") for part in name.parts):
            stat = file.stat()
            found[name.as_posix()] = [stat.st_size, stat.st_mtime_ns]
    return found


def _sent(lake: Path) -> dict[str, Stamp]:
    try:
        found: dict[str, Stamp] = json.loads((lake / SENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _write_sent(lake: Path, stamps: dict[str, Stamp]) -> None:
    write_whole(lake / SENT, json.dumps(stamps).encode())


def _owner(store: Any, root: str) -> str:  # noqa: ANN401
    try:
        return str(store.cat_file(f"{root}/{OWNER}").decode("ascii"))
    except FileNotFoundError:
        return ""


def _ours(lake: Path) -> str:
    file = lake / f".{OWNER}"
    return file.read_text(encoding="ascii") if file.exists() else ""


def _claim(store: Any, root: str, lake: Path) -> None:  # noqa: ANN401
    """Be the writer of the store from now on."""
    name = _ours(lake) or uuid.uuid4().hex
    write_whole(lake / f".{OWNER}", name.encode("ascii"))
    store.pipe_file(f"{root}/{OWNER}", name.encode("ascii"))


def _bare(address: str) -> str:
    """An address as it may be told: without a key or parameters."""
    return address.partition("?")[0].rpartition("@")[2]


def _told_of_another(address: str) -> str:
    return (
        f"Another data folder writes to {_bare(address)}. Give this one a store of its own "
        f"with {ADDRESS}, or move its lake away to take over what is there."
    )
