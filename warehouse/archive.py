"""Carry what readers were told before: the releases published earlier, with their main figures.

A snapshot shows one release. So that its site can list the earlier ones, two small tables go
with it: `past_release`, and `past_theme` with the figures of the nation and the states in each
one's own week. Both are copied from frozen tables that readers had, so they tell nothing new. A
release that was set aside is in neither, nor is the sample among real ones. Earlier means
published before this release was, by the order in which they were first published: that never
changes, so the snapshot of a past release is the same whenever it is written.
"""

from __future__ import annotations

import duckdb

from warehouse import publication

TABLES = ("past_release", "past_theme")

_EARLIER = """
create table snapshot.past_release as
select {columns}, cast('' as text) as checked
from releases inner join publications using (release_id)
where
    is_sample = (select is_sample from releases where release_id = $name)
    and release_id <> $name
    and published_at < coalesce(
        (select published_at from publications where release_id = $name),
        (select created_at from releases where release_id = $name)
    )
order by week, revision
"""

_FIGURES = """
create table snapshot.past_theme as
select
    counted.release_id, counted.geo_type, counted.geo_value, counted.theme_id,
    counted.author_n, counted.health_author_n,
    counted.share_per_1000, counted.low_per_1000, counted.high_per_1000,
    estimates.share_per_1000 as estimate_per_1000,
    estimates.low_per_1000 as estimate_low, estimates.high_per_1000 as estimate_high,
    estimates.rests_on, estimates.has_numbers, changes.direction
from {counted} as counted
inner join snapshot.past_release as past
    on counted.release_id = past.release_id and counted.week = past.week
left join {estimates} as estimates
    on counted.release_id = estimates.release_id and counted.geo_value = estimates.geo_value
    and counted.week = estimates.week and counted.theme_id = estimates.tag_id
left join {changes} as changes
    on counted.release_id = changes.release_id and counted.geo_value = changes.geo_value
    and counted.week = changes.week and counted.theme_id = changes.tag_id
order by all
"""

_WIDE = "geo_type in ('nation', 'state')"
_OF = {
    "pub_theme_week": f"{_WIDE} and stance = 'promotes'",
    "pub_estimate_week": f"{_WIDE} and kind = 'theme'",
    "pub_change_week": f"{_WIDE} and kind = 'theme'",
}
"""Which rows of each frozen table are looked at: of all, a few in a hundred."""

_COLUMNS = (
    *("release_id", "week", "weeks_n", "is_sample", "content_sha256"),
    *("code", "taxonomy", "model", "reference", "correction", "changed"),
)
_KEY = ("release_id", "geo_type", "geo_value", "week")
_SHARE = ("share_per_1000", "low_per_1000", "high_per_1000")
_NEEDED = {
    "pub_theme_week": (*_KEY, "theme_id", "stance", "author_n", "health_author_n", *_SHARE),
    "pub_estimate_week": (*_KEY, "kind", "tag_id", *_SHARE, "rests_on", "has_numbers"),
    "pub_change_week": (*_KEY, "kind", "tag_id", "direction"),
}


def copy_earlier(con: duckdb.DuckDBPyConnection, release_id: str) -> None:
    """Make `TABLES` in the attached database `snapshot`, as of this release."""
    con.execute(publication.TABLES)
    con.execute(_EARLIER.format(columns=", ".join(_COLUMNS)), {"name": release_id})
    names = con.execute("select release_id from snapshot.past_release").fetchall()
    for (name,) in names:
        con.execute(
            "update snapshot.past_release set checked = ? where release_id = ?",
            [publication.checked_in_words(con, name), name],
        )
    counted, estimates, changes = (_frozen(con, table) for table in _NEEDED)
    con.execute(_FIGURES.format(counted=counted, estimates=estimates, changes=changes))


def _frozen(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """What of a frozen table may go along; nothing where an earlier version had none such."""
    try:
        if set(_NEEDED[table]) <= set(con.table(f"frozen.{table}").columns):
            return f"(select * from frozen.{table} where {_OF[table]})"  # noqa: S608 - ours
    except duckdb.CatalogException:
        pass
    return f"(select {', '.join(f'null as {name}' for name in _NEEDED[table])} where false)"
