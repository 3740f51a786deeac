"""Say what is counted, and register it for the models: weeks, days, places, tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import duckdb
import pyarrow as pa

from warehouse.reference import County
from warehouse.weeks import Week

EPOCH = date(1970, 1, 1)

_COUNTIES = pa.schema(
    [
        ("fips", pa.string()),
        ("name", pa.string()),
        ("state", pa.string()),
        ("state_name", pa.string()),
        ("region", pa.string()),
        ("pop", pa.int64()),
        ("pop_year", pa.int16()),
        ("land_km2", pa.float64()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("rucc_2023", pa.int8()),
        ("is_rural", pa.bool_()),
        ("pop_per_pcp_2021", pa.int64()),
        ("has_pcp_2021", pa.bool_()),
        ("pcp_quality_2021", pa.int8()),
        ("hpsa_primary_care_2023", pa.string()),
        ("digital_access_pct_2023", pa.float64()),
        ("no_internet_pct_2019", pa.float64()),
        ("uninsured_pct_2018", pa.float64()),
        ("age_65_plus_pct_2018", pa.float64()),
        ("hispanic_pct_2018", pa.float64()),
        ("limited_english_pct_2018", pa.float64()),
    ]
)
_WEEKS = pa.schema(
    [("week", pa.string()), ("week_start", pa.date32()), ("week_end", pa.date32())]
)
_DAYS = pa.schema([("epoch_day", pa.int64()), ("week", pa.string())])


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted.

    window                 weeks, one after another, oldest first
    is_sample              the sample alone, or everything but the sample
    theme_ids, signal_ids  tags that count; any other is passed over
    counties               the places, by FIPS code
    """

    window: Sequence[Week]
    is_sample: bool
    theme_ids: Sequence[str]
    signal_ids: Sequence[str]
    counties: Mapping[str, County]


def register_scope(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Register the tables `ref_…` that say so, under the names the models read."""
    counties = [
        asdict(county) | {"region": county.region} for county in scope.counties.values()
    ]
    con.register("ref_counties", pa.Table.from_pylist(counties, schema=_COUNTIES))
    con.register("ref_themes", pa.table({"theme_id": pa.array(scope.theme_ids, pa.string())}))
    con.register(
        "ref_signals", pa.table({"signal_id": pa.array(scope.signal_ids, pa.string())})
    )
    weeks = [
        {"week": str(week), "week_start": week.start, "week_end": week.end}
        for week in scope.window
    ]
    con.register("ref_weeks", pa.Table.from_pylist(weeks, schema=_WEEKS))
    con.register("ref_days", days(scope.window))
    whole = weeks[-1] | {"weeks_n": len(weeks), "is_sample": scope.is_sample}
    con.register("ref_window", pa.Table.from_pylist([whole]))


def days(window: Sequence[Week]) -> pa.Table:
    """Each day of the weeks, as days since 1970: found in a time without a calendar."""
    return pa.Table.from_pylist(
        [
            {"epoch_day": (week.start - EPOCH).days + day, "week": str(week)}
            for week in window
            for day in range(7)
        ],
        schema=_DAYS,
    )
