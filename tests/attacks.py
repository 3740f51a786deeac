"""Play the attacker: what can be counted out of the published tables, and of nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

import duckdb

from tests.worlds import PARENTS

Counts = Mapping[str, int]
SMALL = set(range(1, 10))
BANDS = {
    "fewer than 10": 0,
    "10 to 19": 10,
    "20 to 49": 20,
    "50 to 99": 50,
    "100 to 499": 100,
    "500 or more": 500,
}


def published(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], dict[str, int]]:
    """Every published count by place, for each (tag, stance, week)."""
    found = con.execute("""
        select 'health', '', week, geo_value, health_author_n from pub_volume_week
        union all
        select theme_id, stance, week, geo_value, author_n from pub_theme_week
        union all
        select signal_id, '', week, geo_value, author_n from pub_signal_week
    """).fetchall()
    series: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for tag, stance, week, place, count in found:
        series[tag, stance, week][place] = count
    return series


def around(place: str) -> Iterator[str]:
    """The places around one, nearest first."""
    while outer := PARENTS.get(place):
        yield outer
        place = outer


def rests(counts: Counts) -> dict[str, int]:
    """What is left of each published place without the nearest published ones inside it."""
    left = dict(counts)
    for place, count in counts.items():
        if holder := next((outer for outer in around(place) if outer in counts), None):
            left[holder] -= count
    return left


def takings(place: str, counts: Counts) -> set[int]:
    """Every sum of published places inside `place`, none of them inside another."""
    sums = {0}
    for child in (inner for inner, outer in PARENTS.items() if outer == place):
        whole = {counts[child]} if child in counts else set()
        sums = {before + more for before in sums for more in whole | takings(child, counts)}
    return sums


def least_outside(health_n: int, counts: list[int]) -> int:
    """The fewest health authors left by any choice of stances of one theme."""
    choices = (taken for size in range(1, 5) for taken in combinations(counts, size))
    return min(health_n - sum(taken) for taken in choices)


def open_weeks(place: str, weeks: Mapping[str, Counts]) -> int:
    """Weeks in which `place` may hold something unpublished, for all one can tell."""
    open_n = 0
    for counts in weeks.values():
        holder = next((outer for outer in around(place) if outer in counts), None)
        if place not in counts and (holder is None or rests(counts)[holder] > 0):
            open_n += 1
    return open_n


def health_band(shown_n: int, hidden_n: int, open_n: int) -> int:
    """The rule of pub_evidence, which an attacker can read: where the shown band begins."""
    reach = shown_n + 9 * max(open_n - 1, 0)
    return max(
        least_n
        for least_n in BANDS.values()
        if least_n <= shown_n
        or (shown_n + 10 <= least_n <= reach and least_n <= shown_n + hidden_n)
    )


def possible_in_a_week(band: int, shown_n: int, open_n: int) -> set[int]:
    """Health authors, 0 to 9, that one open week may hold, given the band and the rule."""
    return {
        count
        for count in range(10)
        if any(
            health_band(shown_n, count + others, open_n) == band
            for others in range(9 * (open_n - 1) + 1)
        )
    }
