"""Say which column of an export holds what: a ready map, or one written on the command line.

`--map text=Text,posted_at="Date (UTC)",id="Post ID"` names the columns of one file; `--map
brandwatch` takes a ready map from `column_maps.toml`. With neither, the header decides.
"""

from __future__ import annotations

import difflib
import functools
import shlex
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.sources.reading import shown, unreadable
from warehouse.errors import GrapevineError, InputError

READY_MAPS = Path(__file__).with_name("column_maps.toml")
NEEDED = ("text", "posted_at", "id")
OPTIONAL = ("author", "location", "community", "platform")


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
        """Every column it reads."""
        optional = (getattr(self, key) for key in OPTIONAL)
        return (*self.text, self.posted_at, self.id, *filter(None, optional))

    def spelled_as(self, header: Sequence[str]) -> ColumnMap | None:
        """This map in the header's own spelling; None when the header lacks what it needs.

        Case and spaces do not matter. Columns the file can do without are left out: the
        optional ones, and of several texts all but the last.
        """
        by_plain_name = {_plain(name): name for name in reversed(header)}

        def find(name: str) -> str | None:
            return name if name in header else by_plain_name.get(_plain(name))

        texts, posted_at, native_id = (
            tuple(map(find, self.text)),
            find(self.posted_at),
            find(self.id),
        )
        if texts[-1] is None or posted_at is None or native_id is None:
            return None
        named = ((key, getattr(self, key)) for key in OPTIONAL)
        optional = {key: name and find(name) for key, name in named}
        texts_found = tuple(text for text in texts if text)
        return replace(self, text=texts_found, posted_at=posted_at, id=native_id, **optional)


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
    return ColumnMap(name="--map", text=(pairs.pop("text"),), **pairs)


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


def _misfit(file: Path, header: Sequence[str], asked: ColumnMap | None) -> InputError:
    has = ", ".join(shown(name, 40) for name in header[:20]) or "none"
    if asked is None:
        then = "Name them with --map text=…,posted_at=…,id=…."
        return unreadable(file, 1, f"no column map fits its columns ({has})", then)
    needed = (*asked.text, asked.posted_at, asked.id)
    here = {_plain(name) for name in header}
    column = next(name for name in needed if _plain(name) not in here)
    near = difflib.get_close_matches(column, header[:200], 1)
    hint = f"Did you mean '{near[0]}'?" if near else "Correct --map, then run again."
    return unreadable(file, 1, f"has no column '{column}'; it has {has}", hint)
