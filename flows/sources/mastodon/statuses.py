"""Read one status as an instance serves it: a post, or nothing of ours, or unusable.

Left out by rule: what is not public, boosts, posts written on another instance, bots, groups,
and everybody who does not want to be found: `noindex`, or `#nobot` and its kin in the profile.
An account of which the instance does not say whether it wants to be found is left out too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from flows.sources.markup import html_text
from flows.sources.mastodon.settings import SOURCE, Instance
from flows.sources.reading import Rejected, name_of
from warehouse.records import Post
from warehouse.redact import mask

MAX_ID = 2**63
"""Mastodon numbers its posts with 63 bits: milliseconds since 1970, then 16 bits in a row."""

_OPTED_OUT = re.compile(r"#\s?no(?:bots?|index|archiv(?:e|ing)|search|research)\b", re.I)


def parse(raw: object, instance: Instance) -> Post | Rejected | None:
    """The post in one status; None when a rule leaves it out. Never raises on any value."""
    if not isinstance(raw, Mapping):
        return Rejected(0, f"{instance.name}: something that is no status")
    number = status_id(raw)
    if number is None:
        return Rejected(0, f"{instance.name}: a status with no number")
    if not is_wanted(raw):
        return None
    posted_at = _time(raw.get("created_at"))
    if posted_at is None:
        return Rejected(0, f"{instance.name}: a status with no time that a calendar has")
    account = raw["account"]
    text = mask(_text(raw))
    if not text:
        return None
    return Post(
        post_id=post_id(instance, number),
        source=SOURCE,
        posted_at=posted_at,
        text=text,
        author=name_of(f"{account['acct']}@{instance.name}"),
        community=instance.name,
        platform=SOURCE,
        location=instance.location,
    )


def post_id(instance: Instance, number: int) -> str:
    """Instances number their posts each for itself, so the instance is part of the id."""
    return f"{SOURCE}:{instance.name}/{number}"


def status_id(raw: Mapping[object, object]) -> int | None:
    """The number of a status, or None when it has none that Mastodon could have given."""
    written = str(raw.get("id"))
    if not (written.isascii() and written.isdigit() and len(written) <= 19):
        return None
    return int(written) if 0 < int(written) < MAX_ID else None


def is_wanted(raw: Mapping[object, object]) -> bool:
    """Whether the status is public, its author a person of this instance who can be found."""
    if raw.get("visibility") != "public" or raw.get("reblog") or raw.get("local_only"):
        return False
    account = raw.get("account")
    if not isinstance(account, Mapping):
        return False
    acct = account.get("acct")
    if not isinstance(acct, str) or not acct or "@" in acct or not acct.isprintable():
        return False
    is_person = not any(account.get(flag) for flag in ("bot", "group", "limited", "suspended"))
    return is_person and account.get("noindex") is False and not _opted_out(account)


def _opted_out(account: Mapping[object, object]) -> bool:
    note = account.get("note")
    return isinstance(note, str) and _OPTED_OUT.search(html_text(note)) is not None


def _text(raw: Mapping[object, object]) -> str:
    """The content warning and the content: the first is often the half that says what about."""
    parts = (raw.get("spoiler_text"), raw.get("content"))
    return "\n".join(html_text(part) for part in parts if isinstance(part, str) and part)


def _time(value: object) -> datetime | None:
    """UTC. Mastodon.py has already turned most times into a `datetime`."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            return None
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
