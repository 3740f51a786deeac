"""Read a `.json` export: an array of posts, or one reply of an interface as it was saved.

What stands in the array is what a line of NDJSON may be: Bluesky records and views, or Reddit
submissions and comments. A file of several objects, one a line, is NDJSON by another name.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from flows.sources.dump import posts_in, read_dump
from flows.sources.reading import Reading, unreadable

MAX_JSON = 256 * 1024 * 1024
"""Bytes: an array is held whole; NDJSON has no such limit."""

_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


def read_json(file: Path) -> Reading:
    """Yield each post of a `.json` file; a rejected one has its number in the array as line.

    Raises `InputError` when the file is no JSON, or too large to be held.
    """
    if file.stat().st_size > MAX_JSON:
        raise unreadable(
            file,
            1,
            f"is over {MAX_JSON // 1024**2} MiB",
            "Save it as NDJSON, one post a line, in a file that ends in .ndjson.",
        )
    content = file.read_bytes().removeprefix(BOM_UTF8).strip()
    if not content.startswith(b"["):
        yield from _objects(file, content)
        return
    try:
        array = _decode_array(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(file) from error
    for number, item in enumerate(array, start=1):
        yield from posts_in(number, bytes(item))


def _objects(file: Path, content: bytes) -> Reading:
    """One object is one reply or post; more than one are lines."""
    try:
        msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not content.startswith(b"{") or b"\n" not in content:
            raise _broken(file) from error
        yield from read_dump(file)
    else:
        yield from posts_in(1, content)


def _broken(file: Path) -> Exception:
    return unreadable(file, 1, "is no whole JSON in UTF-8", "Export it again.")
