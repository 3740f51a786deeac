"""Read one entry of a feed: title and summary, never the article, the byline or the link.

The outlet is the voice: twenty stories of one newspaper are one author, and no journalist is
one. The id is a hash of the outlet and its own id for the entry, or of the link when it gives
none, so the same entry always has the same id and no address is kept.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import feedparser  # type: ignore[import-untyped]

from flows.sources.markup import html_text
from flows.sources.news.settings import SOURCE, Feed
from flows.sources.news.slim import slim
from flows.sources.reading import Rejected, name_of
from warehouse.records import Post
from warehouse.redact import mask

MAX_SUMMARY = 2_000
"""Characters of a summary; what is longer is the article."""

TOO_EARLY = "an entry with a date in the future"
_SLACK = timedelta(days=1)
_APPEARED = re.compile(r"\s*The post\b.{1,300}?\b(?:first )?appeared first on\b.{1,200}$")


def read_entries(body: bytes, charset: str | None) -> list[Mapping[str, object]]:
    """The entries of a feed as feedparser reads them. Raises `slim.MalformedError`."""
    found = feedparser.parse(
        io.BytesIO(slim(body, charset)),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    # Plain dictionaries: feedparser's own give one date for another, with a warning.
    return [dict(entry) for entry in found.entries]


def entry_id(raw: Mapping[str, object], feed: Feed) -> str | None:
    """32 hexadecimal characters that stand for an entry; None when it has no id and no link."""
    for key in ("id", "link"):
        own = raw.get(key)
        if isinstance(own, str) and own.strip():
            known = f"{feed.outlet_id}\n{own.strip()}"
            return hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:32]
    return None


def parse(raw: Mapping[str, object], feed: Feed, read_at: datetime) -> Post | Rejected:
    """The post in one entry, read at `read_at` (UTC). Never raises on any entry."""
    own = entry_id(raw, feed)
    if own is None:
        return Rejected(0, f"{feed.outlet_id}: an entry with neither id nor link")
    posted_at = _time(raw.get("published_parsed")) or _time(raw.get("updated_parsed"))
    if posted_at is None:
        return Rejected(0, f"{feed.outlet_id}: an entry with no date that a calendar has")
    if posted_at > read_at + _SLACK:
        return Rejected(0, f"{feed.outlet_id}: {TOO_EARLY}")
    text = mask(_text(raw))
    if not text:
        return Rejected(0, f"{feed.outlet_id}: an entry with neither title nor summary")
    return Post(
        post_id=f"{SOURCE}:{own}",
        source=SOURCE,
        posted_at=posted_at,
        text=text,
        author=feed.outlet_id,
        community=feed.outlet_id,
        platform=SOURCE,
        location=name_of(feed.location),
    )


def _text(raw: Mapping[str, object]) -> str:
    title, summary = (
        html_text(part) if isinstance(part := raw.get(key), str) else ""
        for key in ("title", "summary")
    )
    summary = _APPEARED.sub("", summary)
    if len(summary) > MAX_SUMMARY:
        summary = summary[:MAX_SUMMARY].rpartition(" ")[0]
    return "\n".join(dict.fromkeys((title, summary)))


def _time(parsed: object) -> datetime | None:
    """UTC, from feedparser's nine numbers; a date without a zone was read as UTC."""
    if not isinstance(parsed, time.struct_time | tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
