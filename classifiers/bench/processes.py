"""Measure what a command costs, in a fresh process of its own.

Figures are of the whole process, from its start to its end: the interpreter, the imports and
the models count, because whoever tags a file waits for them too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from warehouse.errors import GrapevineError

LAST_LINES = 3
"""Of a failed command's output, what is shown."""


class Cost(msgspec.Struct, frozen=True):
    """What one process took.

    wall_s   seconds by the clock
    cpu_s    seconds of all cores together
    peak_mb  most memory that was resident, in millions of bytes
    """

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Speed:
    """`posts_n` posts through one process."""

    posts_n: int
    cost: Cost

    @property
    def by_clock(self) -> float:
        """Posts a second."""
        return self.posts_n / self.cost.wall_s

    @property
    def by_cpu(self) -> float:
        """Posts a CPU second."""
        return self.posts_n / self.cost.cpu_s


def measured(command: Sequence[str]) -> Cost:
    """Run `command` and return its cost; raise `GrapevineError` when it fails."""
    with TemporaryDirectory() as folder:
        record = Path(folder, "cost.json")
        watched = [sys.executable, "-m", "classifiers.bench.watch", str(record), *command]
        ended = subprocess.run(  # noqa: S603 our own command
            watched, capture_output=True, text=True, check=False, errors="replace"
        )
        if ended.returncode:
            said = " | ".join(ended.stderr.strip().splitlines()[-LAST_LINES:])
            raise GrapevineError(
                f"The benchmark's command `{_shown(command)}` ended with {ended.returncode}: "
                f"{said or 'it said nothing'}. Mend that, then run it again."
            )
        return msgspec.json.decode(record.read_bytes(), type=Cost)


def middle(costs: Sequence[Cost]) -> Cost:
    """The run with the middle wall time, with the highest peak of all runs."""
    run = sorted(costs, key=lambda cost: cost.wall_s)[len(costs) // 2]
    return Cost(run.wall_s, run.cpu_s, max(cost.peak_mb for cost in costs))


def _shown(command: Sequence[str]) -> str:
    """The command without the folders of its program, on one line."""
    return " ".join([Path(command[0]).name, *command[1:]])
