"""Say which Mastodon instances may be read, and how patiently.

The list is `flows/instances.toml`, or the file in `GRAPEVINE_MASTODON_INSTANCES`. It is empty
by default, and every entry needs a note of the terms it is read under.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flows.sources.collected import SettingsError
from flows.sources.listed import Address, Entry, named_loopback, read_list, seconds

SOURCE = "mastodon"
SHIPPED = Path(__file__).parents[2] / "instances.toml"

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]+")
_HASHTAG = re.compile(r"\w{1,100}")


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance that may be read.

    name      its domain; a post's community, and part of its id
    note      the terms it is read under
    url       where it answers, without a slash at the end
    hashtags  small letters, without the #; empty reads the whole local timeline
    location  a county or state its members share, or None
    """

    name: str
    note: str
    url: str
    hashtags: tuple[str, ...] = ()
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the source may do.

    timeout_s   seconds an instance has for one answer
    first_days  days looked back on an instance's first time
    """

    instances: tuple[Instance, ...]
    timeout_s: float = 20.0
    first_days: int = 7

    @classmethod
    def from_env(cls) -> Settings:
        """Read the list and the environment. Raises `SettingsError` in one plain line."""
        loopback = named_loopback("GRAPEVINE_MASTODON_LOOPBACK")
        entries = read_list("GRAPEVINE_MASTODON_INSTANCES", SHIPPED)
        instances = tuple(_instance(entry, loopback) for entry in entries)
        if not instances:
            raise SettingsError(
                "No Mastodon instance may be read yet. Add one to flows/instances.toml, with a "
                "note of its terms, or name your own list in GRAPEVINE_MASTODON_INSTANCES."
            )
        return cls(instances, seconds("GRAPEVINE_MASTODON_TIMEOUT_S", 20, 60), _first_days())


def _first_days() -> int:
    written = os.environ.get("GRAPEVINE_MASTODON_FIRST_DAYS", "7")
    if not (written.isascii() and written.isdigit() and 1 <= int(written[-9:]) <= 60):
        raise SettingsError("GRAPEVINE_MASTODON_FIRST_DAYS is no number of days from 1 to 60.")
    return int(written)


def _instance(entry: Entry, loopback: frozenset[Address]) -> Instance:
    entry.allow("note", "county", "state", "hashtags", "url")
    if not _HOST.fullmatch(entry.name):
        raise entry.wrong('this is no domain in small letters. Write ["valley.example"].')
    note = entry.needed("note", "say under which terms it is read, and when you read them")
    url = (entry.text("url") or f"https://{entry.name}").rstrip("/")
    if not (_is_https(url) or _is_named(url, loopback)):
        raise entry.wrong(
            "url is neither https with nothing behind the domain, nor an address of this "
            "machine that GRAPEVINE_MASTODON_LOOPBACK names. Correct it, or leave it out."
        )
    return Instance(entry.name, note, url, _hashtags(entry), entry.location())


def _hashtags(entry: Entry) -> tuple[str, ...]:
    written = entry.fields.get("hashtags", [])
    if not isinstance(written, list) or not all(isinstance(tag, str) for tag in written):
        raise entry.wrong('hashtags is no list. Write hashtags = ["casper", "flu"].')
    tags = [str(tag).lstrip("#").lower() for tag in written]
    for tag in tags:
        if not _HASHTAG.fullmatch(tag):
            raise entry.wrong("a hashtag holds letters, digits and _ only. Correct hashtags.")
    return tuple(dict.fromkeys(tags))


def _is_https(url: str) -> bool:
    return re.fullmatch(r"https://[a-z0-9.-]+(?::\d{1,5})?", url) is not None


def _is_named(url: str, loopback: frozenset[Address]) -> bool:
    try:
        parts = urlsplit(url)
        named = (parts.hostname or "", parts.port or 80) in loopback
    except ValueError:
        return False
    return named and parts.scheme == "http" and parts.path == "" and parts.username is None
