"""Connect to public addresses only, whatever a feed's address or redirect says.

A list of feeds, a redirect and a name server are all written by others, and each could point at
this machine or its network. So the check is made where the connection is: a name is looked up
once, every address it has must be public, and the connection goes to one of those very
addresses, by number. There is no second look-up that could answer otherwise, and spellings
(decimal, hexadecimal, IPv6 that wraps IPv4) do not matter, since it is the number that counts.

Everything of one visit shares one deadline, down to the single read.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from flows.sources.listed import Address

PORTS = {80, 443}

_SHUT = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"),
    )
)
"""For protocols and documents, or wrapping IPv4; which of them Python calls private depends on
its version."""

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+", re.I)

Resolve = Callable[[str, int], list[str]]
"""The numbers of a host, as text; raises `OSError` when it has none."""


class RefusedError(Exception):
    """An address that is not to be asked; plain words, without the address."""


def check_url(url: httpx.URL, loopback: frozenset[Address]) -> None:
    """Refuse an address that cannot be a public feed, before anything is looked up."""
    if url.scheme not in ("http", "https"):
        raise RefusedError("only http and https are read")
    if not _HOST.fullmatch(url.raw_host.decode("ascii", "replace")):
        raise RefusedError("it names no host")
    if url.userinfo:
        raise RefusedError("it carries a name or a password")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port not in PORTS and (url.host, port) not in loopback:
        raise RefusedError("only ports 80 and 443 are read")


def is_public(written: str) -> bool:
    """Whether an IP address lies on the public internet; none that wraps another does."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    shut = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not shut and not any(address in network for network in _SHUT)


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for httpcore, to checked addresses and until a deadline.

    deadline  by `time.monotonic`
    """

    def __init__(
        self,
        deadline: float,
        loopback: frozenset[Address] = frozenset(),
        resolve: Resolve = look_up,
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._deadline = deadline
        self._loopback = loopback
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; `RefusedError` when one is private."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._left_s(timeout), local_address, socket_options
                )
                return TimedStream(stream, self._left_s)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        addresses = self._looked_up(host, port)
        for address in addresses:
            if not is_public(address) and (address, port) not in self._loopback:
                raise RefusedError("it leads to an address that is not public")
        return addresses

    def _looked_up(self, host: str, port: int) -> list[str]:
        """Look up in a thread of its own: the system's resolver knows no deadline."""
        answer: queue.Queue[list[str] | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answer.get(timeout=self._left_s(None))
        except queue.Empty:
            raise httpcore.ConnectTimeout("looking up the name took too long") from None
        if isinstance(found, Exception):
            raise httpcore.ConnectError("no such host") from found
        return found

    def _left_s(self, timeout: float | None) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise httpcore.ReadTimeout("the time for this visit is over")
        return left_s if timeout is None else min(timeout, left_s)


class TimedStream(httpcore.NetworkStream):
    """A connection on which every read and write gets only the time that is left."""

    def __init__(
        self, inner: httpcore.NetworkStream, left_s: Callable[[float | None], float]
    ) -> None:
        self._inner = inner
        self._left_s = left_s

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream inside, within the time that is left."""
        return self._inner.read(max_bytes, self._left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the stream inside, within the time that is left."""
        self._inner.write(buffer, self._left_s(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """As the stream inside; the certificate is held to the name, not to the number."""
        secure = self._inner.start_tls(ssl_context, server_hostname, self._left_s(timeout))
        return TimedStream(secure, self._left_s)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own signature
        """As the stream inside."""
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """What an `httpx.Client` needs to send through a `GuardedBackend`, and through no proxy."""

    def __init__(self, backend: GuardedBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(context, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpcore's errors, and `RefusedError`."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
