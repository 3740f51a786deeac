"""Take out of the data folder what sources took back: landed posts, posts, tags, labels.

Files are rewritten without the rows, never marked: a byte search finds nothing of them. What
was published stays as it was frozen. Call it while no run is reading (`flows.running`).
"""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from warehouse import deletions, lake, landing
from warehouse.audit import labels
from warehouse.deletions import Waiting
from warehouse.home import Home

_ASKED = ["post_id", "author_key", "posted_at"]


def erase(home: Home) -> int:
    """Remove everything that the ledger says is gone; return how many posts were held."""
    return sum(_erase(home, source) for source in deletions.sources_waiting(home))


def _erase(home: Home, source: str) -> int:
    gone, held_n = deletions.waiting(home, source), Counter[str]()
    met: set[str] = set()

    def stays(table: pa.Table) -> pa.Array:
        return pa.array([_stays(row, gone, held_n, met) for row in _rows(table)], pa.bool_())

    landing.keep(home, source, stays)
    lake.keep(home, source, stays)
    labels.keep(home, source, stays)
    deletions.settle(home, source, gone, held_n)
    return len(met)


def _rows(table: pa.Table) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table.select(_ASKED).to_pylist()
    return rows


def _stays(row: dict[str, object], gone: Waiting, held_n: Counter[str], met: set[str]) -> bool:
    """Whether a row stays; a post that goes is counted once, whatever it is found in."""
    covered = gone.covers(row)
    if covered is None:
        return True
    post_id = str(row["post_id"])
    if post_id not in met:
        met.add(post_id)
        held_n[covered[1]] += 1
    return False
