"""Read lines of a `.zst` archive or a plain file, and let no archive harm the machine.

Three caps: a line longer than `MAX_LINE` is passed over without being held in memory; an
archive that unpacks to more than `MAX_RATIO` times its size is given up (a real dump packs 5
to 20 times); and the archive is fed to the decompressor in small bites, so that no single
bite can unpack to more than about 64 MiB.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import zstandard

from flows.sources.reading import MAX_LINE, Rejected

MAX_RATIO = 200
"""Unpacked bytes for each packed byte, once `RATIO_FROM` bytes have come out."""

RATIO_FROM = 64 * 1024 * 1024
BITE = 2048
"""Packed bytes a step: a zstd block of 4 bytes can unpack to 128 KiB, so 64 MiB a bite."""

DUMP_WINDOW = 2**31
"""Reddit dumps are packed with `--long=31`."""

Line = tuple[int, bytes]


def lines(file: Path) -> Iterator[Line | Rejected]:
    """Yield `(line number, bytes)` of a file, no line ends; long or lost ones rejected."""
    pieces = _unpacked(file) if file.suffix == ".zst" else _plain(file)
    number, held, is_long = 1, bytearray(), False
    for piece in pieces:
        if isinstance(piece, Rejected):
            yield Rejected(number, piece.reason)
            return
        *ended, rest = piece.split(b"\n")
        for part in ended:
            yield _line(number, held + part, is_long)
            number, held, is_long = number + 1, bytearray(), False
        held += rest
        if len(held) > MAX_LINE:
            held, is_long = bytearray(), True
    if held or is_long:
        yield _line(number, held, is_long)


def _line(number: int, content: bytearray, is_long: bool) -> Line | Rejected:
    if is_long or len(content) > MAX_LINE:
        return Rejected(number, f"the line is longer than {MAX_LINE // 1024**2} MiB")
    return number, bytes(content)


def _plain(file: Path) -> Iterator[bytes | Rejected]:
    with file.open("rb") as stream:
        while piece := stream.read(1024 * 1024):
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
                    piece = frame.decompress(bite)
                except zstandard.ZstdError:
                    yield Rejected(0, "the archive is damaged here; nothing after it was read")
                    return
                unpacked_n += len(piece)
                if unpacked_n > max(RATIO_FROM, MAX_RATIO * packed_n):
                    yield Rejected(0, f"the archive unpacks to over {MAX_RATIO} times its size")
                    return
                yield piece
                bite = frame.unused_data
                frame = None if frame.eof else frame
    if packed_n == 0:
        yield Rejected(0, "the archive is empty")
    elif frame is not None:
        yield Rejected(0, "the archive is cut short; what came before was read")
