"""Count distinct authors by place and week, and hide what may not be told: `build_marts`.

The counting and the hiding are SQL, one SELECT a file under `models/`; here the models get
what they read: the tags of the weeks asked for, and the reference tables. Only those weeks'
files are opened, so the cost grows with the window and not with the lake's history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import duckdb
import pyarrow as pa

from warehouse.build import build
from warehouse.database import open_database, transaction
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.lake import TAGS, day_files
from warehouse.reference import load_counties
from warehouse.weeks import Week

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


@dataclass(frozen=True, slots=True)
class MartsReport:
    """What the marts were built from, and how many rows each got.

    days_n       source-days of the lake that were read
    posts_n      posts of the weeks; placed_n in a county or state, health_n about health,
                 no_author_n with no author named by their source
    rows         rows by table, in the order they were built
    """

    days_n: int
    posts_n: int
    placed_n: int
    health_n: int
    no_author_n: int
    rows: Mapping[str, int]


def build_marts(
    home: Home,
    week: Week,
    weeks: int,
    is_sample: bool,
    *,
    theme_ids: Sequence[str],
    signal_ids: Sequence[str],
) -> MartsReport:
    """Build every mart for the `weeks` weeks that end with `week`, in one transaction.

    The sample is counted alone or not at all. Tags that are no theme or signal of the ids
    given are not counted. Weeks without posts give empty tables. Raise `DataFolderError` when
    another run has the database open.
    """
    window = week.trailing(weeks)
    with open_database(home) as con, readable_errors(home.tags):
        files = day_files(home, "tags", window[0].start, window[-1].end, is_sample)
        _register_tags(con, [str(file) for file in files])
        _register_reference(con, theme_ids, signal_ids)
        _register_window(con, window, is_sample)
        with transaction(con):
            names = build(con)
        return _report(con, len(files), names)


def _register_tags(con: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """`raw_tags`: the tags in these files; empty, and of the right types, without any."""
    con.register("raw_tags", con.read_parquet(files) if files else TAGS.empty_table())


def _register_reference(
    con: duckdb.DuckDBPyConnection, theme_ids: Sequence[str], signal_ids: Sequence[str]
) -> None:
    counties = [
        asdict(county) | {"region": county.region} for county in load_counties().values()
    ]
    con.register("ref_counties", pa.Table.from_pylist(counties, schema=_COUNTIES))
    con.register("ref_themes", pa.table({"theme_id": pa.array(theme_ids, pa.string())}))
    con.register("ref_signals", pa.table({"signal_id": pa.array(signal_ids, pa.string())}))


def _register_window(
    con: duckdb.DuckDBPyConnection, window: Sequence[Week], is_sample: bool
) -> None:
    """`ref_weeks`: the weeks to count; `ref_window`: one row that sums them up."""
    weeks = [
        {"week": str(week), "week_start": week.start, "week_end": week.end} for week in window
    ]
    last = weeks[-1] | {"weeks_n": len(weeks), "is_sample": is_sample}
    con.register("ref_weeks", pa.Table.from_pylist(weeks, schema=_WEEKS))
    con.register("ref_window", pa.Table.from_pylist([last]))


def _report(con: duckdb.DuckDBPyConnection, days_n: int, names: Sequence[str]) -> MartsReport:
    posts = dict(con.execute("select part, post_n from mart_input").fetchall())
    rows = {name: len(con.table(name)) for name in names}
    return MartsReport(
        days_n, posts["all"], posts["placed"], posts["health"], posts["no_author"], rows
    )
