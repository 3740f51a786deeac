"""A working Mastodon 4.5 instance for readers without an account: timelines and statuses.

Pages follow `min_id`, `since_id` and `max_id` as Mastodon's do, newest first within a page, at
most forty; numbers are its snowflakes. Rate headers count down from 300 with each answer.
"""

from __future__ import annotations

import functools
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.clock import this_week
from tests.fakes.loopback import Answer, Loopback

PLACES = ("Casper", "Lander", "Gillette", "Laramie", "Havre", "Lewistown", "Alpine", "Marfa")
WORDING = (
    "Does anyone in {place} know where the measles booster is in stock? #health",
    "My neighbour in {place} swears that sunscreen causes cancer. It does not, says my doctor.",
    "They say the flu shot gives you the flu. Heard it {n} times in {place} this week.",
    "Raw milk at the {place} market again, {n} dollars a jar. Is that safe for the kids?",
    "Portal showed my results at midnight and nobody from the {place} clinic called. #health",
    "Nurse at the {place} hospital took {n} minutes to explain the vaccine. Grateful.",
    "Road to {place} closed at mile {n}, drifting snow.",
    "Choir practice in {place} moved to seven. Bring {n} chairs.",
    "Lost a grey cat near the {place} fairgrounds.",
    "No hay médico en {place} hasta dentro de {n} semanas, y mi niña tiene fiebre. #health",
)


@dataclass(slots=True)
class Status:
    """One status of this instance, and its author's settings."""

    number: int
    content: str
    acct: str = "ada"
    spoiler: str = ""
    visibility: str = "public"
    bot: bool = False
    noindex: bool | None = False
    note: str = "<p>Hello</p>"
    fate: int | None = None  # the code that a look-up gives once it is gone

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp((self.number >> 16) / 1000, UTC)

    @property
    def is_ours(self) -> bool:
        """Whether a collector that keeps the rules may keep it."""
        opted_out = self.bot or self.noindex is not False or "nobot" in self.note
        return self.visibility == "public" and not opted_out and "@" not in self.acct

    def tags(self) -> list[str]:
        return [word.strip("#.,").lower() for word in self.content.split() if word[0] == "#"]

    def entity(self, url: str, skew: timedelta) -> dict:
        """As the API serves it."""
        tags = [{"name": tag, "url": f"{url}/tags/{tag}"} for tag in self.tags()]
        account = {
            "id": str(1 + sum(map(ord, self.acct))),
            "username": self.acct.partition("@")[0],
            "acct": self.acct,
            "display_name": self.acct.title(),
            "locked": False,
            "bot": self.bot,
            "group": False,
            "discoverable": True,
            "indexable": True,
            "noindex": self.noindex,
            "created_at": "2024-01-01T00:00:00.000Z",
            "note": self.note,
            "url": f"{url}/@{self.acct}",
            "emojis": [],
            "fields": [],
        }
        return {
            "id": str(self.number),
            "created_at": (self.created_at + skew).isoformat(timespec="milliseconds")[:23]
            + "Z",
            "in_reply_to_id": None,
            "sensitive": bool(self.spoiler),
            "spoiler_text": self.spoiler,
            "visibility": self.visibility,
            "language": "en",
            "uri": f"{url}/users/{self.acct}/statuses/{self.number}",
            "url": f"{url}/@{self.acct}/{self.number}",
            "content": f"<p>{self.content}</p>",
            "reblog": None,
            "account": account,
            "media_attachments": [],
            "mentions": [],
            "tags": tags,
            "emojis": [],
            "card": None,
            "poll": None,
        }


