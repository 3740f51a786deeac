"""Give all rural counties together their figures: estimates alone, for no count is published.

The release adds up what it publishes of the rural regions (warehouse/estimates/published.py)
and tells shares, directions and questions, never how many people. A theme counts as seen when
a rural region or county has a published count of it in that week; of others the estimate says
no more than that they are rare. Voices are added up here from published ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from dashboards.geo import RURAL, Geo, region_of
from dashboards.published import FEWER, Bands, Estimate, Numbers, Share

BANDS = ((10, "10 to 19"), (20, "20 to 49"), (50, "50 to 99"), (100, "100 to 499"),
         (500, "500 or more"))  # fmt: skip
"""The evidence bands of `pub_evidence` by the least number of voices in them."""

_IS_RURAL = (
    "(geo_value like '%-rural' or geo_value in (select fips from pub_county where is_rural))"
)
_ESTIMATES = """
    select estimate.week, estimate.tag_id, estimate.share_per_1000, estimate.low_per_1000,
        estimate.high_per_1000, estimate.rests_on, estimate.has_numbers
    from pub_estimate_week as estimate
    semi join (select week, {kind}_id as tag_id from pub_{kind}_week where {seen}) as seen
        on estimate.week = seen.week and estimate.tag_id = seen.tag_id
    where estimate.geo_type = 'rural' and estimate.kind = '{kind}'
"""
_ASKS = """
    select week, theme_id, asks_per_1000, asks_low, asks_high
    from pub_void_week where geo_type = 'rural'
"""


def add_rural(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    """Put the figures of `RURAL` into `numbers`, from the snapshot it was read from."""
    for week, theme, share in _estimated(con, "theme", f"stance = 'promotes' and {_IS_RURAL}"):
        weeks = numbers.themes.setdefault(RURAL, {})
        weeks.setdefault(week, {}).setdefault(theme, {})["promotes"] = share
    for week, signal, share in _estimated(con, "signal", _IS_RURAL):
        numbers.signals.setdefault(RURAL, {}).setdefault(week, {})[signal] = share
    for week, theme, *rates in con.execute(_ASKS).fetchall():
        weeks = numbers.themes.setdefault(RURAL, {})
        weeks.setdefault(week, {}).setdefault(theme, {})["asks"] = Share(None, None, *rates)
    numbers.bands[RURAL] = Bands(FEWER, _band(rural_voices(numbers)))


def rural_voices(numbers: Numbers) -> int:
    """Health voices of all weeks in rural regions; where one is hidden, in its counties."""
    total = 0
    for region, counties in _regions(numbers).items():
        told = numbers.volume.get(region, {})
        total += sum(told.values())
        for county in counties:
            weeks = numbers.volume.get(county, {})
            total += sum(count for week, count in weeks.items() if week not in told)
    return total


def rural_regions(numbers: Numbers) -> list[Geo]:
    """The rural region of every state that has rural counties, by postal code."""
    return sorted(_regions(numbers))


def _regions(numbers: Numbers) -> dict[Geo, list[Geo]]:
    found: dict[Geo, list[Geo]] = {}
    for place in numbers.counties.values():
        if place.is_rural:
            region = region_of(place.state, is_rural=True)
            found.setdefault(region, []).append(Geo("county", place.fips))
    return found


def _estimated(
    con: duckdb.DuckDBPyConnection, kind: str, seen: str
) -> Iterator[tuple[str, str, Share]]:
    for week, tag, per_1000, low, high, rests_on, has_numbers in con.execute(
        _ESTIMATES.format(kind=kind, seen=seen)
    ).fetchall():
        found = Estimate(per_1000, low, high, rests_on, has_numbers)
        yield week, tag, Share(None, None, per_1000, low, high, found)


def _band(voices_n: int) -> str:
    return next((words for least, words in reversed(BANDS) if voices_n >= least), FEWER)
