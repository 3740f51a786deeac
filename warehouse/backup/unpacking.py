"""Put a copy back: into an empty place, whole and as it was, or not at all.

A copy may come from anywhere, so nothing in it is believed. It is read as a stream, each file
into a draft folder under the name and to the size that the manifest gave beforehand, and held
to its digest; links, devices and files that nobody announced end it. What unpacks to more than
was announced is never unpacked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

import zstandard

from warehouse.backup import manifest, packing
from warehouse.backup.manifest import Held, Manifest, refused
from warehouse.errors import DataFolderError, InputError
from warehouse.files import free_bytes, readable_errors, sync_file
from warehouse.home import Home

BUFFER = 64 * 1024
HEAD_MOST = 64 * 1024 + 2 * BUFFER
"""Bytes that may be read besides a file's own: its header, and what is read ahead."""

MANIFEST_MOST = 64 * 1024 * 1024
"""Bytes of a manifest: some hundred thousand files."""

WINDOW_MOST = 1 << 27
"""Bytes of memory that unpacking may ask for."""

Finish = Callable[[Home, Manifest], None]
"""Changes what was unpacked before it is put in place."""


def restore(source: Path, home: Home, finish: Finish | None = None) -> Manifest:
    """Put the copy `source`, or the newest in the folder `source`, at `home.root`.

    Raise `InputError` when there is no copy or the place is taken, and `DataFolderError` when
    the copy cannot be used; nothing is left at `home.root` then.
    """
    file, root = _chosen(source), home.root
    with readable_errors(root):
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise InputError(
                f"{root} is not empty, and nothing was restored. Name an empty folder with "
                "--into, or move it away first."
            )
        if root.is_mount():
            raise InputError(
                f"{root} is a disk of its own, so nothing can take its place. Name a folder on "
                "it with --into."
            )
        draft = root.with_name(f".{root.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)  # of one that was killed
        draft.mkdir(mode=0o700, parents=True)
        try:
            held = _unpacked(file, draft)
            if finish:
                finish(Home(draft), held)
            os.sync()
            draft.rename(root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        sync_file(root.parent)
    return held


def _chosen(source: Path) -> Path:
    with readable_errors(source):
        found = packing.copies(source)[:1] if source.is_dir() else [source]
        if not found or not found[0].is_file():
            raise InputError(f"There is no copy at {source}. Name the file, or its folder.")
    return found[0]


def _unpacked(file: Path, draft: Path) -> Manifest:
    """Everything in the copy, each file held to what its manifest says."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=WINDOW_MOST)
    with file.open("rb") as packed, unpacker.stream_reader(packed) as stream:
        doled = _Doled(stream, MANIFEST_MOST)
        try:
            source = cast("IO[bytes]", doled)
            with tarfile.open(fileobj=source, mode="r|", bufsize=BUFFER) as tar:
                return _all(file, tar, doled, draft)
        except (tarfile.TarError, zstandard.ZstdError, EOFError, ValueError) as error:
            raise refused(file, str(error) or type(error).__name__) from error


def _all(file: Path, tar: tarfile.TarFile, doled: _Doled, draft: Path) -> Manifest:
    first = tar.next()
    if first is None or first.name != manifest.NAME or first.size > MANIFEST_MOST:
        raise refused(file, "it does not begin with a manifest")
    held = manifest.read(_content(tar, first).read(), file)
    if held.bytes_n > (free := free_bytes(draft)):
        raise DataFolderError(
            f"{file} needs {held.bytes_n / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free. "
            "Nothing was restored. Free some space, or restore to another disk."
        )
    for one in held.files:
        doled.allow(one.bytes_n + HEAD_MOST)
        entry = tar.next()
        if entry is None:
            raise refused(file, "it is not whole")
        if (entry.name, entry.size) != (one.name, one.bytes_n):
            raise refused(file, f"{entry.name!r} is not what its manifest says")
        _put(file, _content(tar, entry), one, draft / one.name)
    return held


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(entry) if entry.type in tarfile.REGULAR_TYPES[:2] else None
    if content is None:
        raise tarfile.TarError(f"{entry.name!r} is no plain file")
    return content


def _put(source: Path, content: IO[bytes], held: Held, path: Path) -> None:
    digest = hashlib.sha256()
    _make(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while block := content.read(1 << 20):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != held.sha256:
        raise refused(source, f"the digest of {held.name} is another")
    os.utime(path, ns=(held.changed_ns, held.changed_ns))


def _make(folder: Path) -> None:
    """Make a folder and those above it for the owner alone; `mkdir` does so for the last."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700)


class _Doled:
    """A stream that gives no more than was allowed: what an archive claims costs nothing."""

    def __init__(self, stream: zstandard.ZstdDecompressionReader, bytes_n: int) -> None:
        self._stream, self._left_n = stream, bytes_n

    def allow(self, bytes_n: int) -> None:
        """Let so many bytes be read from here on."""
        self._left_n = bytes_n

    def read(self, bytes_n: int) -> bytes:
        """The next bytes, as `tarfile` asks for them."""
        if bytes_n > self._left_n:
            raise tarfile.TarError("it unpacks to more than its manifest says")
        content: bytes = self._stream.read(bytes_n)
        self._left_n -= len(content)
        return content
