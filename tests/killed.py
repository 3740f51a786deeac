"""Do a piece of a test's work in a process that dies at one of its writes.

    python -m tests.killed tests.test_lake:put_three folder 3

A write is a file or folder forced to the disk, or put at its name, or removed.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from warehouse.home import Home

ROOT = Path(__file__).parents[1]
WRITES = ("fsync", "replace", "unlink")


def kill(work: Callable[[Home], object], home: Home, writes_n: int) -> None:
    """Do `work`, a function of a module, on this data folder; it dies after `writes_n` writes.

    Fails when the work is done before.
    """
    named = f"{work.__module__}:{work.__name__}"
    command = [sys.executable, "-m", "tests.killed", named, str(home.root), str(writes_n)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL


def main(named: str, root: str, writes_n: str) -> None:
    """Do the work, and die."""
    left_n = int(writes_n)

    def dying(write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*asked: Any, **how: Any) -> Any:
            nonlocal left_n
            left_n -= 1
            if left_n < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return write(*asked, **how)

        return counted

    module, _, name = named.partition(":")
    work = getattr(importlib.import_module(module), name)
    for write in WRITES:
        setattr(os, write, dying(getattr(os, write)))
    work(Home(Path(root)))
    sys.stdout.write(f"done with {int(writes_n) - left_n} writes\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
