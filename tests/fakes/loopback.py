"""What the fakes that speak plain HTTP share: a server on 127.0.0.1, and faults on the wire."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(slots=True)
class Answer:
    """What a fake says to one request."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # a client that tears its connection down is part of the game


class Listening:
    """An HTTP server on 127.0.0.1 while the block lasts; a subclass gives it a handler."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", port), handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Loopback(Listening):
    """A server whose subclass says in `answer` what it serves, and in `KINDS` how it can fail.

    Wire faults are done here: `reset` (the connection is torn down), `timeout` (silence until
    the fake ends), `half_body` (the length of the whole, half of it sent), `slow` (a byte at a
    time, for longer than anybody waits).
    """

    WIRE = frozenset({"reset", "timeout", "half_body", "slow"})
    KINDS: frozenset[str] = WIRE

    def __init__(self, port: int = 0) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []  # each target, and its headers
        self._faults: deque[str] = deque()
        super().__init__(self._handler(), port)

    def fail(self, kind: str, times: int = 1) -> None:
        """Let the next `times` answers that hold posts go wrong in this way."""
        if kind not in self.KINDS:
            raise ValueError(f"this fake knows no '{kind}'")
        self._faults.extend([kind] * times)

    def next_fault(self) -> str | None:
        return self._faults.popleft() if self._faults else None

    def answer(self, target: str, headers: dict[str, str]) -> tuple[Answer, str | None]:
        """What to say to `GET target`, and the wire fault to say it with."""
        raise NotImplementedError

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                with fake._lock:
                    fake.asked.append((self.path, headers))
                    answer, fault = fake.answer(self.path, headers)
                fake._send(self, answer, fault)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _send(self, to: BaseHTTPRequestHandler, answer: Answer, fault: str | None) -> None:
        if fault == "timeout":
            self._ended.wait(60)
        if fault in ("reset", "timeout"):
            linger = struct.pack("ii", 1, 0)
            to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            to.close_connection = True
            to.connection.close()
            return
        try:
            to.send_response(answer.status)
            for name, value in answer.headers.items():
                to.send_header(name, value)
            to.send_header("Content-Type", answer.kind)
            to.send_header("Content-Length", str(len(answer.body)))
            to.end_headers()
            if fault == "slow":
                self._drip(to, answer.body)
            half = len(answer.body) // 2 if fault == "half_body" else len(answer.body)
            to.wfile.write(answer.body[:half])
        except OSError:
            pass  # the client has left, as it may
        to.close_connection = to.close_connection or fault == "half_body"

    def _drip(self, to: BaseHTTPRequestHandler, body: bytes) -> None:
        for sign in body:
            if self._ended.wait(0.05):
                return
            to.wfile.write(bytes([sign]))
            to.wfile.flush()
