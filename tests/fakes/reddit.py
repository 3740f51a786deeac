"""A working Reddit for a read-only application: OAuth tokens, listings and /api/info, one port.

Listings come newest first, a hundred at most, a thousand in all, paged by `after=`; what was
deleted or removed is no longer listed, and a page asked for after such an item is empty. Closed
communities answer as Reddit's do. Counters are sent with each answer.
"""

from __future__ import annotations

import base64
import gzip
import json
import secrets
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.fakes.clock import this_week
from tests.fakes.loopback import Listening

DEEP_N = 1_000
FIRST_ID = int("1q00000", 36)
CLIENT_ID, CLIENT_SECRET = "fake-client-id", "fake-client-secret"
BEFORE_ANSWERING = {"reset", "timeout", "http_429", "http_5xx", "http_403", "expired_token"}
BODIES = {"half_body", "strange_body", "not_json"}
HOSTILE = {"deep_json", "drip", "bomb"}
PAGES = {"duplicate", "reorder", "clock_skew"}
TOKENS = {"token_5xx", "token_429", "token_strange"}
KINDS = BEFORE_ANSWERING | BODIES | PAGES | TOKENS | {"delete_while_paging"}

HOME = {
    "wyoming": "Lander",
    "casper": "Casper",
    "cheyenne": "Cheyenne",
    "gillette": "Gillette",
    "laramie": "Laramie",
    "montana": "Lewistown",
    "billings": "Billings",
    "havre": "Havre",
    "kalispell": "Kalispell",
}
"""Where the communities that `seed` writes in lie."""

TITLES = (
    "Flu shots at the {place} pharmacy?",
    "Is anyone in {place} still drinking raw milk after the news",
    "Sunscreen and cancer: what my cousin in {place} believes",
    "Measles booster for a ten year old, who has a slot?",
    "Plow schedule for the north side of {place}",
    "Best pie in {place}, once and for all",
    "Lost dog near the fairgrounds",
    "Lab results at midnight and nobody to call",
)
TEXTS = (
    "They were out by noon. The nurse said a new box comes on day {n} of the month.",
    "My uncle says the vaccine gave him shingles. I looked and found nothing like that.",
    "{n} people told me sunscreen causes cancer, and none of them could say how.",
    "I read that fluoride makes children slow. Does our water have it?",
    "Waited {n} hours in the emergency room. Two nurses for all of us.",
    "The insurance turned down my inhaler again, number {n} this year.",
    "Road is closed at mile {n}, go round by the river.",
    "Twelve kinds of pie and I tried {n} of them. Rhubarb wins.",
    "My doctor took the time to explain it, and now I will get the shot.",
    "He quit his insulin for a tea from the internet and landed in the hospital.",
)


@dataclass(slots=True)
class Made:
    """One submission (t3) or comment (t1), and what became of it."""

    kind: str
    number: int
    subreddit: str
    author: str | None
    created: float
    text: str
    title: str | None = None
    fate: str | None = None  # `deleted` by its author, `removed` by moderators, `missing`

    @property
    def id36(self) -> str:
        number, digits = self.number, ""
        while number:
            number, digit = divmod(number, 36)
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        return digits

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.id36}"

    @property
    def post_id(self) -> str:
        return f"reddit:{self.name}"

    def thing(self, skew_s: float = 0) -> dict:
        """As Reddit lists it."""
        text = f"[{self.fate}]" if self.fate in {"deleted", "removed"} else self.text
        author = None if self.fate == "deleted" else self.author
        data = {
            "id": self.id36,
            "name": self.name,
            "subreddit": self.subreddit,
            "author": author or "[deleted]",
            "created_utc": self.created + skew_s,
            "score": 1,
            "edited": False,
        }
        if self.kind == "t1":
            more: dict = {"body": text, "parent_id": "t3_1abc", "link_id": "t3_1abc"}
        else:
            by = {"deleted": "deleted", "removed": "moderator"}.get(self.fate or "")
            more = {"title": self.title, "selftext": text, "is_self": True}
            more["removed_by_category"] = by
        return {"kind": self.kind, "data": data | more}


