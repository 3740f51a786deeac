"""Cut a CSV into rows, whatever wrote it: encoding, separator, line ends, title lines, quotes.

A row that cannot be cut costs its first line, and reading goes on at the next one: a quote
left open does not take the rest of the file with it. Going back is paid from a credit that
lines earn, so that no file, however broken, takes more than about five times its reading.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from flows.sources.columns import ColumnMap, fitting
from flows.sources.reading import MAX_LINE, Cells, Rejected, Sheet, unreadable

SEPARATORS = (",", ";", "\t", "|")
HEADER_WITHIN = 20
"""Lines in which the header is looked for; some tools write a title above it, or `sep=;`."""

MAX_COLUMNS = 2_000
"""Columns of a row that can be a header."""

MAX_ROW = 512 * 1024
"""Characters of a row of several lines; a post has 40,000, and a cell at most 131,072."""

CREDIT = 16 * MAX_ROW
EARNED = 4
"""Characters that may be read again: at most `CREDIT`, and `EARNED` more for each one read."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def open_csv(file: Path, asked: ColumnMap | None) -> Iterator[Sheet]:
    """The sheet in a CSV: its header is the first row that `asked`, or a ready map, fits.

    When none fits, it is the first row. Raises `InputError` when the file holds no row.
    """
    encoding = _encoding(file)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with file.open(encoding=encoding, errors=errors, newline="") as stream:
        lines = _lines(stream)
        start = list(islice(lines, HEADER_WITHIN))
        if not any(map(str.strip, start)):
            raise unreadable(file, 1, "is empty or has no header", "Export it again.")
        separator, lines_n, header = _header(start, asked)
        following = chain(start[lines_n:], lines)
        yield Sheet(header, _Cutter(following, separator, header, lines_n + 1).rows)


def _encoding(file: Path) -> str:
    """What its mark says; with none, UTF-16 when every second byte of the start is zero."""
    with file.open("rb") as stream:
        start = stream.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:1] == b"\0" else "utf-8"


def _lines(stream: TextIO) -> Iterator[str]:
    """Yield each line with its end; of one longer than `MAX_LINE` only that much."""
    while line := stream.readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and line[-1] not in "\r\n":
            line = stream.readline(MAX_LINE)


def _header(start: list[str], asked: ColumnMap | None) -> tuple[str, int, list[str]]:
    """The separator, the lines down to the header's end, and the header."""
    firsts: list[tuple[str, int, list[str]]] = []
    for separator in SEPARATORS:
        for lines_n, cells in _cut(start, separator):
            if len(cells) <= MAX_COLUMNS and fitting(cells, asked):
                return separator, lines_n, cells
            if not firsts or separator != firsts[-1][0]:
                firsts.append((separator, lines_n, cells))
    return max(firsts, key=lambda first: len(first[2]), default=(",", 1, []))


def _cut(lines: list[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the lines down to their end; blank cells cut off."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        for cells in reader:
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                yield reader.line_num, cells
    except csv.Error:
        return


@dataclass(slots=True)
class _Cutter:
    """Cuts lines into rows, and goes back where a row turns out to be none.

    lines    the lines after the header
    line     number of the line at which the next row starts
    waiting  lines to be read again
    used     lines of the row being cut, and `used_n` the characters in them
    """

    lines: Iterator[str]
    separator: str
    header: Sequence[str]
    line: int
    waiting: deque[str] = field(default_factory=deque)
    used: list[str] = field(default_factory=list)
    used_n: int = 0
    credit: int = CREDIT

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, Cells | Rejected]]:
        """Yield each row's first line number, and its cells in `columns` or why it has none."""
        places = [(column, self.header.index(column)) for column in columns]
        for line, row in self._records():
            if isinstance(row, str):
                yield line, Rejected(line, row)
                continue
            cells = {column: row[place] for column, place in places}
            if _is_text(cells):
                yield line, cells
            else:
                yield line, Rejected(line, "not UTF-8; save the export as UTF-8")

    def _records(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield `(line, cells)`, or `(line, reason)` where there is no row."""
        reader = csv.reader(self, delimiter=self.separator, strict=True)
        while True:
            record: list[str] | str
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                record = f"cannot be cut into columns ({error})"
            else:
                record = self._fitted(record)
            line = self.line
            self._settle(is_bad=isinstance(record, str))
            if record:
                yield line, record

    def _fitted(self, cells: list[str]) -> list[str] | str:
        """The cells, as many as the header has; none when all are blank; or what is wrong."""
        width = len(self.header)
        if len(cells) != width or not cells[0]:
            if not "".join(cells).strip():
                return []
            if len(cells) < width or any(cells[width:]):
                return f"has {len(cells)} columns where the header has {width}"
        return cells

    def _settle(self, *, is_bad: bool) -> None:
        """Be done with the row being cut, or, when it is bad, with its first line only."""
        again = self.used[1:] if is_bad else []
        again_n = sum(map(len, again))
        self.waiting.extendleft(reversed(again))
        self.line += len(self.used) - len(again)
        self.credit = min(CREDIT, self.credit + EARNED * (self.used_n - again_n)) - again_n
        self.used.clear()
        self.used_n = 0

    def __iter__(self) -> Iterator[str]:
        """The lines of one row after the other, for `csv.reader`."""
        return self

    def __next__(self) -> str:
        """The next line; the end, too, when the row grows longer than the credit allows."""
        if self.used and self.used_n > min(MAX_ROW, self.credit):
            raise StopIteration
        line = self.waiting.popleft() if self.waiting else next(self.lines)
        self.used.append(line)
        self.used_n += len(line)
        return line


def _is_text(cells: Cells) -> bool:
    """Whether every byte was UTF-8; one that was not has become half a surrogate pair."""
    try:
        "".join(cells.values()).encode()
    except UnicodeEncodeError:
        return False
    return True
