"""Read mail that came back: reports of a mail server that a brief could not be delivered.

A report (RFC 3464) carries the headers of what it is about. Its Message-ID holds a token that
only our ledger and the mail's own reader know, so nobody can forge a bounce of somebody else's
mail. Anything else in the mailbox is left alone.
"""

from __future__ import annotations

import email
import mailbox
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from email.policy import default
from pathlib import Path

from delivery.ledger import Ledger
from warehouse.errors import InputError

_OURS = re.compile(r"<([0-9a-f]{32})@")
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")
MAX_BYTES = 10 * 1024 * 1024
"""Of one report; larger ones are left alone."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """One mail that came back for good: its delivery, and the status (`5.1.1`)."""

    delivery_id: str
    told: str


def read_bounces(path: Path) -> Iterator[Bounce]:
    """The bounces in an mbox file, a Maildir folder, or a folder of `.eml` files."""
    for content in _messages(path):
        if len(content) <= MAX_BYTES and (found := bounce(content)):
            yield found


def bounce(content: bytes) -> Bounce | None:
    """What a mail reports as not deliverable for good, or None when it is no such report."""
    report = email.message_from_bytes(content, policy=default)
    if report.get_content_type() != "multipart/report":
        return None
    status, delivery_id = "", ""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            status = _failed(part)
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            delivery_id = _about(part)
    return Bounce(delivery_id, status) if status and delivery_id else None


def note_bounces(ledger: Ledger, path: Path) -> tuple[int, int]:
    """Enter the bounces found at `path`: how many are of mail we sent, and how many are not."""
    ours_n = others_n = 0
    for found in read_bounces(path):
        if ledger.bounce(found.delivery_id, found.told):
            ours_n += 1
        else:
            others_n += 1
    return ours_n, others_n


def _failed(part: Message) -> str:
    """The status of a reader's block that says `failed` for good, or nothing."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    for block in (one for one in blocks if isinstance(one, Message)):
        action = str(block.get("Action", "")).strip().lower()
        status = _STATUS.search(str(block.get("Status", "")))
        if action == "failed" and status:
            return status[0]
    return ""


def _about(part: Message) -> str:
    """The delivery that the returned headers are of, or nothing."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message):
        found = _OURS.match(str(inner.get("Message-ID", "")).strip())
    else:
        raw = part.get_payload(decode=True)
        text = raw.decode("latin-1") if isinstance(raw, bytes) else ""
        found = re.search(rf"^message-id:\s*{_OURS.pattern}", text, re.I | re.M)
    return found[1] if found else ""


def _messages(path: Path) -> Iterator[bytes]:
    if not path.exists():
        raise InputError(f"{path} does not exist. Name an mbox file, a Maildir or a folder.")
    if path.is_dir() and (path / "cur").is_dir():
        with closing(mailbox.Maildir(path, create=False)) as folder:
            yield from (folder.get_bytes(key) for key in sorted(folder.keys()))
    elif path.is_dir():
        yield from (file.read_bytes() for file in sorted(path.glob("*.eml")))
    else:
        with closing(mailbox.mbox(path, create=False)) as box:
            yield from (box.get_bytes(key) for key in box.keys())  # noqa: SIM118 - no dict
