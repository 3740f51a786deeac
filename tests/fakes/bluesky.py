"""A working Jetstream, versions 1 and 2, and the two public look-ups, on one port.

It keeps its events in memory, replays from a cursor, goes on with the live tail, filters by
collection, always sends account and identity events, and answers as each version does. Which
code a real host of version 1 closes a slow reader with is not documented; 1008 is used here.
"""

from __future__ import annotations

import bisect
import gzip
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import zstandard
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import serve

POST = "app.bsky.feed.post"
PROFILE = "app.bsky.actor.profile"
OPT_OUT = "!no-unauthenticated"
V1, V2 = "/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"
DAY_US = 86_400_000_000
STEP_US = 100_000
BEFORE_CONNECTING = {"http_429", "http_5xx", "http_400", "strange_answer"}
LOOK_UPS = {"lookup_429", "lookup_5xx", "lookup_strange", "lookup_empty", "lookup_bomb"}

WANTED = (
    "The clinic in {place} ran out of flu shots by noon, again.",
    "Anyone in {place} had the measles booster? My arm still hurts.",
    "My neighbor near {place} swears raw milk cured her asthma. I have questions.",
    "Sunscreen aisle at the store was empty, {n} people looking for it.",
    "They told {n} of us at work that fluoride is coming out of the water.",
    "Waited {n} hours at the ER in {place}. Not enough nurses, they said.",
    "Got my lab results in the portal at midnight and nobody to ask what they mean.",
    "La clínica de {place} no tiene vacunas contra la gripe hasta el mes que entra.",
    "Mi tía dice que el té de hierbas le quitó la diabetes, llevo {n} días sin creerle.",
    "¿Alguien sabe si la vacuna del sarampión es segura para los niños de un año?",
    "The county fair in {place} had {n} pies this year and we tried most of them.",
    "Snow closed the pass again, three cars in the ditch near {place} tonight.",
)
"""Posts that a right client keeps: of health, or with a place."""

UNWANTED = (
    "Just finished the {n}th episode and I have no words, what a show that was.",
    "My cat has decided that the keyboard is hers now and there is no arguing with her.",
    "Somebody please explain the offside rule to me one more time, slowly.",
    "Ayer fuimos al cine y la película no nos gustó nada, pero las palomitas muy bien.",
    "今日はとても天気がいいので、みんなで公園に行きました。{n}時間も歩きました。",
    "Eu não acredito que o jogo de hoje acabou assim, que tristeza para todos nós.",
    "Heute war ein langer Tag im Büro, aber jetzt ist endlich Feierabend und ich lese.",
    "Le marché du samedi est toujours plein, mais on y trouve de très belles tomates.",
)
"""Posts of which a right client keeps none."""

