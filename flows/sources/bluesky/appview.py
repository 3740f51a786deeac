"""Ask Bluesky's public look-ups: which posts are gone, and who asked not to be shown.

People opt out of logged-out readers on their profile, most of them long before we listen, so
the live tail alone cannot tell. Authors are looked up before their posts are handed on, and the
daily sweep looks again. An answer that did not come is never taken for "gone".
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime

import httpx
import msgspec

from flows.sources.bluesky.asking import Answer, ask
from flows.sources.bluesky.events import OPT_OUT, SOURCE
from flows.sources.bluesky.settings import Settings
from flows.sources.collected import Deleted, Notice, Stop
from warehouse.errors import GrapevineError
from warehouse.records import Post

_POSTS = "/xrpc/app.bsky.feed.getPosts"
_PROFILES = "/xrpc/app.bsky.actor.getProfiles"

A_CALL = 25
"""Posts or profiles in one look-up; the service takes no more."""

MAX_KNOWN = 100_000
"""Authors remembered, in memory only; the oldest are forgotten first."""

TRIES = 3
OUTAGES = 3
"""Look-ups in a row without an answer, tries included, after which a sweep is given up."""

REST_S = 60.0
"""Seconds for which authors are not asked about after such a look-up: the tail goes on."""

LONGEST_WAIT_S = 60.0
FIRST_WAIT_S = 0.2


class _Label(msgspec.Struct):
    val: str = ""
    src: str = ""
    neg: bool = False


class _Profile(msgspec.Struct):
    did: str
    labels: list[_Label] = []


class _Seen(msgspec.Struct):
    uri: str
    author: _Profile
    labels: list[_Label] = []


class _Answer(msgspec.Struct):
    posts: list[_Seen] | None = None
    profiles: list[_Profile] | None = None


class UnansweredError(GrapevineError):
    """The look-ups do not answer; nothing is known of the posts asked about."""


_decode = msgspec.json.Decoder(_Answer).decode


def verify(
    settings: Settings, post_ids: Sequence[str], notice: Notice
) -> Generator[Deleted, None, list[str]]:
    """Yield which of these posts are gone, or whose author opted out, as of now.

    Return the posts about which the service gives no answer; the next sweep asks again. Raise
    `UnansweredError` when it is down: asking on would take hours.
    """
    unanswered = list[str]()
    with _Lookups(settings, notice, lambda: False) as lookups:
        for first in range(0, len(post_ids), A_CALL):
            asked = post_ids[first : first + A_CALL]
            uris = [post_id.removeprefix(f"{SOURCE}:") for post_id in asked]
            seen = lookups.posts(uris)
            if lookups.outages_n == OUTAGES:
                raise UnansweredError("Bluesky's look-ups do not answer. Sweep again later.")
            if seen is None:
                unanswered += asked
                continue
            said_at = datetime.now(UTC)
            for post_id, uri in zip(asked, uris, strict=True):
                if uri not in seen:
                    yield Deleted(post_id, None, said_at, "deleted")
                elif seen[uri]:
                    yield Deleted(post_id, None, said_at, "opted_out")
    return unanswered


class Authors:
    """Who asked not to be shown to readers who are not logged in; a context manager."""

    def __init__(self, settings: Settings, notice: Notice, stop: Stop) -> None:
        self._lookups = _Lookups(settings, notice, stop)
        self._has_left: dict[str, bool] = {}

    def __enter__(self) -> Authors:
        self._lookups.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._lookups.__exit__()

    def left(self, author: str) -> None:
        """Remember that an author has just opted out."""
        self._remember(author, True)

    def allowed(self, posts: Sequence[Post]) -> list[Post]:
        """The posts whose author did not opt out; those not told apart stay for the sweep."""
        unknown = list(dict.fromkeys(
            post.author for post in posts if post.author and post.author not in self._has_left
        ))  # fmt: skip
        for first in range(0, len(unknown), A_CALL):
            if self._lookups.is_resting():
                break
            found = self._lookups.authors(unknown[first : first + A_CALL])
            if found is None:
                break
            for author, has_left in found.items():
                self._remember(author, has_left)
        return [post for post in posts if not self._has_left.get(post.author or "", False)]

    def _remember(self, author: str, has_left: bool) -> None:
        self._has_left.pop(author, None)
        self._has_left[author] = has_left
        if len(self._has_left) > MAX_KNOWN:
            del self._has_left[next(iter(self._has_left))]


class _Lookups:
    """The two look-ups. Each answers None, after a notice, when the service does not.

    outages_n  look-ups in a row that it left without an answer
    """

    def __init__(self, settings: Settings, notice: Notice, stop: Stop) -> None:
        self._http = httpx.Client(base_url=settings.api)
        self._notice, self._stop = notice, stop
        self._rests_until_s = float("-inf")
        self.outages_n = 0
        self._was_told = False

    def __enter__(self) -> _Lookups:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def is_resting(self) -> bool:
        """Whether the service has just left a look-up without an answer."""
        return time.monotonic() < self._rests_until_s

    def posts(self, uris: Sequence[str]) -> dict[str, bool] | None:
        """By address, for posts that are there: whether the author opted out.

        That none of many is there is asked for once more before it is believed.
        """
        answer = self._ask(_POSTS, "uris", uris)
        if answer is not None and answer.posts == [] and len(uris) > 1:
            answer = self._ask(_POSTS, "uris", uris)
        if answer is None or answer.posts is None:
            return None
        return {
            post.uri: _opts_out(post.author.labels, post.author.did)
            or _opts_out(post.labels, post.author.did)
            for post in answer.posts
        }

    def authors(self, dids: Sequence[str]) -> dict[str, bool] | None:
        """By author, for those who have a profile: whether they opted out."""
        answer = self._ask(_PROFILES, "actors", dids)
        if answer is None or answer.profiles is None:
            return None
        return {found.did: _opts_out(found.labels, found.did) for found in answer.profiles}

    def _ask(self, path: str, name: str, values: Sequence[str]) -> _Answer | None:
        wait_s, why = FIRST_WAIT_S / 3, ""
        for attempt in range(TRIES):
            if attempt and not self._waited(min(wait_s, LONGEST_WAIT_S)):
                break
            wait_s *= 3
            try:
                answer = ask(self._http, path, [(name, value) for value in values])
                if answer.status == httpx.codes.OK:
                    found = _decode(answer.content)
                    self.outages_n = 0
                    return found
            except _NO_ANSWER as error:
                why = type(error).__name__
                continue
            why = f"status {answer.status}"
            wait_s = max(wait_s, retry_after(answer.retry_after))
            if not _is_passing(answer):
                self._tell(why)
                return None
        self.outages_n += 1
        self._rests_until_s = time.monotonic() + REST_S
        self._tell(why)
        return None

    def _waited(self, wait_s: float) -> bool:
        """Wait before the next try; False when the slice's time is over."""
        until_s = time.monotonic() + wait_s
        while (left_s := until_s - time.monotonic()) > 0 and not self._stop():
            time.sleep(min(left_s, 0.5))
        return not self._stop()

    def _tell(self, why: str) -> None:
        if not self._was_told:
            self._notice(
                f"bluesky: the public look-ups do not answer ({why}); posts are kept, and the "
                "daily sweep will ask again"
            )
        self._was_told = True


_NO_ANSWER = (httpx.HTTPError, msgspec.DecodeError, UnicodeError, RecursionError)


def _is_passing(answer: Answer) -> bool:
    """Whether a refusal is about the service or how much is asked, not about the question."""
    return answer.status >= 500 or answer.status == httpx.codes.TOO_MANY_REQUESTS


def retry_after(written: str | None) -> float:
    """Seconds that a `Retry-After` header asks for, at most a minute; 0 when it says none."""
    if written is None or not written.isascii() or not written.isdigit():
        return 0.0
    return min(float(written[:9]), LONGEST_WAIT_S)


def _opts_out(labels: Sequence[_Label], did: str) -> bool:
    """Whether a label is there that the author put there (others cannot opt out for you)."""
    return any(label.val == OPT_OUT and label.src == did and not label.neg for label in labels)
