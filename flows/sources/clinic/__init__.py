"""Take in what clinics heard this week: a CSV of counts, from a file or an address.

A report is no post: it comes as one batch with `heard` and no posts, and goes to a table of its
own (`warehouse.clinic`). Nothing is kept of a file with a column too many, and of a bad row
only its line and the reason: what stands in a wrong place may be about a patient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifiers.taxonomy import load_taxonomy
from flows.sources.clinic.addresses import Settings, opened
from flows.sources.clinic.rows import COLUMNS, ROLES, TEMPLATE, parse, read_report
from flows.sources.collected import Batch, Notice, Stop
from flows.sources.reading import Rejected
from warehouse.clinic import Heard, file_id
from warehouse.weeks import Week

SOURCE = "clinic"
PAUSE_S = 3_600.0
"""Reports are weekly; an hour is soon enough to see a corrected one."""

__all__ = ["COLUMNS", "PAUSE_S", "ROLES", "SOURCE", "TEMPLATE", "Settings", "fetch", "parse"]


def fetch(
    settings: Settings, mark: dict[str, Any], notice: Notice, stop: Stop
) -> Iterator[Batch]:
    """Yield the whole report as one batch, or nothing when it was read as it stands.

    The mark also changes with the week and the themes followed, which decide whether a row is
    good. Raises `InputError` when the report cannot be had or is none.
    """
    if stop():
        return
    this_week = Week.of(datetime.now(UTC).date())
    with opened(settings) as path:
        read_as = _read_as(path, this_week)
        if mark.get("read_as") == read_as:
            return
        rows = list(read_report(path, file_id(settings.identity), this_week))
    heard = [row for row in rows if isinstance(row, Heard)]
    rejected = [row for row in rows if isinstance(row, Rejected)]
    notice(f"{len(heard):,} rows of a report taken, {len(rejected):,} set aside")
    yield Batch([], [], rejected, {"read_as": read_as}, len(rows), heard)


def _read_as(path: Path, this_week: Week) -> str:
    """What decides which rows are good and what they say."""
    digest = hashlib.sha256(path.read_bytes())
    digest.update(f"{this_week} {load_taxonomy().version}".encode())
    return digest.hexdigest()
