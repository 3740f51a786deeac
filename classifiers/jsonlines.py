"""Run the classifiers over JSON-lines files, one post a line: `grapevine locate` and `tag`.

The contract of the lines is in DESIGN section 6. A line that cannot be read stops the command
with its number, before anything is written; the output appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import msgspec

from classifiers.place import Locator, load_locator
from classifiers.tagger import Tagger, load_tagger
from warehouse.errors import DataFolderError, InputError

MAX_LINE = 1_000_000
"""Bytes of one line; a longer one is no post."""

BATCH = 2000
"""Posts tagged at once; bounds memory."""

Line = TypeVar("Line", bound=msgspec.Struct)


class LocateLine(msgspec.Struct):
    """One line of `grapevine locate`: an id and what may name a place."""

    id: str | int
    text: str | None = None
    community: str | None = None
    location: str | None = None


class TagLine(msgspec.Struct):
    """One line of `grapevine tag`: an id, the text, and its language where it is known."""

    id: str | int
    text: str
    lang: str | None = None


def locate_file(src: Path, dst: Path) -> int:
    """Write where each post of `src` belongs to `dst`, in the same order; return their number.

    Raise `InputError`, naming file and line, when a line is not what the contract says.
    """
    _refuse_same(src, dst)
    locator = load_locator()
    return write_lines(dst, (_located(line, locator) for line in read_lines(src, LocateLine)))


def tag_file(src: Path, dst: Path) -> int:
    """Write the tags of each post of `src` to `dst`, in the same order; return their number.

    Raise `InputError`, naming file and line, when a line is not what the contract says.
    """
    _refuse_same(src, dst)
    return write_lines(dst, _tagged(read_lines(src, TagLine), load_tagger()))


def read_lines(src: Path, kind: type[Line]) -> Iterator[Line]:
    """Each line of a JSON-lines file as a `kind`; blank lines are passed over."""
    decoder = msgspec.json.Decoder(kind)
    try:
        with src.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                if line.strip():
                    yield _decode(decoder, line, src, number)
    except OSError as error:
        raise InputError(f"{src} cannot be read: {error.strerror}. Check the path.") from error


def write_lines(dst: Path, rows: Iterable[object]) -> int:
    """Write each row as one line of JSON, to a temporary file that then becomes `dst`."""
    encoder = msgspec.json.Encoder()
    written_n = 0
    try:
        with NamedTemporaryFile(
            "wb", dir=dst.parent, prefix=f".{dst.name}.", delete=False
        ) as file:
            part = Path(file.name)
            try:
                for row in rows:
                    file.write(encoder.encode(row) + b"\n")
                    written_n += 1
                file.close()
                part.replace(dst)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise DataFolderError(
            f"{dst} cannot be written: {error.strerror}. Free some space or choose another."
        ) from error
    return written_n


def _refuse_same(src: Path, dst: Path) -> None:
    """Keep a slip of the hand from replacing the posts by what is said of them."""
    if src.resolve() == dst.resolve():
        raise InputError(f"{dst} is the file to read. Name another file to write.")


def _decode(decoder: msgspec.json.Decoder[Line], line: bytes, src: Path, number: int) -> Line:
    if len(line) > MAX_LINE:
        raise InputError(
            f"{src}, line {number} is longer than {MAX_LINE} bytes. Remove the line."
        )
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{src}, line {number} is not a post: {error}. Mend or remove it, then run again."
        ) from error


def _located(line: LocateLine, locator: Locator) -> dict[str, object]:
    place = locator.locate(line.text, line.community, line.location)
    return {
        "id": line.id,
        "fips": place.fips,
        "state": place.state,
        "level": place.level,
        "basis": place.basis,
        "score": place.score,
        "matched": place.matched,
    }


def _tagged(lines: Iterator[TagLine], tagger: Tagger) -> Iterator[dict[str, object]]:
    while batch := list(islice(lines, BATCH)):
        tags = tagger.tag([line.text for line in batch], [line.lang for line in batch])
        for line, found in zip(batch, tags, strict=True):
            yield {"id": line.id, **asdict(found), "model": tagger.name}
