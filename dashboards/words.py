"""Say numbers, dates and places in plain words, the same way on every page.

Shares are said as natural frequencies ("about 3 in 100 health voices, likely 2 to 5"), never
as decimals or percentages: clinicians and patients alike misread the latter. The base (100,
1,000, …) is the smallest at which the low end of the interval is at least one; 10 in 100 or
more is always said in 100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

BASES = (100, 1_000, 10_000, 100_000, 1_000_000)
PLAIN_FROM = 100.0
"""Shares per 1,000 from here on are said in 100, however low their interval goes."""

RUCC = {
    1: "in a metro area of 1 million people or more",
    2: "in a metro area of 250,000 to 1 million people",
    3: "in a metro area of fewer than 250,000 people",
    4: "towns of 20,000 people or more in all, next to a metro area",
    5: "towns of 20,000 people or more in all, not next to a metro area",
    6: "towns of 5,000 to 20,000 people in all, next to a metro area",
    7: "towns of 5,000 to 20,000 people in all, not next to a metro area",
    8: "fewer than 5,000 people in towns, next to a metro area",
    9: "fewer than 5,000 people in towns, not next to a metro area",
}
"""The USDA's Rural-Urban Continuum Codes of 2023; 4 and above are rural."""

SOURCE_NAMES = {
    "bluesky": "Bluesky",
    "clinic": "clinics",
    "import": "imported files",
    "mastodon": "Mastodon",
    "news": "local news",
    "reddit": "Reddit",
    "sample": "the sample",
}
"""What readers call a source; one that is not here goes by its id, written as a name."""

KINDS = {
    "Parish": "parish",
    "Borough": "borough",
    "Municipality": "borough",
    "city": "city",
    "City": "city",
    "Columbia": "district",
}
"""What a county is called where it is not called a county, by the last word of its name."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """A share as "`middle` in `base`", likely between `low` and `high` (all whole numbers).

    A part that rounds to zero is said to be under 1: no published share is none.
    """

    middle: int
    low: int
    high: int
    base: int

    @property
    def about(self) -> str:
        """`about 3 in 100`."""
        return f"about {self.middle:,} in {self.base:,}" if self.middle else self._tiny

    @property
    def likely(self) -> str:
        """`likely 2 to 5`, or nothing when the range is narrower than the rounding."""
        if self.low == self.high or not self.middle:
            return ""
        return f"likely {f'{self.low:,}' if self.low else 'under 1'} to {self.high:,}"

    @property
    def cell(self) -> str:
        """`3 (2 to 5)`, for a table whose heading says the base."""
        return (
            f"{self.number} ({self.likely.removeprefix('likely ')})"
            if self.likely
            else self.number
        )

    @property
    def number(self) -> str:
        """`3` or `under 1`, for a column of its own whose heading says the base."""
        return f"{self.middle:,}" if self.middle else "under 1"

    @property
    def range(self) -> str:
        """`2 to 5`, for a column of its own."""
        return f"{f'{self.low:,}' if self.low else 'under 1'} to {self.high or 1:,}"

    @property
    def _tiny(self) -> str:
        return f"fewer than 1 in {self.base:,}"

    def __str__(self) -> str:
        return f"{self.about} ({self.likely})" if self.likely else self.about


def frequency(per_1000: float, low: float, high: float, base: int | None = None) -> Frequency:
    """A share and its interval, each per 1,000, as whole numbers of one base.

    The three keep their order after rounding. Without `base` it is the smallest of `BASES` at
    which the low end is at least one, and 100 for a share of 10 in 100 or more.
    """
    if base is None:
        is_plain = per_1000 >= PLAIN_FROM
        base = next((b for b in BASES if is_plain or _out_of(low, b) >= 1), BASES[-1])
    return Frequency(_out_of(per_1000, base), _out_of(low, base), _out_of(high, base), base)


def common_base(lows: Iterable[float]) -> int:
    """One base for shares that are read against each other, from their low ends per 1,000.

    In a list that mixes bases, 3 in 100 and 3 in 1,000 look alike.
    """
    return 100 if all(_out_of(low, 100) >= 1 for low in lows) else 1_000


def _out_of(per_1000: float, base: int) -> int:
    """Round half up, so that 2.5 and 3.5 are treated alike."""
    return int(per_1000 * base / 1_000 + 0.5)


def count_of(count: int, one: str, many: str | None = None) -> str:
    """`1 theme`, `2 themes`, `no themes`."""
    noun = one if count == 1 else many or f"{one}s"
    return f"{'no' if count == 0 else f'{count:,}'} {noun}"


def list_of(items: Sequence[str], joiner: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"


def size_of(bytes_n: int) -> str:
    """`3 kB` or `1.2 MB`: what a reader on a slow line wants to know before a download."""
    return f"{bytes_n / 1e6:.1f} MB" if bytes_n >= 1e6 else f"{max(1, round(bytes_n / 1e3))} kB"


def source_name(source: str) -> str:
    """What readers call a source: `local news`; `New one` for an id that is not in the list."""
    return SOURCE_NAMES.get(source, source.replace("_", " ").capitalize())


def week_dates(start: date, end: date) -> str:
    """`March 3 to 9, 2024`; month and year are repeated only where they change."""
    if start.year != end.year:
        return f"{_month_day(start)}, {start.year} to {_month_day(end)}, {end.year}"
    last = str(end.day) if start.month == end.month else _month_day(end)
    return f"{_month_day(start)} to {last}, {end.year}"


def _month_day(day: date) -> str:
    return f"{day:%B} {day.day}"


def week_number(week: str) -> str:
    """`week 10 of 2024` for `2024-W10`."""
    year, number = week.split("-W")
    return f"week {int(number)} of {year}"


def kind_of(county_name: str) -> str:
    """`county`, or what the place is called in its own state (`parish`, `city`, …)."""
    if county_name.endswith("Census Area"):
        return "census area"
    if county_name.endswith("Planning Region"):
        return "planning region"
    return KINDS.get(county_name.rpartition(" ")[2], "county")


def rurality(rucc: int | None, is_rural: bool) -> str:
    """`Rural (towns of …)`, or only rural or urban when there is no code."""
    name = "Rural" if is_rural else "Urban"
    return f"{name} ({RUCC[rucc]})" if rucc in RUCC else name


def sentence(text: str) -> str:
    """`text` with its first letter raised and a full stop at its end if it lacks one."""
    text = text.strip()
    stop = "" if re.search(r"[.!?…][\"”’)]?$", text) else "."
    return text[:1].upper() + text[1:] + stop


def opening(title: str) -> str:
    """A title inside a sentence: its first letter lowered, unless it starts an abbreviation."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
