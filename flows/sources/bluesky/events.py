"""Read one Jetstream frame, of version 1 or 2: a post, what was taken back, or neither.

Most frames are dropped, so the work is ordered by its price: the envelope first (the record
stays bytes), the collection next, then the text, the gate, and the language last. The clock is
the time Jetstream received the event: `createdAt` is whatever the author's program wrote, and
is not kept. The author's own id (`did:…`) is the author; handles are never read.

Version 1 sends `{"did", "time_us", "kind", "commit": {…}}`. Version 2 sends `{"$type":
"message", "payload": {"$type": "…#commit", "seq", "did", "time", "witnessedAt", …}}`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from flows.sources.bluesky import gate
from flows.sources.collected import Deleted
from flows.sources.reading import BadRowError, Rejected, native_id
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "bluesky"
POST = "app.bsky.feed.post"
PROFILE = "app.bsky.actor.profile"
COLLECTIONS = (POST, PROFILE)
"""What we ask for: profiles too, since that is where people opt out of logged-out readers."""

OPT_OUT = "!no-unauthenticated"
WITHHELD = frozenset({OPT_OUT, "!hide", "!warn", "porn", "sexual", "nudity"})
"""Self-labels on a post that keep it out."""

STILL_THERE = frozenset({"desynchronized", "throttled"})
"""States of an account that are trouble between servers: its posts are not gone."""

MAX_TEXT = 3_000
"""The most that Bluesky allows in a post, and shows; others write what they like."""

_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,2000}")
_RKEY = re.compile(r"(?!\.\.?$)[A-Za-z0-9._~:-]{1,512}")
"""What the protocol allows; one other in a look-up, and the whole look-up is refused."""

_FIRST_US = 1_640_995_200_000_000  # 2022, before there was a Bluesky
_LAST_US = 4_102_444_800_000_000  # 2100

Found = Post | Deleted | Rejected | None


class Event(NamedTuple):
    """What one frame says.

    time_us  when Jetstream received it, microseconds since 1970; None when it does not say
    found    what `parse` returns
    advice   the name of a notice or error from the server, or None
    """

    time_us: int | None
    found: Found
    advice: str | None = None


class _Label(msgspec.Struct):
    val: str


class _Labels(msgspec.Struct):
    values: list[_Label] = []


class _Record(msgspec.Struct):
    text: str = ""
    labels: _Labels | None = None


class _Commit(msgspec.Struct):
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()


class _Account(msgspec.Struct):
    active: bool = True
    status: str | None = None


class _Payload(_Commit):
    did: str = ""
    time: datetime | None = None
    witnessed_at: datetime | None = msgspec.field(default=None, name="witnessedAt")
    account: _Account | None = None
    name: str = ""


class _Frame(msgspec.Struct):
    """Both versions at once: the first four fields are of version 1, the others of 2."""

    did: str = ""
    time_us: int | None = None
    commit: _Commit | None = None
    account: _Account | None = None
    payload: _Payload | None = None
    error: str = ""


_decode = msgspec.json.Decoder(_Frame).decode
_decode_record = msgspec.json.Decoder(_Record).decode


def parse(raw: bytes | str) -> Found:
    """The post, what was taken back, or the reason why not; None when it is not for us."""
    return read(raw).found


def read(raw: bytes | str) -> Event:
    """All that one frame says. Never raises, whatever the bytes."""
    try:
        frame = _decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Event(None, Rejected(0, "an event that is not in Jetstream's form"))
    if frame.payload is not None:
        return _read_v2(frame.payload)
    if frame.error:
        return Event(None, None, frame.error)
    return _read(frame.did, frame.time_us, frame.time_us, frame.commit, frame.account)


def _read_v2(payload: _Payload) -> Event:
    """Version 2 shows `time` but resumes by `witnessedAt`; older servers lack the latter."""
    if payload.name:
        return Event(None, None, payload.name)
    shown_us = _microseconds(payload.time)
    witnessed_us = _microseconds(payload.witnessed_at) or shown_us
    commit = payload if payload.collection else None
    return _read(payload.did, witnessed_us, shown_us, commit, payload.account)


def _read(
    did: str,
    time_us: int | None,
    shown_us: int | None,
    commit: _Commit | None,
    account: _Account | None,
) -> Event:
    if not _is_time(time_us) or not _is_time(shown_us):
        return Event(None, Rejected(0, "an event with no time that a calendar has"))
    if not _DID.fullmatch(did):
        return Event(time_us, Rejected(0, "an event with no account"))
    said_at = datetime.fromtimestamp((shown_us or 0) // 1_000_000, UTC)
    if account is not None:
        return Event(time_us, _of_account(did, said_at, account))
    if commit is None or commit.collection not in COLLECTIONS:
        return Event(time_us, None)
    try:
        return Event(time_us, _of_commit(did, said_at, commit))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Event(time_us, Rejected(0, "a record that is not in Bluesky's form"))
    except BadRowError as error:
        return Event(time_us, Rejected(0, str(error)))


def _is_time(time_us: int | None) -> bool:
    return time_us is not None and _FIRST_US <= time_us < _LAST_US


def _microseconds(time: datetime | None) -> int | None:
    if time is None or time.tzinfo is None:
        return None
    return int(time.timestamp()) * 1_000_000 + time.microsecond


def _of_account(did: str, said_at: datetime, account: _Account) -> Deleted | None:
    if account.active or account.status in STILL_THERE:
        return None
    is_deleted = account.status == "deleted"
    return Deleted(None, did, said_at, "account_deleted" if is_deleted else "account_inactive")


def _of_commit(did: str, said_at: datetime, commit: _Commit) -> Found:
    is_delete = commit.operation == "delete"
    if commit.collection == PROFILE:
        has_left = not is_delete and OPT_OUT in _labels(_decode_record(commit.record))
        return Deleted(None, did, said_at, "opted_out") if has_left else None
    if not _RKEY.fullmatch(commit.rkey):
        raise BadRowError("no id that the protocol allows")
    post_id = f"{SOURCE}:{native_id(f'at://{did}/{POST}/{commit.rkey}')}"
    if is_delete:
        return Deleted(post_id, None, said_at, "deleted")
    post = _post(post_id, did, said_at, _decode_record(commit.record))
    if post is None and commit.operation == "update":
        return Deleted(post_id, None, said_at, "edited")
    return post


def _post(post_id: str, did: str, said_at: datetime, record: _Record) -> Post | None:
    """The post when it is for us. An edit that is not takes the older wording away."""
    if not 0 < len(record.text) <= MAX_TEXT or not _labels(record).isdisjoint(WITHHELD):
        return None
    if not gate.is_wanted(record.text):
        return None
    text = mask(record.text)
    return Post(post_id, SOURCE, said_at, text, did, None, SOURCE) if text else None


def _labels(record: _Record) -> frozenset[str]:
    return frozenset(label.val for label in record.labels.values) if record.labels else _NONE


_NONE: frozenset[str] = frozenset()
