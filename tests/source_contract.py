"""What every live source promises, as functions of its name: its real client, its fake.

A source is held to it by being there: `flows.sources.<name>` with `fetch`, and a fake
`tests/fakes/<name>.py` with `class Fake<Name>` (`seed`, `fail`, `env`, `offered`).
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections import Counter
from dataclasses import dataclass, field

import pyarrow.parquet as pq

from flows.collecting import Tally, collect, live_sources
from tests import fakes as fakes_package
from warehouse import landing
from warehouse.home import Home
from warehouse.lake import TAGS, merge

FAULTS = (
    "reset",
    "timeout",
    "half_body",
    "http_429",
    "http_5xx",
    "strange_body",
    "duplicate",
    "reorder",
    "clock_skew",
    "delete_while_paging",
)
"""What a network does; a fake scripts those that its protocol knows."""

ROUNDS_N = 6
"""Collections until a source has recovered: an hour each in life, a second here."""


def fakes() -> dict:
    """The class of each fake there is, by source."""
    found = {}
    for module in pkgutil.iter_modules(fakes_package.__path__):
        if module.name == "__main__":
            continue
        made = importlib.import_module(f"{fakes_package.__name__}.{module.name}")
        if fake := getattr(made, f"Fake{module.name.capitalize()}", None):
            found[module.name] = fake
    return found


def names() -> list[str]:
    """The sources that have both a client and a fake."""
    return sorted(fakes().keys() & live_sources().keys())


@dataclass
class Seen:
    """What a collection wrote into the log."""

    lines: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)


def once(home: Home, name: str, seen: Seen | None = None) -> Tally:
    """Collect from a source until caught up, with its real client."""
    notice = seen.say if seen else lambda line: None
    return collect(home, live_sources()[name], is_once=True, notice=notice, stop=lambda: False)


def stored(home: Home, name: str) -> Counter:
    """How often each post is there once the lake has what landed; of a clinic, its rows."""
    if name == "clinic":
        files = sorted(home.clinic.glob("week=*/heard.parquet"))
        return Counter(
            repr(row) for file in files for row in pq.ParquetFile(file).read().to_pylist()
        )
    files = landing.files(home, name)
    for file in files:
        merge(home, landing.read(file), TAGS.empty_table())
    landing.remove(files)
    days = sorted(home.posts.glob(f"source={name}/day=*/posts.parquet"))
    return Counter(
        post_id for day in days for post_id in pq.ParquetFile(day).read()["post_id"].to_pylist()
    )


def faults_left(fake) -> list:
    """The faults that were scripted and have not happened; they are taken back."""
    waiting = getattr(fake, "_faults", None) or getattr(fake, "faults", None) or []
    left = list(waiting)
    waiting.clear() if left else None
    return left


def knows(fake, fault: str) -> bool:
    """Whether a fake can script the fault."""
    try:
        fake.fail(fault)
    except (ValueError, KeyError):
        return False
    faults_left(fake)
    return True


@dataclass(frozen=True)
class Outcome:
    """One row of the fault plan's table."""

    fault: str
    source: str
    offered_n: int
    stored_n: int
    lost_n: int
    twice_n: int
    is_met: bool

    def __str__(self) -> str:
        told = f"{self.offered_n:>8,}{self.stored_n:>8,}{self.lost_n:>6,}{self.twice_n:>6,}"
        return f"{self.fault:<20}{self.source:<10}{told}{'' if self.is_met else '  never met'}"


def outcome(fault: str, name: str, fake, home: Home, fresh: Home) -> Outcome:
    """Collect until recovered, then compare with a collection that nothing went wrong in."""
    scripted_n = _waiting_n(fake)
    for _ in range(ROUNDS_N):
        before_n = _waiting_n(fake)
        if once(home, name).problem is None and _waiting_n(fake) in (0, before_n):
            break
        time.sleep(1)
    is_met = not scripted_n or len(faults_left(fake)) < scripted_n
    once(fresh, name)
    wanted, kept = stored(fresh, name), stored(home, name)
    for _ in range(ROUNDS_N):  # a server that asked us to wait is asked again
        if not wanted.keys() - kept.keys():
            break
        time.sleep(1)
        once(home, name)
        kept = stored(home, name)
    twice_n = sum(kept.values()) - len(kept)
    lost_n = len(wanted.keys() - kept.keys())
    return Outcome(fault, name, len(fake.offered), len(kept), lost_n, twice_n, is_met)


def _waiting_n(fake) -> int:
    return len(getattr(fake, "_faults", None) or getattr(fake, "faults", None) or [])
