"""The real server on 127.0.0.1 in a thread, and ways to ask it things no browser would."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from flows.serving.command import server_of, tls_of
from flows.serving.server import Bounds
from flows.serving.settings import Served
from warehouse.home import Home


@dataclass
class Running:
    """A server that runs. port: where."""

    port: int

    def ask(self, target, method="GET", body=None, **headers):
        """One request on a connection of its own: (status, headers in small letters, body)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as asking:
            asking.putrequest(
                method, target, skip_host="Host" in named, skip_accept_encoding=True
            )
            for name, value in named.items():
                asking.putheader(name, value)
            asking.endheaders(body)
            answer = asking.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def raw(self, data, timeout=10.0):
        """Send bytes as they are; what comes back until the server closes."""
        with self.open(timeout) as line:
            line.sendall(data)
            return read_all(line)

    def open(self, timeout=10.0):
        return socket.create_connection(("127.0.0.1", self.port), timeout)


def read_all(line):
    """All that comes until the other side closes or tears the connection down."""
    found = b""
    try:
        while data := line.recv(65_536):
            found += data
    except ConnectionError:
        pass
    return found


@contextmanager
def running(home: Home, bounds: Bounds | None = None, **settings) -> Iterator[Running]:
    """Serve a data folder while the block lasts."""
    served = Served(port=0, **settings)
    server = server_of(home, served)
    server.bounds = bounds or server.bounds
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(
        server.start(served.host, 0, tls_of(served)), loop
    ).result(10)
    try:
        yield Running(listening.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
