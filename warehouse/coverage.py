"""Say what the lake holds for some weeks: posts by place, basis and tag, for who runs it.

These are counts of posts for the person at the keyboard, small ones included. They are never
published: what readers see comes from a release.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import duckdb

from warehouse.database import open_database
from warehouse.home import Home
from warehouse.lake import day_files

_COUNTS = """
select
    count(*) filter (kind = 'health') as post_n,
    count(*) filter (kind = 'health' and level = 'county') as county_n,
    count(*) filter (kind = 'health' and level = 'state') as state_n,
    count(distinct county_fips) as counties_n,
    count(distinct state) as states_n,
    count(distinct post_id) filter (kind = 'theme' or (kind = 'health' and score >= 0.5))
        as health_n,
    count(distinct post_id) filter (kind = 'theme') as themed_n,
    count(distinct post_id) filter (kind = 'theme' and stance = 'promotes') as promoting_n
from read_parquet(?)
"""

_BASES = """
select basis, count(*) as post_n
from read_parquet(?)
where kind = 'health' and level <> 'none'
group by basis
order by post_n desc, basis
"""


_COPIES = "select post_n, voice_n from mart_input where part = 'copied'"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Posts in the lake for a span of days.

    county_n, state_n     placed in a county; placed in a state only
    counties_n, states_n  places with at least one post
    health_n              about health; themed_n carry a claim; promoting_n promote one
    bases                 placed posts by how they were placed
    """

    post_n: int = 0
    county_n: int = 0
    state_n: int = 0
    counties_n: int = 0
    states_n: int = 0
    health_n: int = 0
    themed_n: int = 0
    promoting_n: int = 0
    bases: tuple[tuple[str, int], ...] = ()


def coverage(home: Home, first: date, last: date, is_sample: bool) -> Coverage:
    """Count the posts of the days `first` to `last`, both included; sample or all others."""
    files = [str(file) for file in day_files(home, "tags", first, last, is_sample)]
    if not files:
        return Coverage()
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        (counts,) = con.execute(_COUNTS, [files]).fetchall()
        bases = con.execute(_BASES, [files]).fetchall()
    return replace(Coverage(*counts), bases=tuple((str(basis), int(n)) for basis, n in bases))


def copies(home: Home) -> tuple[int, int]:
    """Posts that are near-copies under 10 or more names, and these names, in the last marts."""
    with open_database(home) as con:
        try:
            found = con.execute(_COPIES).fetchone()
        except duckdb.CatalogException:
            found = None
    return (int(found[0]), int(found[1])) if found else (0, 0)
