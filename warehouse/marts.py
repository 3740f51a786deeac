"""Count distinct authors by place and week, and hide what may not be told: `build_marts`.

The counting and the hiding are SQL, one SELECT a file under `models/`; here the models get
what they read: the tags of the weeks asked for, and the reference tables. Only those weeks'
files are opened, so the cost grows with the window and not with the lake's history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from warehouse.near_bands import register_repeated_bands
from warehouse.reference import load_counties
from warehouse.scope import Scope, days, register_scope
from warehouse.weeks import Week

Relation = duckdb.DuckDBPyRelation


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
    register_scope(con, scope)
    con.register("raw_tags", tags)
    con.register("raw_clinic", CLINIC.empty_table() if clinic is None else clinic)
    con.register(
        "ref_error_rates", ERROR_RATES.empty_table() if error_rates is None else error_rates
    )

    def prepare(week: Week) -> None:
        con.register("ref_days", days([week]))
        if tags_of is not None:
            con.register("raw_tags", tags_of(week))
        register_repeated_bands(con)

    return build(
        con, computed=COMPUTED, weeks=[partial(prepare, week) for week in scope.window]
    )


def _report(con: duckdb.DuckDBPyConnection, days_n: int, tables: Sequence[str]) -> MartsReport:
    posts = dict(con.execute("select part, post_n from mart_input").fetchall())
    rows = {table: len(con.table(table)) for table in tables}
    return MartsReport(
        days_n, posts["all"], posts["placed"], posts["health"], posts["no_author"], rows
    )
