"""Ask the instances which of the posts we hold are gone, or no longer ours to hold.

Twenty posts are looked up at once where the instance can (Mastodon 4.3 and later). What is
missing from the answer is asked for by itself, and only a 404 or 410 counts as gone: an
instance that is down, closed or slow has taken nothing back.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from flows.sources.collected import Deleted, Notice
from flows.sources.mastodon.client import Client, InstanceError
from flows.sources.mastodon.fetching import MAX_PATIENCE_S, TRIES_N
from flows.sources.mastodon.settings import SOURCE, Instance, Settings
from flows.sources.mastodon.statuses import is_wanted, post_id, status_id

TOGETHER_N = 20
"""Statuses that one request may name."""


def verify(
    settings: Settings, post_ids: Sequence[str], notice: Notice
) -> Generator[Deleted, None, list[str]]:
    """Yield those of the posts that their instance no longer shows, or not to us.

    Posts of an instance that cannot be asked are told by `notice`, stay, and are returned.
    """
    unasked = set[str]()
    listed = {instance.name: instance for instance in settings.instances}
    for name, numbers in _by_instance(post_ids).items():
        if name not in listed:
            notice(
                f"{len(numbers):,} posts of {name}, which is no longer on the list, cannot be "
                f"looked up. `grapevine forget --community {name}` removes them."
            )
            unasked.add(name)
            continue
        try:
            yield from _gone(Client(listed[name], settings.timeout_s), numbers)
        except InstanceError as error:
            notice(f"{name} {error}. Its other posts stay until it can be asked.")
            unasked.add(name)
    return [written for written in post_ids if _instance_of(written) in unasked]


def _instance_of(written: str) -> str:
    return written.removeprefix(f"{SOURCE}:").partition("/")[0]


def _by_instance(post_ids: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for written in post_ids:
        name, _, number = written.removeprefix(f"{SOURCE}:").partition("/")
        if (known := status_id({"id": number})) is not None:
            found.setdefault(name, []).append(known)
    return found


def _gone(client: Client, numbers: list[int]) -> Iterator[Deleted]:
    can_together = True
    for start in range(0, len(numbers), TOGETHER_N):
        asked, there = numbers[start : start + TOGETHER_N], dict[int, object]()
        if can_together:
            try:
                there = _there(_patiently(client, asked), asked)
            except InstanceError as error:
                if not error.is_gone:
                    raise
                can_together = False
        for number in asked:
            status = there[number] if number in there else _alone(client, number)
            if reason := _taken_back(status):
                yield _deleted(client.instance, number, reason)


def _there(answer: object, asked: list[int]) -> dict[int, object]:
    statuses = answer if isinstance(answer, list) else []
    read = ((status_id(status), status) for status in statuses if isinstance(status, Mapping))
    return {number: status for number, status in read if number in asked and number is not None}


def _alone(client: Client, number: int) -> object:
    """The status, or the reason for which it is gone."""
    try:
        return _patiently(client, number)
    except InstanceError as error:
        if error.is_gone:
            return "removed" if "410" in str(error) else "deleted"
        raise


def _taken_back(found: object) -> str | None:
    """Why a post may no longer be held; None for one that stays."""
    if isinstance(found, str):
        return found
    if not isinstance(found, Mapping) or status_id(found) is None:
        raise InstanceError("answered with something that is no post")
    return None if is_wanted(found) else "opted_out"


def _patiently(client: Client, asked: int | list[int]) -> object:
    """Ask when it is allowed, and again when it fails in passing."""
    for attempt in range(TRIES_N):
        wait_s = client.session.wait_s()
        if wait_s > MAX_PATIENCE_S:
            raise InstanceError("asks us to stay away for longer than a sweep lasts")
        time.sleep(wait_s)
        try:
            return client.statuses(asked) if isinstance(asked, list) else client.status(asked)
        except InstanceError as error:
            if not error.is_passing or attempt == TRIES_N - 1:
                raise
            client.session.hold(0.25 * 2**attempt)
    raise InstanceError("did not answer")


def _deleted(instance: Instance, number: int, reason: str) -> Deleted:
    said_at = datetime.now(UTC).replace(microsecond=0)
    return Deleted(post_id(instance, number), None, said_at, reason)
