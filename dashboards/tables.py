"""Write the published tables as CSV, safe to open in a spreadsheet.

Every line carries the release and the sample mark, so that a file parted from its folder still
says what it is. A hidden figure has no line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from dashboards.dictionary import COMMON, SAMPLE_NOTICE, TABLES
from dashboards.geo import LEVELS, Geo
from dashboards.published import Numbers, Release, Share

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | bool | None


def csv_file(numbers: Numbers, table: str) -> str:
    """One of `TABLES` as CSV text, with the columns it names and `COMMON`."""
    release = numbers.release
    header = [name for name, _ in (*TABLES[table][1], *COMMON)]
    common = (release.release_id, release.is_sample, notice(release))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(
        [safe_cell(cell) for cell in (*row, *common)] for row in _rows(numbers, table)
    )
    return text.getvalue()


def row_count(numbers: Numbers, table: str) -> int:
    """Lines of a table, without its header."""
    return sum(1 for _ in _rows(numbers, table))


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
        "clinics": _clinic_rows,
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


def _clinic_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.clinics):
        for week, themes in sorted(numbers.clinics[geo].items()):
            for theme, heard_n in sorted(themes.items()):
                yield (*geo, week, theme, heard_n)


def _evidence_rows(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    for geo in in_order(numbers.bands):
        bands = numbers.bands[geo]
        yield (*geo, bands.voices, bands.health_voices, bands.copies)


def in_order(geos: Iterable[Geo]) -> list[Geo]:
    """Places from the nation down to counties, each level by its code."""
    return sorted(geos, key=lambda geo: (-LEVELS.index(geo.type), geo.value))


def _cells(share: Share) -> tuple[Cell, ...]:
    rates = (round(rate, 3) for rate in (share.per_1000, share.low, share.high))
    return (share.author_n, share.health_author_n, *rates)
