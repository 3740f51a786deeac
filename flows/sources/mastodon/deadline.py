"""End an answer that drips: to requests, a timeout is one for each read, begun anew by a byte.

The adapter keeps hold of the socket that its session reads from, and shuts it when the time for
one answer, headers included, is over. A session with one connection at a time is supposed.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter

from warehouse.network import ended_after


class DeadlineAdapter(HTTPAdapter):
    """What a `requests.Session` sends through.

    is_over  whether the last answer was ended because its time was over
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_over = False
        self._socket: socket.socket | None = None

    @contextmanager
    def within(self, wait_s: float) -> Iterator[None]:
        """Give what is read meanwhile so many seconds in all; nothing is raised by itself."""
        self.is_over = False
        with ended_after(wait_s, self._end):
            yield

    def get_connection_with_tls_context(self, *asked: Any, **how: Any) -> Any:  # noqa: ANN401
        """As its parent, with connections that tell of their socket."""
        pool = super().get_connection_with_tls_context(*asked, **how)
        kind = type(pool).ConnectionCls

        def made(**options: Any) -> Any:  # noqa: ANN401  # urllib3's own, passed on
            connection: Any = kind(**options)
            connect = connection.connect

            def connect_and_tell() -> None:
                connect()
                self._socket = connection.sock
                if self.is_over:
                    self._end()

            connection.connect = connect_and_tell
            return connection

        pool.ConnectionCls = made  # type: ignore[assignment]  # made as the class makes it
        return pool

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