PLACES = (
    "Casper, Wyoming",
    "Gillette, WY",
    "Havre, Montana",
    "Alpine, Texas",
    "Natrona County",
    "Dodge City, Kansas",
    "Selma, AL",
    "Las Cruces, New Mexico",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, before it is put in the words of either version."""

    time_us: int
    did: str
    kind: str = "commit"
    operation: str = "create"
    collection: str = POST
    rkey: str = ""
    record: dict | None = None
    account: dict | None = None
    is_wanted: bool = False

    @property
    def post_id(self) -> str:
        return f"bluesky:at://{self.did}/{POST}/{self.rkey}"

    def in_v1(self) -> str:
        event: dict = {"did": self.did, "time_us": self.time_us, "kind": self.kind}
        if self.kind == "commit":
            event["commit"] = {"rev": "3l", "operation": self.operation} | self._named()
        else:
            event[self.kind] = self._wrapped()
        return json.dumps(event, ensure_ascii=False, separators=(",", ":"))

    def in_v2(self, seq: int) -> str:
        time_ = datetime.fromtimestamp(self.time_us / 1e6, UTC).strftime(
            "%Y-%m-%dT%H:%M:%S.%fZ"
        )
        payload: dict = {
            "$type": f"network.bsky.jetstream.subscribeEvents#{self.kind}",
            "seq": seq,
            "did": self.did,
            "time": time_,
            "witnessedAt": time_,
        }
        if self.kind == "commit":
            payload |= {"rev": "3l", "operation": self.operation} | self._named()
        else:
            payload[self.kind] = self._wrapped()
        return json.dumps({"$type": "message", "payload": payload}, ensure_ascii=False)

    def _named(self) -> dict:
        names = {"collection": self.collection, "rkey": self.rkey}
        return names | ({"record": self.record, "cid": "bafy"} if self.record else {})

    def _wrapped(self) -> dict:
        return {"did": self.did, "seq": 1, "time": "2026-11-22T00:00:00Z"} | (
            self.account or {}
        )


def record(text: str, **more: object) -> dict:
    """A post's record as a client writes it; its language tag is wrong on purpose."""
    return {
        "$type": POST,
        "createdAt": "1999-01-01T00:00:00Z",
        "langs": ["ja"],
        "text": text,
    } | more


def self_labels(*values: str) -> dict:
    return {
        "$type": "com.atproto.label.defs#selfLabels",
        "values": [{"val": value} for value in values],
    }


def did(number: int) -> str:
    return f"did:plc:{number:024d}"


def wording(templates: tuple[str, ...], number: int) -> str:
    place = PLACES[number % len(PLACES)]
    return templates[number % len(templates)].format(place=place, n=2 + number % 97)


def frames(events_n: int, seed: int = 1) -> Iterator[bytes]:
    """A stream as busy as Bluesky's, in version 1: of 100 events about 13 are worth keeping."""
    choose, start_us = random.Random(seed), now_us() - events_n
    for number in range(events_n):
        draw = choose.random()
        happening = Happening(start_us + number, did(number % 50_021), rkey=f"3l{number}")
        if draw < 0.13:
            text = record(wording(WANTED, number))
            happening = replace(happening, record=text)
        elif draw < 0.80:
            happening = replace(happening, record=record(wording(UNWANTED, number)))
        elif draw < 0.92:
            happening = replace(happening, operation="delete")
        elif draw < 0.96:
            profile = {"$type": PROFILE, "displayName": "x", "description": "y" * 200}
            happening = replace(happening, collection=PROFILE, record=profile)
        elif draw < 0.98:
            happening = replace(happening, kind="identity")
        else:
            happening = replace(happening, kind="account", account={"active": True})
        yield happening.in_v1().encode()


class FakeBluesky:
    """Jetstream and look-ups on 127.0.0.1; a context manager.

    `fail(kind, times)` scripts what goes wrong on the next connections; `offered` holds the ids
    of posts worth keeping that were handed out at least once, `deleted` those taken back since.
    """

    def __init__(self, version: int = 1) -> None:
        self.version = version
        self.events: list[Happening] = []
        self.offered: set[str] = set()
        self.deleted: set[str] = set()
        self.opted_out: set[str] = set()
        self.asked: list[str] = []
        self.connections_n = 0
        self.lookups_n = 0
        self.words = b""  # handed out instead of the dictionary
        self.keeps_since_us = 0
        self._faults: list[str] = []
        self._changed = threading.Condition()
        self._is_open = True
        self._next_us = now_us() - 3_000_000_000

    def __enter__(self) -> FakeBluesky:
        self._server = serve(
            self._stream,
            "127.0.0.1",
            0,
            compression=None,
            process_request=self._answer,
            close_timeout=0.5,
        )
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{V1 if self.version == 1 else V2}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "GRAPEVINE_BLUESKY_URL": self.url,
            "GRAPEVINE_BLUESKY_API": f"http://127.0.0.1:{self.port}",
            "GRAPEVINE_BLUESKY_QUIET_S": "0.3",
        }

    def seed(self, posts_n: int) -> list[str]:
        """Add posts worth keeping, from fifty minutes ago on; return their ids."""
        first = len(self.events)
        added = [
            self.add(record(wording(WANTED, first + number)), is_wanted=True)
            for number in range(posts_n)
        ]
        return [happening.post_id for happening in added]

    def noise(self, posts_n: int) -> None:
        """Add posts of which none is worth keeping."""
        for number in range(posts_n):
            self.add(record(wording(UNWANTED, number)))

    def add(self, text: dict | None = None, **changes) -> Happening:
        """Add one event, a tenth of a second after the last; live readers get it at once."""
        with self._changed:
            self._next_us = max(self._next_us + 1, min(self._next_us + STEP_US, now_us()))
            number = len(self.events)
            happening = Happening(
                self._next_us, did(number % 31), rkey=f"3l{number}", record=text
            )
            happening = replace(happening, **changes)
            self._next_us = max(self._next_us, happening.time_us)
            self.events.append(happening)
            self._changed.notify_all()
        return happening

    def delete(self, post_id: str) -> None:
        """The author deletes a post: later replays lack it, and say so."""
        author, _, rkey = post_id.removeprefix("bluesky:at://").split("/")
        with self._changed:
            self.events = [event for event in self.events if event.post_id != post_id]
        self.deleted.add(post_id)
        self.add(did=author, rkey=rkey, operation="delete")

    def fail(self, kind: str, times: int = 1) -> None:
        """Let the next `times` connections, or look-ups, go wrong in this way."""
        self._faults += [kind] * times

    def _next_fault(self, is_among) -> str | None:
        with self._changed:
            found = next((kind for kind in self._faults if is_among(kind)), None)
            if found:
                self._faults.remove(found)
        return found

    def _answer(self, connection, request) -> Response | None:
        url = urlsplit(request.path)
        asked = parse_qs(url.query)
        if url.path in (V1, V2):
            return self._refusal(url.path, asked)
        if url.path.endswith("getZstdDictionary"):
            words = self.words or dictionary().as_bytes()
            return _response(200, words, "application/octet-stream")
        self.lookups_n += 1
        fault = self._next_fault(LOOK_UPS.__contains__)
        if fault:
            return _fault_response(fault.removeprefix("lookup_"))
        if url.path.endswith("getPosts"):
            return _json({"posts": self._posts(asked.get("uris", []))})
        if url.path.endswith("getProfiles"):
            actors = asked.get("actors", [])
            return _json({"profiles": [self._profile(actor) for actor in actors]})
        return _response(404, b"{}", "application/json")

    def _refusal(self, path: str, asked: dict) -> Response | None:
        self.connections_n += 1
        self.asked.append(f"{path}?{sorted(asked.items())}")
        fault = self._next_fault(BEFORE_CONNECTING.__contains__)
        if fault:
            return _fault_response(fault)
        is_known = path == (V1 if self.version == 1 else V2)
        is_old_way = self.version == 2 and "wantedCollections" in asked
        number = asked.get("zstdDictionary")
        is_retired = number is not None and int(number[0]) != dictionary().dict_id()
        if not is_known or is_old_way or is_retired:
            return _response(400, b'{"error":"InvalidRequest"}', "application/json")
        return None

    def _posts(self, uris: list[str]) -> list[dict]:
        there = {
            event.post_id: event for event in self.events
            if event.collection == POST and event.operation != "delete"
        }  # fmt: skip
        return [
            {"uri": uri, "cid": "bafy", "author": self._profile(there[f"bluesky:{uri}"].did)}
            for uri in uris
            if f"bluesky:{uri}" in there
        ]

    def _profile(self, actor: str) -> dict:
        labels = [
            {"val": OPT_OUT, "src": actor, "uri": "at://x", "cts": "2026-01-01T00:00:00Z"}
        ]
        return {
            "did": actor,
            "handle": "someone.example",
            "labels": labels if actor in self.opted_out else [],
        }

    def _stream(self, connection) -> None:
        asked = parse_qs(urlsplit(connection.request.path).query)
        sender = _Sender(self, connection, "zstdDictionary" in asked)
        fault = self._next_fault(lambda kind: kind not in BEFORE_CONNECTING | LOOK_UPS)
        with suppress(ConnectionClosed, OSError):
            cursor = int(asked.get("cursor", [now_us()])[0])
            if cursor < self.keeps_since_us and self.version == 2:
                sender.send_info("OutdatedCursor")
            self._send_all(sender, asked, max(cursor, self.keeps_since_us), fault)

    def _send_all(self, sender, asked: dict, cursor: int, fault: str | None) -> None:
        at_us = cursor
        while self._is_open:
            with self._changed:
                first = bisect.bisect_left(self.events, at_us, key=lambda e: e.time_us)
                due = self.events[first:]
                if not due:
                    self._changed.wait(0.05)
            if due:
                at_us = due[-1].time_us + 1
                self._send(sender, [event for event in due if _is_asked(event, asked)], fault)
                fault = None
            elif _has_left(sender.connection):
                return

    def _send(self, sender, due: list[Happening], fault: str | None) -> None:
        match fault:
            case "duplicate":
                due = [event for event in due for _ in range(2)]
            case "reorder":
                random.Random(1).shuffle(due)
            case "clock_skew":
                due = [
                    replace(event, time_us=event.time_us + DAY_US) if number % 7 == 3 else event
                    for number, event in enumerate(due)
                ]
        middle = (len(due) + 1) // 2
        for number, event in enumerate(due):
            if number == middle:
                due[number:] = sender.break_off(fault, due)
                if number >= len(due):
                    break
                event = due[number]
            sender.send(event)


