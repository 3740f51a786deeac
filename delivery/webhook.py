"""Post a brief to a webhook, signed so that its receiver knows who sent it.

The form is that of Standard Webhooks (standardwebhooks.com): three headers, `webhook-id`,
`webhook-timestamp` and `webhook-signature`, the last an HMAC-SHA256 of the other two and the
body, so that any of its libraries can check it. What may not have arrived is posted again
under the same id: a receiver that drops an id it knows gets every brief exactly once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import httpx

from dashboards.published import Release
from delivery.layout import as_text
from delivery.letter import Letter
from delivery.outcome import Outcome
from delivery.subscribers import Subscriber
from warehouse.errors import GrapevineError
from warehouse.network import ended_after, is_loopback

TIMEOUT_S = 10.0
LEAST_SECRET = 24
"""Bytes of a signing secret, as Standard Webhooks has it."""

logging.getLogger("httpx").addFilter(lambda record: record.levelno >= logging.WARNING)
"""At its most talkative it logs every address whole, and a webhook's may be a secret."""

GONE = 410
AGAIN = frozenset([408, 425, 429])
"""Refusals that are only for now, besides all from 500 on."""


@dataclass(frozen=True, slots=True)
class Post:
    """A brief ready to be posted. at: seconds since 1970, UTC."""

    url: str = field(repr=False)
    id: str
    at: int
    body: bytes
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        """What goes before the body."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "Grapevine",
            "webhook-id": self.id,
            "webhook-timestamp": str(self.at),
            "webhook-signature": self.signature,
        }


def make_post(
    letter: Letter, release: Release, to: Subscriber, delivery_id: str, at: int, secret: bytes
) -> Post:
    """The signed post that brings a letter."""
    body = payload(letter, release, to)
    return Post(to.address, delivery_id, at, body, sign(secret, delivery_id, at, body))


def payload(letter: Letter, release: Release, to: Subscriber) -> bytes:
    """The brief as JSON: what it says in words, in parts and as one text."""
    said = asdict(letter)
    for layout_only in ("labels", "lang"):
        del said[layout_only]
    brief = {
        "type": "brief.published",
        "issue": release.release_id,
        "week": release.week,
        "week_start": release.week_start.isoformat(),
        "week_end": release.week_end.isoformat(),
        "is_sample": release.is_sample,
        "geo_type": to.place.type,
        "geo_value": to.place.value,
        "language": letter.lang,
        **said,
        "text": as_text(letter),
    }
    return json.dumps(brief, ensure_ascii=False).encode("utf-8", "replace")


def signing_key(secret: str, where: str) -> bytes:
    """The bytes of a secret written as base64, `whsec_` before it or not.

    Raise `GrapevineError` when it is not, or too short to be one; it is not repeated.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < LEAST_SECRET:
        raise GrapevineError(
            f"{where}: its signing secret is not base64 of {LEAST_SECRET} bytes or more. Make "
            "one with `openssl rand -base64 32` and give it to the receiver too."
        )
    return key


def sign(key: bytes, delivery_id: str, at: int, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC-SHA256 of id, time and body, joined by dots."""
    signed = f"{delivery_id}.{at}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def send(post: Post, trust: ssl.SSLContext, timeout_s: float = TIMEOUT_S) -> Outcome:
    """Post it once; what may have arrived may go again, under the same id."""
    came = post_once(post.url, post.body, post.headers, trust, timeout_s)
    return Outcome("later", came.told) if came.state == "in doubt" else came


def post_once(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    trust: ssl.SSLContext,
    timeout_s: float = TIMEOUT_S,
) -> Outcome:
    """Post once. No redirect is followed, and of the answer only its number is read.

    `in doubt` when the receiver was reached and gave no answer: it may have taken it.
    """
    own = is_loopback(httpx.URL(url).host)
    client = httpx.Client(timeout=timeout_s, verify=trust, trust_env=not own)
    try:
        with (
            client,
            ended_after(timeout_s, client.close),
            client.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            return outcome(answer.status_code)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Outcome("later", type(error).__name__)
    except httpx.TimeoutException:
        return Outcome("in doubt", "no answer in time")
    except (httpx.HTTPError, RuntimeError, ValueError, OSError) as error:
        # a client that was closed over time says so in its own ways
        return Outcome("in doubt", type(error).__name__)


def outcome(status: int) -> Outcome:
    """What an answer's number means."""
    told = str(status)
    if 200 <= status < 300:
        return Outcome("sent", told)
    if status == GONE:
        return Outcome("gone", told)
    return Outcome("later" if status in AGAIN or status >= 500 else "refused", told)
