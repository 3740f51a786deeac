"""Check the published tables themselves: no value out of range, and the past still there."""

from __future__ import annotations

import duckdb

from warehouse.differences import compare
from warehouse.publication import last_published
from warehouse.quality.finding import (
    FAILED,
    HELD,
    NO_HISTORY,
    NOT_CHECKED,
    WARNED,
    Finding,
)
from warehouse.quality.history import History

PAST_WARNS, PAST_FAILS = 0.1, 0.5
PAST_THRESHOLD = (
    "warns when a tenth, fails when a half of the counts published before are gone or changed"
)
RANGE_THRESHOLD = "fails on any row"
FEWEST_PAST = 20
"""Counts published before that must be there for parts of them to mean anything."""

_OUT_OF_RANGE = {
    "pub_volume_week": "health_author_n < 10",
    "pub_theme_week": "author_n < 10 or author_n > health_author_n "
    "or not (0 <= low_per_1000 and low_per_1000 <= share_per_1000 "
    "and share_per_1000 <= high_per_1000 and high_per_1000 <= 1000)",
    "pub_signal_week": "author_n < 10 or author_n > health_author_n "
    "or not (0 <= low_per_1000 and low_per_1000 <= share_per_1000 "
    "and share_per_1000 <= high_per_1000 and high_per_1000 <= 1000)",
    "pub_clinic_week": "heard_n < 10",
    "pub_estimate_week": "not (0 <= low_per_1000 and low_per_1000 <= share_per_1000 "
    "and share_per_1000 <= high_per_1000 and high_per_1000 <= 1000 "
    "and own_evidence between 0 and 1)",
    "pub_alarm_week": "author_n < 10 or p_value not between 0 and 1",
}
"""Published table → what no row may be; a missing value is out of range too."""

_COUNTS = ("pub_volume_week", "pub_theme_week", "pub_signal_week")


def in_range(con: duckdb.DuckDBPyConnection) -> Finding:
    """Whether every published value is one that can be."""
    wrong = []
    for table, condition in _OUT_OF_RANGE.items():
        (rows_n,) = con.execute(
            f"select count(*) from {table} where coalesce({condition}, true)"
        ).fetchone() or (0,)
        if rows_n:
            wrong.append(f"{rows_n:,} rows of {table}")
    told = f"out of range: {', '.join(wrong)}" if wrong else "every value can be"
    return Finding("values", FAILED if wrong else HELD, RANGE_THRESHOLD, told)


def past(con: duckdb.DuckDBPyConnection, release_id: str, found: History) -> Finding:
    """Whether counts that the last published release told of the same weeks still stand."""
    (is_sample,) = con.execute(
        "select is_sample from releases where release_id = ?", [release_id]
    ).fetchone() or (False,)
    earlier = last_published(con, None, is_sample)
    if earlier is None or earlier == release_id:
        return Finding("past weeks", NOT_CHECKED, PAST_THRESHOLD, NO_HISTORY)
    told_n, gone_n = _gone(con, earlier, release_id, found.weeks)
    if told_n < FEWEST_PAST:
        return Finding("past weeks", NOT_CHECKED, PAST_THRESHOLD, NO_HISTORY)
    part = gone_n / told_n
    outcome = HELD
    if part > PAST_WARNS:
        is_same_program = not compare(con, earlier, release_id).versions
        outcome = FAILED if part > PAST_FAILS and is_same_program else WARNED
    told = f"{gone_n:,} of {told_n:,} counts of {earlier} are gone or changed"
    return Finding("past weeks", outcome, PAST_THRESHOLD, told)


def _gone(
    con: duckdb.DuckDBPyConnection, earlier: str, later: str, weeks: tuple[str, ...]
) -> tuple[int, int]:
    """Counts of these weeks that the earlier release told, and those not so in the later."""
    told_n = gone_n = 0
    for table in _COUNTS:
        columns = [name for name in con.table(table).columns if not name.endswith("_per_1000")]
        held = f"select {', '.join(columns)} from frozen.{table} where release_id = ?"
        within = f"{held} and list_contains(?, week)"
        told, gone = con.execute(
            f"select (select count(*) from ({within})), "
            f"(select count(*) from ({within} except all {held}))",
            [earlier, list(weeks), earlier, list(weeks), later],
        ).fetchone() or (0, 0)
        told_n, gone_n = told_n + told, gone_n + gone
    return told_n, gone_n
