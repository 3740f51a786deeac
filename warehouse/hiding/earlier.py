"""Read back what earlier releases told, for `warehouse.hiding.again`.

Two relations: `ref_told_before`, the last number told of each count, and `ref_told_weeks`, the
weeks that a release has covered, whether or not anything of them was told. Neither holds
anything that is not published. Releases set aside unpublished are passed over: what was wrong
with them is not to stay in later ones.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from warehouse.weeks import Week

BEFORE = pa.schema(
    [
        ("kind", pa.string()),
        ("tag_id", pa.string()),
        ("stance", pa.string()),
        ("week", pa.string()),
        ("geo_value", pa.string()),
        ("author_n", pa.int64()),
    ]
)

_TABLES = {
    "pub_volume_week": ("'health'", "''", "''", "health_author_n"),
    "pub_theme_week": ("'theme'", "theme_id", "stance", "author_n"),
    "pub_signal_week": ("'signal'", "signal_id", "''", "author_n"),
    "pub_clinic_week": ("'clinic'", "theme_id", "''", "heard_n"),
}
"""Published table → how its rows read as rows of `BEFORE`."""


def register_earlier(con: duckdb.DuckDBPyConnection, is_sample: bool) -> None:
    """Give the models what earlier releases of the same kind told; nothing before the first."""
    standing = {
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'frozen' "
            "or table_name in ('releases', 'publications', 'set_aside')"
        ).fetchall()
    }
    told, weeks = BEFORE.empty_table(), set[str]()
    if "releases" in standing:
        con.execute(f"create or replace temporary view told_releases as {_seen(standing)}")
        parts = [_read(table) for table in _TABLES if table in standing]
        if parts:
            params = [is_sample] * len(parts)
            told = con.sql(" union all ".join(parts), params=params).to_arrow_table()
        windows = con.execute(
            "select week, weeks_n from told_releases where is_sample = ?", [is_sample]
        ).fetchall()
        weeks = {str(held) for week, n in windows for held in Week.parse(week).trailing(n)}
    con.register("ref_told_before", told.cast(BEFORE))
    con.register("ref_told_weeks", pa.table({"week": pa.array(sorted(weeks), pa.string())}))


def _seen(standing: set[str]) -> str:
    """The releases that readers have or may get."""
    if not {"publications", "set_aside"} <= standing:
        return "select * from releases"
    return (
        "select * from releases where release_id not in (select release_id from set_aside) "
        "or release_id in (select release_id from publications)"
    )


def _read(table: str) -> str:
    kind, tag_id, stance, count = _TABLES[table]
    return (
        f"select {kind} as kind, {tag_id} as tag_id, {stance} as stance, told.week, "
        f"geo_value, arg_max({count}, (created_at, revision)) as author_n "
        f"from frozen.{table} as told inner join told_releases using (release_id) "
        "where is_sample = ? group by all"
    )
