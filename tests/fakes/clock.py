"""When the posts of a fake were written: in the week that runs, so one brief has them all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LEAST = timedelta(hours=1)
"""On a Sunday just after midnight some posts are of last week, all the same."""


def this_week(most: timedelta) -> timedelta:
    """How far back the oldest post lies: to the week's first hour, and no more than `most`."""
    now = datetime.now(UTC)
    sunday = (now - timedelta(days=now.isoweekday() % 7)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return min(most, max(LEAST, now - sunday))
