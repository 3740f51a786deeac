"""What a browser asks, and what it is answered: plain values, without a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

Headers = Sequence[tuple[str, str]]

ALWAYS: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
"""On every answer."""

CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of what is no page: nothing in it runs, loads or is framed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. Names of headers are in small letters.

    target  path and query as they came
    peer    the address it came from
    """

    method: str
    target: str
    headers: Headers
    peer: str

    def header(self, name: str) -> str:
        """The value of a header; empty when it is missing or there twice."""
        found = [value for key, value in self.headers if key == name]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, besides the headers that all have.

    body    what is said, or
    file    an open file whose `size` bytes are; whoever sends it closes it
    closes  whether the connection ends with it
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    file: BinaryIO | None = field(default=None, repr=False)
    size: int = 0
    closes: bool = False

    @property
    def length(self) -> int:
        """Bytes of what is said."""
        return self.size if self.file else len(self.body)


SAID = {
    400: "This is no request that a browser makes.",
    401: "Please give the password.",
    403: "This is served through its proxy only.",
    404: "There is no such page.",
    405: "Pages are read here, nothing else.",
    408: "That took too long.",
    413: "Pages are read here; nothing is taken.",
    421: "This name is not served here.",
    429: "Too many wrong passwords. Wait a minute.",
    431: "That request is too long.",
    500: "Something went wrong here.",
}


def refusal(status: int, headers: Headers = ()) -> Answer:
    """Say that it cannot be, in words of our own: nothing that was asked is repeated."""
    said = (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"))
    policy = (("Content-Security-Policy", CLOSED),)
    closes = status not in (401, 404)
    return Answer(
        status, (*said, *policy, *headers), f"{SAID[status]}\n".encode(), closes=closes
    )
