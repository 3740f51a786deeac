"""Ask Reddit which of the posts we hold are gone, a hundred at a time.

What Reddit no longer lists, or lists as deleted or removed, is gone. So is what an account that
no longer exists wrote: we hold a hash of its name, and Reddit asks that nothing of it is kept.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

from flows.sources.collected import Deleted, Notice
from flows.sources.reddit.client import Client, UnansweredError
from flows.sources.reddit.item import SOURCE, Thing, read
from flows.sources.reddit.pace import Pace
from flows.sources.reddit.settings import Settings

INFO_N = 100
"""Fullnames in one question, the most that Reddit takes."""

_SENT: dict[tuple[str | None, str], deque[float]] = {}
"""When queries of sweeps left, by service and application: a sweep comes in many slices."""

_FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,13}")


def verify(
    settings: Settings, post_ids: Sequence[str], notice: Notice
) -> Generator[Deleted, None, list[str]]:
    """Yield those of `post_ids` that are gone from Reddit now.

    Every id asked for and not yielded, once this ends, is still there. Raises
    `UnansweredError` or `RefusedError` when Reddit cannot be asked: then nothing is known of
    the rest. Ids that are none of Reddit's are told, left alone and returned.
    """
    sent = _SENT.setdefault((settings.url, settings.client_id), deque())
    pace = Pace(settings.sweep_per_minute, notice, lambda: False, sent=sent)
    names = [post_id.removeprefix(f"{SOURCE}:") for post_id in post_ids]
    known = [name for name in names if _FULLNAME.fullmatch(name)]
    gone_n = 0
    with closing(Client(settings, pace)) as client:
        for first in range(0, len(known), INFO_N):
            for gone in _gone(client, known[first : first + INFO_N]):
                gone_n += 1
                yield gone
    if len(known) < len(names):
        notice(f"{len(names) - len(known)} ids are none of Reddit's and cannot be asked for")
    notice(f"{len(known)} posts asked for, {gone_n} gone, {pace.told}")
    return sorted(set(post_ids) - {f"{SOURCE}:{name}" for name in known})


def _gone(client: Client, names: list[str]) -> Iterator[Deleted]:
    found = _ask(client, names)
    now = datetime.now(UTC)
    for name in names:
        if reason := _reason(found.get(name)):
            yield Deleted(f"{SOURCE}:{name}", None, now, reason)


def _reason(thing: Thing | None) -> str | None:
    """Why a post is gone; None while it is there."""
    if thing is None:
        return "missing"
    return thing.taken_back or (None if thing.has_author else "account_deleted")


def _ask(client: Client, names: list[str]) -> dict[str, Thing]:
    """What Reddit lists of `names`; what it lists in no shape we know counts as gone.

    An empty answer for many is asked for once more, and one in which nothing can be read is
    no answer: a change at Reddit's must not empty the lake.
    """
    for _ in range(2):
        page = client.page("api/info", {"id": ",".join(names), "limit": INFO_N})
        things = [read(raw) for raw in page.items]
        found = {thing.fullname: thing for thing in things if isinstance(thing, Thing)}
        if things and not found:
            raise UnansweredError("Reddit lists posts in a shape we do not know. Sweep later.")
        if found or len(names) == 1:
            break
    return found
