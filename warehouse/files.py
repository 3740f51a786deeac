"""Write files whole or not at all, and let one run at a time write.

A file is written under another name, forced to the disk, then renamed over the old one: a
reader, a kill or a power cut finds the old file or the new one, never half of either.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import DataFolderError


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


def replace_file(path: Path, content: bytes, draft: Path) -> None:
    """Put `content` at `path` by way of `draft`, a free name on the same disk."""
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(path)


def sync_file(path: Path) -> None:
    """Force a file that another library wrote to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
