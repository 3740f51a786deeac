"""Do a piece of a test's work in a process that dies at one of its writes.

A write is a file or folder forced to the disk, or put at its name, or removed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from tests.forked import ended
from warehouse.home import Home

WRITES = ("fsync", "replace", "unlink")

Work = Callable[[Home], object]


def kill(work: Work, home: Home, writes_n: int) -> None:
    """Do `work`, a function of a module, on this data folder; it dies after `writes_n` writes.

    Fails when the work is done before.
    """
    assert ended(_do, work, home, writes_n) == -signal.SIGKILL


def _do(work: Work, home: Home, writes_n: int) -> None:
    left_n = writes_n

    def dying(write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*asked: Any, **how: Any) -> Any:
            nonlocal left_n
            left_n -= 1
            if left_n < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return write(*asked, **how)

        return counted

    for write in WRITES:
        setattr(os, write, dying(getattr(os, write)))
    work(home)
