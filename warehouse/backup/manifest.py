"""Say what a copy holds: every file with its size and digest, before the files themselves.

So a copy that lies is found out before anything of it is unpacked: names that lead elsewhere,
more than there is room for, a layout that this program does not know.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec

from warehouse.backup.staging import parts, wal
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.layout.number import refuse_newer

NAME = "manifest.json"
NAME_MOST = 1_000
"""Letters of a file's name, its folders included."""

Bytes = Annotated[int, msgspec.Meta(ge=0, lt=2**50)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Nanoseconds = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. name: below the data folder, with `/`; changed_ns: since 1970."""

    name: str
    bytes_n: Bytes
    sha256: Digest
    changed_ns: Nanoseconds


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole copy. layout: of the data folder; made_at: the moment it shows (UTC)."""

    layout: Annotated[int, msgspec.Meta(ge=0)]
    program: str
    made_at: datetime
    files: tuple[Held, ...]

    @property
    def bytes_n(self) -> int:
        """Of all files together."""
        return sum(held.bytes_n for held in self.files)


def describe(folder: Path, layout: int, program: str, made_at: datetime) -> Manifest:
    """The manifest of what `staging.fill` laid aside."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return Manifest(layout, program, made_at, tuple(_held(folder, file) for file in files))


def _held(folder: Path, file: Path) -> Held:
    name, stat = file.relative_to(folder).as_posix(), file.stat()
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Held(name, stat.st_size, sha256, stat.st_mtime_ns)


def written(manifest: Manifest) -> bytes:
    """As JSON, for people too."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def read(content: bytes, source: Path) -> Manifest:
    """The manifest of the copy `source`.

    Raise `DataFolderError` when it is none, when a newer program wrote it, or when it names a
    file that no data folder has.
    """
    try:
        layout = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).get("layout")
        if layout is not None:  # a newer one may have fields that are not known here
            refuse_newer(f"The copy {source}", msgspec.json.decode(layout, type=int))
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, ValueError) as error:
        raise refused(source, "it has no manifest that can be read") from error
    names = [held.name for held in manifest.files]
    wrong = next((name for name in names if not _is_ours(name)), None)
    if wrong is not None:
        raise refused(source, f"it names the file {wrong!r}, which no data folder has")
    if len(set(names)) < len(names):
        raise refused(source, "it names a file twice")
    return manifest


def _is_ours(name: str) -> bool:
    """Whether a copy may put a file there: at or below a part of a data folder."""
    words, path = name.split("/"), PurePosixPath(name)
    is_plain = name.isprintable() and "\\" not in name and len(name) <= NAME_MOST
    if not is_plain or any(not word or word.startswith(".") for word in words):
        return False
    return not _PARTS.isdisjoint({path, *path.parents})


def _parts() -> frozenset[PurePosixPath]:
    home = Home(Path("/"))
    return frozenset(
        PurePosixPath(part.relative_to("/")) for part in (*parts(home), wal(home.database))
    )


_PARTS = _parts()


def refused(source: Path, why: str) -> DataFolderError:
    """What is said of a copy that cannot be used."""
    return DataFolderError(
        f"{source} is damaged, or no copy that Grapevine made: {why}. Nothing was restored. "
        "Take another copy."
    )
