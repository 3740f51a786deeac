"""Lay rows of counts out as arrays, some series at a time, and what is told as rows again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.hiding.again import Told
from warehouse.hiding.places import Flags, Ints, Places

CHUNK_N = 64
"""Series laid out at once: 2 MB an array over all places, whatever the weeks and tags."""

SERIES = ("kind", "tag_id", "stance", "week")

TOLD = pa.schema(
    [(name, pa.string()) for name in (*SERIES, "geo_value")] + [("author_n", pa.int64())]
)
"""A count that is told."""

_ASKED = """
    with asked as (
        select kind, tag_id, stance, week from {table} where is_fit
        union
        select kind, tag_id, stance, week from stg_told_before where list_contains(?, kind)
    )
    select *, week in (select week from ref_told_weeks) as is_old,
        (kind, if(kind = 'health', week, tag_id)) not in (
            select (kind, if(kind = 'health', week, tag_id)) from stg_told_before
        ) as is_open
    from asked order by kind, tag_id, stance, week
"""
"""The series in which a count may be told or was told, and what `Block` says of each."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some series; the arrays are series by place.

    names    kind, tag, stance and week of each
    is_old   an earlier release covers its week
    is_open  of its tag nothing was told before (of health authors: in its week), so that more
             than numbers told before may be told
    counts   authors
    is_fit   may be told, as far as the count alone goes
    before   what earlier releases told; 0: nothing
    """

    names: list[tuple[str, str, str, str]]
    is_old: Flags
    is_open: Flags
    counts: Ints
    is_fit: Flags
    before: Ints

    def rows(self, told: Told, places: Places) -> pa.Table:
        """What is told, of shape `TOLD`."""
        series, place = np.nonzero(told.is_told)
        names = [self.names[number] for number in series]
        columns = [[name[part] for name in names] for part in range(len(SERIES))]
        values = [places.names[number] for number in place]
        arrays = [*columns, values, told.values[series, place]]
        return pa.table(
            [pa.array(array, field.type) for array, field in zip(arrays, TOLD, strict=True)],
            schema=TOLD,
        )


def blocks(
    con: duckdb.DuckDBPyConnection, table: str, kinds: Sequence[str], places: Places
) -> Iterator[Block]:
    """The series of these kinds in which a count may be told or was told, in order of name.

    table  one of the `stg_…_cells`, which holds the counts of these kinds
    """
    series = con.execute(_ASKED.format(table=table), [list(kinds)]).fetchall()
    con.register(
        "hiding_places",
        pa.table({"geo_value": places.names, "place": np.arange(len(places.names))}),
    )
    for first in range(0, len(series), CHUNK_N):
        yield _laid_out(con, table, places, series[first : first + CHUNK_N])


def _laid_out(
    con: duckdb.DuckDBPyConnection, table: str, places: Places, series: list[tuple[Any, ...]]
) -> Block:
    names = [(kind, tag_id, stance, week) for kind, tag_id, stance, week, *_ in series]
    chosen = pa.table(
        {name: [row[part] for row in names] for part, name in enumerate(SERIES)}
        | {"series": np.arange(len(names))}
    )
    con.register("hiding_series", chosen)
    shape = (len(names), len(places.names))
    counts, is_fit = _arrays(con, table, shape, ("author_n", "is_fit"))
    (before,) = _arrays(con, "stg_told_before", shape, ("author_n",))
    is_old, is_open = np.array([row[-2:] for row in series], np.bool_).T
    return Block(names, is_old, is_open, counts, is_fit > 0, before)


def _arrays(
    con: duckdb.DuckDBPyConnection, table: str, shape: tuple[int, int], columns: Sequence[str]
) -> Ints:
    """These columns of the series chosen, an array each; 0 where there is no row."""
    cells = con.table(table).join(con.table("hiding_series"), ", ".join(SERIES))
    numbers = ", ".join(f"{column}::bigint as {column}" for column in columns)
    rows = (
        cells.join(con.table("hiding_places"), "geo_value")
        .project(f"series, place, {numbers}")
        .fetchnumpy()
    )
    arrays = np.zeros((len(columns), *shape), np.int64)
    for array, column in zip(arrays, columns, strict=True):
        array[rows["series"], rows["place"]] = rows[column]
    return arrays
