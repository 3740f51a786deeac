"""Write an Atom feed (RFC 4287): names, sentences and relative links, and no clock.

Links are relative to the feed's own address, so that the same bytes serve every host. An entry
is one release of a place or theme; its id is made from both and from the digest of the
release's figures: the same in every later feed, another where other figures go by the same
name. `updated` puts releases in order: the Sunday after the week, a minute more a revision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from uuid import UUID, uuid5
from xml.sax.saxutils import escape

from dashboards.published import Release
from dashboards.words import week_number

FAMILY = UUID("951c8321-d266-4dab-ada2-32671c12920b")
"""Under which our ids are made; a number of no meaning that must stay."""

SAMPLE = " (sample data)"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may hold, escaped or not."""

_ENTRY = """<entry>
<title>{title}</title>
<id>{id}</id>
<updated>{updated}</updated>
<link href="{href}"/>
<summary>{summary}</summary>
</entry>
"""
_FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>{title}</title>
<id>{id}</id>
<updated>{updated}</updated>
<author><name>Grapevine</name></author>
<link href="{href}"/>
<link rel="self" href="{self_href}"/>
{entries}</feed>
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One release in a feed.

    main     what it says, in a sentence; the week is put before it
    summary  what stands behind it
    href     the page, from the feed's own folder
    """

    release: Release
    main: str
    summary: str
    href: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to be written.

    name   `county/56025`, its file under `feed/` without the ending; what ids are made from
    title  the place or theme
    href   the page it is about, from the feed's own folder
    """

    name: str
    title: str
    href: str


def write_feed(feed: Feed, entries: Iterable[Entry]) -> str:
    """The feed as XML text, entries in the order given: first the release the site shows."""
    held = list(entries)
    mark = SAMPLE if held[0].release.is_sample else ""
    return _FEED.format(
        title=xml_text(f"Grapevine: {feed.title}{mark}"),
        id=urn(feed.name, mark),
        updated=updated(max((one.release for one in held), key=lambda r: r.order)),
        href=xml_text(feed.href),
        self_href=xml_text(f"{feed.name.rpartition('/')[2]}.xml"),
        entries="".join(_entry(feed, one, mark) for one in held),
    )


def _entry(feed: Feed, one: Entry, mark: str) -> str:
    title = week_number(one.release.week).capitalize()
    return _ENTRY.format(
        title=xml_text(f"{title}: {one.main}{mark}" if one.main else f"{title}{mark}"),
        id=urn(feed.name, one.release.release_id, one.release.content_sha256),
        updated=updated(one.release),
        href=xml_text(one.href),
        summary=xml_text(one.summary),
    )


def urn(*parts: str) -> str:
    """`urn:uuid:…`, always the same for the same parts."""
    return uuid5(FAMILY, "\n".join(parts)).urn


def updated(release: Release) -> str:
    """When a release counts as made: midnight UTC after its week, a minute later a revision."""
    return _instant(release.week_end, release.revision)


@cache
def _instant(week_end: date, revision: int) -> str:
    after = datetime.combine(week_end + timedelta(days=1), time(), UTC)
    return f"{after + timedelta(minutes=revision - 1):%Y-%m-%dT%H:%M:%SZ}"


def xml_text(text: str) -> str:
    """`text` as XML holds it, in an element or between double quotes."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})
