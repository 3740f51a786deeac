"""Turn the prepared file of access facts into the access columns of counties.csv.

No agency serves these in one file. A blank means that the source gives no figure; it never
means none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from warehouse.reference.build.rows import Row, flag, read_rows


def read_access(path: Path) -> dict[str, Row]:
    """FIPS to the columns of `ACCESS_COLUMNS`, from the prepared file of access facts."""
    return {
        row["fips"]: {name: make(row) for name, make in ACCESS_COLUMNS.items()}
        for row in read_rows(path.read_bytes())
    }


def keep_access(table: Path) -> dict[str, Row]:
    """FIPS to the access columns of a table built before."""
    return {
        row["fips"]: {name: row[name] for name in ACCESS_COLUMNS}
        for row in read_rows(table.read_bytes())
    }


def _pop_per_pcp(row: Row) -> str:
    """People per physician; blank, not 0, where there is no physician to divide by."""
    ratio = row["pop_per_pcp_2021"]
    return str(round(float(ratio))) if ratio and float(ratio) else ""


def _has_pcp(row: Row) -> str:
    """The source writes 0 for "no physician"; blank stays blank, which is "not known"."""
    ratio = row["pop_per_pcp_2021"]
    return flag(float(ratio) > 0) if ratio else ""


def _pcp_quality(row: Row) -> str:
    return row["pop_per_pcp_quality"] if _pop_per_pcp(row) else ""


def _digital_access(row: Row) -> str:
    share = row["digital_access_share_2023"]
    return f"{100 * float(share):.1f}" if share else ""


def _copy(column: str) -> Callable[[Row], str]:
    return lambda row: row[column]


ACCESS_COLUMNS: dict[str, Callable[[Row], str]] = {
    "pop_per_pcp_2021": _pop_per_pcp,
    "has_pcp_2021": _has_pcp,
    "pcp_quality_2021": _pcp_quality,
    "hpsa_primary_care_2023": _copy("hpsa_pc_2023"),
    "digital_access_pct_2023": _digital_access,
    "no_internet_pct_2019": _copy("pct_no_internet_2019"),
    "uninsured_pct_2018": _copy("pct_uninsured_2018"),
    "age_65_plus_pct_2018": _copy("pct_65plus_2018"),
    "hispanic_pct_2018": _copy("pct_hispanic_2018"),
    "limited_english_pct_2018": _copy("pct_limited_english_2018"),
}
"""Each access column of our table, and how it is made from a row of the prepared file."""
