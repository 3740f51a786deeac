"""Read who is told, and from when on something counts as wrong, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from delivery.subscribers import is_fit
from flows.secret_reference import secret_of
from flows.sources.collected import SettingsError

OTHER = "other"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")

SILENT_H: Mapping[str, float] = {"bluesky": 3.0, "clinic": 24.0 * 9, OTHER: 26.0}
"""Hours without anything new that are unusual: a network's stream, a weekly report, others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is wrong.

    stale_h      hours after the last good run
    silent_h     hours of silence by source, `other` for the rest; 0 is never
    disk_gb      gigabytes (10^9 bytes) that must be free
    review_days  days ahead that a card's review is told
    """

    stale_h: float = 24.0 * 8
    silent_h: Mapping[str, float] = field(default_factory=lambda: SILENT_H)
    disk_gb: float = 5.0
    review_days: int = 14

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Limits:
        """The limits in the environment. Raise `SettingsError` naming the wrong one."""
        usual = cls()
        return cls(
            stale_h=_number(env, "GRAPEVINE_WATCH_STALE_H", usual.stale_h),
            silent_h=_hours(env, "GRAPEVINE_WATCH_SILENT_H"),
            disk_gb=_number(env, "GRAPEVINE_WATCH_DISK_GB", usual.disk_gb),
            review_days=int(_number(env, "GRAPEVINE_WATCH_REVIEW_DAYS", usual.review_days)),
        )

    def silent_after_h(self, source: str) -> float:
        """Hours after which this source's silence is told; 0 is never."""
        usual = self.silent_h.get(OTHER, SILENT_H[OTHER])
        return self.silent_h.get(source, usual)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told.

    mail_to  addresses, told by the mail server of `delivery.toml`
    webhook  its address, which is a secret by itself; empty for none
    """

    mail_to: tuple[str, ...] = field(default=(), repr=False)
    webhook: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Told:
        """Who the environment names. Raise `SettingsError`; no address is repeated."""
        written = env.get("GRAPEVINE_WATCH_MAIL_TO", "").split(",")
        mail_to = tuple(dict.fromkeys(one.strip() for one in written if one.strip()))
        if not all(_EMAIL.fullmatch(one) for one in mail_to):
            raise SettingsError(
                "GRAPEVINE_WATCH_MAIL_TO has something that is no e-mail address. Write "
                "addresses alone, parted by commas."
            )
        webhook = secret_of("GRAPEVINE_WATCH_WEBHOOK", "GRAPEVINE_WATCH_SECRET_BLOCK", env)
        if webhook and not is_fit(webhook):
            raise SettingsError(
                "GRAPEVINE_WATCH_WEBHOOK is no plain https address. Put the webhook's whole "
                "address there, or into the Prefect block."
            )
        return cls(mail_to, webhook)


def _number(env: Mapping[str, str], name: str, usual: float) -> float:
    written = env.get(name, "").strip()
    try:
        value = float(written) if written else usual
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100_000:
        raise SettingsError(f"{name} must be a number from 0 to 100,000.")
    return value


def _hours(env: Mapping[str, str], name: str) -> Mapping[str, float]:
    """`bluesky=3,other=26` over the usual hours."""
    pairs = [part.partition("=") for part in env.get(name, "").split(",") if part.strip()]
    said = {source.strip(): hours.strip() for source, _, hours in pairs}
    return {**SILENT_H, **{source: _number(said, source, 0.0) for source in said}}
