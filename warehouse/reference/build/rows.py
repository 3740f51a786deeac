"""Read the rows of an official file in any encoding, and say plainly when it is broken."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from warehouse.errors import InputError

Row = dict[str, str]
"""One line by column name. Every value is text, so that codes keep their leading zeros."""


def parsed(path: Path, read: Callable[[Path], dict[str, Row]], remedy: str) -> dict[str, Row]:
    """What `read` makes of a file, by FIPS.

    Raise `InputError`, ending in `remedy`, for a page of HTML in its place, a layout that has
    changed, or a file with no county in it.
    """
    try:
        table = read(path)
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not laid out as expected ({error!r}): {remedy}") from error
    if not table:
        raise InputError(f"{path} has no county in it: {remedy}")
    return table


def read_rows(data: bytes, delimiter: str = ",") -> Iterator[Row]:
    """Rows by column name, blank lines skipped; the gazetteer pads its values with blanks."""
    lines = csv.reader(io.StringIO(_decode(data)), delimiter=delimiter)
    names = [name.strip() for name in next(lines, [])]
    for line in filter(None, lines):
        yield dict(zip(names, (value.strip() for value in line), strict=True))


def _decode(data: bytes) -> str:
    """Agencies serve UTF-8 or latin-1, and a latin-1 `ñ` before a letter is never UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def flag(value: bool) -> str:
    """How our tables write yes and no."""
    return "true" if value else "false"
