"""Hand mail to the office's mail server, over one connection, one reader at a time.

A mail is the server's from the moment it answers the single dot behind the text. Before the
dot nothing was taken, whatever goes wrong; after the server's answer all is known. Between the
two nobody can know, so the dot is sent by itself, right after `about_to` was told.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from delivery.mail import Mail
from delivery.office import MailServer
from delivery.outcome import ChannelDownError, Outcome

PER_CONNECTION = 50
"""Mails over one connection; many servers close it after more."""

_ACCEPTED, _GO_ON, _CLOSING = (250, 251), 354, 421
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(slots=True)
class Postman:
    """The connection to a mail server, made when first needed.

    password  the password itself; empty when the server asks for none
    name      what we call ourselves: the domain that the mail is from
    """

    server: MailServer
    password: str = field(repr=False)
    name: str
    _smtp: smtplib.SMTP | None = None
    _handed_n: int = 0

    def hand_over(self, mail: Mail, about_to: Callable[[], None]) -> Outcome:
        """Hand one mail over; `about_to` is called before it can have been taken.

        Raise `ChannelDownError` when the server cannot be reached or does not let us in.
        """
        smtp = self._connected()
        try:
            refused = self._up_to_the_dot(smtp, mail)
        except (smtplib.SMTPException, OSError):
            self.close()
            return Outcome("later", "connection lost")
        if refused:
            return refused
        about_to()
        try:
            smtp.send(".\r\n")
            return self._outcome(*smtp.getreply(), is_handed=True)
        except (smtplib.SMTPException, OSError):
            self.close()
            return Outcome("in doubt", "no answer to the whole mail")

    def close(self) -> None:
        """Say goodbye, if there is somebody to say it to."""
        if self._smtp is None:
            return
        smtp, self._smtp, self._handed_n = self._smtp, None, 0
        try:
            if smtp.sock is not None:
                smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass  # it has hung up already
        finally:
            smtp.close()

    def _up_to_the_dot(self, smtp: smtplib.SMTP, mail: Mail) -> Outcome | None:
        """Send everything but the dot; what came of it when that is not taken, else None."""
        size = [f"size={len(mail.content)}"] if smtp.has_extn("size") else []
        code, text = smtp.mail(mail.sender, size)
        if code in _ACCEPTED:
            code, text = smtp.rcpt(mail.to)
        if code not in _ACCEPTED:
            return self._outcome(code, text)
        code, text = smtp.docmd("DATA")
        if code != _GO_ON:
            return self._outcome(code, text)
        smtp.send(smtplib.quotedata(mail.content.decode("ascii")))
        return None

    def _outcome(self, code: int, text: bytes, is_handed: bool = False) -> Outcome:
        """What an answer means. Only its numbers are kept: its words may hold the address."""
        found = _ENHANCED.match(text)
        told = f"{code} {found[1].decode()}" if found else str(code)
        if is_handed and code // 100 not in (4, 5):
            return Outcome("sent", told) if code // 100 == 2 else Outcome("in doubt", told)
        if code == _CLOSING or code // 100 not in (4, 5):
            self.close()
        elif not is_handed:
            self._start_over()
        return Outcome("refused" if code // 100 == 5 else "later", told)

    def _start_over(self) -> None:
        """Be ready for the next mail; a server that hangs up over a refusal has refused."""
        try:
            if self._smtp:
                self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        if self._handed_n >= PER_CONNECTION:
            self.close()
        if self._smtp is None:
            self._smtp = self._connect()
        self._handed_n += 1
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        where = f"The mail server {self.server.host}, port {self.server.port},"
        try:
            return self._let_in()
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelDownError(
                f"{where} does not accept the user and password ({error.smtp_code}). Correct "
                "[mail], then deliver again.",
                is_final=error.smtp_code // 100 == 5,
            ) from None  # its words may hold the user
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise ChannelDownError(
                f"{where} offers no encryption, or no way to log in that we know. Correct "
                "security and user in [mail], then deliver again.",
                is_final=True,
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise ChannelDownError(
                f"{where} has a certificate that is not trusted ({error.verify_message}). "
                "Correct server in [mail], or name the office's own authority in ca.",
                is_final=True,
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            why = getattr(error, "smtp_code", None) or type(error).__name__
            raise ChannelDownError(
                f"{where} cannot be reached ({why}). Deliver again later; who waits is kept."
            ) from None

    def _let_in(self) -> smtplib.SMTP:
        """A connection that is encrypted and logged in, as the settings ask."""
        server = self.server
        context = ssl.create_default_context(cafile=server.ca)
        where = (server.host, server.port, self.name)  # our name: none is looked up
        smtp = (
            smtplib.SMTP_SSL(*where, timeout=server.timeout_s, context=context)
            if server.security == "tls"
            else smtplib.SMTP(*where, timeout=server.timeout_s)
        )
        try:
            if server.security == "starttls":
                smtp.starttls(context=context)  # raises where the server does not offer it
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Give the password once: `login` gives it in every way that the server knows."""
        smtp.user, smtp.password = self.server.user, self.password
        ways = {"PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login}
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        known = [name for name in ways if name in offered]
        if not known:
            raise smtplib.SMTPNotSupportedError
        try:
            smtp.auth(known[0], ways[known[0]])
        except smtplib.SMTPServerDisconnected:  # as some do over a wrong password
            raise smtplib.SMTPAuthenticationError(535, b"") from None
