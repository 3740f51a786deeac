"""Steps of a run in processes of their own, to be killed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.faults import steps
from tests.forked import FORKED

Changed = Callable[[], None]
"""What is changed in the process before it begins: its clock, its largest file, …"""


def _nothing() -> None:
    """Change nothing."""


class Running:
    """Steps under way in a process of their own."""

    def __init__(self, root: Path, names: Sequence[str], changed: Changed = _nothing) -> None:
        """Return once it has begun."""
        self._ours, theirs = FORKED.Pipe()
        self._process = FORKED.Process(target=_run, args=(root, tuple(names), theirs, changed))
        self._process.start()
        theirs.close()
        self._ours.recv()
        self.began = time.monotonic()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid
        return self._process.pid

    def kill(self, after_s: float) -> bool:
        """Kill it that much later; say whether it was still at work.

        A process that has said how its work ended, and has yet to end itself, was not.
        """
        self._process.join(max(0.0, self.began + after_s - time.monotonic()))
        self._process.kill()  # nothing happens when it has ended
        self._process.join()
        return self._process.exitcode == -signal.SIGKILL and self._said() is None

    def end(self) -> str:
        """Wait until it has ended; the plain line it ended with, nothing when all is done."""
        said = self._said()
        self._process.join()
        return "ended without a word" if said is None else said

    def _said(self) -> str | None:
        """How its work ended; None when it died over it."""
        try:
            return str(self._ours.recv())
        except EOFError:
            return None


def _run(root: Path, names: Sequence[str], told: object, changed: Changed) -> None:
    from warehouse.errors import GrapevineError

    changed()
    told.send("begun")  # type: ignore[attr-defined]  # a Connection, which has no public name
    said = ""
    try:
        steps.run(root, names)
    except GrapevineError as error:
        said = str(error)
    told.send(said)  # type: ignore[attr-defined]


def run(root: Path, names: Sequence[str], changed: Changed = _nothing) -> str:
    """Do the steps to their end; what `Running.end` says."""
    return Running(root, names, changed).end()
