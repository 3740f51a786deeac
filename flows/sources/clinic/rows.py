"""Read the rows of a clinic's report, and say in plain words what is wrong with one.

Five columns and no other: a further one could tell of a patient, so such a file is refused
whole. No reason repeats what stands in a cell, for the same cause.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from classifiers.taxonomy import load_taxonomy
from flows.sources.csv_sheet import open_csv
from flows.sources.reading import BadRowError, Cells, Rejected, shown, unreadable
from flows.sources.times import read_time
from warehouse.clinic import MAX_HEARD, Heard
from warehouse.errors import GrapevineError
from warehouse.reference import load_counties
from warehouse.weeks import Week

COLUMNS = ("week", "county", "role", "theme", "heard")
ROLES = (
    "physician",
    "physician_assistant",
    "nurse_practitioner",
    "nurse",
    "pharmacist",
    "dentist",
    "behavioral_health",
    "community_health_worker",
    "front_desk",
    "other",
)
"""Who heard it. Not published: in a small county there is one dentist."""

TEMPLATE = Path(__file__).with_name("template.csv")

_KIND = re.compile(
    r" (county|parish|city and borough|borough|census area|municipality|planning region|city)$"
)
MAX_WEEKS_BACK = 520
_SHOWN_NAME = 40
"""Letters of an unknown column's name that a message repeats."""


def read_report(file: Path, file_id: str, this_week: Week) -> Iterator[Heard | Rejected]:
    """Yield each row of a report, or why it cannot be used.

    Nothing was heard after `this_week` (UTC). Raises `InputError` when the file has any but the
    five columns.
    """
    with open_csv(file, None) as sheet:
        spelled = _columns(file, sheet.header)
        for line, cells in sheet.rows(list(spelled.values())):
            if isinstance(cells, Rejected):
                yield cells
                continue
            row = {column: cells[name] for column, name in spelled.items()}
            try:
                yield parse(row, f"{file_id}:{line}", this_week)
            except BadRowError as error:
                yield Rejected(line, str(error))


def _columns(file: Path, header: Sequence[str]) -> dict[str, str]:
    """Each of `COLUMNS` as the header spells it."""
    plain = [" ".join(name.split()).casefold() for name in header]
    only = f"Only these may be there: {', '.join(COLUMNS)}."
    if not set(COLUMNS) & set(plain):
        raise unreadable(file, 1, "holds no column names of a clinic's report", only)
    for name, column in zip(header, plain, strict=True):
        if column not in COLUMNS:
            told = f"the column '{shown(name, _SHOWN_NAME)}'" if column else "one with no name"
            raise unreadable(file, 1, f"has {told}; nothing was read", f"Remove it. {only}")
        if plain.count(column) > 1:
            raise unreadable(file, 1, f"has two columns '{column}'", only)
    missing = next((column for column in COLUMNS if column not in plain), None)
    if missing:
        raise unreadable(file, 1, f"has no column '{missing}'", only)
    return dict(zip(plain, header, strict=True))


def parse(row: Cells, row_id: str, this_week: Week) -> Heard:
    """One row, by `COLUMNS`. Raises `BadRowError` with the reason when it is no good."""
    return Heard(
        week=_week(row["week"].strip(), this_week),
        county_fips=_county(row["county"]),
        role=_known(row["role"], ROLES, "role"),
        theme_id=_known(row["theme"], list(load_taxonomy().themes), "theme"),
        row_id=row_id,
        heard_n=_count(row["heard"].strip()),
    )


def _week(written: str, this_week: Week) -> str:
    """The MMWR week named, or that of the day named."""
    try:
        week = Week.parse(written) if "-W" in written else Week.of(_day(written))
    except (GrapevineError, ValueError) as error:
        raise BadRowError(
            "no week; write it as 2024-W10, or a day of it as 2024-03-04"
        ) from error
    if week > this_week:
        raise BadRowError("a week that has not begun")
    if week < this_week.back(MAX_WEEKS_BACK):
        raise BadRowError("a week more than ten years ago")
    return str(week)


def _day(written: str) -> date:
    if not set("-/") & set(written):
        raise ValueError("a bare number is no day")
    return read_time(written).date()


def _county(written: str) -> str:
    found = _counties().get(_folded(written), ())
    if len(found) > 1:
        raise BadRowError("two counties have that name; write the FIPS code")
    if not found:
        raise BadRowError("no such county; write its FIPS code, or as: Natrona County, WY")
    return found[0]


@functools.cache
def _counties() -> Mapping[str, Sequence[str]]:
    """FIPS codes by each way to write a county, folded; a lost leading zero is a way too."""
    found: dict[str, list[str]] = defaultdict(list)
    for fips, county in load_counties().items():
        name = _folded(county.name)
        ways = {fips, fips.lstrip("0")}
        for state in (county.state, county.state_name):
            ways |= {f"{way}, {_folded(state)}" for way in (name, _KIND.sub("", name))}
        for way in ways:
            found[way].append(fips)
    exact = {
        f"{_folded(county.name)}, {_folded(state)}": [fips]
        for fips, county in load_counties().items()
        for state in (county.state, county.state_name)
    }
    return found | exact


def _folded(written: str) -> str:
    """In small letters without accents or full stops, one space between words."""
    plain = unicodedata.normalize("NFKD", written.casefold().replace(".", ""))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"\s*,\s*", ", ", " ".join(letters.split()))


def _known(written: str, known: Sequence[str], what: str) -> str:
    """The id meant; what is close to none may be anything, so it is not repeated."""
    meant = re.sub(r"[\s-]+", "_", written.strip().casefold())
    if meant in known:
        return meant
    near = difflib.get_close_matches(meant[:80], known, 1)
    hint = (
        f"did you mean {near[0]}?" if near else f"see the list of {what}s in the instructions"
    )
    raise BadRowError(f"no such {what}; {hint}")


def _count(written: str) -> int:
    is_whole = written.isascii() and written.isdigit() and len(written) <= len(str(MAX_HEARD))
    if not is_whole or not 1 <= int(written) <= MAX_HEARD:
        raise BadRowError(f"heard is no whole number from 1 to {MAX_HEARD:,}")
    return int(written)
