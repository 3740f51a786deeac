"""Outlets' working web server: RSS 2.0, Atom and RSS 1.0 feeds with ETag and Last-Modified.

Every outlet of `OUTLETS` has its own stories and feeds, such as `/casper/rss`; `/rss`, `/atom`
and `/rdf` are the feeds of one more that prints the stories of all. Feeds hold the newest
entries first, as outlets serve them, and answer 304 to a reader who has that version already.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self
from xml.sax.saxutils import escape

from tests.fakes.clock import this_week
from tests.fakes.loopback import Answer, Loopback

TITLES = (
    "County clinic runs short of measles vaccine",
    "Fair board sets dates for {place} rodeo",
    "Doctor answers questions on sunscreen claims",
    "Raw milk stand near {place} draws a crowd and a warning",
    "Snow closes the pass above {place}",
    "School nurse: {n} cases of whooping cough",
)
SUMMARIES = (
    "Residents of {place} asked the health officer {n} questions on Tuesday.",
    "<p>The hospital in {place} says there is no link between vaccines and infertility.</p>",
    "Volunteers cleared {n} driveways &amp; one airstrip.",
    "A post that is passed around in {place} says fluoride lowers test scores. Studies do not.",
)
OUTLETS = {
    "casper": "56025",
    "lander": "56013",
    "gillette": "56005",
    "havre": "30041",
    "lewistown": "30027",
    "marfa": "48377",
    "alpine": "48043",
    "salida": "08015",
    "chadron": "31045",
    "taos": "35055",
    "ely": "32033",
    "baker": "41001",
}
"""The town of each outlet and its county, in eight states: voices enough to be counted."""

TOWNS = tuple(OUTLETS)
ARTICLE = "The whole article, which nobody has licensed us to keep. "


@dataclass(slots=True)
class Entry:
    """One story."""

    guid: str
    title: str
    summary: str
    at: datetime
    town: str


_FEED = re.compile(rf"(/({'|'.join(TOWNS)}))?/(rss|atom|rdf)")


def _town(path: str) -> str:
    """The town of the outlet whose feed this is; empty for the outlet that prints all."""
    match = _FEED.fullmatch(path)
    return (match[2] or "") if match else ""


def _prints(path: str, entry: Entry) -> bool:
    return _town(path) in ("", entry.town)


@functools.cache
def huge_gzip() -> bytes:
    """About 60 kB that unpack to 60 MB."""
    return gzip.compress(b"<rss>" + b" " * 60_000_000)


class FakeNews(Loopback):
    """All outlets; `formats` says which of `rss`, `atom` and `rdf` are listed of each.

    offered  ids of the entries handed out at least once
    """

    KINDS = Loopback.WIRE | {
        "http_429",
        "http_5xx",
        "http_404",
        "strange_body",
        "not_xml",
        "truncated",
        "huge_gzip",
        "huge",
        "duplicate",
        "reorder",
        "clock_skew",
        "delete_while_paging",
    }

    def __init__(self, port: int = 0, formats: tuple[str, ...] = ("rss",)) -> None:
        super().__init__(port)
        self.formats = formats
        self.entries: list[Entry] = []
        self.listed: tuple[str, ...] = ()
        self.offered: set[str] = set()
        self.redirects: dict[str, tuple[int, str]] = {}  # path: code and where to
        self.raw: dict[str, bytes] = {}  # path: a body of the test's own
        self.headers: dict[str, str] = {}
        self.kind = "application/xml"  # of the raw bodies
        self.has_etag = True
        self.retry_after: str | None = "1"
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Self:
        super().__enter__()
        self.list_feeds(*(f"/{town}/{kind}" for town in TOWNS for kind in self.formats))
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._folder.cleanup()

    @property
    def env(self) -> dict[str, str]:
        """The settings that point the real client here."""
        return {
            "GRAPEVINE_NEWS_FEEDS": str(Path(self._folder.name) / "feeds.toml"),
            "GRAPEVINE_NEWS_LOOPBACK": f"127.0.0.1:{self.port}",
            "GRAPEVINE_NEWS_TIMEOUT_S": "1.5",
        }

    def fail(self, kind: str, times: int = 1) -> None:
        if kind == "huge_gzip":
            huge_gzip()  # takes a while, and not while a client waits
        super().fail(kind, times)

    def list_feeds(self, *paths: str) -> dict[str, str]:
        """Write the list that holds these paths; an address of its own may stand for a path."""
        tables = []
        self.listed = paths
        for path in paths:
            county = OUTLETS.get(_town(path), OUTLETS[TOWNS[0]])
            url = path if "://" in path else f"{self.url}{path}"
            tables.append(
                f'[{self.outlet_id(path)}]\noutlet = "The {path.strip("/").title()} Herald"\n'
                f'url = "{url}"\ncounty = "{county}"\n'
            )
        file = Path(self._folder.name) / "feeds.toml"
        file.write_text("\n".join(tables), encoding="utf-8")
        return self.env

    @staticmethod
    def outlet_id(path: str) -> str:
        return "herald_" + "".join(sign if sign.isalnum() else "_" for sign in path.lower())[1:]

    def post_id(self, entry: Entry, path: str = "/rss") -> str:
        known = f"{self.outlet_id(path)}\n{entry.guid}"
        return f"news:{hashlib.sha256(known.encode()).hexdigest()[:32]}"

    def seed(self, posts_n: int) -> list[str]:
        """Make `posts_n` stories of this week; their ids, feed by feed as listed."""
        chance, span = random.Random(posts_n), this_week(timedelta(days=2))
        made = []
        for number in range(posts_n):
            at = datetime.now(UTC) - span * (posts_n + 1 - number) / (posts_n + 2)
            fill = {"place": self._next_town().title(), "n": number + 2}
            title, summary = (
                chance.choice(bank).format(**fill) for bank in (TITLES, SUMMARIES)
            )
            made.append(self.publish(title, summary, at))
        return [
            self.post_id(entry, path)
            for path in self.listed
            for entry in made
            if _prints(path, entry)
        ]

    def _next_town(self) -> str:
        """Outlets take turns, so that twelve stories are of twelve voices."""
        return TOWNS[len(self.entries) % len(TOWNS)]

    def publish(self, title: str, summary: str = "", at: datetime | None = None) -> Entry:
        guid = f"https://herald.example/story/{len(self.entries) + 1}"
        when = (at or datetime.now(UTC)).replace(microsecond=0)
        self.entries.append(Entry(guid, title, summary, when, self._next_town()))
        return self.entries[-1]

    def answer(self, target: str, headers: dict[str, str]) -> tuple[Answer, str | None]:
        if target in self.redirects:
            code, to = self.redirects[target]
            return Answer(code, headers={"Location": to}), None
        if target in self.raw:
            return Answer(200, self.raw[target], self.kind, dict(self.headers)), None
        if not _FEED.fullmatch(target):
            return Answer(404), None
        fault = self.next_fault()
        answer = self._faulty(fault, lambda: self._served(target, headers, fault))
        return answer, fault if fault in self.WIRE else None

    def _faulty(self, fault: str | None, usual: Callable[[], Answer]) -> Answer:
        if fault == "http_429":
            return Answer(429, headers={"Retry-After": self.retry_after or ""})
        if fault in ("http_5xx", "http_404"):
            return Answer(503 if fault == "http_5xx" else 404)
        if fault == "strange_body":
            return Answer(200, b"<html><body>Subscribe now!</body></html>", "text/html")
        if fault == "not_xml":
            return Answer(200, b"\x00\xff\xfe{]", "application/xml")
        if fault == "huge_gzip":
            return Answer(200, huge_gzip(), "application/xml", {"Content-Encoding": "gzip"})
        if fault == "huge":
            return Answer(200, b"<rss>" + b" " * 6_000_000, "application/xml")
        return usual()

    def _served(self, path: str, headers: dict[str, str], fault: str | None) -> Answer:
        printed = [entry for entry in self.entries if _prints(path, entry)]
        entries = sorted(printed, key=lambda entry: entry.at, reverse=True)
        if fault == "duplicate":
            entries = [entry for entry in entries for _ in range(2)]
        if fault == "reorder":
            random.Random(1).shuffle(entries)
        skew = timedelta(hours=-5) if fault == "clock_skew" else timedelta()
        body = getattr(self, f"_{path.rpartition('/')[2]}")(entries, skew).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.has_etag and headers.get("if-none-match") == etag:
            return Answer(304)
        if fault == "truncated":
            return Answer(200, body[: len(body) // 2], "application/xml")
        self.offered |= {self.post_id(entry, path) for entry in entries}
        if fault == "delete_while_paging" and entries:
            self.entries.remove(entries[0])
        stamps = {
            "ETag": etag,
            "Last-Modified": format_datetime(datetime.now(UTC), usegmt=True),
        }
        answer = Answer(200, body, "application/xml", stamps if self.has_etag else {})
        if "gzip" in headers.get("accept-encoding", "") and fault is None:
            answer.body = gzip.compress(body)
            answer.headers["Content-Encoding"] = "gzip"
        return answer

    def _rss(self, entries: list[Entry], skew: timedelta) -> str:
        items = "".join(
            f"<item><title>{escape(one.title)}</title><link>{one.guid}</link>"
            f"<dc:creator>Jo Byline</dc:creator><guid isPermaLink='true'>{one.guid}</guid>"
            f"<pubDate>{format_datetime(one.at + skew)}</pubDate>"
            f"<description><![CDATA[{one.summary}]]></description>"
            f"<content:encoded><![CDATA[<p>{ARTICLE * 20}</p>]]></content:encoded></item>"
            for one in entries
        )
        spaces = (
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"'
        )
        head = "<title>The Herald</title><link>https://herald.example</link>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {spaces}>'
            f"<channel>{head}{items}</channel></rss>"
        )

    def _atom(self, entries: list[Entry], skew: timedelta) -> str:
        items = "".join(
            f"<entry><id>{one.guid}</id><title>{escape(one.title)}</title>"
            f"<link rel='alternate' href='{one.guid}'/><author><name>Jo Byline</name></author>"
            f"<published>{(one.at + skew).isoformat()}</published>"
            f"<updated>{(one.at + skew).isoformat()}</updated>"
            f"<summary type='html'>{escape(one.summary)}</summary>"
            f"<content type='html'>{escape(ARTICLE * 20)}</content></entry>"
            for one in entries
        )
        return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Herald</title>{items}</feed>"

    def _rdf(self, entries: list[Entry], skew: timedelta) -> str:
        items = "".join(
            f"<item rdf:about='{one.guid}'><title>{escape(one.title)}</title>"
            f"<link>{one.guid}</link><dc:date>{(one.at + skew).isoformat()}</dc:date>"
            f"<description>{escape(one.summary)}</description></item>"
            for one in entries
        )
        return (
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/' "
            "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            "xmlns:dc='http://purl.org/dc/elements/1.1/'>"
            f"<channel rdf:about='https://herald.example'><title>Herald</title></channel>{items}"
            "</rdf:RDF>"
        )
