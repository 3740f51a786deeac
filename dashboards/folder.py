"""Write a folder of files so that only what changed is touched, and nothing is left half done.

Each file is written beside its place and moved in whole; a file with the same bytes is left
alone, so that a copy to a web host sends only what changed. `.files` lists what we wrote:
files on that list that this run did not make are removed, and nothing else ever is.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from warehouse.errors import DataFolderError

LIST = ".files"
PART = ".part"


@dataclass(slots=True)
class Folder:
    """A folder being written, as a context: the old list is tidied when it ends well.

    made_n     files asked for
    written_n  files whose bytes were new or changed
    removed_n  files of an earlier run that this one did not make
    bytes_n    bytes of all files asked for
    """

    root: Path
    made_n: int = 0
    written_n: int = 0
    removed_n: int = 0
    bytes_n: int = 0
    _made: set[str] = field(default_factory=set)
    _old: set[str] = field(default_factory=set)
    _list: TextIOWrapper | None = None

    def __enter__(self) -> Folder:
        """Take the folder for this run. Raise `DataFolderError` when another run has it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._list = (self.root / LIST).open("a+", encoding="utf-8")
            fcntl.flock(self._list, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataFolderError(
                f"Another run is writing {self.root}. Wait until it has ended, then run again."
            ) from error
        except OSError as error:
            raise self._refused(error) from error
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
        assert self._list is not None  # noqa: S101 - __enter__ made it
        with self._list:
            if kind is None:
                self._remove_stale()

    def write(self, name: str, content: str | bytes) -> None:
        """Make the file `name` (slashes part folders) hold `content`."""
        data = content.encode() if isinstance(content, str) else content
        self.made_n += 1
        self.bytes_n += len(data)
        self._made.add(name)
        try:
            self._write(name, data)
        except OSError as error:
            raise self._refused(error) from error

    def _write(self, name: str, data: bytes) -> None:
        path = self.root / name
        if _holds(path, data):
            return
        self._note(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = self.root / PART
        part.write_bytes(data)
        part.replace(path)
        self.written_n += 1

    def _note(self, name: str) -> None:
        """List a file before it is there, so that a killed run leaves none unlisted."""
        assert self._list is not None  # noqa: S101 - written to only inside the context
        if name not in self._old:
            self._list.write(f"{name}\n")
            self._list.flush()

    def _remove_stale(self) -> None:
        assert self._list is not None  # noqa: S101 - called by __exit__ only
        for name in sorted(self._old - self._made):
            path = self.root / name
            if path.is_file() and self.root.resolve() in path.resolve().parents:
                path.unlink()
                self.removed_n += 1
        (self.root / PART).unlink(missing_ok=True)
        self._list.seek(0)
        self._list.truncate()
        self._list.write("".join(f"{name}\n" for name in sorted(self._made)))

    def _refused(self, error: OSError) -> DataFolderError:
        return DataFolderError(
            f"Cannot write the site to {self.root}: {error.strerror or error}. "
            "Free some space or choose another folder, then run again."
        )


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file is there with just these bytes; sizes are compared first."""
    try:
        return os.stat(path).st_size == len(data) and path.read_bytes() == data  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return False
