"""Write files whole or not at all, and let one run at a time write.

A file is written under another name, forced to the disk, then renamed over the old one: a
reader, a kill or a power cut finds the old file or the new one, never half of either.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from warehouse.errors import DataFolderError, InUseError

STEP_S = 0.5
"""Seconds between two looks at a lock that is waited for."""


@contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusal to read or write below `path` into a plain line."""
    try:
        yield
    except OSError as error:
        raise DataFolderError(
            f"{path} cannot be read or written: {error.strerror or error}. "
            "Check the free space and who owns the folder, then run again."
        ) from error


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold the file `lock`; wait while another run holds it. The end of a process frees it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_or_told(lock: Path, told: str, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the file `lock`; raise `InUseError` with `told` if it is not free in `wait_s`."""
    with readable_errors(lock.parent):
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("wb")
    with handle:
        until = time.monotonic() + wait_s
        while not _is_held(handle):
            if time.monotonic() >= until:
                raise InUseError(told)
            time.sleep(min(STEP_S, max(0.0, until - time.monotonic())))
        yield


def _is_held(handle: IO[bytes]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def replace_file(
    path: Path, content: bytes, draft: Path, written_s: float | None = None
) -> None:
    """Put `content` at `path` by way of `draft`, a free name on the same disk.

    written_s  the time (seconds since 1970) that the file shall bear; None for now
    """
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if written_s is not None:
        os.utime(draft, (written_s, written_s))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(path)


def put_in_place(draft: Path, path: Path) -> None:
    """Put the file `draft`, which another library wrote, at `path`, on the same disk."""
    sync_file(draft)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(path)


def sync_file(path: Path) -> None:
    """Force a file that another library wrote, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes, written_s: float | None = None) -> None:
    """Put `content` at `path` so that a kill, a full disk or a power cut leaves no half.

    Its draft lies beside it under a name that starts with a dot, and goes when writing fails.
    """
    draft = path.with_name(f".{path.name}.draft")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        replace_file(path, content, draft, written_s)
    finally:
        draft.unlink(missing_ok=True)
    sync_file(path.parent)


def free_bytes(path: Path) -> int:
    """Bytes free on the disk where `path` lies, or would lie once it is made."""
    return shutil.disk_usage(path).free if path.exists() else free_bytes(path.parent)
