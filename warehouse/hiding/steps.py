"""The tables that hiding computes: which counts are told, one row each.

`est_told_volume` comes first, since a theme is judged only where health authors are told;
then `est_told_share`, themes and signals; `est_told_clinic` stands apart. Each reads private
counts (`stg_…_cells`) and gives only what may be published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.build import Computed
from warehouse.hiding.again import Told, tell, tell_again
from warehouse.hiding.cells import TOLD, Block, blocks
from warehouse.hiding.places import Ints, Places
from warehouse.hiding.spans import Bounds
from warehouse.hiding.telling import FEWEST, Counts

Judge = Callable[[Block], Counts]

_TREE = """
    select places.geo_value, places.parent_value,
        coalesce(sum(volume.health_author_n), 0)::bigint as size
    from stg_geographies as places
    left join mart_volume_week as volume using (geo_value)
    group by all
"""
_CLINIC_TREE = """
    select places.geo_value, regions.parent_value,
        coalesce(sum(clinic.heard_n), 0)::bigint as size
    from stg_geographies as places
    left join stg_geographies as regions
        on places.parent_value = regions.geo_value and regions.geo_type = 'region'
    left join mart_clinic_week as clinic on places.geo_value = clinic.geo_value
    where places.geo_type in ('state', 'county')
    group by all
"""


def tell_volume(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The health authors that may be told, of shape `cells.TOLD`."""
    places = _post_places(con)
    return _told(
        con, "stg_volume_cells", ["health"], places, lambda block: Counts.of(block.counts)
    )


def tell_shares(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The theme and signal counts that may be told, of shape `cells.TOLD`."""
    places = _post_places(con)
    weeks = _by_week(con, places)

    def judge(block: Block) -> Counts:
        told, true = np.stack([weeks[week] for *_, week in block.names], axis=1)
        return Counts(block.counts, block.is_fit, within(block.counts, told, true))

    return _told(con, "stg_share_cells", ["theme", "signal"], places, judge)


def tell_clinics(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """What clinics heard and may be told, of shape `cells.TOLD`: a state is its counties."""
    rows = con.execute(_CLINIC_TREE).fetchall()
    places = Places.of(
        {name: outer for name, outer, _ in rows}, {name: size for name, _, size in rows}
    )
    return _told(
        con, "stg_clinic_cells", ["clinic"], places, lambda block: Counts.of(block.counts)
    )


def _post_places(con: duckdb.DuckDBPyConnection) -> Places:
    """Nation, states, regions and counties; a post may be placed in a state and no further."""
    rows = con.execute(_TREE).fetchall()
    outer = {name: around for name, around, _ in rows}
    nation = {name for name, around in outer.items() if around is None}
    states = {name for name, around in outer.items() if around in nation}
    return Places.of(outer, {name: size for name, _, size in rows}, states, nation)


def _told(
    con: duckdb.DuckDBPyConnection,
    table: str,
    kinds: Sequence[str],
    places: Places,
    judge: Judge,
) -> pa.Table:
    parts = [TOLD.empty_table()]
    for block in blocks(con, table, kinds, places):
        counts = judge(block)
        before = Told(block.before > 0, block.before)
        again = tell_again(places, counts, before, block.is_open)
        parts.append(block.rows(again.where(block.is_old, tell(places, counts)), places))
    return pa.concat_tables(parts)


def _by_week(con: duckdb.DuckDBPyConnection, places: Places) -> Mapping[str, Ints]:
    """Of each week the health authors told (0: hidden) and their true number, by place."""
    column = {name: number for number, name in enumerate(places.names)}
    weeks = [week for (week,) in con.execute("select week from ref_weeks").fetchall()]
    found = {week: np.zeros((2, len(column)), np.int64) for week in weeks}
    rows = con.execute("""
        select week, geo_value, coalesce(told.author_n, 0), coalesce(health_author_n, 0)
        from mart_volume_week as volume
        full join est_told_volume as told using (week, geo_value)
    """).fetchall()
    for week, name, told, true in rows:
        found[week][:, column[name]] = told, true
    return found


def within(counts: Ints, told: Ints, true: Ints) -> Bounds:
    """What a reader knows of authors who are some of the health authors beside them.

    Where these are told, no more than these, and 9 where he takes the count to be below 10.
    Where they are hidden he knows their sum over several places: together the counts are at
    most that (the true numbers add up to it), each by itself at most what these can be.
    """
    is_small = counts < FEWEST
    told_most = np.where(is_small, np.minimum(told, FEWEST - 1), np.maximum(told, counts))
    most = np.where(told > 0, told_most, true)
    reach = np.where(told > 0, told_most, np.maximum(true, FEWEST - 1))
    return Bounds(most, reach)


TOLD_VOLUME = Computed(
    ("stg_geographies", "mart_volume_week", "stg_told_before", "stg_volume_cells"), tell_volume
)
TOLD_SHARE = Computed(
    (
        *("stg_geographies", "mart_volume_week", "est_told_volume", "ref_weeks"),
        *("stg_told_before", "stg_share_cells"),
    ),
    tell_shares,
)
TOLD_CLINIC = Computed(
    ("stg_geographies", "mart_clinic_week", "stg_told_before", "stg_clinic_cells"), tell_clinics
)
