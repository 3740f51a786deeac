"""Compute `est_alarm`: which published counts of the release's week are unusual.

Reads published counts only (`pub_volume_week`, `mart_shown_week`), and judges the release's
own week: earlier weeks were judged in their own releases.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.alarms.detection import Detected, detect
from warehouse.alarms.long_history import MOST_WEEKS
from warehouse.alarms.weekly import Panel
from warehouse.build import Computed

LEVELS = ("nation", "state", "region", "county")

ALARM = pa.schema(
    [
        ("geo_type", pa.string()),
        ("geo_value", pa.string()),
        ("week", pa.string()),
        ("kind", pa.string()),
        ("tag_id", pa.string()),
        ("method", pa.string()),
        ("author_n", pa.int64()),
        ("expected_per_1000", pa.float64()),
        ("threshold_per_1000", pa.float64()),
        ("p_value", pa.float64()),
        ("is_alarm", pa.bool_()),
    ]
)

_VOLUME = """
    select geo_value, week, health_author_n from pub_volume_week
    where week not in (select week from ref_outages)
"""
_SHOWN = """
    select kind, tag_id, geo_value, week, author_n from mart_shown_week
    where stance in ('promotes', '')
"""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scene:
    """A panel, and the names of its places, tags and last week.

    places  (geo_type, geo_value); tags (kind, tag_id)
    """

    panel: Panel
    places: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    week: str


def compute(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The rows of `est_alarm`; none before there are seven baseline weeks."""
    scene = read_scene(con)
    if not scene.places or not scene.tags:
        return ALARM.empty_table()
    return _table(scene, detect(scene.panel))


ALARMS = Computed(
    reads=(
        "pub_volume_week", "mart_shown_week", "stg_geographies", "ref_outages",
        "ref_weeks", "ref_themes", "ref_signals",
    ),
    run=compute,
)  # fmt: skip


def read_scene(con: duckdb.DuckDBPyConnection) -> Scene:
    """The published counts of the weeks, in arrays; weeks of outage are left out."""
    rows = con.execute("select week from ref_weeks order by week_start").fetchall()
    weeks = [str(week) for (week,) in rows][-MOST_WEEKS:]
    tags = con.execute(
        "select 'signal', signal_id from ref_signals "
        "union all select 'theme', theme_id from ref_themes order by all"
    ).fetchall()
    places, parent = _places(con)
    place_at = {value: at for at, (_, value) in enumerate(places)}
    week_at = {week: at for at, week in enumerate(weeks)}
    tag_at = {tag: at for at, tag in enumerate(tags)}
    totals = np.full((len(places), len(weeks)), np.nan)
    for value, week, total in con.execute(_VOLUME).fetchall():
        if value in place_at and week in week_at:
            totals[place_at[value], week_at[week]] = total
    counts = np.full((len(places), len(tags), len(weeks)), np.nan)
    for kind, tag, value, week, count in con.execute(_SHOWN).fetchall():
        if value in place_at and week in week_at:
            counts[place_at[value], tag_at[kind, tag], week_at[week]] = count
    counts[np.broadcast_to(np.isnan(totals)[:, None], counts.shape)] = np.nan
    level = np.array([LEVELS.index(kind) for kind, _ in places], np.int64)
    return Scene(Panel(counts, totals, parent, level), places, tags, weeks[-1])


def _places(con: duckdb.DuckDBPyConnection) -> tuple[list[tuple[str, str]], Ints]:
    """Places that were published in some week, the widest first, and the place around each."""
    around = dict(con.execute("select geo_value, parent_value from stg_geographies").fetchall())
    shown = con.execute("select distinct geo_type, geo_value from pub_volume_week").fetchall()
    places = sorted(
        (place for place in shown if place[0] in LEVELS),
        key=lambda place: (LEVELS.index(place[0]), place[1]),
    )
    place_at = {value: at for at, (_, value) in enumerate(places)}
    parent = []
    for _, value in places:
        outer = around.get(value)
        while outer is not None and outer not in place_at:
            outer = around.get(outer)
        parent.append(-1 if outer is None else place_at[outer])
    return places, np.array(parent, np.int64)


def _table(scene: Scene, found: Detected) -> pa.Table:
    place, tag = np.nonzero(~np.isnan(found.p_value))
    places, tags = [scene.places[n] for n in place], [scene.tags[n] for n in tag]
    columns = {
        "geo_type": [kind for kind, _ in places],
        "geo_value": [value for _, value in places],
        "week": [scene.week] * len(places),
        "kind": [kind for kind, _ in tags],
        "tag_id": [tag_id for _, tag_id in tags],
        "method": np.where(found.is_long[place, tag], "farrington", "c2").tolist(),
        "author_n": scene.panel.counts[place, tag, -1].astype(np.int64),
        "expected_per_1000": np.round(1000 * found.expected[place, tag], 1),
        "threshold_per_1000": np.round(
            1000 * found.threshold[place, tag] / scene.panel.totals[place, -1], 1
        ),
        # three digits: the last ones differ from machine to machine
        "p_value": [float(f"{p:.3g}") for p in found.p_value[place, tag]],
        "is_alarm": found.is_alarm[place, tag],
    }
    return pa.table(columns, schema=ALARM)
