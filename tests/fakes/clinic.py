"""A working web server with one CSV on it: what clinics heard, as a health office serves it.

`rows` is the report as it stands; a test changes it between two collections, as people do. The
counts, counties and themes are made up.
"""

from __future__ import annotations

import csv
import io
import random
import socket
import struct
import threading
from collections import deque
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from warehouse.weeks import Week

COLUMNS = ["week", "county", "role", "theme", "heard"]
COUNTIES = ["Natrona County, WY", "56021", "Niobrara, WY", "Doña Ana County, NM", "28049"]
ROLES = ["nurse", "physician", "pharmacist", "front_desk"]
THEMES = ["raw_milk", "sunscreen", "fluoride", "ivermectin_hcq", "vaccine_autism"]
PATH = "/heard.csv"
KINDS = (
    "reset",
    "timeout",
    "half_body",
    "unsized",
    "packed",
    "redirect",
    "http_401",
    "http_429",
    "http_5xx",
    "strange_body",
    "endless",
)


class FakeClinic:
    """Serves `rows` at `url`; `fail` spoils the next answers.

    offered  lines of the report that were ever served whole, the header being line 1
    asked_n  times it was asked
    """

    def __init__(self, port: int = 0) -> None:
        self.header = list(COLUMNS)
        self.rows: list[list[str]] = []
        self.offered: set[int] = set()
        self.asked_n = 0
        self.faults: deque[str] = deque()
        self.let_go = threading.Event()
        fake = self

        class Answers(_Answers):
            clinic = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    @property
    def env(self) -> dict[str, str]:
        """The settings that point the real client here."""
        return {"GRAPEVINE_CLINIC": self.url, "GRAPEVINE_CLINIC_TIMEOUT_S": "1.5"}

    def fail(self, kind: str, times: int = 1) -> None:
        """Spoil the next `times` answers."""
        if kind not in KINDS:
            raise ValueError(f"no such fault: {kind}")
        self.faults.extend([kind] * times)

    def seed(self, n: int, weeks: tuple[str, ...] = ()) -> None:
        """Add `n` plausible rows, the same ones every time; of this week and the last."""
        drawn, now = random.Random(n), Week.of(datetime.now(UTC).date())
        for _ in range(n):
            kinds = (weeks or (str(now.back(1)), str(now)), COUNTIES, ROLES, THEMES)
            self.add(*map(drawn.choice, kinds), heard=drawn.randint(1, 9))

    def add(
        self,
        week: str = "2024-W10",
        county: str = "Natrona County, WY",
        role: str = "nurse",
        theme: str = "raw_milk",
        heard: int | str = 4,
    ) -> None:
        """Add one row; name only what the test is about."""
        self.rows.append([week, county, role, theme, str(heard)])

    @property
    def content(self) -> bytes:
        """The report as it is served."""
        text = io.StringIO()
        csv.writer(text).writerows([self.header, *self.rows])
        return text.getvalue().encode()


class _Answers(BaseHTTPRequestHandler):
    """One answer; the subclass made by the fake knows whose."""

    clinic: FakeClinic
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.clinic.asked_n += 1
        fault = self.clinic.faults.popleft() if self.clinic.faults else None
        if fault:
            self.close_connection = True
            getattr(self, f"_{fault}")()
        elif self.path.partition("?")[0] != PATH:
            self._send(404, b"not here")
        else:
            self._send(200, self.clinic.content)
            self.clinic.offered |= set(range(2, len(self.clinic.rows) + 2))

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        sized = {"Content-Type": "text/csv", "Content-Length": str(len(body))}
        for name, value in (sized | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        now = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.connection.close()

    def _timeout(self) -> None:
        self.clinic.let_go.wait(30)

    def _half_body(self) -> None:
        content = self.clinic.content
        self._send(200, content[: len(content) // 2], Content_Length=str(len(content)))

    def _unsized(self) -> None:
        """Half a file that looks whole: no length was promised."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.clinic.content[: len(self.clinic.content) // 2])

    def _packed(self) -> None:
        self._send(200, b"\x1f\x8b not asked for", Content_Encoding="gzip")

    def _redirect(self) -> None:
        self._send(302, b"", Location="http://169.254.169.254/latest/meta-data/")

    def _http_401(self) -> None:
        self._send(401, b"who are you")

    def _http_429(self) -> None:
        self._send(429, b"slowly", Retry_After="7")

    def _http_5xx(self) -> None:
        self._send(503, b"away")

    def _strange_body(self) -> None:
        self._send(200, b"<!doctype html><title>Please sign in</title>")

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"2024-W10,56025,nurse,raw_milk,4\n" * 2000)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""
