"""Part rows into what is learnt from, what calibrates, and what is only measured on.

The part of a row is the checksum of its id, so it never moves when rows are added. Written
posts and labelled posts are parted alike, but only the written ones hold a tenth back: for
real posts there are other labelled sets to measure on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from zlib import crc32

from classifiers.training.rows import Row

Part = Literal["learn", "calibrate", "held_back"]

TENTHS = 10
HELD_BACK, CALIBRATE = 0, 1
"""Which tenth; the other eight are learnt from."""


def part_of(row: Row) -> Part:
    """The part a row belongs to; claims of the catalogue are always learnt from."""
    tenth = crc32(row.id.encode()) % TENTHS
    if row.is_claim:
        return "learn"
    if tenth == HELD_BACK and not row.dataset:
        return "held_back"
    return "calibrate" if tenth == CALIBRATE else "learn"


def rows_of(part: Part, rows: Iterable[Row]) -> list[Row]:
    """The rows of one part, in order."""
    return [row for row in rows if part_of(row) == part]
