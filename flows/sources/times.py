"""Read the time of a post in the ways exports write it.

`3/4/2024` is the fourth of March, as US tools write it; an export that means the third of
April needs `date_format`. A time with no zone is UTC. A bare number is Unix time, in the unit
its digits say, never a day counted by a spreadsheet.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_YEAR, _DAY, _MONTH = r"(?P<year>\d{4}|\d\d)", r"(?P<day>\d\d?)", r"(?P<month>\d\d?)"
_NAMED_MONTH = r"(?P<month>[A-Z]{3,9})\.?"
_WEEKDAY = r"(?:[A-Z]{3,9}\.?,? )?"
_CLOCK = (
    r"(?:(?:T|(?:,|,? at)? )"
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[AP]M))?)?"
    r"(?: ?(?P<zone>[A-Z]{1,4}|[+-]\d\d:?\d\d))?"
)
_FORMS = tuple(
    re.compile(form, re.I | re.A)
    for form in (
        rf"(?P<year>\d{{4}})[-/]{_MONTH}[-/]{_DAY}{_CLOCK}",  # 2024-03-04 1:05 PM
        rf"{_MONTH}/{_DAY}/{_YEAR}{_CLOCK}",  # 3/4/24 13:05
        rf"{_WEEKDAY}{_NAMED_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}{_CLOCK}",  # March 4, 2024
        rf"{_WEEKDAY}{_DAY}[ -]{_NAMED_MONTH}[ -]{_YEAR}{_CLOCK}",  # 04-Mar-2024 01:05PM
        rf"{_WEEKDAY}{_NAMED_MONTH} {_DAY}{_CLOCK} {_YEAR}",  # Mon Mar 04 13:05:00 +0000 2024
    )
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"

_HOURS = {"UTC": 0, "GMT": 0, "Z": 0} | {
    f"{zone}{kind}T": hours + (kind == "D")
    for zone, hours in {"E": -5, "C": -6, "M": -7, "P": -8}.items()
    for kind in "SD"
}
"""Hours ahead of UTC, of the zones that RFC 2822 names."""

_UNIX = re.compile(r"(\d{9,19})(?:\.\d+)?", re.A)


def read_time(written: str, date_format: str | None = None) -> datetime:
    """The time in `written`, in UTC and whole seconds. Raises `ValueError` when it is none."""
    written = " ".join(written.split())
    try:
        when = _by(date_format, written) if date_format else _read(written)
        zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).replace(microsecond=0)
    except (OverflowError, OSError) as error:
        raise ValueError("a time that no calendar has") from error


def _by(date_format: str, written: str) -> datetime:
    return datetime.strptime(written, date_format)  # noqa: DTZ007 its caller sets the zone


def _read(written: str) -> datetime:
    if unix := _UNIX.fullmatch(written):
        return datetime.fromtimestamp(_seconds(unix[1]), UTC)
    if written.isdigit() and len(written) != len("20240304"):
        raise ValueError("a number that is no time")
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return _worded(written)


def _seconds(digits: str) -> int:
    """Unix seconds, when the digits are seconds, milli-, micro- or nanoseconds since 1973."""
    thousands, odd = divmod(len(digits) - 9, 3)
    if odd == 2:
        raise ValueError("a number that is no time")
    return int(int(digits) // 1000**thousands)


def _worded(written: str) -> datetime:
    for form in _FORMS:
        if found := form.fullmatch(written):
            year = int(found["year"])
            return datetime(
                year + 2000 if year < 100 else year,
                _month(found["month"]),
                int(found["day"]),
                _hour(found["hour"] or "0", found["half"]),
                int(found["minute"] or 0),
                int(found["second"] or 0),
                tzinfo=_zone(found["zone"]),
            )
    raise ValueError("no time in a form that is known")


def _month(written: str) -> int:
    return int(written) if written.isdigit() else _MONTHS.index(written[:3].lower()) // 4 + 1


def _hour(written: str, half: str | None) -> int:
    hour = int(written)
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("an hour that no clock shows")
    return hour % 12 + (12 if half.upper() == "PM" else 0)


def _zone(written: str | None) -> timezone:
    if written is None:
        return UTC
    if written[0] not in "+-":
        if written.upper() not in _HOURS:
            raise ValueError("a zone that is not known")
        return timezone(timedelta(hours=_HOURS[written.upper()]))
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
