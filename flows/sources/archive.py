"""Read lines of a `.zst` archive or a plain file, and let no archive harm the machine.

Three caps: a line longer than `MAX_LINE` is passed over without being held in memory; an
archive that unpacks to more than `MAX_RATIO` times its size is given up (a real dump packs 5
to 20 times); and the archive is fed to the decompressor in small bites, so that no single
bite can unpack to more than about 16 MiB. A dump packed with a window of 2 GiB, as Reddit's
are, takes up to that much memory while it is read: the format asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import zstandard

from flows.sources.reading import MAX_LINE, Rejected

MAX_RATIO = 200
"""Unpacked bytes for each packed byte, once `RATIO_FROM` bytes have come out."""

RATIO_FROM = 64 * 1024 * 1024
BITE = 512
"""Packed bytes a step: a zstd block of 4 bytes can unpack to 128 KiB, so 16 MiB a bite."""

PIECE = 1024 * 1024
"""Unpacked bytes cut into lines at once: a million empty lines take 8 MB as a list."""

DUMP_WINDOW = 2**31
"""Reddit dumps are packed with `--long=31`."""

Line = tuple[int, bytes]


def lines(file: Path) -> Iterator[Line | Rejected]:
    """Yield `(line number, bytes)` of a file, no line ends; long or lost ones rejected.

    Empty lines are counted and not yielded.
    """
    pieces = _unpacked(file) if file.suffix.lower() == ".zst" else _plain(file)
    number, held, is_long = 1, bytearray(), False
    for piece in pieces:
        if isinstance(piece, Rejected):
            yield Rejected(number, piece.reason)
            return
        first, *others = piece.split(b"\n")
        held += first
        if others:
            yield from _line(number, held, is_long)
            *whole, rest = others
            for part in whole:
                number += 1
                if part:
                    yield number, part
            number, held, is_long = number + 1, bytearray(rest), False
        if len(held) > MAX_LINE:
            held, is_long = bytearray(), True
    yield from _line(number, held, is_long)


def _line(number: int, content: bytearray, is_long: bool) -> Iterator[Line | Rejected]:
    """The line that two pieces share, if it holds anything."""
    if is_long or len(content) > MAX_LINE:
        yield Rejected(number, f"the line is longer than {MAX_LINE // 1024**2} MiB")
    elif content:
        yield number, bytes(content)


def _plain(file: Path) -> Iterator[bytes | Rejected]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _unpacked(file: Path) -> Iterator[bytes | Rejected]:
    """Yield unpacked pieces; a `Rejected` is the last thing yielded when the archive is bad."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=DUMP_WINDOW)
    packed_n = unpacked_n = 0
    frame = None
    with file.open("rb") as stream:
        while bite := stream.read(BITE):
            packed_n += len(bite)
            while bite:
                frame = frame or unpacker.decompressobj()
                try:
                    unpacked = frame.decompress(bite)
                except zstandard.ZstdError as error:
                    yield Rejected(0, f"{_damage(error)}; nothing after it was read")
                    return
                unpacked_n += len(unpacked)
                for start in range(0, len(unpacked), PIECE):
                    yield unpacked[start : start + PIECE]
                if unpacked_n > max(RATIO_FROM, MAX_RATIO * packed_n):
                    yield Rejected(0, f"the archive unpacks to over {MAX_RATIO} times its size")
                    return
                bite = frame.unused_data
                frame = None if frame.eof else frame
    if packed_n == 0:
        yield Rejected(0, "the archive is empty")
    elif frame is not None:
        yield Rejected(0, "the archive is cut short; what came before was read")


def _damage(error: zstandard.ZstdError) -> str:
    """What the library says, without its preamble: a dictionary is missing, a sum is wrong."""
    return f"the archive is damaged here ({str(error).rpartition(': ')[2]})"
