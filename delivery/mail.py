"""Make one mail of a letter: headers, plain text, HTML, and the PDF where there is one.

Each mail goes to one address, so no reader learns of another. Headers that must stay whole
(addresses, tokens) are written by hand: the library may wrap or encode a long one, and a
one-click link that was wrapped is one that does not work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from delivery.layout import as_html, as_text, one_line
from delivery.letter import Letter
from delivery.office import Sender

MAX_HEADER = 200
"""Characters of a subject or a name; no place's name is near it."""

POLICY = SMTP.clone(cte_type="7bit")
"""Lines end as mail wants them, and every server takes them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be handed over.

    sender   the envelope's sender: where it comes back to
    content  all of it, in 7-bit lines
    """

    sender: str
    to: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ids:
    """What names a mail: its delivery, and its subscription, by whose token a reader leaves."""

    delivery: str
    subscription: str = field(repr=False)


def make_mail(
    letter: Letter,
    to: str,
    sender: Sender,
    ids: Ids,
    at: datetime,
    pdf: tuple[str, bytes] | None,
) -> Mail:
    """The mail that brings a letter.

    at   now, for the header
    pdf  its file name and bytes, or None
    """
    leave = leave_url(sender, ids.subscription)
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(_short(sender.name), addr_spec=sender.address)
    message["Subject"] = _short(letter.subject)
    message["Date"] = format_datetime(at)
    message["Content-Language"] = letter.lang
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday note answers it
    message.set_content(as_text(letter, pdf is not None, leave), cte="quoted-printable")
    message.add_alternative(
        as_html(letter, pdf is not None, leave), subtype="html", cte="quoted-printable"
    )
    if pdf:
        name, content = pdf
        message.add_attachment(content, "application", "pdf", filename=name)
    whole = _whole_headers(to, sender, ids)
    return Mail(sender.bounces_to, to, f"{whole}{message.as_bytes().decode('ascii')}".encode())


def leave_url(sender: Sender, subscription: str) -> str:
    """Where a reader leaves the list: the office's page, or else a mail to the office."""
    if sender.unsubscribe:
        return f"{sender.unsubscribe}?id={subscription}"
    return _leave_by_mail(sender, subscription)


def message_id(ids: Ids, sender: Sender) -> str:
    """The same at every attempt, so that a mail system can drop a mail that comes twice."""
    return f"<{ids.delivery}@{sender.domain}>"


def _whole_headers(to: str, sender: Sender, ids: Ids) -> str:
    by_mail = f"<{_leave_by_mail(sender, ids.subscription)}>"
    headers = [
        f"To: {to}",
        f"Reply-To: {sender.reply_to}",
        f"Message-ID: {message_id(ids, sender)}",
        f"List-Id: <grapevine.{sender.domain}>",
    ]
    if sender.unsubscribe:
        headers += [
            f"List-Unsubscribe: <{leave_url(sender, ids.subscription)}>,\r\n {by_mail}",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    else:
        headers.append(f"List-Unsubscribe: {by_mail}")
    return "".join(f"{header}\r\n" for header in headers)


def _leave_by_mail(sender: Sender, subscription: str) -> str:
    return f"mailto:{quote(sender.reply_to, safe='@')}?subject=unsubscribe%20{subscription}"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= MAX_HEADER else f"{line[: MAX_HEADER - 1]}…"
