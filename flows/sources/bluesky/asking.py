"""Ask one question over HTTP, and read so many bytes of the answer, and seconds, at most.

A client's own time limit starts anew with every byte, so a server that drips would hold it for
ever; and a packed answer of a few kilobytes can unpack to gigabytes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

SECONDS = 20.0
"""From the question to the last byte of the answer."""

MAX_BYTES = 8 * 1024 * 1024
"""Of an answer, unpacked; 25 posts with all that belongs to them have a tenth of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whole. retry_after: the header as it was written, or None."""

    status: int
    content: bytes
    retry_after: str | None


def ask(http: httpx.Client, address: str, asked: Sequence[tuple[str, str]] = ()) -> Answer:
    """The answer of `address`. Raises `httpx.HTTPError` when it is late, too long or broken."""
    until_s = time.monotonic() + SECONDS
    content = bytearray()
    with http.stream(
        "GET",
        address,
        params=httpx.QueryParams(tuple(asked)),
        headers={"Accept-Encoding": "gzip"},
        timeout=SECONDS,
    ) as reply:
        if reply.headers.get("Content-Encoding", "identity") not in ("gzip", "identity"):
            raise httpx.DecodingError("packed in a way that was not asked for")
        for piece in reply.iter_bytes():
            content += piece
            if len(content) > MAX_BYTES:
                raise httpx.DecodingError("too long an answer")
            if time.monotonic() > until_s:
                raise httpx.ReadTimeout("slow to the end")
        return Answer(reply.status_code, bytes(content), reply.headers.get("Retry-After"))
