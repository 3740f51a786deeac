"""Say which column of an export holds what: a ready map, or one written on the command line.

`--map text=Text,posted_at="Date (UTC)",id="Post ID"` names the columns of one file; `--map
brandwatch` takes a ready map from `column_maps.toml`. With neither, the header decides.
"""

from __future__ import annotations

import difflib
import functools
import shlex
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.sources.reading import shown, unreadable
from warehouse.errors import GrapevineError, InputError

READY_MAPS = Path(__file__).with_name("column_maps.toml")
NEEDED = ("text", "posted_at", "id")
OPTIONAL = ("author", "location", "community", "platform")
NEAR = 0.75
"""How much alike (0 to 1) to a column asked for a name must be, to be told: a slip of it."""

WRITTEN = "--map"
"""Name of a map that was written on the command line."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Column names of one export.

    text         the columns whose contents, joined, are the post's text; at least one
    date_format  strptime format of `posted_at`, or None for ISO 8601 or Unix seconds
    """

    name: str
    text: tuple[str, ...]
    posted_at: str
    id: str
    author: str | None = None
    location: str | None = None
    community: str | None = None
    platform: str | None = None
    date_format: str | None = None

    @property
    def used(self) -> tuple[str, ...]:
        """Every column it names."""
        optional = (getattr(self, key) for key in OPTIONAL)
        named = (*self.text, self.posted_at, self.id, *filter(None, optional))
        return tuple(dict.fromkeys(named))

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which a file cannot be read: all that a person has named."""
        is_written = self.name == WRITTEN
        return self.used if is_written else (self.text[-1], self.posted_at, self.id)

    def spelled_as(self, header: Sequence[str]) -> ColumnMap | None:
        """The same map in the header's spelling; None when the header lacks a needed column.

        Case and spaces do not matter, unless columns differ in nothing else.
        """
        at = {_plain(name): name for name in reversed(header)} | {name: name for name in header}
        here = {
            name: found for name in self.used if (found := at.get(name) or at.get(_plain(name)))
        }
        if not here.keys() >= set(self.needed):
            return None
        spelled: dict[str, Any] = {key: here.get(getattr(self, key)) for key in OPTIONAL}
        spelled |= {"posted_at": here[self.posted_at], "id": here[self.id]}
        texts = tuple(here[name] for name in self.text if name in here)
        return replace(self, text=texts, **spelled)


def _plain(name: str) -> str:
    """A column's name without case, spaces round it, or the mark some tools write twice."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


@functools.cache
def ready_maps() -> dict[str, ColumnMap]:
    """The maps of `column_maps.toml`, by name."""
    tables = tomllib.loads(READY_MAPS.read_text(encoding="utf-8"))
    return {
        name: ColumnMap(name=name, **(table | {"text": tuple(table["text"])}))
        for name, table in tables.items()
    }


def parse_map(written: str) -> ColumnMap:
    """The map that `--map` asks for: the name of a ready one, or `key=column` pairs."""
    if "=" not in written:
        if written not in ready_maps():
            raise GrapevineError(
                f"There is no column map '{written}'. There are: {', '.join(ready_maps())}. "
                'Or name the columns: --map text=Text,posted_at="Date (UTC)",id="Post ID".'
            )
        return ready_maps()[written]
    pairs = dict(_pair(cell) for cell in _cells(written))
    missing = [key for key in NEEDED if key not in pairs]
    if missing:
        raise GrapevineError(
            f"--map does not say which column is the {missing[0]}. Add {missing[0]}=COLUMN."
        )
    return ColumnMap(name=WRITTEN, text=(pairs.pop("text"),), **pairs)


def _cells(written: str) -> list[str]:
    """Cut at commas, except inside double quotes (a shell may already have taken them off)."""
    cutter = shlex.shlex(written, posix=True)
    cutter.whitespace, cutter.whitespace_split = ",", True
    cutter.commenters, cutter.quotes, cutter.escape = "", '"', ""
    try:
        return list(cutter)
    except ValueError as error:
        raise GrapevineError(f"--map {written}: a double quote is not closed.") from error


def _pair(cell: str) -> tuple[str, str]:
    key, _, column = cell.partition("=")
    key, column = key.strip(), column.strip()
    if key not in (*NEEDED, *OPTIONAL, "date_format") or not column:
        known = ", ".join((*NEEDED, *OPTIONAL, "date_format"))
        raise GrapevineError(
            f"--map cannot use '{key}={column}'. It takes KEY=COLUMN of {known}."
        )
    return key, column


def fitting(header: Sequence[str], asked: ColumnMap | None) -> ColumnMap | None:
    """The map to read a file with, in its header's spelling; None when none fits."""
    maps = [asked] if asked else ready_maps().values()
    spelled = [found for each in maps if (found := each.spelled_as(header))]
    return max(spelled, key=lambda found: len(found.used), default=None)


def choose(file: Path, header: Sequence[str], asked: ColumnMap | None) -> ColumnMap:
    """The map to read `file` with; `InputError` says what the file has when none fits."""
    chosen = fitting(header, asked)
    if chosen is None:
        raise _misfit(file, header, asked)
    for column in chosen.used:
        if list(header).count(column) > 1:
            raise unreadable(
                file, 1, f"has two columns called '{shown(column)}'", "Rename one of them."
            )
    return chosen


def _lacking(here: Collection[str]) -> str:
    """What the nearest ready map lacks, by key, for the line; nothing when it lacks all."""
    lacks = [
        [k for k, name in zip(NEEDED, one.needed, strict=True) if _plain(name) not in here]
        for one in ready_maps().values()
    ]
    least = min(lacks, key=len)
    return f": no column is the {' or the '.join(least)}" if len(least) < len(NEEDED) else ""


def _misfit(file: Path, header: Sequence[str], asked: ColumnMap | None) -> InputError:
    """What is missing. A file without a header begins with a post: its cells are not told."""
    known = {_plain(name) for each in ready_maps().values() for name in each.used}
    named = dict.fromkeys(shown(name, 60) for name in header if _plain(name) in known)
    has = f"columns: {len(header)}, known among them: {', '.join(named) or 'none'}"
    here = {_plain(name) for name in header}
    if asked is None:
        then = "Name them with --map text=…,posted_at=…,id=…."
        return unreadable(file, 1, f"no column map fits{_lacking(here)} ({has})", then)
    column = next(name for name in asked.needed if _plain(name) not in here)
    near = difflib.get_close_matches(
        column, [shown(name, 80) for name in header[:200]], 1, NEAR
    )
    hint = f"Did you mean '{near[0]}'?" if near else "Correct --map, then run again."
    return unreadable(file, 1, f"has no column '{column}' ({has})", hint)
