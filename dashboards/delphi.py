"""Write the published shares as signals in the shape of the Delphi epidata service (JSON).

`geo_type, geo_value, time_value, signal, value, se, sample_size, issue`, and `is_sample`. The
standard error is that of a simple share; it knows nothing of the tagger's mistakes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from dashboards.geo import Geo, GeoType
from dashboards.published import Numbers, Share
from dashboards.tables import Cell, in_order, notice

NO_RESULTS = -2
"""The service's own code for an answer without rows."""

Signal = dict[str, Cell]


def signal_file(numbers: Numbers, level: GeoType) -> str:
    """All signals of one level as JSON text, in order of place, week and name."""
    rows = [
        row
        for geo in in_order({*numbers.volume, *numbers.themes, *numbers.signals})
        if geo.type == level
        for row in _place_signals(numbers, geo)
    ]
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
            value = round(share.per_1000, 3)
            yield _signal(numbers, geo, week, name, value, _error(share), share.health_author_n)


def _shares(numbers: Numbers, geo: Geo, week: str) -> Iterator[tuple[str, Share]]:
    for theme, stances in numbers.themes.get(geo, {}).get(week, {}).items():
        for stance, share in stances.items():
            yield f"{stance}_{theme}", share
    for name, share in numbers.signals.get(geo, {}).get(week, {}).items():
        yield f"trust_{name}", share


def _error(share: Share) -> float:
    """Standard error of the share, per 1,000."""
    part = share.author_n / share.health_author_n
    return round(1_000 * math.sqrt(part * (1 - part) / share.health_author_n), 3)


def _signal(
    numbers: Numbers, geo: Geo, week: str, name: str, value: Cell, se: Cell, size: int
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
