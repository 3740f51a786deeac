"""Ask one Mastodon instance, never faster than it allows, and name what goes wrong.

Mastodon.py speaks the API; this module gives it a session that keeps the pace, follows no
redirect off the allow-list and reads no endless answer. The limit is 300 requests in five
minutes for each address that asks, and the headers say what is left of it. Nothing here waits:
whoever asks looks at `wait_s` first, so one slow instance holds up no other.
"""

from __future__ import annotations

import io
import time
import warnings
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests
import urllib3
from mastodon import Mastodon
from mastodon.errors import (
    MastodonDeprecationWarning,
    MastodonError,
    MastodonNetworkError,
    MastodonWarning,
)

from flows.sources.mastodon.deadline import DeadlineAdapter
from flows.sources.mastodon.settings import Instance

LIMIT_N, LIMIT_S = 300, 300.0
"""Requests an address may make in so many seconds, by Mastodon's default."""

MAX_WAIT_S = 900.0
MAX_BODY = 10 * 1024 * 1024
"""Bytes of one answer, unpacked. A page of 40 posts has well under 1 MiB."""

AGENT = "grapevine (public-health research; reads public local posts only)"
CLOSED = "does not show its posts without an account, so they are not public"
SLOW = "did not answer in time"
STRANGE = "answered with something that is no list of posts"
_PROBE = "/api/v2/instance/"

T = TypeVar("T")


class InstanceError(Exception):
    """An instance did not give what was asked; the text goes behind its name in a notice.

    is_passing  it may well do so in a moment
    is_gone     it says that what was asked for is not there (404) or no more (410)
    """

    def __init__(self, reason: str, *, is_passing: bool = False, is_gone: bool = False) -> None:
        super().__init__(reason)
        self.is_passing = is_passing
        self.is_gone = is_gone


@dataclass(slots=True)
class Pace:
    """How fast one instance was asked, and for how long it wants to be left alone.

    asked     when the last requests went out, and `ready_at` when the next may (monotonic)
    """

    asked: deque[float] = field(default_factory=lambda: deque(maxlen=LIMIT_N))
    ready_at: float = 0.0


_PACES: defaultdict[str, Pace] = defaultdict(Pace)
"""By url: looks and slices of a sweep follow each other, and share what an instance allows."""


class PacedSession(requests.Session):
    """A session for one instance that keeps its limits and refuses strange answers.

    gave_list  whether the last answer was a JSON array
    """

    def __init__(
        self,
        timeout_s: float,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._deadline = DeadlineAdapter()
        for scheme in ("https://", "http://"):
            self.mount(scheme, self._deadline)
        self._timeout_s = timeout_s
        self._clock = clock
        self._pace = pace or Pace()
        self._has_probed = False
        self.gave_list = False

    def wait_s(self) -> float:
        """Seconds until the next request may go out; 0 when it may go now."""
        now, ready_at, asked = self._clock(), self._pace.ready_at, self._pace.asked
        if len(asked) == LIMIT_N:
            ready_at = max(ready_at, asked[0] + LIMIT_S)
        return max(0.0, ready_at - now)

    def hold(self, wait_s: float) -> None:
        """Let no request out for so many seconds, at most `MAX_WAIT_S`."""
        until = self._clock() + min(wait_s, MAX_WAIT_S)
        self._pace.ready_at = max(self._pace.ready_at, until)

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        **options: Any,  # noqa: ANN401  # theirs, passed on
    ) -> requests.Response:
        """Send one request. Raises `InstanceError` for anything but an answer to read."""
        if url.endswith(_PROBE):
            # Mastodon.py asks this before every page for as long as it gets no answer.
            if self._has_probed:
                raise InstanceError("was asked for its settings before")
            self._has_probed = True
        if self.wait_s() > 0:
            raise InstanceError("is to be left alone for a moment", is_passing=True)
        self._pace.asked.append(self._clock())
        options |= {"allow_redirects": False, "stream": True, "timeout": self._timeout_s}
        try:
            with (
                self._deadline.within(self._timeout_s),
                super().request(method, url, **options) as response,
            ):
                body = self._read(response)
        except requests.Timeout as error:
            raise InstanceError(SLOW, is_passing=True) from error
        except (OSError, urllib3.exceptions.HTTPError) as error:
            why = SLOW if self._deadline.is_over else "broke off or cannot be reached"
            raise InstanceError(why, is_passing=True) from error
        # Mastodon.py makes a list of nearly anything, so what came is looked at here.
        self.gave_list = body.lstrip()[:1] == b"["
        response.raw = io.BytesIO(body)
        return response

    def _heed(self, response: requests.Response) -> None:
        """Keep away for as long as the answer asks for."""
        headers = response.headers
        if response.status_code in (429, 503) and "Retry-After" in headers:
            self.hold(_told_s(headers["Retry-After"], headers))
        elif response.status_code == 429 or headers.get("X-RateLimit-Remaining") == "0":
            self.hold(_told_s(headers.get("X-RateLimit-Reset", ""), headers))

    def get_redirect_target(self, _response: requests.Response) -> None:
        """Nowhere: to know where it leads, requests would read the whole answer first."""

    def _read(self, response: requests.Response) -> bytes:
        """The body, whole. An answer that was ended can look like a short one."""
        if not self._deadline.is_over:
            self._heed(response)
            _refuse(response)
        body = bytearray()
        while piece := response.raw.read1(65_536, decode_content=True):
            body += piece
            if len(body) > MAX_BODY:
                raise InstanceError("sent an answer too large to be a page of posts")
        if self._deadline.is_over:
            raise InstanceError(SLOW, is_passing=True)
        return bytes(body)


