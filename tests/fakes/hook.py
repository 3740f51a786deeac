"""A working webhook receiver on 127.0.0.1 that checks signatures as Standard Webhooks does."""

from __future__ import annotations

import base64
import hmac
import json
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Listening

SECRET = base64.b64encode(b"a secret of twenty-four bytes or more").decode()


@dataclass(frozen=True, slots=True)
class Posted:
    """One request: its path, its headers in small letters, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def brief(self) -> dict[str, Any]:
        return json.loads(self.body)

    def is_signed(self, secret: str = SECRET) -> bool:
        """Whether the signature is right, reckoned from the standard's own words."""
        name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = b".".join([name.encode(), at.encode(), self.body])
        digest = hmac.new(base64.b64decode(secret), signed, "sha256").digest()
        right = f"v1,{base64.b64encode(digest).decode()}"
        return hmac.compare_digest(right, self.headers["webhook-signature"])


class FakeHook(Listening):
    """Answers as `answers` say, first come first served, then 204.

    An answer is a status, or `silent`, `hang_up`, `drip` (headers without an end), `redirect`.
    """

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: deque[int | str] = deque()
        super().__init__(self._handler())

    @property
    def ids(self) -> list[str]:
        """The id of every request, in order."""
        return [one.headers["webhook-id"] for one in self.posted]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                fake.posted.append(Posted(self.path, headers, body))
                fake._answer(self, fake.answers.popleft() if fake.answers else 204)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _answer(self, to: BaseHTTPRequestHandler, how: int | str) -> None:
        if how == "silent":
            self._ended.wait(30)
        if how == "drip":
            self._drip(to)
        if isinstance(how, str) and how != "redirect":
            to.close_connection = True
            to.connection.close()
            return
        to.send_response(307 if how == "redirect" else int(how))
        if how == "redirect":
            to.send_header("Location", f"{self.url}/elsewhere")
        to.send_header("Content-Length", "0")
        to.end_headers()

    def _drip(self, to: BaseHTTPRequestHandler) -> None:
        try:
            to.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self._ended.wait(0.05):
                to.wfile.write(b"X-More: 1\r\n")
                to.wfile.flush()
        except OSError:
            pass  # the client has had enough, as it should
