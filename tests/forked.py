"""Processes of their own for tests, forked from one that has everything loaded: each is cheap.

They see the environment of when the first of them began, so they are told what they need.
"""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["hypothesis", "pytest", "tests.faults.steps"])


def begun(work: Callable[..., object], *given: object) -> ForkServerProcess:
    """`work`, a function of a module, begun in a process of its own."""
    process = FORKED.Process(target=work, args=given)
    process.start()
    return process


def ended(work: Callable[..., object], *given: object) -> int | None:
    """Do `work` in a process of its own; 0, or minus the signal that killed it."""
    process = begun(work, *given)
    process.join()
    return process.exitcode
