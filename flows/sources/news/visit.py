"""Visit one feed: send what we know of it, follow redirects, take at most 5 MB in 20 seconds.

An outlet that says "not changed" costs one short answer. Bytes are counted as they come and
again as they unpack, so a small answer cannot become a large one.
"""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from flows.sources.news.guard import (
    GuardedBackend,
    GuardedTransport,
    RefusedError,
    Resolve,
    check_url,
    look_up,
)
from flows.sources.news.settings import Feed, Settings

MAX_BODY = 5 * 1000 * 1000
"""Bytes of one feed, as sent and as unpacked."""

MAX_REDIRECTS = 5
MAX_VALIDATOR = 500
AGENT = "grapevine (public-health research; reads titles and summaries of feeds)"

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.I)
_BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, ssl.SSLError)


class FeedError(Exception):
    """A feed did not give what was asked; the text goes behind its outlet in a notice.

    is_passing  it may well do so in a moment
    wait_s      how long the outlet asked us to wait, or None
    """

    def __init__(
        self, reason: str, *, is_passing: bool = False, wait_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.is_passing = is_passing
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Validators:
    """What an outlet gave us to say which version we have: its ETag and Last-Modified."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The headers of a conditional request."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}


@dataclass(frozen=True, slots=True)
class Served:
    """A feed as served.

    body        unpacked, at most `MAX_BODY` bytes
    charset     what the answer's header says it is written in, or None
    has_moved   the outlet says for good that it lies elsewhere now
    """

    body: bytes
    charset: str | None
    validators: Validators
    has_moved: bool


class Visitor:
    """Visits feeds, one at a time."""

    def __init__(self, settings: Settings, resolve: Resolve = look_up) -> None:
        self._settings = settings
        self._resolve = resolve
        self._context = httpx.create_ssl_context(trust_env=False)

    def visit(self, feed: Feed, known: Validators) -> Served | None:
        """The feed, or None when it has not changed. Raises `FeedError`."""
        deadline = time.monotonic() + self._settings.timeout_s
        backend = GuardedBackend(deadline, self._settings.loopback, self._resolve)
        transport = GuardedTransport(backend, self._context)
        try:
            with httpx.Client(transport=transport, trust_env=False) as client:
                return self._follow(client, httpx.URL(feed.url), known)
        except RefusedError as error:
            raise FeedError(f"is refused: {error}") from None
        except (httpx.InvalidURL, ValueError):  # the second of brackets in a wrong place
            raise FeedError("is refused: it names no address that can be read") from None
        except (httpcore.TimeoutException, httpx.TimeoutException):
            took = f"{self._settings.timeout_s:g} s"
            raise FeedError(f"did not answer in full within {took}", is_passing=True) from None
        except _BROKEN:
            raise FeedError("broke off or cannot be reached", is_passing=True) from None

    def _follow(self, client: httpx.Client, url: httpx.URL, known: Validators) -> Served | None:
        has_moved = False
        for _ in range(MAX_REDIRECTS + 1):
            check_url(url, self._settings.loopback)
            request = client.build_request("GET", url, headers=_headers(known))
            answer = client.send(request, stream=True, follow_redirects=False)
            try:
                if answer.status_code == 304:
                    return None
                if "location" not in answer.headers or not 300 <= answer.status_code < 400:
                    return _read(answer, has_moved)
                url = url.join(answer.headers["location"])
                has_moved = answer.status_code in (301, 308)
            finally:
                answer.close()
        raise FeedError("sends us from one address to the next without end")


def _headers(known: Validators) -> dict[str, str]:
    accept = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8"
    ours = {"User-Agent": AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
    return ours | known.headers()


def _read(answer: httpx.Response, has_moved: bool) -> Served:
    _refuse(answer)
    packing = answer.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise FeedError("is packed in a way that we do not read")
    pieces = answer.iter_raw() if "gzip" not in packing else _unpacked(answer.iter_raw())
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MAX_BODY:
            raise FeedError("has over 5 MB")
    etag, modified = (_validator(answer, name) for name in ("etag", "last-modified"))
    return Served(bytes(body), _charset(answer), Validators(etag, modified), has_moved)


def _charset(answer: httpx.Response) -> str | None:
    """What the answer says it is written in; httpx's own reading of it can raise anything."""
    found = _CHARSET.search(answer.headers.get("content-type", ""))
    return found[1] if found else None


def _refuse(answer: httpx.Response) -> None:
    code = answer.status_code
    if code == 200:
        return
    if code in (404, 410):
        raise FeedError(
            f"answered {code}: see whether the feed has moved, or take it off the list"
        )
    is_passing = code == 429 or code >= 500
    told = answer.headers.get("retry-after") if is_passing else None
    raise FeedError(f"answered {code}", is_passing=is_passing, wait_s=_told_s(told))


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip, never more than a little over `MAX_BODY` at once."""
    sent_n, reader = 0, zlib.decompressobj(wbits=31)
    for piece in pieces:
        sent_n += len(piece)
        if sent_n > MAX_BODY:
            raise FeedError("has over 5 MB")
        try:
            yield reader.decompress(piece, MAX_BODY + 1)
        except zlib.error:
            raise FeedError("is packed wrongly", is_passing=True) from None
        if reader.unconsumed_tail:
            raise FeedError("has over 5 MB")
    if not reader.eof:
        raise FeedError("broke off", is_passing=True)


def _validator(answer: httpx.Response, name: str) -> str | None:
    """A header that we may send back as it came: printable, and not long."""
    value: str = answer.headers.get(name, "")
    is_plain = value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR
    return value if value and is_plain else None


def _told_s(told: str | None) -> float | None:
    """Seconds in a `Retry-After`: a number of them, or a date."""
    if told is None:
        return None
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
