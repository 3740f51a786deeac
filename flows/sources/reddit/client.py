"""Ask Reddit through PRAW, and give each way it can go wrong a name.

PRAW brings the OAuth protocol, fresh tokens and repeats after resets and 5xx. Two things are
kept from it: its settings files, since a `praw.ini` lying in the working folder could send our
secret elsewhere, and its own waiting, since 429 makes it give up. Every query, tokens and
repeats included, passes `PacedRequestor`.
"""

from __future__ import annotations

import configparser
import sys
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import cast

import praw
from praw.config import Config
from praw.exceptions import PRAWException
from prawcore import Requestor
from prawcore.exceptions import (
    BadJSON,
    Forbidden,
    InsufficientScope,
    InvalidToken,
    NotFound,
    OAuthException,
    PrawcoreException,
    Redirect,
    RequestException,
    ResponseException,
)
from requests import PreparedRequest, Response, Session

from flows.sources.reading import shown
from flows.sources.reddit.bounded import BoundedSession
from flows.sources.reddit.pace import MAX_WAIT_S, Pace, told_wait
from flows.sources.reddit.settings import OAUTH, REDDIT, Settings
from warehouse.errors import GrapevineError

MAX_WAITS = 10
"""Times in a row that one query is put off by 429 before this round is given up."""

_COUNTERS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")
_REASONS = {"private", "banned", "quarantined", "gold_only"}

_MISREAD = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    RecursionError,
)
"""What PRAW raises, besides its own errors, on an answer of a shape it does not know."""


class RefusedError(GrapevineError):
    """Reddit does not accept who we are; nothing more can be read."""


class UnansweredError(GrapevineError):
    """Reddit gave no answer that can be used, repeats included; it may later."""


class WaitError(UnansweredError):
    """Reddit asks to wait longer than a round can."""


class ClosedError(GrapevineError):
    """One community cannot be read: private, banned, quarantined or missing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: its items as JSON has them, and where the next one starts."""

    items: list[object]
    after: str | None


class PacedRequestor(Requestor):
    """Sends what PRAW wants sent, in our pace; waits out 429; follows no redirect."""

    def __init__(
        self,
        *,
        pace: Pace,
        seconds: float,
        session: Session,
        oauth_url: str,
        reddit_url: str,
        user_agent: str,
    ) -> None:
        super().__init__(
            oauth_url=oauth_url, reddit_url=reddit_url, session=session, user_agent=user_agent
        )
        self._pace, self._seconds = pace, seconds
        session.auth = _as_it_is  # else a .netrc would take the place of the token

    def request(self, *args: object, timeout: float | None = None, **told: object) -> Response:
        """Send one query; `timeout` is ours, not PRAW's. Raises `StoppedError` on `stop()`."""
        del timeout
        told["allow_redirects"] = False
        for _ in range(MAX_WAITS):
            self._pace.wait_turn()
            response = super().request(*args, timeout=self._seconds, **told)
            self._pace.heed(response.headers)
            if response.status_code != 429 or told_wait(response.headers) > MAX_WAIT_S:
                break
            self._pace.hold(told_wait(response.headers))
        return _tidied(response)


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


def _tidied(response: Response) -> Response:
    """`response` with the headers that PRAW reads without checking them made safe."""
    headers = response.headers
    if response.status_code == 429:
        headers["retry-after"] = f"{told_wait(headers):.0f}"
    for name in (*_COUNTERS, "www-authenticate"):
        headers.pop(name, None)
    if response.status_code == 401:
        headers["www-authenticate"] = "error=invalid_token"
    headers.setdefault("location", "/")
    return response


