"""Name what comes out of reading a file: a post that can be used, or a row that cannot.

A row that cannot be used is *quarantined*: counted, and listed with file, line and reason.
Its text is not kept a second time; the line number finds it in the file it came from.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError
from warehouse.records import Post

MAX_LINE = 2 * 1024 * 1024
"""Longest line read, in bytes: a post of 40,000 characters with its fields is under 1 MiB."""

MAX_ID = 200
"""Characters of a post's id; the longest we know, an `at://` address, has about 80."""

MAX_NAME = 500
"""Characters kept of a community, a platform, a location or an author's name."""

_ROUNDED = re.compile(r"\d(?:[.,]\d+)?e\+\d+", re.I)


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


Cells = dict[str, str]
"""What one row of an export says, by column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An export whose header is read and whose rows are not yet.

    header  its columns, as spelled there
    rows    given the columns wanted, yields each row's line number and cells
    """

    header: Sequence[str]
    rows: Callable[[Sequence[str]], Iterator[tuple[int, Cells | Rejected]]]


Reading = Iterator[Post | Rejected]
"""What a reader yields, in file order."""

Reader = Callable[[Path], Reading]
"""Reads one file. Raises `InputError` only when nothing in the file can be used."""


class BadRowError(ValueError):
    """One row cannot be used; the text is the reason, for the quarantine list."""


def native_id(written: str) -> str:
    """The source's own id of a post. Raises `BadRowError` when that is no id.

    Spreadsheets turn the 19 digits of a post's id into `1.37E+18`, which thousands share: read
    as ids, all those posts would be one. A link is kept as its hash: it may be long, and often
    names the author.
    """
    written = written.strip()
    if not written:
        raise BadRowError("no id")
    if written.startswith(("http://", "https://")):
        return hashlib.sha256(written.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if len(written) > MAX_ID:
        raise BadRowError(f"an id of over {MAX_ID} characters")
    if not written.isprintable():
        raise BadRowError("an id with signs that do not print")
    if "+" in written and _ROUNDED.fullmatch(written):
        raise BadRowError("an id that a spreadsheet has rounded")
    return written


def name_of(written: str | None) -> str | None:
    """A community, platform, location or author in one line, cut; None when there is none."""
    return (" ".join(written.split())[:MAX_NAME] or None) if written else None


def as_read(text: str) -> str:
    """`text` as people saw it: sources write `&` as `&amp;`, and Reddit some signs twice so."""
    return html.unescape(html.unescape(text)) if "&" in text else text


def shown(written: str, most: int = 200) -> str:
    """`written` fit for one line on a screen: no line ends, no signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in written[:most])


def unreadable(file: Path, line: int, why: str, then: str) -> InputError:
    """The plain line for a file that cannot be read: file, line, what happened, what to do."""
    return InputError(f"{shown(file.name)} line {line}: {why}. {then}")
