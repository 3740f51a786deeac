"""Serve until told to end: what `grapevine serve` does."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import Callable
from ipaddress import ip_address

from flows.serving.asked import Answer, Asked, refusal
from flows.serving.door import Door
from flows.serving.health import Health
from flows.serving.pages import Pages
from flows.serving.server import Server
from flows.serving.settings import Served
from flows.sources.collected import SettingsError
from flows.watching.json_lines import event
from flows.watching.settings import Limits
from warehouse.errors import GrapevineError
from warehouse.home import Home

Say = Callable[[str], None]


def serve(home: Home, host: str | None, port: int | None, say: Say) -> None:
    """Serve until SIGTERM or Ctrl-C. Raise `GrapevineError` when that cannot begin."""
    served = Served.from_env(host, port)
    asyncio.run(_until_told(served, server_of(home, served), home, say))


def server_of(home: Home, served: Served) -> Server:
    """The server of a data folder."""
    pages, door, health = Pages(home.site), Door(served), Health(home, Limits.from_env())

    def answer(asked: Asked) -> Answer:
        found = _answer(asked, door, pages, health)
        health.answered[found.status] += 1
        return found

    def is_proxy(peer: str) -> bool:
        return any(ip_address(peer.partition("%")[0]) in one for one in served.proxies)

    return Server(answer, is_proxy=is_proxy)


def tls_of(served: Served) -> ssl.SSLContext | None:
    """The certificate's context, or None. Raise `SettingsError` when its files are unfit."""
    if served.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(served.certificate, served.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            "certificate and key of [serve] cannot be used together "
            f"({error.strerror or 'no PEM files'}). Name a PEM file of each."
        ) from error
    return context


def _answer(asked: Asked, door: Door, pages: Pages, health: Health) -> Answer:
    path = asked.target.partition("?")[0]
    refused = door.refuse(asked)
    if path == "/healthz" and (refused is None or refused.status in (401, 403)):
        return health.healthz(is_let_in=refused is None)
    if refused:
        return refused
    try:
        return health.metrics() if path == "/metrics" else pages.answer(asked)
    except OSError:
        return refusal(500)


async def _until_told(served: Served, server: Server, home: Home, say: Say) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, ended.set)
    tls = tls_of(served)
    try:
        listening = await server.start(served.host, served.port, tls)
    except OSError as error:
        raise GrapevineError(
            f"{served.host} port {served.port} cannot be listened on "
            f"({error.strerror or 'no such address'}). Choose another with --host and --port."
        ) from error
    for line in _greeting(served, listening.sockets[0].getsockname()[1], home):
        say(line)
    event("serving")
    await ended.wait()
    listening.close()
    event("served to the end")


def _greeting(served: Served, port: int, home: Home) -> list[str]:
    host = f"[{served.host}]" if ":" in served.host else served.host
    scheme = "https" if served.certificate else "http"
    lines = [f"Serving {home.site} at {scheme}://{host}:{port}/ . Ctrl-C ends it."]
    if not (home.site / "index.html").exists():
        lines.append("There is no site yet: `grapevine run` makes it, and it is served then.")
    if served.password and not served.is_own and not served.certificate:
        lines.append(
            "The password goes over the network unprotected: set certificate and key under "
            "[serve], or put a proxy with https in front."
        )
    return lines
