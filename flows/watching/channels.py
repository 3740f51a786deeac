"""Tell one receiver of findings, in one message: a mail, or a post to a webhook.

A webhook takes what Slack takes, and Mattermost, Rocket.Chat and others after it: JSON with a
`text`. Such a receiver knows no ids, so what may have arrived is not posted again.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol

from delivery.mail import POLICY, Mail
from delivery.office import Sender, read_office
from delivery.outcome import Outcome
from delivery.smtp import Postman
from delivery.webhook import TIMEOUT_S, post_once
from flows.secret_reference import look_up
from flows.sources.collected import SettingsError
from flows.watching.findings import Finding

AboutTo = Callable[[], None]
"""Called right before a message can have been taken."""


class Channel(Protocol):
    """One receiver.

    kind  `mail` or `webhook`
    who   its address; in no message, log or file
    """

    kind: str
    who: str

    def tell(self, findings: Sequence[Finding], about_to: AboutTo) -> Outcome:
        """Hand one message over. Raise `GrapevineError` when the channel is down."""
        ...


@dataclass(slots=True)
class MailChannel:
    """One person, by the office's mail server, which is read of only when there is mail.

    settings  `delivery.toml`
    """

    settings: Path
    who: str = field(repr=False)
    kind: str = "mail"

    def tell(self, findings: Sequence[Finding], about_to: AboutTo) -> Outcome:
        """Mail the findings. Raise `GrapevineError` when the server is away or unknown."""
        office = read_office(self.settings)
        server, sender = office.server, office.sender
        if server is None or sender is None:
            raise SettingsError(
                "GRAPEVINE_WATCH_MAIL_TO is set, but delivery.toml has no part [mail]. Add it, "
                "or take the addresses out."
            )
        password = look_up(server.password, "password in [mail]") if server.password else ""
        postman = Postman(server, password, sender.domain)
        try:
            return postman.hand_over(_mail(findings, sender, self.who), about_to)
        finally:
            postman.close()


@dataclass(slots=True)
class WebhookChannel:
    """One webhook; its address is the secret that lets us in."""

    who: str = field(repr=False)
    kind: str = "webhook"
    timeout_s: float = TIMEOUT_S

    def tell(self, findings: Sequence[Finding], about_to: AboutTo) -> Outcome:
        """Post the findings once."""
        body = json.dumps({"text": _text(findings)}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Grapevine"}
        about_to()
        return post_once(self.who, body, headers, ssl.create_default_context(), self.timeout_s)


def subject(findings: Sequence[Finding]) -> str:
    """What it is about, in a few words."""
    kinds = ", ".join(dict.fromkeys(one.kind for one in findings))
    return f"Grapevine: {kinds}"


def _text(findings: Sequence[Finding]) -> str:
    return "\n".join([subject(findings), *(f"- {one.told}" for one in findings)])


def _mail(findings: Sequence[Finding], sender: Sender, to: str) -> Mail:
    message = EmailMessage(policy=POLICY)
    message["From"] = sender.address
    message["To"] = to
    message["Subject"] = subject(findings)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "\n\n".join(one.told for one in findings)
        + "\n\nEach of these is told once, and again only when it comes again.\n",
        cte="quoted-printable",
    )
    return Mail(sender.bounces_to, to, message.as_bytes())
