"""Read where Jetstream and the look-up service are, and how long to wait for them.

Nothing here is secret: the live tail and the look-ups need no login. Test and mirror addresses
count only because a setting names them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flows.sources.collected import SettingsError

ENDPOINTS = (
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
)
"""Bluesky's own four, which speak version 1."""

API = "https://public.api.bsky.app"
"""Bluesky's public, cached look-ups."""

V1_PATH = "/subscribe"
V2_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"

QUIET_S = 5.0
BACK_H = 1.0

MAX_BACK_H = 36
"""Jetstream keeps no more hours than this; some instances keep 24."""

_YES = {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to read and how.

    endpoints  Jetstream addresses in the order they are tried; the path says which version
    api        address of the public look-ups (`app.bsky.feed.getPosts`, …)
    compress   zstd frames; only version 2 hands out the dictionary they need
    follow     True stays on the live tail until told to stop; False returns when caught up
    quiet_s    seconds without an event after which the stream counts as silent
    back_h     hours to go back on the very first start
    """

    endpoints: tuple[str, ...] = ENDPOINTS
    api: str = API
    compress: bool = False
    follow: bool = False
    quiet_s: float = QUIET_S
    back_h: float = BACK_H

    def __post_init__(self) -> None:
        """Refuse addresses that no Jetstream has, and compression where it cannot work."""
        if not self.endpoints:
            raise SettingsError(
                "GRAPEVINE_BLUESKY_URL names no address. Leave it unset for Bluesky's own."
            )
        for endpoint in self.endpoints:
            _check(endpoint, ("wss", "ws"), (V1_PATH, V2_PATH), "GRAPEVINE_BLUESKY_URL")
        _check(self.api, ("https", "http"), ("",), "GRAPEVINE_BLUESKY_API")
        if self.compress and not all(map(is_v2, self.endpoints)):
            raise SettingsError(
                "GRAPEVINE_BLUESKY_COMPRESS works with version 2 of Jetstream only, whose "
                f"address ends in {V2_PATH}. Unset it, or set GRAPEVINE_BLUESKY_URL."
            )

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """The settings in the environment, or `SettingsError` in one plain line."""
        written = env.get("GRAPEVINE_BLUESKY_URL")
        return cls(
            endpoints=_list(written) if written is not None else ENDPOINTS,
            api=env.get("GRAPEVINE_BLUESKY_API", API).rstrip("/"),
            compress=env.get("GRAPEVINE_BLUESKY_COMPRESS", "").lower() in _YES,
            quiet_s=_number(env, "GRAPEVINE_BLUESKY_QUIET_S", QUIET_S, 0.05, 60),
            back_h=_number(env, "GRAPEVINE_BLUESKY_BACK_H", BACK_H, 0, MAX_BACK_H),
        )


def following(settings: Settings) -> Settings:
    """The same settings, but for a reading that stays on the live tail until told to stop."""
    return replace(settings, follow=True)


def is_v2(endpoint: str) -> bool:
    """Whether an address speaks version 2, told from its path."""
    return urlsplit(endpoint).path == V2_PATH


def host_of(endpoint: str) -> str:
    """The host and port of an address, for marks and notices."""
    return urlsplit(endpoint).netloc


def _list(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.split(",") if part.strip())


def _check(
    address: str, schemes: tuple[str, ...], paths: tuple[str, ...], setting: str
) -> None:
    """Raise `SettingsError` for an address of another shape; it is not repeated if secret."""
    try:
        url = urlsplit(address)
        is_whole = bool(url.hostname) and url.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or url.scheme not in schemes or url.path not in paths:
        ending = " or ".join(path for path in paths if path) or "the host"
        raise SettingsError(
            f"{setting} holds an address that is none: it must start with {schemes[0]}:// and "
            f"end in {ending}. Correct it, or unset it for Bluesky's own."
        )
    if url.username or url.password or url.query or url.fragment:
        raise SettingsError(
            f"{setting} holds a name, a password or a query. Give the address alone."
        )


def _number(
    env: Mapping[str, str], name: str, default: float, least: float, most: float
) -> float:
    written = env.get(name)
    if written is None:
        return default
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingsError(f"{name} must be a number from {least:g} to {most:g}.")
    return value
