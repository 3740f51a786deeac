"""A week of posts, run undisturbed: what disturbed runs are compared with."""

from __future__ import annotations

import itertools
import shutil
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flows.sources.sample import simulate
from tests.faults import processes
from tests.faults.left import Left, left
from tests.faults.steps import POSTS, RUN, WEEK, WEEKLY, WEEKS
from tests.files import comment, dump
from warehouse.weeks import Week

POSTS_N = 900
EPOCH_DAY = 719_163
"""1970-01-01 as an ordinal day."""


@dataclass
class UndisturbedWeek:
    """The data folder after a run, as it was before each stage, and the seconds of each."""

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The data folder at the end."""
        return self.folder / "data"

    def make(self) -> UndisturbedWeek:
        """Run every stage in a process of its own; raise when one does not end well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_posts(self.folder)
        for stage in WEEKLY:
            if self.home.exists():
                shutil.copytree(self.home, self.folder / f"before {stage}" / "data")
            running = processes.Running(self.home, [stage])
            said = running.end()
            assert not said, f"{stage}: {said}"
            self.seconds[stage] = time.monotonic() - running.began
        return self

    @cached_property
    def left_by_run(self) -> Left:
        """What the command leaves that runs all stages, and keeps book of the week."""
        home = self.copy_before("read", self.folder / "by run")
        said = processes.run(home, RUN)
        assert not said, said
        return left(home)

    @property
    def left(self) -> Left:
        """What it left."""
        return left(self.home)

    def copy_before(self, stage: str, folder: Path) -> Path:
        """A copy of the data folder as it was before `stage`, with its posts beside it."""
        folder.mkdir(parents=True)
        shutil.copy(self.folder / POSTS, folder)
        earlier = self.folder / f"before {stage}" / "data"
        if earlier.exists():
            shutil.copytree(earlier, folder / "data")
        else:  # the keys are drawn by chance: with others, authors count under other names
            shutil.copytree(self.home / "keys", folder / "data" / "keys")
        return folder / "data"

    def copy(self, folder: Path) -> Path:
        """A copy of the data folder at the end."""
        folder.mkdir(parents=True)
        shutil.copy(self.folder / POSTS, folder)
        return shutil.copytree(self.home, folder / "data")


def write_posts(folder: Path) -> Path:
    """Two weeks of posts of one state, enough for numbers that may be published."""
    texts = (post.text for post in itertools.islice(simulate(WEEK, WEEKS), POSTS_N))
    first = (Week.back(WEEK, 1).start.toordinal() - EPOCH_DAY) * 86_400
    rows = [
        comment(n, body=text, created_utc=first + n * 1_300) for n, text in enumerate(texts)
    ]
    return dump(folder / POSTS, rows)
