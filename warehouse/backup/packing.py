"""Write a copy as one file: a tar archive, packed by zstd, its manifest first.

The file appears under its name when it is whole and on the disk, never before. It is as private
as the data folder and not encrypted: keep it on an encrypted disk, or pipe it through `age`.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from datetime import datetime
from pathlib import Path
from typing import IO

import zstandard

from warehouse.backup.manifest import NAME, Held, Manifest, written
from warehouse.errors import InputError
from warehouse.files import readable_errors, sync_file

ENDING = ".tar.zst"
_NAMED = re.compile(r"grapevine-\d{8}T\d{6}-\d{6}Z\.tar\.zst")


def place(target: Path, made_at: datetime) -> Path:
    """The file that `target` means: itself, or in a folder one named by the time.

    Raise `InputError` when it is there already.
    """
    is_file = target.name.endswith(ENDING)
    file = target if is_file else target / f"grapevine-{made_at:%Y%m%dT%H%M%S-%fZ}{ENDING}"
    if file.exists():
        raise InputError(f"{file} is there already. Name another file, or a folder.")
    return file


def copies(folder: Path) -> list[Path]:
    """The copies in a folder that bear a name of ours, the newest first."""
    return sorted(
        (file for file in folder.iterdir() if _NAMED.fullmatch(file.name)), reverse=True
    )


def prune(folder: Path, keep: int) -> int:
    """Remove all copies but the `keep` newest; return how many went."""
    with readable_errors(folder):
        old = copies(folder)[keep:]
        for file in old:
            file.unlink()
        return len(old)


def pack(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write what lies in `folder` as `file`. Raise `DataFolderError` when the disk refuses."""
    with readable_errors(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(
            ".grapevine.draft"
        )  # one name: a killed backup's is written over
        try:
            with _private(draft) as out:
                packer = zstandard.ZstdCompressor(level=3, write_checksum=True)
                with packer.stream_writer(out, closefd=False) as packed:
                    _write(folder, manifest, packed)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        sync_file(file.parent)


def _private(path: Path) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _write(folder: Path, manifest: Manifest, packed: zstandard.ZstdCompressionWriter) -> None:
    with tarfile.open(fileobj=packed, mode="w|") as tar:
        content = written(manifest)
        tar.addfile(_entry(NAME, len(content), 0), io.BytesIO(content))
        for held in manifest.files:
            with (folder / held.name).open("rb") as opened:
                tar.addfile(_entry_of(held), opened)


def _entry_of(held: Held) -> tarfile.TarInfo:
    return _entry(held.name, held.bytes_n, held.changed_ns // 1_000_000_000)


def _entry(name: str, bytes_n: int, changed_s: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = bytes_n, changed_s, 0o600
    return entry
