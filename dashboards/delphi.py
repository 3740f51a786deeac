"""Write the published shares as signals in the shape of the Delphi epidata service (JSON).

`geo_type, geo_value, time_value, signal, value, se, sample_size, issue`, and `is_sample`. A
share as seen has the standard error of a simple share, which knows nothing of the tagger's
mistakes. An estimate has that of its posterior: the width of its 90 % interval over that of a
normal distribution. Estimates of which there are too few posts to say are left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pyarrow.compute as pc

from dashboards.geo import LEVELS, RURAL, Geo
from dashboards.published import Numbers, Share
from dashboards.tables import Cell, in_order, notice

NO_RESULTS = -2
"""The service's own code for an answer without rows."""

INTERVAL_SDS = 3.28970725
"""Width of a 90 % interval in standard deviations of a normal distribution."""

SIGNAL_LEVELS = LEVELS

Signal = dict[str, Cell]


def signal_file(numbers: Numbers, level: str) -> str:
    """All signals of one level as JSON text: as seen, then estimates, in order of place."""
    rows = [
        row
        for geo in in_order({*numbers.volume, *numbers.themes, *numbers.signals})
        if geo.type == level and geo != RURAL  # of which only estimates are published
        for row in _place_signals(numbers, geo)
    ]
    rows += _estimates(numbers, level)
    body = {
        "result": 1 if rows else NO_RESULTS,
        "message": "success" if rows else "no results",
        "notice": notice(numbers.release),
        "epidata": rows,
    }
    return json.dumps(body, separators=(",", ":")) + "\n"


def _place_signals(numbers: Numbers, geo: Geo) -> Iterator[Signal]:
    for week, count in sorted(numbers.volume.get(geo, {}).items()):
        yield _signal(numbers, geo, week, "health_voices", count, None, count)
        for name, share in sorted(_shares(numbers, geo, week)):
            value, size = round(share.per_1000, 3), share.health_author_n
            yield _signal(numbers, geo, week, name, value, _error(share), size)


def _estimates(numbers: Numbers, level: str) -> Iterator[Signal]:
    table = numbers.tables["pub_estimate_week"]
    is_told = pc.and_(pc.equal(table["geo_type"], level), table["has_numbers"])
    told = table.filter(is_told).sort_by(
        [(name, "ascending") for name in ("geo_value", "week", "kind", "tag_id")]
    )
    for row in told.to_pylist():
        name = f"{'promotes' if row['kind'] == 'theme' else 'trust'}_{row['tag_id']}"
        geo, week = Geo(row["geo_type"], row["geo_value"]), row["week"]
        se = (row["high_per_1000"] - row["low_per_1000"]) / INTERVAL_SDS
        size = numbers.volume.get(geo, {}).get(week)
        value = round(row["share_per_1000"], 3)
        yield _signal(numbers, geo, week, f"estimated_{name}", value, round(se, 3), size)


def _shares(numbers: Numbers, geo: Geo, week: str) -> Iterator[tuple[str, Share]]:
    for theme, stances in numbers.themes.get(geo, {}).get(week, {}).items():
        for stance, share in stances.items():
            yield f"{stance}_{theme}", share
    for name, share in numbers.signals.get(geo, {}).get(week, {}).items():
        yield f"trust_{name}", share


def _error(share: Share) -> float | None:
    """Standard error of the share, per 1,000; None where nothing was counted."""
    if share.author_n is None or share.health_author_n is None:
        return None
    part = share.author_n / share.health_author_n
    return round(1_000 * math.sqrt(part * (1 - part) / share.health_author_n), 3)


def _signal(
    numbers: Numbers, geo: Geo, week: str, name: str, value: Cell, se: Cell, size: Cell
) -> Signal:
    return {
        "geo_type": geo.type,
        "geo_value": geo.value.lower(),
        "time_value": int(week.replace("-W", "")),
        "signal": name,
        "value": value,
        "se": se,
        "sample_size": size,
        "issue": numbers.release.release_id,
        "is_sample": numbers.release.is_sample,
    }
