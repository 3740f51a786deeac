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
from dataclasses import dataclass
from pathlib import Path

from flows.sources.reading import unreadable
from warehouse.errors import GrapevineError

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
    def needed(self) -> tuple[str, ...]:
        """The columns without which a file cannot be read."""
        return (self.text[-1], self.posted_at, self.id)

    def matched_n(self, header: Sequence[str]) -> int:
        """How many of this map's columns the header has."""
        named = (*self.text, self.posted_at, self.id)
        named += tuple(column for key in OPTIONAL if (column := getattr(self, key)))
        return len(set(named) & set(header))


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


def choose(file: Path, header: Sequence[str], asked: ColumnMap | None) -> ColumnMap:
    """The map to read `file` with; `InputError` says what the file has when none fits."""
    if asked:
        _refuse_missing(file, header, asked)
        return asked
    fitting = [m for m in ready_maps().values() if set(m.needed) <= set(header)]
    if not fitting:
        raise unreadable(
            file,
            1,
            f"no column map fits its columns ({_shown(header)})",
            "Name them with --map text=…,posted_at=…,id=….",
        )
    return max(fitting, key=lambda m: m.matched_n(header))


def _refuse_missing(file: Path, header: Sequence[str], asked: ColumnMap) -> None:
    for column in (*asked.text, asked.posted_at, asked.id):
        if column not in header:
            near = difflib.get_close_matches(column, header, 1)
            hint = f"Did you mean '{near[0]}'?" if near else "Correct --map, then run again."
            raise unreadable(
                file, 1, f"has no column '{column}'; it has {_shown(header)}", hint
            )


def _shown(header: Sequence[str]) -> str:
    return ", ".join(name[:40] for name in header[:20]) or "none"
