"""Show how far a long stage is, on a terminal; say nothing anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")

console = Console(stderr=True)


def bar() -> Progress:
    """A progress bar that leaves no trace when its stage is done."""
    return Progress(
        TextColumn("{task.description:<16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def track(items: Iterable[T], stage: str, total: int | None = None) -> Iterator[T]:
    """Yield `items` with a bar named after the stage; `total` when it is known."""
    with bar() as progress:
        yield from progress.track(items, total=total, description=stage)