class _Sender:
    """Puts events on one connection in the words of its version."""

    def __init__(self, fake: FakeBluesky, connection, packs: bool) -> None:
        self.fake, self.connection = fake, connection
        self._pack = (
            zstandard.ZstdCompressor(dict_data=dictionary()).compress if packs else None
        )

    def send(self, event: Happening) -> None:
        if event.is_wanted and event.operation == "create":
            self.fake.offered.add(event.post_id)
        self.say(event.in_v1() if self.fake.version == 1 else event.in_v2(event.time_us))

    def say(self, written: str) -> None:
        self.connection.send(self._pack(written.encode()) if self._pack else written)

    def send_info(self, name: str) -> None:
        kind = "network.bsky.jetstream.subscribeEvents#info"
        self.say(json.dumps({"$type": "message", "payload": {"$type": kind, "name": name}}))

    def break_off(self, fault: str | None, due: list[Happening]) -> list[Happening]:
        """Do what the fault says half way through; return what is still to be sent."""
        rest = due[(len(due) + 1) // 2 :]
        if fault == "delete_while_paging":
            return self._delete(due, rest)
        happens = {
            "reset": self._reset,
            "half_body": self._half_body,
            "slow_consumer": self._slow_consumer,
            "going_away": lambda: self.connection.close(1001),
            "timeout": self._timeout,
            "strange_body": self._strange_body,
        }.get(fault or "")
        if happens:
            happens()
        return rest

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.socket.shutdown(socket.SHUT_RDWR)

    def _half_body(self) -> None:
        self.connection.socket.sendall(b'\x81\x7e\x10\x00{"did":"did:plc:0000')
        self.connection.socket.shutdown(socket.SHUT_RDWR)

    def _slow_consumer(self) -> None:
        if self.fake.version == 2:
            self.say('{"$type":"error","error":"ConsumerTooSlow","message":"m"}')
        self.connection.close(1008)

    def _timeout(self) -> None:
        while not _has_left(self.connection):
            time.sleep(0.05)

    def _strange_body(self) -> None:
        self.say("<html>bad gateway</html>")
        self.say('{"did":"did:plc:x","time_us":1,"kind":"new"}')
        self.say('{"unknown":[1,2,3]}')

    def _delete(self, due: list[Happening], rest: list[Happening]) -> list[Happening]:
        gone = {event.post_id for event in (due[0], rest[-1]) if event.is_wanted}
        for post_id in sorted(gone):
            self.fake.delete(post_id)
        return [event for event in rest if event.post_id not in gone]


def _is_asked(event: Happening, asked: dict) -> bool:
    wanted = asked.get("wantedCollections") or asked.get("collections") or []
    return event.kind != "commit" or not wanted or event.collection in wanted


def _has_left(connection) -> bool:
    try:
        connection.recv(timeout=0)
    except TimeoutError:
        return False
    except ConnectionClosed:
        return True
    return False


def _response(status: int, body: bytes, kind: str, **headers: str) -> Response:
    written = Headers({"Content-Type": kind, "Content-Length": str(len(body))} | headers)
    written["Connection"] = "close"
    return Response(status, HTTPStatus(status).phrase, written, body)


def _json(answer: dict) -> Response:
    return _response(200, json.dumps(answer).encode(), "application/json")


def _fault_response(kind: str) -> Response:
    if kind.endswith("429"):
        return _response(429, b"{}", "application/json", **{"Retry-After": "1"})
    if kind.endswith("400"):
        return _response(400, b"{}", "application/json")
    if kind == "empty":
        return _json({"posts": [], "profiles": []})
    if kind == "bomb":
        packed = gzip.compress(b'{"posts":[' + b" " * 30_000_000 + b"]}")
        return _response(200, packed, "application/json", **{"Content-Encoding": "gzip"})
    if kind.endswith("5xx"):
        return _response(503, b"", "text/plain")
    return _response(200, b"<html>sign in</html>", "text/html")


def now_us() -> int:
    return time.time_ns() // 1000


@cache
def dictionary() -> zstandard.ZstdCompressionDict:
    """The dictionary that version 2 hands out."""
    return zstandard.train_dictionary(4096, list(frames(2000)))