class Client:
    """Asks for listings, read-only, as the application that Reddit approved. Close it."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        _forget_settings_files()
        self._session = BoundedSession()
        self._reddit = praw.Reddit(
            "DEFAULT",
            requestor_class=PacedRequestor,
            requestor_kwargs={
                "pace": pace,
                "seconds": settings.timeout_s,
                "session": self._session,
            },
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            user_agent=_user_agent(settings.contact),
            reddit_url=settings.url or REDDIT,
            oauth_url=settings.url or OAUTH,
            username=None,
            password=None,
            refresh_token=None,
            redirect_uri=None,
            check_for_updates=False,
            check_for_async=False,
        )

    def close(self) -> None:
        """Let its connections go."""
        self._session.close()

    def page(self, path: str, asked: dict[str, str | int]) -> Page:
        """One page of the listing at `path`.

        Raises `ClosedError`, `UnansweredError`, `WaitError`, `RefusedError`, `StoppedError`.
        """
        try:
            return _page(self._reddit.request(method="GET", path=path, params=asked))
        except (PrawcoreException, PRAWException, *_MISREAD) as error:
            raise _named(error) from None  # PRAW's own error holds the token that was sent


def _forget_settings_files() -> None:
    """Give PRAW the settings it was shipped with, and no `praw.ini` found anywhere else."""
    shipped = configparser.ConfigParser(interpolation=None)
    shipped.read_string((files("praw") / "praw.ini").read_text(encoding="utf-8"))
    with Config.LOCK:
        Config.CONFIG = shipped


def _user_agent(contact: str | None) -> str:
    by = f" (by {contact})" if contact else ""
    return f"{sys.platform}:grapevine:{version('grapevine')}{by}"


def _page(answer: object) -> Page:
    """The page in a `Listing`. Raises `ValueError` for JSON of another shape."""
    if not isinstance(answer, dict) or answer.get("kind") != "Listing":
        raise ValueError("no listing")
    data = answer["data"]
    items, after = data["children"], data.get("after")
    if not isinstance(items, list) or not (after is None or isinstance(after, str)):
        raise ValueError("no listing")
    return Page(items, after)


def _named(error: Exception) -> GrapevineError:
    """What happened, in a word of ours."""
    if isinstance(error, RequestException):
        kind = type(error.original_exception).__name__
        return UnansweredError(f"Reddit cannot be reached ({kind}). Collect again later.")
    if isinstance(error, OAuthException):
        return RefusedError(f"{_REFUSED} ({shown(str(error.error), 40)}). {_DO}")
    if isinstance(error, Redirect) and "/subreddits/" in error.path:  # to its search
        return ClosedError("there is no such community")
    return _of_status(error) if isinstance(error, ResponseException) else _strange()


_REFUSED = "Reddit does not accept the client id and secret"
_DO = "Check GRAPEVINE_REDDIT_CLIENT_ID, its secret, and that the approval still stands."


def _of_status(error: ResponseException) -> GrapevineError:
    """The name of an answer whose status says that there is no content."""
    status = error.response.status_code
    if status == 429:
        wait = error.response.headers["retry-after"]
        return WaitError(f"Reddit asks to wait {wait} s more. Collect again after that.")
    is_token = str(error.response.url).endswith("/api/v1/access_token")
    if isinstance(error, InvalidToken | InsufficientScope) or (is_token and status < 500):
        return RefusedError(f"{_REFUSED} ({status}). {_DO}")
    if isinstance(error, Forbidden | NotFound):
        return _closed(error)
    if isinstance(error, BadJSON) or status < 400:
        return _strange()
    return UnansweredError(f"Reddit answers with error {status}. Collect again later.")


def _closed(error: Forbidden | NotFound) -> GrapevineError:
    """Why a community is closed; a 403 without Reddit's reason is about us, not about it."""
    try:
        said = error.response.json()
    except ValueError:
        said = None
    reason = said.get("reason") if isinstance(said, dict) else None
    if reason in _REASONS:
        return ClosedError(
            f"it is {cast('str', reason).replace('gold_only', 'for payers only')}"
        )
    if isinstance(error, NotFound):
        return ClosedError("there is no such community")
    return UnansweredError("Reddit answers with error 403. Check that the approval stands.")


def _strange() -> UnansweredError:
    return UnansweredError("Reddit gave an answer of a shape we do not know. Look again later.")
