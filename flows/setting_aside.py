"""List what a live source offered and could not be used: source, line and reason, no text."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from flows.sources.reading import Rejected
from warehouse.files import readable_errors
from warehouse.home import Home

MOST_BYTES = 10_000_000
"""Where a list begins anew; the one before is kept as `.old`."""


def set_aside(home: Home, source: str, rejected: Sequence[Rejected]) -> None:
    """Add to `collected-<source>.csv` in the quarantine."""
    if not rejected:
        return
    path = home.quarantine / f"collected-{source}.csv"
    with readable_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(path.with_suffix(".old"))
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            if is_new:
                writer.writerow(["file", "line", "reason"])
            writer.writerows((source, row.line, row.reason) for row in rejected)
