"""Say which feeds are read, for which outlet, and where that outlet reports from.

The list is `flows/feeds.toml`, or the file in `GRAPEVINE_NEWS_FEEDS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from flows.sources.collected import SettingsError
from flows.sources.listed import Address, Entry, named_loopback, read_list, seconds
from flows.sources.news.guard import RefusedError, check_url
from flows.sources.reading import name_of

SOURCE = "news"
SHIPPED = Path(__file__).parents[2] / "feeds.toml"
LONGEST_S = 20.0

_ID = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of one outlet.

    outlet_id  part of every post's id, so for ever; a post's community
    outlet     its name
    url        where the feed lies; not shown, since some carry a subscriber's key
    location   the county or state it reports from
    """

    outlet_id: str
    outlet: str
    url: str = field(repr=False)
    location: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the source may do.

    timeout_s  seconds one visit to a feed may take: name look-up, redirects and body together
    loopback   addresses of this machine that are allowed, for the fakes
    """

    feeds: tuple[Feed, ...]
    timeout_s: float = LONGEST_S
    loopback: frozenset[Address] = frozenset()

    @classmethod
    def from_env(cls) -> Settings:
        """Read the list and the environment. Raises `SettingsError` in one plain line."""
        loopback = named_loopback("GRAPEVINE_NEWS_LOOPBACK")
        feeds = list[Feed]()
        for entry in read_list("GRAPEVINE_NEWS_FEEDS", SHIPPED):
            feed = _feed(entry, loopback)
            if feed.url in {other.url for other in feeds}:
                raise entry.wrong("another entry has the same url. Keep one of them.")
            feeds.append(feed)
        if not feeds:
            raise SettingsError(
                "No news feed is listed yet. Add one to flows/feeds.toml, or name your own "
                "list in GRAPEVINE_NEWS_FEEDS."
            )
        timeout_s = seconds("GRAPEVINE_NEWS_TIMEOUT_S", LONGEST_S, LONGEST_S)
        return cls(tuple(feeds), timeout_s, loopback)


def _feed(entry: Entry, loopback: frozenset[Address]) -> Feed:
    entry.allow("outlet", "url", "county", "state", "note")
    if not _ID.fullmatch(entry.name):
        raise entry.wrong("an id has small letters, digits and _: [casper_courier].")
    outlet = name_of(entry.needed("outlet", "it is the name of the newspaper or station"))
    url = entry.needed("url", "it is the address of the feed")
    try:
        check_url(httpx.URL(url), loopback)
    except RefusedError as error:
        raise entry.wrong(f"the url is refused: {error}.") from None
    except (httpx.InvalidURL, ValueError):
        raise entry.wrong("the url is refused: it is no address that can be read.") from None
    location = entry.location()
    if location is None:
        raise entry.wrong('county or state is missing: write county = "56025" or state = "WY".')
    return Feed(entry.name, outlet or entry.name, url, location)
