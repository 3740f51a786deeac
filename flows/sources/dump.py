"""Read Reddit dumps: one JSON object a line, submissions and comments, `.ndjson.zst`.

The reader drops what is no voice: posts removed or deleted before the dump was made, and
those of AutoModerator. A deleted author is an unknown author, not one voice called
"[deleted]". Titles and texts of a submission are one text. Bluesky's records come as NDJSON
too: a line that is nothing of Reddit's is tried as one of them.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from flows.sources import atproto_export
from flows.sources.archive import lines
from flows.sources.reading import (
    BadRowError,
    Reading,
    Rejected,
    as_read,
    name_of,
    native_id,
)
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "import"
GONE = {"[deleted]", "[removed]", "[deleted by user]"}
NOT_A_VOICE = {"AutoModerator"}


class DumpRow(msgspec.Struct):
    """The fields of a submission or comment that we use; a dump has about 100 more."""

    id: str
    subreddit: str
    created_utc: float
    author: str | None = None
    title: str | None = None
    selftext: str | None = None
    body: str | None = None


_decode = msgspec.json.Decoder(DumpRow, strict=False).decode


class NotRedditError(BadRowError):
    """JSON, but no submission and no comment."""


def read_dump(file: Path) -> Reading:
    """Yield each post of a dump (`.zst` or plain NDJSON), Reddit's or Bluesky's."""
    for line in lines(file):
        if isinstance(line, Rejected):
            yield line
            continue
        number, content = line
        if number == 1:
            content = content.removeprefix(BOM_UTF8)
        if not content or content.isspace():
            continue
        yield from posts_in(number, content)


def posts_in(number: int, content: bytes) -> Reading:
    """Yield what one JSON object, the `number`th of its file, says: mostly a single post."""
    try:
        yield parse(content)
    except NotRedditError as error:
        records = atproto_export.items(content)
        if records is None:
            yield Rejected(number, str(error))
        for record in records or ():
            yield _bluesky(number, record)
    except BadRowError as error:
        yield Rejected(number, str(error))


def _bluesky(number: int, record: bytes) -> Post | Rejected:
    try:
        return atproto_export.parse(record)
    except BadRowError as error:
        return Rejected(number, str(error))


def parse(line: bytes) -> Post:
    """The post in one line. Raises `BadRowError` with the reason when there is none."""
    try:
        row = _decode(line)
    except msgspec.ValidationError as error:
        raise NotRedditError(f"not a Reddit submission or comment: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRowError("not JSON in UTF-8") from error
    except RecursionError as error:
        raise BadRowError("JSON nested too deep") from error
    if row.author in NOT_A_VOICE:
        raise BadRowError(f"written by {row.author}, which is no person")
    try:
        posted_at = datetime.fromtimestamp(int(row.created_utc), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRowError("no time that a calendar has") from error
    try:
        return Post(
            post_id=f"{SOURCE}:{'t1' if row.body is not None else 't3'}_{native_id(row.id)}",
            source=SOURCE,
            posted_at=posted_at,
            text=mask(_text(row)),
            author=None if row.author in GONE else name_of(row.author),
            community=name_of(row.subreddit),
            platform="reddit",
        )
    except ValueError as error:
        raise BadRowError(str(error)) from error


def _text(row: DumpRow) -> str:
    parts = [row.title, row.selftext, row.body]
    text = "\n".join(part for part in parts if part and part not in GONE)
    if not text or text.isspace():
        raise BadRowError("removed, deleted or empty before the dump was made")
    return as_read(text)