class FakeReddit(Listening):
    """One application is approved; what it may read is what was `submit`ted and `comment`ed."""

    def __init__(self, port: int = 0) -> None:
        self.items: list[Made] = []
        self.closed: dict[str, str] = {}  # name to private, banned, quarantined or missing
        self.offered: set[str] = set()
        self.asked: list[tuple[float, str]] = []  # every query: when, and its path
        self.questions: list[dict[str, str]] = []  # the parameters of each listing query
        self.agents: set[str] = set()
        self.retry_after: str | None = "1"
        self.left_n = 900
        self.reset_s = 300
        self.skew_s = 7_200.0
        self.token_s = 86_400
        self.tokens_n = 0
        self.cut: str | None = None  # faults hold only for paths with this in it
        self._tokens: set[str] = set()
        self._faults: deque[str] = deque()
        super().__init__(type("Bound", (Handler,), {"fake": self}), port)

    @property
    def env(self) -> dict[str, str]:
        """The settings that point the real client here; two states, to stay within a minute."""
        return {
            "GRAPEVINE_REDDIT_APPROVAL": "fake-approval",
            "GRAPEVINE_REDDIT_CLIENT_ID": CLIENT_ID,
            "GRAPEVINE_REDDIT_CLIENT_SECRET": CLIENT_SECRET,
            "GRAPEVINE_REDDIT_URL": self.url,
            "GRAPEVINE_REDDIT_STATES": "WY,MT",
            "GRAPEVINE_REDDIT_TIMEOUT_S": "1",
        }

    def fail(self, kind: str, times: int = 1) -> None:
        """The next `times` queries that can go wrong in this way do."""
        if kind not in KINDS | HOSTILE:
            raise ValueError(f"no fault '{kind}'; there are {', '.join(sorted(KINDS))}")
        with self._lock:
            self._faults.extend([kind] * times)

    def mend(self) -> None:
        """Nothing goes wrong any longer."""
        self._faults.clear()

    def submit(self, subreddit: str, title: str, text: str = "", **more: object) -> Made:
        return self._make("t3", subreddit, text, title=title, **more)

    def comment(self, subreddit: str, text: str, **more: object) -> Made:
        return self._make("t1", subreddit, text, **more)

    def seed(self, n: int) -> list[Made]:
        """Make `n` posts of this week, half of them comments, in a few communities."""
        span = this_week(timedelta(days=5)).total_seconds()
        now, names = time.time(), list(HOME)
        made = []
        for index in range(n):
            subreddit = names[index // 2 % len(names)]
            words = {"place": HOME[subreddit], "n": 2 + index % 89}
            more = {
                "author": f"neighbor_{index % max(1, n // 2)}",
                "created": now - span * (n - index) / n,
            }
            text = TEXTS[index // 2 % len(TEXTS)].format(**words)
            if index % 2:
                made.append(self.comment(subreddit, text, **more))
            else:
                title = TITLES[index // 2 % len(TITLES)].format(**words)
                made.append(self.submit(subreddit, title, text, **more))
        return made

    def delete(self, made: Made) -> None:
        """Its author takes it back."""
        made.fate = "deleted"

    def remove(self, made: Made) -> None:
        """A moderator takes it down."""
        made.fate = "removed"

    def drop_account(self, author: str) -> None:
        """An account is gone; what it wrote stays, with no name."""
        for made in self.items:
            if made.author == author:
                made.author = None

    def forget_tokens(self) -> None:
        """No token given so far holds any longer."""
        self._tokens.clear()

    def _make(self, kind: str, subreddit: str, text: str, **more: object) -> Made:
        with self._lock:
            number = FIRST_ID + len(self.items)
            told: dict = {"author": f"reader_{number}", "created": time.time()} | more
            self.items.append(Made(kind, number, subreddit, text=text, **told))
            return self.items[-1]

    def _fault(self, kinds: set[str], path: str) -> str | None:
        with self._lock:
            if self._faults and self._faults[0] in kinds and (self.cut or "") in path:
                return self._faults.popleft()
            return None

    def _token(self) -> dict:
        with self._lock:
            token = secrets.token_urlsafe(12)
            self._tokens.add(token)
            self.tokens_n += 1
            return {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": self.token_s,
                "scope": "*",
            }

    def _listing(self, subreddit: str, kind: str, asked: dict[str, str], path: str) -> dict:
        limit = min(100, int(asked.get("limit", "25")))
        with self._lock:
            if "delete_while_paging" in self._faults:
                limit = min(limit, 2)  # so that there is something to page
            listed = [m for m in reversed(self.items) if self._is_in(m, subreddit, kind)]
            listed = [m for m in listed[:DEEP_N] if m.fate is None]
            names = [made.name for made in listed]
            after = asked.get("after")
            if after and self._fault({"delete_while_paging"}, path) and after in names:
                listed[names.index(after)].fate = "deleted"
                after = None if after is None else ""
            if after is not None:
                first = names.index(after) + 1 if after in names else len(names)
                listed = listed[first:]
            page = listed[:limit]
            return self._page(page, page[-1].name if len(listed) > limit else None, path)

    @staticmethod
    def _is_in(made: Made, subreddit: str, kind: str) -> bool:
        return made.kind == kind and made.subreddit.lower() == subreddit.lower()

    def _page(self, page: list[Made], after: str | None, path: str) -> dict:
        fault = self._fault(PAGES, path)
        things = [made.thing(self.skew_s if fault == "clock_skew" else 0) for made in page]
        if fault == "duplicate":
            things = [thing for thing in things for _ in range(2)]
        if fault == "reorder":
            things = [*things[1::2], *things[::2]]
        self.offered |= {made.post_id for made in page}
        return {"kind": "Listing", "data": {"children": things, "after": after, "before": None}}

    def _info(self, names: list[str], path: str) -> dict:
        with self._lock:
            found = {m.name: m for m in self.items if m.fate != "missing"}
            listed = [found[name] for name in names[:100] if name in found]
            return self._page(listed, None, path)


class Handler(BaseHTTPRequestHandler):
    """Speaks Reddit's HTTP for the fake that a subclass names."""

    fake: FakeReddit
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is its own."""

    def do_POST(self) -> None:
        """Give a token to the application that was approved."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        path = self._note()
        fault = self.fake._fault(TOKENS | {"reset", "timeout"}, path)
        if fault in {"reset", "timeout"}:
            return self._break_off(fault)
        if fault:
            status = {"token_429": 429, "token_5xx": 503}.get(fault, 200)
            return self._send(status, {"surprise": True}, self._retry())
        return self._grant(path, form)

    def _grant(self, path: str, form: dict[str, list[str]]) -> None:
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if path != "/api/v1/access_token":
            return self._send(404, {"message": "Not Found", "error": 404})
        if self.headers.get("Authorization") != f"Basic {wanted}":
            return self._send(401, {"message": "Unauthorized", "error": 401})
        if form.get("grant_type") != ["client_credentials"]:
            return self._send(200, {"error": "unsupported_grant_type"})
        return self._send(200, self.fake._token())

    def do_GET(self) -> None:
        """Answer a listing or an info query that bears a token."""
        path = self._note()
        fault = self.fake._fault(BEFORE_ANSWERING | BODIES | HOSTILE, path)
        if fault in BEFORE_ANSWERING:
            return self._refuse(fault)
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or token not in self.fake._tokens:
            return self._unauthorized()
        return self._answer(path, fault)

    def _answer(self, path: str, fault: str | None) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        self.fake.questions.append(asked | {"path": path})
        if fault == "strange_body":
            return self._send(200, {"surprise": [1, 2, 3]})
        if fault in HOSTILE:
            return self._hold_up(fault)
        if fault == "not_json":
            return self._send(200, "<html>We are updating our site.</html>")
        if path == "/api/info":
            names = [name for name in asked.get("id", "").split(",") if name]
            return self._send(200, self.fake._info(names, path), half=fault == "half_body")
        match path.strip("/").split("/"):
            case ["r", name, "new" | "comments" as which] if name not in self.fake.closed:
                kind = "t3" if which == "new" else "t1"
                body = self.fake._listing(name, kind, asked, path)
                return self._send(200, body, half=fault == "half_body")
            case ["r", name, _] if name in self.fake.closed:
                return self._shut(name, self.fake.closed[name])
        return self._send(404, {"message": "Not Found", "error": 404})

    def _hold_up(self, fault: str) -> None:
        """Answer in a way that costs the reader memory, depth or hours."""
        if fault == "deep_json":
            return self._send(200, "[" * 200_000)
        self.send_response(200)
        if fault == "bomb":
            packed = gzip.compress(bytes(20_000_000))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(packed)
            return None
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):
            while not self.fake._ended.wait(0.05):
                self.wfile.write(b" ")
        return None

    def _shut(self, name: str, reason: str) -> None:
        if reason == "missing":
            return self._send(302, "", {"Location": f"/subreddits/search?q={name}"})
        status = 404 if reason == "banned" else 403
        said = {"reason": reason, "message": "Forbidden", "error": status}
        return self._send(status, said)

    def _refuse(self, fault: str) -> None:
        if fault in {"reset", "timeout"}:
            return self._break_off(fault)
        if fault == "expired_token":
            self.fake.forget_tokens()
            return self._unauthorized()
        if fault == "http_429":
            return self._send(429, "<h1>Too Many Requests</h1>", self._retry())
        return self._send(503 if fault == "http_5xx" else 403, "<h1>upstream</h1>")

    def _retry(self) -> dict[str, str]:
        return {"Retry-After": self.fake.retry_after} if self.fake.retry_after else {}

    def _unauthorized(self) -> None:
        bearer = 'Bearer realm="reddit", error="invalid_token"'
        self._send(401, {"message": "Unauthorized"}, {"WWW-Authenticate": bearer})

    def _note(self) -> str:
        path = urlsplit(self.path).path
        self.fake.asked.append((time.monotonic(), path))
        self.fake.agents.add(self.headers.get("User-Agent", ""))
        return path

    def _break_off(self, fault: str) -> None:
        if fault == "timeout":
            self.fake._ended.wait(3)
        self.close_connection = True
        gone = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
        self.connection.close()

    def _send(
        self, status: int, body: dict | str, more: dict | None = None, half: bool = False
    ) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in self._headers(len(content)).items() | (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection = half

    def _headers(self, length: int) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=UTF-8",
            "Content-Length": str(length),
            "X-Ratelimit-Used": str(len(self.fake.asked)),
            "X-Ratelimit-Remaining": f"{self.fake.left_n:.1f}",
            "X-Ratelimit-Reset": str(self.fake.reset_s),
        }
