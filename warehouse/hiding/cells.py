"""Lay rows of counts out as arrays, some series at a time, and what is told as rows again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


def blocks(con: duckdb.DuckDBPyConnection, table: str, places: Places) -> Iterator[Block]:
    """The series of `table` (one of the `stg_…_cells`), in order of name."""
    series = (
        con.table(table)
        .project("kind, tag_id, stance, week, is_old, is_open")
        .distinct()
        .order("kind, tag_id, stance, week")
        .fetchall()
    )
    column = pa.table({"geo_value": places.names, "place": np.arange(len(places.names))})
    for first in range(0, len(series), CHUNK_N):
        yield _laid_out(con, table, column, series[first : first + CHUNK_N])


def _laid_out(
    con: duckdb.DuckDBPyConnection, table: str, column: pa.Table, series: list[tuple[str, ...]]
) -> Block:
    names = [(kind, tag_id, stance, week) for kind, tag_id, stance, week, *_ in series]
    chosen = pa.table(
        {name: [row[part] for row in names] for part, name in enumerate(SERIES)}
        | {"series": np.arange(len(names))}
    )
    con.register("hiding_series", chosen)
    con.register("hiding_places", column)
    cells = con.table(table).join(con.table("hiding_series"), ", ".join(SERIES))
    found = cells.join(con.table("hiding_places"), "geo_value").project(
        "series, place, author_n::bigint as author_n, is_fit::bigint as is_fit, "
        "before_n::bigint as before_n"
    )
    rows = found.fetchnumpy()
    arrays = np.zeros((3, len(names), column.num_rows), np.int64)
    for array, name in zip(arrays, ("author_n", "is_fit", "before_n"), strict=True):
        array[rows["series"], rows["place"]] = rows[name]
    is_old, is_open = np.array([row[-2:] for row in series], np.bool_).T
    return Block(names, is_old, is_open, arrays[0], arrays[1] > 0, arrays[2])