def _refuse(response: requests.Response) -> None:
    """Raise for every answer that holds nothing to read, except that something is gone."""
    code = response.status_code
    if code in (404, 410) or 200 <= code < 300:
        return
    if 300 <= code < 400:
        raise InstanceError("sends us elsewhere; see whether it has moved, and correct its url")
    if code in (401, 403, 422):
        raise InstanceError(CLOSED)
    if code == 429:
        raise InstanceError("asked us to wait (429)", is_passing=True)
    raise InstanceError(f"answered {code}", is_passing=code >= 500)


def _told_s(told: str, headers: Mapping[str, str]) -> float:
    """Seconds to wait for: a number of them, or a moment by the clock of whoever says it."""
    if told.isascii() and told.isdigit():
        return float(told[:9])
    until, now = _moment(told), _moment(headers.get("Date", "")) or datetime.now(UTC)
    return max(1.0, (until - now).total_seconds()) if until else 5.0


def _moment(written: str) -> datetime | None:
    """A moment as headers write it, ISO 8601 or RFC 9110; without a zone it is UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


class Client:
    """Mastodon.py for one instance."""

    def __init__(self, instance: Instance, timeout_s: float) -> None:
        self.instance = instance
        self.session = PacedSession(timeout_s, _PACES[instance.url])
        self._api = Mastodon(
            api_base_url=instance.url,
            ratelimit_method="throw",
            session=self.session,
            user_agent=AGENT,
        )

    def page(self, hashtag: str | None, min_id: int) -> list[Any]:
        """The up to 40 local posts that follow `min_id`, as statuses; empty at the end."""
        if hashtag is None:
            return self._list(lambda: self._api.timeline_local(min_id=str(min_id), limit=40))
        tag = hashtag
        return self._list(
            lambda: self._api.timeline_hashtag(tag, local=True, min_id=str(min_id), limit=40)
        )

    def status(self, number: int) -> object:
        """One status. Raises `InstanceError` with `is_gone` when there is none."""
        return self._ask(lambda: self._api.status(str(number)))

    def statuses(self, numbers: list[int]) -> list[Any]:
        """Those of up to 20 statuses that are there (Mastodon 4.3 and later)."""
        return self._list(lambda: self._api.statuses([str(number) for number in numbers]))

    def _list(self, call: Callable[[], object]) -> list[Any]:
        found = self._ask(call)
        if not self.session.gave_list or not isinstance(found, list):
            raise InstanceError(STRANGE, is_passing=True)
        return found

    def _ask(self, call: Callable[[], T]) -> T:
        # The library's errors quote the answer's body, so none of them is passed on or chained.
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", MastodonWarning)
                warnings.simplefilter("ignore", MastodonDeprecationWarning)
                return call()
        except MastodonNetworkError as error:
            known = error.__context__
        except MastodonWarning:
            known = InstanceError(CLOSED)
        except MastodonError as error:
            known = _named(error)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
            known = None
        except RecursionError:
            known = None
        if isinstance(known, InstanceError):
            raise known from None
        raise InstanceError(STRANGE, is_passing=True)


def _named(error: MastodonError) -> InstanceError | None:
    code = error.args[1] if len(error.args) > 1 else None
    if code in (404, 410):
        return InstanceError(f"answered {code}", is_gone=True)
    return None
