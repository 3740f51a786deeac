"""Turn published numbers into files others can read: CSV tables and Delphi-shaped JSON.

The CSV files are the published tables as they stand, with the release and the sample mark on
every line. The JSON files carry the same figures as signals in the shape of the Delphi
epidata service: `geo_type, geo_value, time_value, signal, value, se, sample_size, issue`.
Hidden figures have no line in either.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence

from dashboards.geo import LEVELS, Geo
from dashboards.published import Numbers, Release, Share

SAMPLE_NOTICE = "Sample data, written for demonstration"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | bool | None

TABLES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "themes": (
        "How often each theme was promoted, refuted, asked about or mentioned",
        (
            ("geo_type", "nation, state, region or county"),
            ("geo_value", "US, postal code, postal code and rural or urban, or county FIPS"),
            ("week", "MMWR week, Sunday to Saturday, UTC"),
            ("theme_id", "theme of the catalogue; ids never change"),
            ("stance", "promotes, refutes, asks or mentions"),
            ("author_n", "distinct authors seen, at least 10"),
            ("health_author_n", "distinct authors of health posts there that week"),
            ("share_per_1000", "author_n for each 1,000 of health_author_n"),
            ("low_per_1000", "low end of the 90 % Wilson interval of that share"),
            ("high_per_1000", "high end of the same interval"),
        ),
    ),
    "signals": (
        "How often each trust signal was seen",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "as in themes.csv"),
            ("signal_id", "trust signal of the catalogue; ids never change"),
            ("author_n", "distinct authors seen, at least 10"),
            ("health_author_n", "distinct authors of health posts there that week"),
            ("share_per_1000", "author_n for each 1,000 of health_author_n"),
            ("low_per_1000", "low end of the 90 % Wilson interval of that share"),
            ("high_per_1000", "high end of the same interval"),
        ),
    ),
    "volume": (
        "How many people posted about health",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "as in themes.csv"),
            ("health_author_n", "distinct authors of health posts, at least 10"),
        ),
    ),
    "changes": (
        "Direction of each theme in the week of the release",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "the week of the release"),
            ("theme_id", "as in themes.csv"),
            ("direction", "rising, falling, steady or new, against the trailing eight weeks"),
        ),
    ),
    "evidence": (
        "How many voices stand behind each place, in bands, over the whole window",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("voice_band", "author-weeks of all posts placed there"),
            ("health_voice_band", "author-weeks of health posts placed there"),
        ),
    ),
}
"""File → what it holds, and each column with its meaning. The data dictionary is this."""

COMMON = (
    ("issue", "release the line belongs to; a release never changes"),
    ("is_sample", "true when the data are a demonstration"),
    ("notice", f"“{SAMPLE_NOTICE}” when they are, else empty"),
)
"""Columns at the end of every CSV file."""

SIGNAL_SHAPE = (
    ("geo_type", "nation, state, region or county"),
    ("geo_value", "us, postal code in small letters, wy-rural, or county FIPS"),
    ("time_value", "MMWR week as a number, 202410"),
    ("signal", "promotes_sunscreen, asks_fluoride, …; trust_blame_pharma, …; health_voices"),
    ("value", "share per 1,000 health voices; for health_voices the count itself"),
    ("se", "standard error of the share, per 1,000; null for health_voices"),
    ("sample_size", "distinct authors of health posts"),
    ("issue", "release the figure belongs to"),
    ("is_sample", "true when the data are a demonstration"),
)


def csv_file(numbers: Numbers, table: str) -> str:
    """One of `TABLES` as CSV text, with the columns it names and `COMMON`."""
    release = numbers.release
    header = [name for name, _ in (*TABLES[table][1], *COMMON)]
    common = (release.release_id, release.is_sample, notice(release))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in (*row, *common)] for row in _rows(numbers, table))
    return text.getvalue()


def notice(release: Release) -> str:
    """The sample notice, or nothing for a real release."""
    return SAMPLE_NOTICE if release.is_sample else ""


def safe_cell(cell: Cell) -> Cell:
    """A cell a spreadsheet shows and never runs: text that starts a formula gets a quote."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _rows(numbers: Numbers, table: str) -> Iterable[tuple[Cell, ...]]:
    """Rows of one table, in order of place and then of every other key."""
    makers = {
        "themes": _theme_rows,
        "signals": _signal_rows,
        "volume": _volume_rows,
        "changes": _change_rows,
        "evidence": _evidence_rows,
    }
    return makers[table](numbers)


