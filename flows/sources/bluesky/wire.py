"""Hold one connection to a Jetstream host and hand over its frames as bytes.

Compression is zstd with a dictionary. Version 2 hands its dictionary out; the one of version 1
comes only inside Jetstream's own code, so frames of version 1 are read plain. Frames are never
deflated: inflating one costs more than reading one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import httpx
import zstandard
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from flows.sources.bluesky.asking import ask
from flows.sources.bluesky.events import COLLECTIONS
from flows.sources.bluesky.settings import Settings, is_v2

MAX_EVENT = 1024 * 1024
"""Bytes of an event that the server is asked to send at most; posts have a few thousand."""

MAX_FRAME = 4 * MAX_EVENT
"""Bytes of a frame, unpacked, that are read at most."""

TICK_S = 1.0
"""Longest wait for a frame before the caller is asked whether to go on."""

_KINDS = ("commit", "account", "identity")  # not `sync`: what it drops, the daily sweep finds
_DICTIONARY = "/xrpc/network.bsky.jetstream.getZstdDictionary"
_MAGIC = 0xEC30A437  # first four bytes of a zstd dictionary; its number is the next four
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

Frames = Iterator[bytes | None]
"""Frames as they come; None whenever a tick passes without one."""


@contextmanager
def open_stream(settings: Settings, endpoint: str, cursor_us: int) -> Iterator[Frames]:
    """Connect and replay from `cursor_us`. Raises `OSError` or `WebSocketException`."""
    number, unpack = _dictionary(endpoint) if settings.compress else (None, bytes)
    is_local = urlsplit(endpoint).hostname in _LOOPBACK
    with connect(
        address(endpoint, cursor_us, number),
        compression=None,
        max_size=MAX_FRAME,
        max_queue=256,
        close_timeout=2,
        proxy=None if is_local else True,
    ) as connection:
        yield _frames(connection, unpack, min(TICK_S, settings.quiet_s))


def address(endpoint: str, cursor_us: int, dictionary: int | None = None) -> str:
    """The address to connect to: what we ask for, from when, in the words of its version."""
    if is_v2(endpoint):
        asked = [("collections", name) for name in COLLECTIONS]
        asked += [("kinds", kind) for kind in _KINDS]
    else:
        asked = [("wantedCollections", name) for name in COLLECTIONS]
    asked += [("maxMessageSizeBytes", str(MAX_EVENT)), ("cursor", str(cursor_us))]
    if dictionary is not None:
        asked.append(("zstdDictionary", str(dictionary)))
    return f"{endpoint}?{urlencode(asked)}"


def _frames(connection: Connection, unpack: Callable[[bytes], bytes], tick_s: float) -> Frames:
    while True:
        try:
            frame = connection.recv(timeout=tick_s, decode=False)
        except TimeoutError:
            yield None
            continue
        yield unpack(frame)


def _dictionary(endpoint: str) -> tuple[int, Callable[[bytes], bytes]]:
    """The number of the host's dictionary, and how to unpack a frame with it."""
    url = urlsplit(endpoint)
    scheme = "https" if url.scheme == "wss" else "http"
    try:
        with httpx.Client(trust_env=url.hostname not in _LOOPBACK) as http:
            answer = ask(http, f"{scheme}://{url.netloc}{_DICTIONARY}")
    except httpx.HTTPError as error:
        raise ConnectionError("the host did not hand out its dictionary") from error
    head = answer.content[:8].ljust(8, b"\0")
    magic, number = struct.unpack("<II", head)
    if answer.status != httpx.codes.OK or magic != _MAGIC:
        raise ConnectionError("the host's dictionary is none")
    try:
        words = zstandard.ZstdCompressionDict(answer.content)
        unpacker = zstandard.ZstdDecompressor(dict_data=words)
    except zstandard.ZstdError as error:
        raise ConnectionError("the host's dictionary is none") from error

    def unpack(frame: bytes) -> bytes:
        try:
            if zstandard.frame_content_size(frame) > MAX_FRAME:  # which no limit below stops
                return b""
            return unpacker.decompress(frame, max_output_size=MAX_FRAME)
        except zstandard.ZstdError:
            return frame  # plain after all, or broken: reading it says which

    return number, unpack
