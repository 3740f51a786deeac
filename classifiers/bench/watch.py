"""Run one command and write down what it cost: `python -m classifiers.bench.watch RECORD …`.

A process of its own, because Linux counts the memory of whoever starts a command towards that
command's peak. This one imports next to nothing, so what it adds is far below any figure here.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in the system's unit of peak memory."""


def main() -> None:
    """Write wall seconds, CPU seconds and peak MB of the command; end as it ended."""
    record, *command = sys.argv[1:]
    started = time.monotonic()
    ended = subprocess.run(command, check=False)  # noqa: S603 our own command
    wall_s = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "wall_s": wall_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * PEAK_UNIT / 1e6,
    }
    Path(record).write_text(json.dumps(cost), encoding="utf-8")
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