def _theme_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.themes):
        for week, themes in sorted(numbers.themes[geo].items()):
            for theme, stances in sorted(themes.items()):
                for stance, share in sorted(stances.items()):
                    yield (*geo, week, theme, stance, *_cells(share))


def _signal_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.signals):
        for week, signals in sorted(numbers.signals[geo].items()):
            for signal, share in sorted(signals.items()):
                yield (*geo, week, signal, *_cells(share))


def _volume_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.volume):
        for week, count in sorted(numbers.volume[geo].items()):
            yield (*geo, week, count)


def _change_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.changes):
        for theme, direction in sorted(numbers.changes[geo].items()):
            yield (*geo, numbers.release.week, theme, direction)


def _evidence_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.bands):
        yield (*geo, numbers.bands[geo].voices, numbers.bands[geo].health_voices)


def in_order(geos: Iterable[Geo]) -> list[Geo]:
    """Places from the nation down to counties, each level by its code."""
    return sorted(geos, key=lambda geo: (-LEVELS.index(geo.type), geo.value))


def _cells(share: Share) -> Sequence[Cell]:
    rates = (round(rate, 3) for rate in (share.per_1000, share.low, share.high))
    return (share.author_n, share.health_author_n, *rates)


def signal_file(numbers: Numbers, level: str) -> str:
    """All signals of one level (`nation`, `state`, …) as Delphi-shaped JSON text."""
    rows = [row for row in _signals(numbers) if row["geo_type"] == level]
    body = {
        "result": 1 if rows else -2,  # the service's own code for "no results"
        "message": "success" if rows else "no results",
        "notice": notice(numbers.release),
        "epidata": rows,
    }
    return json.dumps(body, separators=(",", ":")) + "\n"


def _signals(numbers: Numbers) -> Iterator[dict[str, Cell]]:
    release = numbers.release
    for geo in in_order(numbers.volume):
        for week, count in sorted(numbers.volume[geo].items()):
            yield _signal(release, geo, week, "health_voices", count, None, count)
    for kind, value, week, theme, stance, _, of, per_1000, *_ in _theme_rows(numbers):
        geo = Geo(kind, value)  # type: ignore[arg-type]  # rows start with their place
        yield _share_signal(release, geo, str(week), f"{stance}_{theme}", per_1000, of)
    for kind, value, week, name, _, of, per_1000, *_ in _signal_rows(numbers):
        geo = Geo(kind, value)  # type: ignore[arg-type]  # as above
        yield _share_signal(release, geo, str(week), f"trust_{name}", per_1000, of)


def _share_signal(
    release: Release, geo: Geo, week: str, name: str, per_1000: Cell, of: Cell
) -> dict[str, Cell]:
    share, size = float(per_1000 or 0) / 1_000, int(of or 0)
    error = round(1_000 * math.sqrt(share * (1 - share) / size), 3)
    return _signal(release, geo, week, name, per_1000, error, size)


def _signal(
    release: Release,
    geo: Geo,
    week: str,
    name: str,
    value: Cell,
    se: float | None,
    size: int,
) -> dict[str, Cell]:
    return {
        "geo_type": geo.type,
        "geo_value": geo.value.lower(),
        "time_value": int(week.replace("-W", "")),
        "signal": name,
        "value": value,
        "se": se,
        "sample_size": size,
        "issue": release.release_id,
        "is_sample": release.is_sample,
    }
