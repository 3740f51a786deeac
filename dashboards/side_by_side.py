"""Do the same work on many things, on every core, in processes that end with this one."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from warehouse.errors import GrapevineError

Given = TypeVar("Given")
Made = TypeVar("Made")

CORES = os.cpu_count() or 1

LOST = (
    "A process that made pages or PDFs was ended from outside, most likely for want of memory. "
    "Free some memory, then run again: what is written stays."
)


@contextmanager
def side_by_side(
    prepare: Callable[[], Callable[[Given], Made]],
    items: Sequence[Given],
    chunk: int,
    workers_n: int = CORES,
) -> Iterator[Iterator[Made]]:
    """What is made of each item, in order; the caller may do other things meanwhile.

    prepare    gives what does the work; called once a process, so it and items are pickled
    chunk      items handed over at a time; up to so many are done in this process, where a
               second one would cost more than it saves
    workers_n  processes, one for each core unless told

    Raise `GrapevineError` when one of them is killed.
    """
    if len(items) <= chunk or workers_n == 1:
        yield map(prepare(), items)
        return
    with _told(prepare) as told:
        pool = ProcessPoolExecutor(workers_n, get_context("spawn"), _begin, (told,))
        try:
            yield pool.map(_do, items, chunksize=chunk)
        except BrokenProcessPool as error:
            raise GrapevineError(LOST) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _told(prepare: Callable[[], Callable[[Any], Any]]) -> Iterator[Path]:
    """A file that says what the workers prepare.

    Handed over through the pipe that starts a process, more than a pipe holds would stop this
    one for good when that one dies before it reads.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "prepare"  # it is loaded as code: for its owner alone
        file.touch(mode=0o600)
        file.write_bytes(pickle.dumps(prepare))
        yield file


_work: list[Callable[[Any], Any]] = []
"""What this worker process does with an item."""


def _begin(told: Path) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    _work.append(pickle.loads(told.read_bytes())())  # noqa: S301 - the parent wrote it just now


def _end_with_parent() -> None:
    """A killed run leaves no process behind: one that waits for work would wait for ever."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _do(item: Any) -> Any:  # noqa: ANN401 - as `Given` and `Made`
    return _work[0](item)
