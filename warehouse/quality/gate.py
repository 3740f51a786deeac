"""Hold a frozen release to every check before readers see it.

The model is the validator of the Delphi group, which looks at a day's files beside those
already published. The release must be the one whose marts stand in the database.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from warehouse.database import open_database
from warehouse.home import Home
from warehouse.quality import counts, figures, shifts
from warehouse.quality.finding import HELD, WARNED, Finding
from warehouse.quality.history import History, read

CHECKS: tuple[Callable[[History], Finding], ...] = (
    counts.posts,
    counts.figures,
    counts.sources,
    shifts.placed,
    shifts.health,
    shifts.labels,
    shifts.languages,
    shifts.calibration,
)
"""Checks that read the release's week and the trailing ones."""


def examine(home: Home, release_id: str) -> list[Finding]:
    """What every check finds of a release whose marts were just built."""
    with open_database(home) as con:
        return examine_tables(con, release_id)


def examine_tables(con: duckdb.DuckDBPyConnection, release_id: str) -> list[Finding]:
    """As `examine`, in an open database."""
    found = read(con)
    return [
        *(check(found) for check in CHECKS),
        _one_tagger(found),
        figures.in_range(con),
        figures.past(con, release_id, found),
    ]


def _one_tagger(found: History) -> Finding:
    """Whether all tags were made by one tagger; older text may be gone and its tags stay."""
    many = len(found.taggers) > 1
    told = f"{len(found.taggers)} taggers made the tags of the window"
    return Finding("tagger", WARNED if many else HELD, "warns at two or more", told)
