"""A working mail server on 127.0.0.1 (aiosmtpd), and the ways in which one can fail.

`boxes` is what it took: the mail that a reader would have. A fault is a moment and what goes
wrong there; each befalls one mail.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MOMENTS = ("mail", "rcpt", "data", "taken")
"""Before it answers MAIL, RCPT or the dot; `taken`: after it took a mail, before it says so."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that the server took."""

    sender: str
    to: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, read as a mail program reads it."""
        read = message_from_bytes(self.content, policy=default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class FakeMailServer:
    """The server.

    login     (user, password) that it wants, or None
    tls       its certificate, for STARTTLS; None offers none
    is_wrapped  TLS from the first byte on
    refusals  address → what RCPT is answered
    """

    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    is_wrapped: bool = False
    refusals: dict[str, str] = field(default_factory=dict)
    boxes: list[Taken] = field(default_factory=list)
    connections_n: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._faults: deque[tuple[str, str]] = deque()
        self.reached = threading.Event()  # a silent fault has begun
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(
                self._session, "127.0.0.1", self.port, ssl=self.tls if self.is_wrapped else None
            )
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def fail(self, moment: str, how: str, times: int = 1) -> None:
        """At `moment` of the next mails: `hang_up`, `silent`, or the answer given in `how`."""
        assert moment in MOMENTS
        self._faults.extend([(moment, how)] * times)

    @property
    def readers(self) -> list[str]:
        """Who got mail, one entry a mail, sorted."""
        return sorted(to for mail in self.boxes for to in mail.to)

    def _session(self) -> SMTP:
        self.connections_n += 1
        asked: dict[str, Any] = {}
        if self.login:
            asked = {
                "auth_required": True,
                "auth_require_tls": not self.is_wrapped,
                "authenticator": self._authenticate,
            }
        if self.tls and not self.is_wrapped:
            asked |= {"tls_context": self.tls, "require_starttls": True}
        return SMTP(self, hostname="fake.test", loop=self._loop, **asked)

    def _authenticate(self, *given: Any) -> AuthResult:
        pair = given[-1]
        assert isinstance(pair, LoginPassword)
        self.logins.append((pair.login.decode(), pair.password.decode()))
        return AuthResult(success=self.logins[-1] == self.login)

    async def _at(self, moment: str, server: SMTP) -> str | None:
        """Fail as it is due; the answer to give instead of the usual one, or None."""
        if not self._faults or self._faults[0][0] != moment:
            return None
        _, how = self._faults.popleft()
        if how == "hang_up":
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(60)
        if how == "silent":
            self.reached.set()
            await asyncio.sleep(60)
        return how

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = await self._at("mail", server)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = await self._at("rcpt", server) or self.refusals.get(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if answer := await self._at("data", server):
            return answer
        assert isinstance(envelope.content, bytes)
        taken = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
        self.boxes.append(taken)
        return await self._at("taken", server) or "250 2.0.0 taken"
