"""Count distinct authors by place and week, and hide what may not be told: `build_marts`.

The counting and the hiding are SQL, one SELECT a file under `models/`; here the models get
what they read: the tags of the weeks asked for, and the reference tables. Only those weeks'
files are opened, so the cost grows with the window and not with the lake's history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.build import build
from warehouse.clinic import CLINIC, read_weeks
from warehouse.computed import COMPUTED
from warehouse.database import open_database, transaction
from warehouse.error_rates import ERROR_RATES
from warehouse.errors import DataFolderError
from warehouse.files import readable_errors
from warehouse.hiding.earlier import register_earlier
from warehouse.home import Home
from warehouse.lake import TAGS, day_files
from warehouse.reference import County, load_counties
from warehouse.weeks import Week

Relation = duckdb.DuckDBPyRelation

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

EPOCH = date(1970, 1, 1)


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
    error_rates: pa.Table | None = None,
) -> MartsReport:
    """Build every mart for the `weeks` weeks that end with `week`, in one transaction.

    Weeks without posts give empty tables. Raise `DataFolderError` when another run has the
    database open. Clinics' reports are real, so they never stand beside the sample.
    """
    window = week.trailing(weeks)
    clinic = CLINIC.empty_table() if is_sample else read_weeks(home, window)
    scope = Scope(window, is_sample, theme_ids, signal_ids, load_counties())
    with open_database(home) as con, readable_errors(home.tags):
        files = day_files(home, "tags", window[0].start, window[-1].end, is_sample)
        with _damage_named(), transaction(con):
            built = build_tables(
                con,
                scope,
                _tags(con, files),
                clinic,
                error_rates,
                lambda one: _tags(con, day_files(home, "tags", one.start, one.end, is_sample)),
            )
        return _report(con, len(files), built)


def _tags(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> pa.Table | Relation:
    """The rows of these files, read as they are needed; columns that one lacks are NULL."""
    if not files:
        return TAGS.empty_table()
    held = con.read_parquet([str(file) for file in files], union_by_name=True)
    con.register("held_tags", held)
    con.register("no_tags", TAGS.empty_table())
    return con.sql("select * from no_tags union all by name select * from held_tags")


@contextmanager
def _damage_named() -> Iterator[None]:
    """Tell a file of the lake that cannot be read from a mistake of ours in a model."""
    try:
        yield
    except duckdb.Error as error:
        if ".parquet" not in str(error):
            raise
        raise DataFolderError(
            f"A file of the lake is damaged ({str(error).splitlines()[0]}). Put it back from a "
            "copy; without one, delete it and read the posts of its day in again."
        ) from error


def build_tables(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    tags: pa.Table | Relation,
    clinic: pa.Table | None = None,
    error_rates: pa.Table | None = None,
    tags_of: Callable[[Week], pa.Table | Relation] | None = None,
) -> list[str]:
    """Build every model; return the tables, in build order.

    `tags` are of shape `lake.TAGS`, `clinic` (None: no clinic reported) of `clinic.CLINIC`,
    `error_rates` (None: nothing is known of them) of `error_rates.ERROR_RATES`. `tags_of` gives
    the tags of one week, so that the others' are not read for it; None: look through them all.
    """
    register_earlier(con, scope.is_sample)
    con.register("raw_tags", tags)
    con.register("raw_clinic", CLINIC.empty_table() if clinic is None else clinic)
    counties = [
        asdict(county) | {"region": county.region} for county in scope.counties.values()
    ]
    con.register(
        "ref_error_rates", ERROR_RATES.empty_table() if error_rates is None else error_rates
    )
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
    con.register("ref_days", _days(scope.window))

    def prepare(week: Week) -> None:
        con.register("ref_days", _days([week]))
        if tags_of is not None:
            con.register("raw_tags", tags_of(week))

    whole = weeks[-1] | {"weeks_n": len(weeks), "is_sample": scope.is_sample}
    con.register("ref_window", pa.Table.from_pylist([whole]))
    return build(
        con, computed=COMPUTED, weeks=[partial(prepare, week) for week in scope.window]
    )


def _days(window: Sequence[Week]) -> pa.Table:
    """Each day of the weeks, as days since 1970: found in a time without a calendar."""
    days = [
        {
            "epoch_day": (week.start - EPOCH).days + day,
            "week": str(week),
        }
        for week in window
        for day in range(7)
    ]
    return pa.Table.from_pylist(days, schema=_DAYS)


def _report(con: duckdb.DuckDBPyConnection, days_n: int, tables: Sequence[str]) -> MartsReport:
    posts = dict(con.execute("select part, post_n from mart_input").fetchall())
    rows = {table: len(con.table(table)) for table in tables}
    return MartsReport(
        days_n, posts["all"], posts["placed"], posts["health"], posts["no_author"], rows
    )
