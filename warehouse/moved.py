"""Find posts that lie on two days of the lake, in whatever weeks: the table `stg_moved`.

A post whose time was changed at its source can; the later one counts. Weeks are counted one at
a time, so this alone looks at all of them together, at one number a post.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from warehouse.build import Computed
from warehouse.repeats import repeated

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


def moved_posts(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """`post_key` (as in `stg_posts`) and the later time of every post found twice."""
    twice = repeated(con, _KEYS)
    if not len(twice):
        return _ROWS.empty_table()
    con.register("twice", pa.table({"post_key": twice}))
    found = con.sql(_LAST).to_arrow_table()
    con.unregister("twice")
    return found.cast(_ROWS)


MOVED = Computed(("ref_days", "raw_tags"), moved_posts)
