"""Decide who may read: the right name asked for, the right password, or the right proxy."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from flows.serving.asked import Answer, Asked, refusal
from flows.serving.settings import Served

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
WRONG_N, WRONG_S, REMEMBERED_N = 10, 60.0, 10_000
"""Wrong passwords from one address until it must wait; for so long; addresses remembered."""

_HOST = re.compile(r"([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?")
ASK = (("WWW-Authenticate", 'Basic realm="Grapevine", charset="UTF-8"'),)

Clock = Callable[[], float]


class Door:
    """Lets a request in, or says why not. Names nobody, and remembers only wrong guesses."""

    def __init__(self, served: Served, clock: Clock = time.monotonic) -> None:
        self._served = served
        self._clock = clock
        self._right = hashlib.sha256(served.password.encode()).digest()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def refuse(self, asked: Asked) -> Answer | None:
        """Why this request is not answered; None when it is."""
        if not self._is_name_ours(asked.header("host")):
            return refusal(421)
        if self._served.proxy_header:
            return None if self._is_from_proxy(asked) else refusal(403)
        return self._ask_password(asked) if self._served.password else None

    def _is_name_ours(self, said: str) -> bool:
        """So that a page elsewhere cannot have a name of its own lead a browser here."""
        found = _HOST.fullmatch(said.lower())
        if not found:
            return False
        name, own = found[1], self._served.host
        if name in OWN_NAMES or name in self._served.hosts or name in (own, f"[{own}]"):
            return True
        return not self._served.hosts and not self._served.is_own

    def _is_from_proxy(self, asked: Asked) -> bool:
        peer = _plain(asked.peer)
        is_known = any(peer in network for network in self._served.proxies)
        return is_known and bool(asked.header(self._served.proxy_header).strip())

    def _ask_password(self, asked: Asked) -> Answer | None:
        peer, given = _network_of(asked.peer), _password(asked.header("authorization"))
        wrong_n, since = self._wrong.get(peer, (0, 0.0))
        if wrong_n >= WRONG_N and self._clock() - since < WRONG_S:
            return refusal(429, (("Retry-After", str(int(WRONG_S))),))
        if given is None:
            return refusal(401, ASK)
        if hmac.compare_digest(hashlib.sha256(given).digest(), self._right):
            self._wrong.pop(peer, None)
            return None
        self._note_wrong(peer)
        return refusal(401, ASK)

    def _note_wrong(self, peer: str) -> None:
        wrong_n, since = self._wrong.pop(peer, (0, 0.0))
        now = self._clock()
        is_old = now - since >= WRONG_S
        self._wrong[peer] = (1 if is_old else wrong_n + 1, now)
        if len(self._wrong) > REMEMBERED_N:
            self._wrong.popitem(last=False)


def _password(header: str) -> bytes | None:
    """The password of Basic credentials, whatever the user's name; None without any."""
    kind, _, coded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        _, colon, password = base64.b64decode(coded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return password if colon else None


def _plain(peer: str) -> object:
    """The address; of an IPv4 address in IPv6's dress the address itself."""
    found = ip_address(peer.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _network_of(peer: str) -> str:
    """Whom guesses are counted for: an IPv4 address, or the /64 that one IPv6 reader has."""
    found = _plain(peer)
    if isinstance(found, IPv6Address):
        return found.exploded[:19]
    return str(found)