class FakeMastodon(Loopback):
    """One instance, called `name`; it serves what was `seed`ed and `say`d.

    offered   ids of posts handed out at least once that the rules let a collector keep
    withheld  ids of posts handed out that it must not keep
    """

    KINDS = Loopback.WIRE | {
        "http_429",
        "http_5xx",
        "strange_body",
        "not_json",
        "closed",
        "moved",
        "duplicate",
        "reorder",
        "clock_skew",
        "same_page",
        "delete_while_paging",
    }

    def __init__(self, name: str = "valley.example", port: int = 0) -> None:
        super().__init__(port)
        self.name = name
        self.statuses: list[Status] = []
        self.offered: set[str] = set()
        self.withheld: set[str] = set()
        self.hashtags: list[str] = []
        self.batches_lookups = True
        self.has_settings = True
        self.is_public = True
        self.retry_after: str | None = "1"
        self.left_n = 300
        self.reset_s = 300.0
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Self:
        super().__enter__()
        self.list_instances(self)
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._folder.cleanup()

    @property
    def env(self) -> dict[str, str]:
        """The settings that point the real client here."""
        return {
            "GRAPEVINE_MASTODON_INSTANCES": str(self._file),
            "GRAPEVINE_MASTODON_LOOPBACK": self._named,
            "GRAPEVINE_MASTODON_TIMEOUT_S": "1.5",
        }

    def list_instances(self, *fakes: FakeMastodon) -> dict[str, str]:
        """Write the list that holds these instances; the settings that point at all of them."""
        self._file = Path(self._folder.name) / "instances.toml"
        self._file.write_text("\n".join(fake.listed() for fake in fakes), encoding="utf-8")
        self._named = ", ".join(f"127.0.0.1:{fake.port}" for fake in fakes)
        return self.env

    def listed(self) -> str:
        return (
            f'["{self.name}"]\nnote = "A fake, read by its own tests."\nstate = "WY"\n'
            f'url = "{self.url}"\nhashtags = {json.dumps(self.hashtags)}\n'
        )

    def seed(self, posts_n: int) -> list[str]:
        """Make `posts_n` posts of this week that may be kept, and some that may not."""
        chance, span = random.Random(posts_n), this_week(timedelta(days=2))
        made = []
        for number in range(posts_n):
            at = datetime.now(UTC) - span * (posts_n + 1 - number) / (posts_n + 2)
            content = chance.choice(WORDING).format(place=chance.choice(PLACES), n=number + 2)
            made.append(self.say(content, acct=f"person{number % 23}", at=at))
            if number % 7 == 3:
                self.say("A post that nobody may keep", at=at, **_unwanted(number))
        return [self.post_id(status) for status in made]

    def say(self, content: str, at: datetime | None = None, **changes) -> Status:
        """Post one status, by default now; name only what it is about."""
        with self._lock:
            number = int((at or datetime.now(UTC)).timestamp() * 1000) << 16
            taken = {status.number for status in self.statuses}
            while number in taken:
                number += 1
            status = Status(number, content, **changes)
            self.statuses.append(status)
            self.statuses.sort(key=lambda one: one.number)
        return status

    def delete(self, post_id: str, code: int = 404) -> None:
        """Take a status away, as its author or a moderator does."""
        for status in self.statuses:
            if self.post_id(status) == post_id:
                status.fate = code

    def post_id(self, status: Status) -> str:
        return f"mastodon:{self.name}/{status.number}"

    def answer(self, target: str, headers: dict[str, str]) -> tuple[Answer, str | None]:
        parts = urlsplit(target)
        asked = parse_qs(parts.query)
        path = parts.path.rstrip("/")
        is_over, self.left_n = self.left_n == 0, max(0, self.left_n - 1)
        if path == "/api/v2/instance":
            answer, fault = self._settings(), None
        else:
            fault = self.next_fault()
            usual = functools.partial(self._served, path, asked, fault)
            answer = self._faulty("http_429" if is_over else fault, usual)
        answer.headers = self._rate() | answer.headers
        return answer, fault if fault in self.WIRE else None

    def _served(self, path: str, asked: dict[str, list[str]], fault: str | None) -> Answer:
        if path == "/api/v1/timelines/public":
            return self._page(asked, None, fault)
        if path.startswith("/api/v1/timelines/tag/"):
            return self._page(asked, path.rpartition("/")[2], fault)
        if path == "/api/v1/statuses" and self.batches_lookups:
            return self._batch(asked.get("id[]", []))
        if path.startswith("/api/v1/statuses/"):
            return self._status(path.rpartition("/")[2])
        return _json({"error": "Not Found"}, 404)

    def _faulty(self, fault: str | None, usual: Callable[[], Answer]) -> Answer:
        if fault == "http_429":
            waits = {"Retry-After": self.retry_after} if self.retry_after else {}
            return _json({"error": "Throttled"}, 429, waits)
        if fault == "http_5xx":
            return Answer(503, b"<html>busy</html>", "text/html")
        if fault == "strange_body":
            return _json({"hello": "a secret handle @somebody"})
        if fault == "not_json":
            return Answer(200, b"<html>please wait, @somebody", "text/html")
        if fault == "moved":
            return Answer(302, b"", headers={"Location": "http://169.254.169.254/latest"})
        if fault == "closed" or not self.is_public:
            return _json({"error": "This method requires an authenticated user"}, 422)
        return usual()

    def _page(self, asked: dict[str, list[str]], tag: str | None, fault: str | None) -> Answer:
        after, until = (int(asked.get(key, ["0"])[0]) for key in ("min_id", "max_id"))
        limit = min(int(asked.get("limit", ["20"])[0]), 40)
        if fault == "same_page":
            after = 0
        found = [
            status
            for status in self.statuses
            if status.fate is None and (not until or status.number < until)
            and (tag is None or tag in status.tags())
        ]  # fmt: skip
        if after or fault == "same_page":
            found = [status for status in found if status.number > after][:limit]
        page = found[-limit:][::-1]
        if fault == "duplicate":
            page = [status for status in page for _ in range(2)]
        if fault == "reorder":
            random.Random(1).shuffle(page)
        skew = timedelta(hours=5) if fault == "clock_skew" else timedelta()
        self._count(page)
        answer = _json([status.entity(self.url, skew) for status in page])
        if fault == "delete_while_paging" and page:
            page[0].fate = 404
        return answer

    def _count(self, page: list[Status]) -> None:
        for status in page:
            (self.offered if status.is_ours else self.withheld).add(self.post_id(status))

    def _batch(self, numbers: list[str]) -> Answer:
        wanted = {int(number) for number in numbers[:20]}
        found = [s for s in self.statuses if s.number in wanted and s.fate is None]
        return _json([status.entity(self.url, timedelta()) for status in found])

    def _status(self, number: str) -> Answer:
        found = [status for status in self.statuses if str(status.number) == number]
        if not found:
            return _json({"error": "Record not found"}, 404)
        if found[0].fate is not None:
            return _json({"error": "Gone"}, found[0].fate)
        return _json(found[0].entity(self.url, timedelta()))

    def _settings(self) -> Answer:
        if not self.has_settings:
            return _json({"error": "Not Found"}, 404)
        feed = {"local": "public" if self.is_public else "authenticated", "remote": "disabled"}
        access = {"live_feeds": feed, "hashtag_feeds": feed, "trending_link_feeds": feed}
        configuration = {"timelines_access": access}
        return _json({"domain": self.name, "version": "4.5.0", "configuration": configuration})

    def _rate(self) -> dict[str, str]:
        reset = datetime.now(UTC) + timedelta(seconds=self.reset_s)
        return {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": str(self.left_n),
            "X-RateLimit-Reset": reset.isoformat().replace("+00:00", "Z"),
        }


def _unwanted(number: int) -> dict:
    kinds = (
        {"bot": True, "acct": "robot"},
        {"noindex": True, "acct": "hidden"},
        {"visibility": "unlisted", "acct": "quiet"},
        {"note": "<p>#nobot please</p>", "acct": "asks"},
        {"acct": "guest@elsewhere.example", "noindex": None},
    )
    return kinds[number % len(kinds)]


def _json(answer: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(answer).encode(), headers=dict(headers or {}))
