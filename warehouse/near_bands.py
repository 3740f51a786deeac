"""Find the bands that stand in several posts of a week: the table `ref_repeated_bands`.

Nearly all bands stand in one post alone, and near-copies can be looked for among the rest.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from warehouse.repeats import repeated

_BANDS = """
    select unnest(tags.near)
    from raw_tags as tags
    inner join ref_days as dates on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
    where tags.kind = 'health' and tags.near is not null and tags.source <> 'news'
"""


def register_repeated_bands(con: duckdb.DuckDBPyConnection) -> None:
    """Register `ref_repeated_bands (near_band)`, of the posts and days registered by then."""
    bands = pa.array(repeated(con, _BANDS), pa.int64())
    con.register("ref_repeated_bands", pa.table({"near_band": bands}))
