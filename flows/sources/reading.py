"""Name what comes out of reading a file: a post that can be used, or a row that cannot.

A row that cannot be used is *quarantined*: counted, and listed with file, line and reason.
Its text is not kept a second time; the line number finds it in the file it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError
from warehouse.records import Post

MAX_LINE = 2 * 1024 * 1024
"""Longest line read, in bytes: a post of 40,000 characters with its fields is under 1 MiB."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out.

    line    1 for the first line (or row, in Parquet) of the file; 0 when `reason` says it all
    reason  plain words, no text of the post
    """

    line: int
    reason: str

    def told(self, name: str) -> str:
        """The plain line for a person, about the file called `name`."""
        return f"{name} line {self.line}: {self.reason}" if self.line else self.reason


Reading = Iterator[Post | Rejected]
"""What a reader yields, in file order."""

Reader = Callable[[Path], Reading]
"""Reads one file. Raises `InputError` only when nothing in the file can be used."""


class BadRowError(ValueError):
    """One row cannot be used; the text is the reason, for the quarantine list."""


def unreadable(file: Path, line: int, why: str, then: str) -> InputError:
    """The plain line for a file that cannot be read: file, line, what happened, what to do."""
    return InputError(f"{file.name} line {line}: {why}. {then}")
