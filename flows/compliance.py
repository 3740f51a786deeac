"""Say how old the text held is, what was asked about it, and what the ledger counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flows.collecting import live_sources
from flows.sweeping import can_verify
from warehouse import deletions, retention, verified
from warehouse.audit import labels
from warehouse.errors import InputError
from warehouse.forgetting import CLINIC, IMPORT
from warehouse.home import Home
from warehouse.lake import SAMPLE
from warehouse.retention import Held, Limits

FRESH = timedelta(hours=24)
"""How long an answer of a source counts."""


def examine(home: Home, now: datetime) -> Iterator[str]:
    """Yield three lines a source that posts are or were held of; clinics' reports are none."""
    limits, live = Limits.from_env(), live_sources()
    names = sorted({*retention.sources(home), *deletions.sources(home)} - {CLINIC})
    for name in names:
        held = retention.held(home, name)
        yield f"{name}: {_text(held, limits.hours(name), now)}"
        if name in live and can_verify(live[name]):
            yield f"{name}: {_asked(home, name, held, now)}"
        else:
            yield f"{name}: cannot be asked which posts are gone; its text only expires"
        all_n, waiting_n, gone_n = deletions.counts(home, name)
        yield (
            f"{name}: ledger: {all_n:,} taken back, {waiting_n:,} still to be erased, "
            f"{gone_n:,} posts gone from here"
        )
    if not names:
        yield "Nothing was collected."


def check_source(home: Home, name: str) -> None:
    """Raise `InputError` for a source of which nothing is held and nothing could be read."""
    held = (*retention.sources(home), *labels.sources(home))
    known = sorted({*live_sources(), *held, IMPORT, SAMPLE})
    if name not in known:
        raise InputError(f"There is no source '{name}'. Choose one of {', '.join(known)}.")


def _text(held: Mapping[str, Held], limit_h: int, now: datetime) -> str:
    if not held:
        return f"no text held (limit {limit_h:,} h)"
    oldest = min(one.since for one in held.values())
    age_h = (now - oldest) / timedelta(hours=1)
    late = "; OVERDUE, run 'grapevine sweep'" if age_h > limit_h else ""
    return (
        f"{len(held):,} posts held with text, the oldest from {oldest:%Y-%m-%d %H:%M} UTC "
        f"({age_h:,.0f} h of {limit_h:,} h{late})"
    )


def _asked(home: Home, source: str, held: Mapping[str, Held], now: datetime) -> str:
    answered = verified.asked_at(home, source, held)
    stale = {post_id for post_id, at in answered.items() if at <= now - FRESH}
    unasked = [held[one].posted_at for one in held if one not in answered or one in stale]
    if not unasked:
        return "all asked about within a day"
    return (
        f"{len(unasked):,} not asked about within a day, the oldest posted "
        f"{min(unasked):%Y-%m-%d %H:%M} UTC"
    )
