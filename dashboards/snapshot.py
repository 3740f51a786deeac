"""Read the published snapshot, once and whole, into plain records.

Only the `pub_*` and `past_*` tables are read; posts, tags and internal marts are not in the
snapshot and are never looked for. Small counts were hidden before it was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import duckdb

from dashboards.geo import Geo
from dashboards.past import read_past
from dashboards.published import (
    TOO_FEW,
    VERSIONS,
    Alarm,
    Bands,
    Estimate,
    Numbers,
    PlaceFacts,
    Release,
    Share,
)
from dashboards.rural import add_rural
from warehouse.errors import DataFolderError
from warehouse.headers import published

AS_STORED = tuple(
    part.name
    for part in fields(Release)
    if part.name not in ("sources", "versions", "changed", "checked", "error_rates", "outages")
)


def read_snapshot(path: Path) -> Numbers:
    """All published numbers of the release in `path`, a DuckDB file opened read-only.

    Raise `DataFolderError` when the file is absent, is not a snapshot, or is of another
    version of Grapevine.
    """
    if not path.is_file():
        raise DataFolderError(
            f"There are no published numbers at {path}. Run `grapevine run` first."
        )
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return _read(con)
    except duckdb.Error as error:
        raise DataFolderError(
            f"{path} is not a snapshot this version can read ({str(error).splitlines()[0]}). "
            "Run `grapevine run` to publish it again."
        ) from error


def _read(con: duckdb.DuckDBPyConnection) -> Numbers:
    numbers = Numbers(_release(con), _counties(con))
    _read_volume(con, numbers)
    _read_themes(con, numbers)
    _read_signals(con, numbers)
    _read_changes(con, numbers)
    _read_voids(con, numbers)
    _read_alarms(con, numbers)
    _read_bands(con, numbers)
    _read_clinics(con, numbers)
    add_rural(con, numbers)
    for header in published():
        held = con.sql(f"select * from {header.name} order by all")  # noqa: S608 - ours
        numbers.tables[header.name] = held.to_arrow_table()
    numbers.past.extend(read_past(con, numbers.counties))
    return numbers


def _rows(con: duckdb.DuckDBPyConnection, columns: str, table: str) -> Iterator[Any]:
    yield from con.execute(f"select {columns} from {table}").fetchall()  # noqa: S608 - constants


def _release(con: duckdb.DuckDBPyConnection) -> Release:
    found = con.execute("select * from pub_release")
    names, rows = [column[0] for column in found.description or []], found.fetchall()
    if len(rows) != 1:
        raise DataFolderError(
            f"The snapshot holds no release, or more than one ({len(rows)}). "
            "Run `grapevine run` to publish it again."
        )
    row: dict[str, Any] = dict(zip(names, rows[0], strict=True))
    return Release(
        sources=tuple(json.loads(row["sources"])),
        versions={name: str(row[name]) for name in VERSIONS},
        error_rates=row.get("error_rates"),
        changed=row["changed"] or "",
        checked=row["checked"] or "",
        outages=tuple(_rows(con, "week, source, reason", "pub_outage_week order by all")),
        **{name: row[name] for name in AS_STORED},
    )


def _counties(con: duckdb.DuckDBPyConnection) -> dict[str, PlaceFacts]:
    columns = ", ".join(part.name for part in fields(PlaceFacts))
    places = (PlaceFacts(*row) for row in _rows(con, columns, "pub_county order by fips"))
    return {place.fips: place for place in places}


def _read_volume(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = "geo_type, geo_value, week, health_author_n"
    for geo_type, geo_value, week, count in _rows(con, columns, "pub_volume_week"):
        numbers.volume[Geo(geo_type, geo_value)][week] = count


def _read_themes(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = (
        "geo_type, geo_value, week, theme_id, stance, "
        "author_n, health_author_n, share_per_1000, low_per_1000, high_per_1000"
    )
    estimates = _estimates(con, "theme")
    for kind, value, week, theme, stance, *share in _rows(con, columns, "pub_theme_week"):
        weeks = numbers.themes.setdefault(Geo(kind, value), {})
        found = estimates.get((value, week, theme)) if stance == "promotes" else None
        weeks.setdefault(week, {}).setdefault(theme, {})[stance] = replace(
            Share(*share), estimate=found
        )


def _read_signals(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = (
        "geo_type, geo_value, week, signal_id, "
        "author_n, health_author_n, share_per_1000, low_per_1000, high_per_1000"
    )
    estimates = _estimates(con, "signal")
    for geo_type, geo_value, week, signal, *share in _rows(con, columns, "pub_signal_week"):
        weeks = numbers.signals.setdefault(Geo(geo_type, geo_value), {})
        found = estimates.get((geo_value, week, signal))
        weeks.setdefault(week, {})[signal] = replace(Share(*share), estimate=found)


def _estimates(
    con: duckdb.DuckDBPyConnection, kind: str
) -> dict[tuple[str, str, str], Estimate]:
    """(place, week, tag) → estimate, of those whose count is published too."""
    counted = f"select geo_value, week, {kind}_id as tag_id from pub_{kind}_week"  # noqa: S608 - names of ours
    rows = _rows(
        con,
        "geo_value, week, tag_id, share_per_1000, low_per_1000, high_per_1000, rests_on, "
        "has_numbers",
        f"pub_estimate_week semi join ({counted}) using (geo_value, week, tag_id) "
        f"where kind = '{kind}'",
    )
    return {(value, week, tag): Estimate(*found) for value, week, tag, *found in rows}


def _read_changes(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = "geo_type, geo_value, week, tag_id, direction"
    table = "pub_change_week where kind = 'theme'"
    for geo_type, geo_value, week, theme, direction in _rows(con, columns, table):
        if week == numbers.release.week and direction != TOO_FEW:
            numbers.changes[Geo(geo_type, geo_value)][theme] = direction


def _read_voids(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    table = "pub_void_week where is_void"
    for geo_type, geo_value, theme in _rows(con, "geo_type, geo_value, theme_id", table):
        numbers.voids.add((Geo(geo_type, geo_value), theme))


def _read_alarms(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    rows = _rows(
        con,
        "geo_type, geo_value, kind, tag_id, "
        "1000 * author_n / health_author_n / greatest(expected_per_1000, 0.05), is_alarm",
        "pub_alarm_week inner join pub_volume_week using (geo_type, geo_value, week) "
        "order by all",
    )
    for geo_type, geo_value, kind, tag_id, fold, is_alarm in rows:
        geo = Geo(geo_type, geo_value)
        if is_alarm:
            numbers.alarms.setdefault(geo, []).append(Alarm(kind, tag_id, fold))
        if kind == "theme":
            numbers.judged.add((geo, tag_id))


def _read_bands(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = "geo_type, geo_value, voice_band, health_voice_band, copies"
    for geo_type, geo_value, *bands in _rows(con, columns, "pub_evidence"):
        numbers.bands[Geo(geo_type, geo_value)] = Bands(*bands)


def _read_clinics(con: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    columns = "geo_type, geo_value, week, theme_id, heard_n"
    for geo_type, geo_value, week, theme, heard_n in _rows(con, columns, "pub_clinic_week"):
        weeks = numbers.clinics.setdefault(Geo(geo_type, geo_value), {})
        weeks.setdefault(week, {})[theme] = heard_n
