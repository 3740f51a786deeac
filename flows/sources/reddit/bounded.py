"""Read no more of an answer than a number of bytes and seconds.

A client's own time limit starts anew with every byte, so an answer that drips would hold a
round for ever; and a packed answer of a few kilobytes can unpack to gigabytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import requests
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError

MAX_BYTES = 32 * 1024 * 1024
"""Of an answer, unpacked; a page of the hundred longest posts has half of it."""

SECONDS = 60.0
"""From the first byte of an answer's body to the last."""

_PIECE = 64 * 1024


class BoundedSession(requests.Session):
    """A session that reads each answer whole before it hands it on, or raises."""

    def send(self, request: requests.PreparedRequest, **told: object) -> requests.Response:
        """Send one query. Raises `requests.RequestException`, for a long or late answer too."""
        response = super().send(request, **{**told, "stream": True})
        try:
            response._content = _within_caps(response)
        finally:
            response.close()
        return response


def _within_caps(response: requests.Response) -> bytes:
    until_s = time.monotonic() + SECONDS
    content = bytearray()
    for piece in _pieces(response):
        content += piece
        if len(content) > MAX_BYTES:
            raise requests.exceptions.ContentDecodingError("too long an answer")
        if time.monotonic() > until_s:
            raise requests.ReadTimeout("slow to the end")
    return bytes(content)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """What comes, as it comes: `iter_content` would wait until a piece is full."""
    try:
        while piece := response.raw.read1(_PIECE, decode_content=True):
            yield piece
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except HTTPError as error:  # a time limit, or encryption gone wrong
        raise requests.ConnectionError(error) from error
