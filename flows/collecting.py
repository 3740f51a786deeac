"""Collect from live sources into the landing, so that a kill loses nothing and repeats little.

For each batch: its posts land, then its deletions are entered, then its mark is written. A
kill between any two repeats at most that batch, and the lake keeps one row a post. A source is
any module of `flows.sources` with `SOURCE`, `Settings` and `fetch`; adding the module adds it.
One that has a live tail also has `following`: settings with which `fetch` stays on that tail.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any, Protocol, cast

from flows import sources
from flows.setting_aside import set_aside
from flows.sources.collected import Batch, Notice, SettingsError, Stop
from warehouse import clinic, deletions, landing, watermarks
from warehouse.errors import GrapevineError, InputError, InUseError
from warehouse.home import Home

PAUSE_S = 60.0
"""Seconds between two looks at a source, unless it names its own as `PAUSE_S`."""

STEP_S = 0.5
"""Seconds between two looks at the clock while a collector waits."""


class Settings(Protocol):
    """What a source needs to know; made by its own class from the environment."""

    @classmethod
    def from_env(cls) -> Settings:
        """Raise `SettingsError` when something is missing."""
        ...


class Live(Protocol):
    """A live source's module."""

    SOURCE: str
    Settings: type[Settings]

    def fetch(
        self, settings: object, mark: dict[str, Any], notice: Notice, stop: Stop
    ) -> Iterator[Batch]:
        """Yield batches from the mark on; return when caught up, or soon after `stop()`."""
        ...


@dataclass(slots=True)
class Tally:
    """What one source gave in one run of a collector.

    offered_n    items it handed over, events included
    landed_n     posts landed; a batch repeated after a kill counts again
    deleted_n    posts and authors it took back
    set_aside_n  items that could not be used
    problem      the plain line of why it stopped early, or None
    is_set_up    False when its settings are missing
    is_busy      another collector has the source
    """

    source: str
    offered_n: int = 0
    landed_n: int = 0
    deleted_n: int = 0
    set_aside_n: int = 0
    problem: str | None = None
    is_set_up: bool = True
    is_busy: bool = False

    @property
    def told(self) -> str:
        """One plain line."""
        if not self.is_set_up:
            return f"{self.source}: not set up. {self.problem}"
        counts = (
            f"{self.source}: {self.offered_n:,} items offered, {self.landed_n:,} posts landed, "
            f"{self.deleted_n:,} taken back, {self.set_aside_n:,} set aside"
        )
        return f"{counts}. Stopped: {self.problem}" if self.problem else counts


def live_sources() -> dict[str, Live]:
    """The modules of all live sources, by name."""
    names = [found.name for found in pkgutil.iter_modules(sources.__path__)]
    modules = (importlib.import_module(f"{sources.__name__}.{name}") for name in names)
    found = [cast("Live", module) for module in modules if hasattr(module, "fetch")]
    return {module.SOURCE: module for module in found}


def choose(name: str) -> list[Live]:
    """The source called `name`, or every one for `all`. Raise `InputError` for no source."""
    known = live_sources()
    if name == "all":
        return list(known.values())
    if name not in known:
        raise InputError(
            f"There is no live source '{name}'. Choose one of {', '.join(known)}, or all."
        )
    return [known[name]]


def collect_all(
    home: Home, chosen: Sequence[Live], is_once: bool, notice: Notice, stop: Stop
) -> list[Tally]:
    """Collect from these sources at the same time; one that fails stops none of the others."""
    with ThreadPoolExecutor(max_workers=max(1, len(chosen))) as pool:
        begun = [pool.submit(collect, home, source, is_once, notice, stop) for source in chosen]
        for source, one in zip(chosen, begun, strict=True):
            one.add_done_callback(partial(_tell_mistake, source.SOURCE, notice))
    return [one.result() for one in begun]


def _tell_mistake(source: str, notice: Notice, ended: Future[Tally]) -> None:
    """Say at once that a source ended by a mistake of the program: others may go on long."""
    if error := ended.exception():
        notice(
            f"{source}: ended by a mistake in the program ({type(error).__name__}); stop to see"
        )


def collect(home: Home, source: Live, is_once: bool, notice: Notice, stop: Stop) -> Tally:
    """Collect from one source until caught up (`is_once`), or until `stop()` turns true.

    What the world does wrong ends a look at the source with a `problem`; the mark stays at the
    last batch kept, and the next look, of this collector or of a later one, begins there.
    """
    tally = Tally(source.SOURCE)
    try:
        settings = _settings(source, is_once)
        with watermarks.held(home, source.SOURCE):
            landing.prepare(home, source.SOURCE)
            while True:
                _slice(home, source, settings, tally, _named(source.SOURCE, notice), stop)
                if is_once or _waited(getattr(source, "PAUSE_S", PAUSE_S), stop):
                    break
    except SettingsError as error:
        tally.problem, tally.is_set_up = str(error), False
    except InUseError as error:
        tally.problem, tally.is_busy = str(error), True
    except GrapevineError as error:
        tally.problem = str(error)
    return tally


def _settings(source: Live, is_once: bool) -> object:
    """From the environment; a collector that goes on holds a source's live tail, if it has one.

    Looking again every `PAUSE_S` would fall behind such a tail, and open it anew each time.
    """
    settings = source.Settings.from_env()
    following = getattr(source, "following", None)
    return settings if is_once or following is None else following(settings)


def _slice(
    home: Home, source: Live, settings: object, tally: Tally, notice: Notice, stop: Stop
) -> None:
    """Take everything from the mark on until the source has no more, or something fails."""
    tally.problem = None
    try:
        mark = watermarks.read(home, source.SOURCE)
        with closing(cast("Any", source.fetch(settings, mark, notice, stop))) as batches:
            for batch in batches:
                keep(home, source.SOURCE, batch, tally)
    except GrapevineError as error:
        tally.problem = str(error)
    except OSError as error:
        tally.problem = (
            f"It cannot be read: {error.strerror or type(error).__name__}. Check the free "
            "space and the network, then run again."
        )
    if tally.problem:
        notice(tally.problem)


def keep(home: Home, source: str, batch: Batch, tally: Tally) -> None:
    """Keep one batch: posts, then what was taken back, then the mark. The order matters."""
    tally.landed_n += landing.put(home, source, batch.posts)
    clinic.put(home, batch.heard)
    deletions.record(home, source, [astuple(one) for one in batch.deleted])
    set_aside(home, source, batch.rejected)
    watermarks.write(home, source, batch.mark)
    tally.offered_n += batch.offered_n
    tally.deleted_n += len(batch.deleted)
    tally.set_aside_n += len(batch.rejected)


def _named(source: str, notice: Notice) -> Notice:
    return lambda line: notice(f"{source}: {line}")


def _waited(seconds: float, stop: Callable[[], bool]) -> bool:
    """Wait, and say whether it is time to stop."""
    until = time.monotonic() + seconds
    while not stop() and time.monotonic() < until:
        time.sleep(min(STEP_S, max(0.0, until - time.monotonic())))
    return stop()
