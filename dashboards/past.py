"""Read the releases published before the one a snapshot shows, as far as it carries them.

Each becomes `Numbers` of its own with the few figures that go along (`warehouse.archive`), so
that whatever says a figure in words says an old one in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from dashboards.geo import Geo
from dashboards.published import (
    TOO_FEW,
    VERSIONS,
    Estimate,
    Numbers,
    PlaceFacts,
    Release,
    Share,
)
from warehouse.weeks import Week

_RELEASES = (
    "release_id, week, weeks_n, is_sample, content_sha256, changed, checked, "
    + ", ".join(VERSIONS)
)
_FIGURES = (
    "release_id, geo_type, geo_value, theme_id, direction, "
    "author_n, health_author_n, share_per_1000, low_per_1000, high_per_1000, "
    "estimate_per_1000, estimate_low, estimate_high, rests_on, has_numbers"
)


def read_past(
    con: duckdb.DuckDBPyConnection, counties: dict[str, PlaceFacts]
) -> Iterator[Numbers]:
    """The releases published earlier, oldest first; places are called as they are now."""
    rows = con.execute(f"select {_RELEASES} from past_release").fetchall()  # noqa: S608 - ours
    past = {row[0]: Numbers(_release(*row), counties) for row in rows}
    for name, geo_type, geo_value, theme, direction, *figures in con.execute(
        f"select {_FIGURES} from past_theme"  # noqa: S608 - ours
    ).fetchall():
        numbers, geo = past[name], Geo(geo_type, geo_value)
        weeks = numbers.themes.setdefault(geo, {numbers.release.week: {}})
        weeks[numbers.release.week][theme] = {"promotes": _share(*figures)}
        if direction not in (None, TOO_FEW):
            numbers.changes[geo][theme] = direction
    yield from sorted(past.values(), key=lambda one: one.release.order)


def _release(
    release_id: str,
    week: str,
    weeks_n: int,
    is_sample: bool,
    content_sha256: str,
    changed: str | None,
    checked: str,
    *made_by: str,
) -> Release:
    days = Week.parse(week)
    return Release(
        release_id=release_id,
        week=week,
        week_start=days.start,
        week_end=days.end,
        weeks_n=weeks_n,
        is_sample=is_sample,
        posts_n=None,
        placed_n=None,
        health_n=None,
        no_author_n=None,
        sources=(),
        versions=dict(zip(VERSIONS, map(str, made_by), strict=True)),
        changed=changed or "",
        checked=checked,
        content_sha256=content_sha256,
    )


def _share(
    author_n: int,
    health_author_n: int,
    per_1000: float,
    low: float,
    high: float,
    *estimated: Any,  # noqa: ANN401 - cells of a row
) -> Share:
    found = None if estimated[-1] is None else Estimate(*estimated)
    return Share(author_n, health_author_n, per_1000, low, high, found)
