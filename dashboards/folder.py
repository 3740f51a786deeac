"""Write a folder of files so that only what changed is touched, and nothing is left half done.

Each file is written beside its place and moved in whole; a file with the same bytes is left
alone, so that a copy to a web host sends only what changed. `.files` lists what we wrote:
files on that list that this run did not make are removed, and nothing else ever is. Files are
not forced to the disk one by one: after a power cut the next run finds what differs.
"""

from __future__ import annotations

import fcntl
import hashlib
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from warehouse.errors import DataFolderError
from warehouse.files import readable_errors

LIST = ".files"
PART = ".part"


@dataclass(slots=True)
class Folder:
    """A folder being written, as a context: what is stale goes when it ends well.

    adds       whether this run adds to what an earlier one made, so that nothing is stale
    made_n     files asked for
    written_n  files whose bytes were new or changed
    removed_n  files of an earlier run that this one did not make
    bytes_n    bytes of all files asked for
    """

    root: Path
    adds: bool = False
    made_n: int = 0
    written_n: int = 0
    removed_n: int = 0
    bytes_n: int = 0
    _made: set[str] = field(default_factory=set)
    _digests: dict[str, str] = field(default_factory=dict)
    _old: set[str] = field(default_factory=set)
    _list: TextIOWrapper = field(init=False)

    def __enter__(self) -> Folder:
        """Take the folder for this run. Raise `DataFolderError` when another run has it."""
        with readable_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._list = (self.root / LIST).open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._list, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._list.close()
            raise DataFolderError(
                f"Another run is writing {self.root}. Wait until it has ended, then run again."
            ) from error
        self._list.seek(0)
        self._old = set(self._list.read().splitlines())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what is stale when all went well; keep the list either way."""
        with self._list:
            if kind is None and not self.adds:
                with readable_errors(self.root):
                    self._remove_stale()

    def write(self, name: str, content: str | bytes) -> None:
        """Make the file `name` (slashes part folders) hold `content`."""
        data = content.encode() if isinstance(content, str) else content
        self.made_n += 1
        self.bytes_n += len(data)
        self._made.add(name)
        self._digests[name] = hashlib.sha256(data).hexdigest()
        with readable_errors(self.root):
            if not _holds(self.root / name, data):
                self._replace(name, data)

    @property
    def sha256(self) -> str:
        """The digest of the names and bytes of all files asked for, in whatever order."""
        told = "".join(f"{name} {digest}\n" for name, digest in sorted(self._digests.items()))
        return hashlib.sha256(told.encode()).hexdigest()

    def _replace(self, name: str, data: bytes) -> None:
        if (
            name not in self._old
        ):  # listed before it is there: a killed run leaves none unlisted
            self._list.write(f"{name}\n")
            self._list.flush()
        path, part = self.root / name, self.root / PART
        part.write_bytes(data)
        try:
            part.replace(path)
        except FileNotFoundError:  # the first file of a folder
            path.parent.mkdir(parents=True)
            part.replace(path)
        self.written_n += 1

    def _remove_stale(self) -> None:
        root = self.root.resolve()
        for name in sorted(self._old - self._made):
            path = (root / name).resolve()
            if root in path.parents and path.is_file():
                path.unlink()
                self.removed_n += 1
        (self.root / PART).unlink(missing_ok=True)
        self._list.seek(0)
        self._list.truncate()
        self._list.write("".join(f"{name}\n" for name in sorted(self._made)))


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file is there with just these bytes; sizes are compared first."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False
