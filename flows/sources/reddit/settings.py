"""Read what Reddit asks of us before it may be read: an approval, a client id and its secret.

They come from the environment, the secret also from a Prefect Secret block that the
environment names. No `praw.ini` and no variable of PRAW's own is ever looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flows.regions import load_regions
from flows.secret_block import read_secret
from flows.sources.collected import SettingsError
from warehouse.network import is_loopback

REDDIT = "https://www.reddit.com"
OAUTH = "https://oauth.reddit.com"

PER_MINUTE = 100
"""Queries a minute that Reddit allows an approved client, counted for all its queries."""

SWEEP_SHARE = 5
"""One of so many queries is the sweep's, which may run beside a collector."""

TIMEOUT_S = 16.0
"""Seconds to wait for bytes of an answer, as PRAW does."""

_APPROVAL = "GRAPEVINE_REDDIT_APPROVAL"
_ID = "GRAPEVINE_REDDIT_CLIENT_ID"
_SECRET = "GRAPEVINE_REDDIT_CLIENT_SECRET"  # noqa: S105  the name of a setting
_BLOCK = "GRAPEVINE_REDDIT_SECRET_BLOCK"
_CONTACT = "GRAPEVINE_REDDIT_CONTACT"
_URL = "GRAPEVINE_REDDIT_URL"

_NAME = re.compile(r"[a-z0-9_]{2,30}")
_PLAIN = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is needed to read Reddit.

    approval_ref   reference of Reddit's approval; nothing starts without
    client_id, client_secret   of the application that was approved
    communities    subreddits in small letters, in the order of the first round
    contact        who runs this (`u/name`), for Reddit to reach; part of the user agent
    url            a fake or a mirror that stands for Reddit; None is Reddit
    per_minute     queries a minute, at most `PER_MINUTE`; collecting and sweeping share them
    timeout_s      seconds to wait for bytes of an answer
    """

    approval_ref: str = field(repr=False)
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    communities: tuple[str, ...]
    contact: str | None = field(default=None, repr=False)
    url: str | None = None
    per_minute: int = PER_MINUTE
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        """Refuse what is missing, what would break Reddit's terms, and what is no name."""
        if not self.approval_ref.strip():
            raise SettingsError(
                f"{_APPROVAL} is not set. Reddit gives access by approval only: put the "
                "approval's reference there, or do without Reddit."
            )
        for name, value in ((_ID, self.client_id), (_SECRET, self.client_secret)):
            if not _PLAIN.fullmatch(value):
                raise SettingsError(f"{name} is no key of Reddit's: signs without blanks.")
        if self.contact is not None and not _PLAIN.fullmatch(self.contact):
            raise SettingsError(f"{_CONTACT} must be one word, as u/name.")
        if not 2 <= self.per_minute <= PER_MINUTE:
            raise SettingsError(
                f"GRAPEVINE_REDDIT_PER_MINUTE must be from 2 to {PER_MINUTE}: Reddit allows "
                "no more."
            )
        if bad := [name for name in self.communities if not _NAME.fullmatch(name)]:
            raise SettingsError(f"'{bad[0][:40]}' is no name of a subreddit, in small letters.")
        _check(self.url)

    @property
    def sweep_per_minute(self) -> int:
        """Queries a minute that are the sweep's."""
        return max(1, self.per_minute // SWEEP_SHARE)

    @property
    def collect_per_minute(self) -> int:
        """Queries a minute that are the collector's."""
        return self.per_minute - self.sweep_per_minute

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """The settings in the environment, or `SettingsError` in one plain line."""
        approval = env.get(_APPROVAL, "").strip()
        if not approval:
            return cls("", "", "", ())  # says what is missing, before a block is asked for
        return cls(
            approval_ref=approval,
            client_id=_needed(env, _ID),
            client_secret=_secret(env),
            communities=_communities(env),
            contact=env.get(_CONTACT, "").strip() or None,
            url=env.get(_URL, "").strip().rstrip("/") or None,
            per_minute=int(_number(env, "GRAPEVINE_REDDIT_PER_MINUTE", PER_MINUTE)),
            timeout_s=_number(env, "GRAPEVINE_REDDIT_TIMEOUT_S", TIMEOUT_S),
        )


def _secret(env: Mapping[str, str]) -> str:
    block = env.get(_BLOCK, "").strip()
    return read_secret(block, _BLOCK) if block else _needed(env, _SECRET)


def _needed(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        or_block = f" (or {_BLOCK}, naming a Prefect Secret block)" if name == _SECRET else ""
        raise SettingsError(
            f"{name}{or_block} is not set. Reddit shows it to whoever registered the "
            "application; praw.ini is not read."
        )
    return value


def _communities(env: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the states in GRAPEVINE_REDDIT_STATES (`WY,MT`), or of all."""
    written = env.get("GRAPEVINE_REDDIT_STATES", "")
    states = [part.strip().upper() for part in written.split(",") if part.strip()]
    regions = load_regions()
    if unknown := [state for state in states if state not in regions.states]:
        raise SettingsError(
            f"GRAPEVINE_REDDIT_STATES names '{unknown[0][:20]}', which is no state. Write "
            "postal codes, as WY,MT."
        )
    return regions.communities(states or None)


def _check(url: str | None) -> None:
    """Refuse an address that would carry the secret in the clear, save to this machine."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        is_here = is_loopback(parts.hostname or "")
        is_fit = bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        is_fit = is_here = False
    if not is_fit or parts.username or parts.query or parts.fragment:
        raise SettingsError(f"{_URL} must be scheme, host and port, as https://mirror.example.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise SettingsError(f"{_URL} must be https, or http on this machine: it gets secrets.")


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    written = env.get(name, "").strip()
    try:
        value = float(written) if written else default
    except ValueError:
        value = 0.0
    if not 0 < value <= 600:
        raise SettingsError(f"{name} must be a number above 0, at most 600.")
    return value
