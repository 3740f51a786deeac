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

from flows.sources.bluesky.events import OPT_OUT, SOURCE
from flows.sources.bluesky.settings import Settings
from flows.sources.collected import Deleted, Notice
from warehouse.records import Post

A_CALL = 25
"""Posts or profiles in one look-up; the service takes no more."""

MAX_KNOWN = 100_000
"""Authors remembered, in memory only; the oldest are forgotten first."""

TRIES = 3
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


_decode = msgspec.json.Decoder(_Answer).decode


def verify(
    settings: Settings, post_ids: Sequence[str], notice: Notice
) -> Generator[Deleted, None, list[str]]:
    """Yield which of these posts are gone, or whose author opted out, as of now.

    Return the posts about which the service gives no answer; the next sweep asks again.
    """
    unanswered = list[str]()
    with _Lookups(settings, notice) as lookups:
        for first in range(0, len(post_ids), A_CALL):
            asked = post_ids[first : first + A_CALL]
            uris = [post_id.removeprefix(f"{SOURCE}:") for post_id in asked]
            seen = lookups.posts(uris)
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

    def __init__(self, settings: Settings, notice: Notice) -> None:
        self._lookups = _Lookups(settings, notice)
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
    """The two look-ups. Each answers None, after a notice, when the service does not."""

    def __init__(self, settings: Settings, notice: Notice) -> None:
        self._http = httpx.Client(base_url=settings.api, timeout=20)
        self._notice = notice
        self._was_told = False

    def __enter__(self) -> _Lookups:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def posts(self, uris: Sequence[str]) -> dict[str, bool] | None:
        """By address, for posts that are there: whether the author opted out."""
        answer = self._ask("/xrpc/app.bsky.feed.getPosts", "uris", uris)
        if answer is None or answer.posts is None:
            return None
        return {
            post.uri: _opts_out(post.author.labels, post.author.did)
            or _opts_out(post.labels, post.author.did)
            for post in answer.posts
        }

    def authors(self, dids: Sequence[str]) -> dict[str, bool] | None:
        """By author, for those who have a profile: whether they opted out."""
        answer = self._ask("/xrpc/app.bsky.actor.getProfiles", "actors", dids)
        if answer is None or answer.profiles is None:
            return None
        return {found.did: _opts_out(found.labels, found.did) for found in answer.profiles}

    def _ask(self, path: str, name: str, values: Sequence[str]) -> _Answer | None:
        wait_s, why = FIRST_WAIT_S, ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(wait_s)
            try:
                answer = self._http.get(path, params=[(name, value) for value in values])
                if answer.status_code == httpx.codes.OK:
                    return _decode(answer.content)
            except (
                httpx.HTTPError,
                msgspec.DecodeError,
                UnicodeError,
                RecursionError,
            ) as error:
                why, wait_s = type(error).__name__, wait_s * 3
                continue
            why = f"status {answer.status_code}"
            wait_s = max(wait_s * 3, retry_after(answer.headers.get("Retry-After")))
            if answer.status_code < 500 and answer.status_code != 429:
                break
        self._tell(why)
        return None

    def _tell(self, why: str) -> None:
        if not self._was_told:
            self._notice(
                f"bluesky: the public look-ups do not answer ({why}); posts are kept, and the "
                "daily sweep will ask again"
            )
        self._was_told = True


def retry_after(written: str | None) -> float:
    """Seconds that a `Retry-After` header asks for, at most a minute; 0 when it says none."""
    if written is None or not written.isascii() or not written.isdigit():
        return 0.0
    return min(float(written[:9]), LONGEST_WAIT_S)


def _opts_out(labels: Sequence[_Label], did: str) -> bool:
    """Whether a label is there that the author put there (others cannot opt out for you)."""
    return any(label.val == OPT_OUT and label.src == did and not label.neg for label in labels)
