"""Name weeks the way epidemiology does: MMWR weeks, Sunday to Saturday, UTC.

A week is written `2024-W10`. It is not the ISO week of the same name, which starts on Monday
and can carry another number; `epiweeks` holds the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from epiweeks import Week as Mmwr

from warehouse.errors import GrapevineError

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One MMWR week; orders by time.

    year    MMWR year, which is not always the calendar year of its days
    number  1 to 52 or 53
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse a week the calendar does not have."""
        try:
            Mmwr(self.year, self.number)
        except ValueError as error:
            raise GrapevineError(
                f"There is no MMWR week {self}. Weeks run from W01 to W52 or W53."
            ) from error

    @classmethod
    def parse(cls, written: str) -> Week:
        """The week written `2024-W10`."""
        match = _WRITTEN.fullmatch(written)
        if not match:
            raise GrapevineError(
                f"'{written}' is not a week. Write it as 2024-W10, an MMWR week."
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds `day` (a UTC date)."""
        found = Mmwr.fromdate(day)
        return cls(found.year, found.week)

    @classmethod
    def last_full(cls, now: datetime | None = None) -> Week:
        """The last week that has ended by `now` (default: the clock, UTC)."""
        today = (now or datetime.now(UTC)).astimezone(UTC).date()
        return cls.of(today - timedelta(days=7))

    @property
    def start(self) -> date:
        """Its Sunday."""
        return date.fromordinal(Mmwr(self.year, self.number).startdate().toordinal())

    @property
    def end(self) -> date:
        """Its Saturday, the last day in it."""
        return self.start + timedelta(days=6)

    def back(self, weeks: int) -> Week:
        """The week `weeks` earlier (later, when negative)."""
        return Week.of(self.start - timedelta(weeks=weeks))

    def trailing(self, weeks: int) -> list[Week]:
        """The `weeks` weeks that end with this one, oldest first."""
        return [self.back(offset) for offset in range(weeks - 1, -1, -1)]

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
