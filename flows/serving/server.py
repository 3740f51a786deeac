"""Speak HTTP/1.1 with browsers that may mean harm: everything has an end.

h11 reads requests, and refuses what is none. A request has so many bytes and seconds, an answer
so many seconds for its length, a connection so many requests, and there are so many
connections, in all and from one address. Only GET and HEAD are answered; a request with a
body is refused unread.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import h11

from flows.serving.asked import ALWAYS, Answer, Asked, refusal
from flows.watching.json_lines import event

READ_B, CHUNK_B = 8_192, 65_536


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a browser may ask for.

    head_b         bytes of a request's line and headers
    head_s         seconds until these are there, from the end of the answer before
    answer_s       seconds to take an answer, and besides
    least_bps      bytes a second that it must take
    requests_n     requests on one connection
    connections_n  connections at once; peer_n of them from one address
    """

    head_b: int = 16_384
    head_s: float = 15.0
    answer_s: float = 20.0
    least_bps: float = 16_000.0
    requests_n: int = 1_000
    connections_n: int = 256
    peer_n: int = 64


@dataclass(slots=True)
class Server:
    """Answers with what `answer` says, which runs in a thread.

    is_proxy  says of an address whether many readers come from it
    """

    answer: Callable[[Asked], Answer]
    bounds: Bounds = field(default_factory=Bounds)
    is_proxy: Callable[[str], bool] = lambda _peer: False
    is_https: bool = False
    _peers: Counter[str] = field(default_factory=Counter)

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Listen. Raise `OSError` when the address cannot be had."""
        self.is_https = tls is not None
        return await asyncio.start_server(
            self._talk,
            host,
            port,
            limit=READ_B,
            ssl=tls,
            ssl_handshake_timeout=self.bounds.head_s if tls else None,
        )

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")[0]
        if self._peers.total() >= self.bounds.connections_n or (
            self._peers[peer] >= self.bounds.peer_n and not self.is_proxy(peer)
        ):
            writer.transport.abort()
            return
        self._peers[peer] += 1
        try:
            await _Talk(self, reader, writer, peer).go()
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the browser has left or taken too long, or the server ends
        finally:
            self._peers[peer] -= 1
            self._peers += Counter()  # drops who has none
            writer.transport.abort()


@dataclass(slots=True)
class _Talk:
    """One connection."""

    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    peer: str
    http: h11.Connection = field(init=False)

    def __post_init__(self) -> None:
        size = self.server.bounds.head_b
        self.http = h11.Connection(h11.SERVER, max_incomplete_event_size=size)

    async def go(self) -> None:
        """Answer requests until one side has had enough."""
        for _ in range(self.server.bounds.requests_n):
            began, request, refused = await self._next()
            if request is None and refused is None:
                return
            is_head = request is not None and request.method == b"HEAD"
            answer = refused or await self._answered(request)
            await self._send(answer, is_head)
            seconds = time.monotonic() - began
            event("served", status=answer.status, bytes=answer.length, seconds=seconds)
            if answer.closes or self.http.our_state is not h11.DONE:
                break
            if self.http.their_state is not h11.DONE:
                break
            self.http.start_next_cycle()
        await self._part()

    async def _next(self) -> tuple[float, h11.Request | None, Answer | None]:
        """(when it began, a request or None, why it is refused or None)."""
        request, is_begun = None, False
        try:
            async with asyncio.timeout(self.server.bounds.head_s):
                while True:
                    found = self.http.next_event()
                    if found is h11.NEED_DATA:
                        data = await self.reader.read(READ_B)
                        is_begun = is_begun or bool(data)
                        self.http.receive_data(data)
                    elif isinstance(found, h11.Request):
                        request = found
                        if refused := _unfit(request):
                            return time.monotonic(), request, refused
                    elif isinstance(found, h11.EndOfMessage):
                        return time.monotonic(), request, None
                    else:
                        return time.monotonic(), None, None  # it has hung up
        except TimeoutError:
            refused = refusal(408) if is_begun else None
            return time.monotonic(), None, refused
        except h11.RemoteProtocolError as error:
            status = 431 if error.error_status_hint == 431 else 400
            return time.monotonic(), None, refusal(status)

    async def _answered(self, request: h11.Request | None) -> Answer:
        assert request is not None  # noqa: S101 - without a refusal there is one
        headers = [
            (name.decode("ascii").lower(), value.decode("latin-1"))
            for name, value in request.headers
        ]
        method, target = request.method.decode("ascii"), request.target.decode("latin-1")
        return await asyncio.to_thread(
            self.server.answer, Asked(method, target, headers, self.peer)
        )

    async def _send(self, answer: Answer, is_head: bool) -> None:
        bounds = self.server.bounds
        try:
            async with asyncio.timeout(bounds.answer_s + answer.length / bounds.least_bps):
                await self._write(self._head(answer))
                if not is_head and answer.status != 304:
                    await self._body(answer)
                self.writer.write(self.http.send(h11.EndOfMessage()) or b"")
                await self.writer.drain()
        finally:
            if answer.file:
                answer.file.close()

    def _head(self, answer: Answer) -> h11.Response:
        https = (
            [("Strict-Transport-Security", "max-age=31536000")] if self.server.is_https else []
        )
        length = [] if answer.status == 304 else [("Content-Length", str(answer.length))]
        closes = [("Connection", "close")] if answer.closes else []
        return h11.Response(
            status_code=answer.status,
            reason=HTTPStatus(answer.status).phrase,
            headers=[*ALWAYS, *https, *answer.headers, *length, *closes],
        )

    async def _body(self, answer: Answer) -> None:
        if answer.file is None:
            for start in range(0, len(answer.body), CHUNK_B):
                await self._write(h11.Data(data=answer.body[start : start + CHUNK_B]))
            return
        left = answer.size
        while left and (data := answer.file.read(min(CHUNK_B, left))):
            left -= len(data)
            await self._write(h11.Data(data=data))
        if left:
            raise OSError("the file has become shorter")

    async def _write(self, said: h11.Response | h11.Data) -> None:
        self.writer.write(self.http.send(said) or b"")
        await self.writer.drain()

    async def _part(self) -> None:
        """Close so that what was said arrives, even when more was asked than read."""
        if self.writer.can_write_eof():
            self.writer.write_eof()
        async with asyncio.timeout(1.0):
            for _ in range(16):  # what is left of a refused request, and no more of it
                if not await self.reader.read(CHUNK_B):
                    return


def _unfit(request: h11.Request) -> Answer | None:
    """Why a request is refused before the site is asked; None when it is not."""
    if request.method not in (b"GET", b"HEAD"):
        return refusal(405, (("Allow", "GET, HEAD"),))
    sizes = [value for name, value in request.headers if name == b"content-length"]
    is_chunked = any(name == b"transfer-encoding" for name, _ in request.headers)
    if is_chunked or any(size != b"0" for size in sizes):
        return refusal(413)
    return None if request.target.startswith(b"/") else refusal(400)
