"""The steps of a week and what comes after it, each as its command does it, to be killed.

    python -m tests.faults.steps FOLDER STEP …

The posts and places are real code's; the country has Wyoming's 23 counties alone, so that a
week takes seconds and can be killed some hundred times.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows import backing_up, collecting, sweeping
from flows.backfilling import backfill
from flows.delivering import deliver
from flows.printing import printed
from flows.running import run_week
from flows.stages import briefs, lake, locate, marts, read, release, tag
from tests import small_country
from tests.fakes.hook import SECRET
from tests.small_country import STATE
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.weeks import Week

WEEK, WEEKS = Week(2024, 10), 2
POSTS = "posts.ndjson.zst"
"""What is read, beside the data folder."""

COPIES = "copies"
"""Where backups go, beside the data folder."""

ENVIRONMENT = "environment"
"""A file beside the data folder: the settings of the sources that are collected from."""


def _posts(home: Home) -> list[str]:
    return [str(file) for file in sorted(home.root.parent.glob("*.ndjson.zst"))]


def _read(home: Home) -> None:
    read(str(WEEK), WEEKS, _posts(home), None, is_sample=False)


def _whole(home: Home) -> None:
    run_week(str(WEEK), WEEKS, _posts(home), None)


def _backfill(home: Home) -> None:
    list(backfill(home, WEEK.trailing(WEEKS)[::-1], 1, _posts(home), None))


def _print(home: Home) -> None:
    list(printed(home, ["56025"], None, None))


def _deliver(home: Home) -> None:
    deliver(home, None, is_sample_meant=False, is_late_meant=True, say=lambda _line: None)


def _collect(home: Home) -> None:
    live = collecting.live_sources()["mastodon"]
    collecting.collect(home, live, is_once=True, notice=lambda _: None, stop=lambda: False)


def _sweep(home: Home) -> None:
    live = collecting.live_sources()["mastodon"]
    sweeping.ask_all(home, [live], lambda _line: None)
    sweeping.let_go(home, datetime.now(UTC))


def _back_up(home: Home) -> None:
    list(backing_up.back_up(home, home.root.parent / COPIES, keep=1))


STEPS: dict[str, Callable[[Home], object]] = {
    "collect": _collect,
    "sweep": _sweep,
    "read": _read,
    "locate": lambda home: locate(str(WEEK)),
    "tag": lambda home: tag(str(WEEK)),
    "lake": lambda home: lake(str(WEEK)),
    "marts": lambda home: marts(str(WEEK), WEEKS, is_sample=False),
    "release": lambda home: release(str(WEEK), WEEKS, is_sample=False),
    "briefs": lambda home: briefs(str(WEEK)),
    "print": _print,
    "print all": lambda home: list(printed(home, [STATE], None, None)),
    "run": _whole,
    "backfill": _backfill,
    "deliver": _deliver,
    "backup": _back_up,
}
WEEKLY = ("read", "locate", "tag", "lake", "marts", "release", "briefs")
"""The stages of `flows.weekly`, in its order."""

RUN = ("run", *WEEKLY)
"""The command that runs them all, and then each once more: nothing may be left for it to do."""


def run(root: Path, names: Sequence[str]) -> None:
    """Do these steps on the data folder `root`."""
    os.environ |= {"GRAPEVINE_HOME": str(root), "HOOK_SECRET": SECRET}
    settings = root.parent / ENVIRONMENT
    if settings.exists():
        lines = settings.read_text(encoding="utf-8").splitlines()
        os.environ |= dict(line.split("=", 1) for line in lines)
    home = Home.from_env()
    small_country.settle()
    for name in names:
        STEPS[name](home)


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]), sys.argv[2:])
    except GrapevineError as error:
        sys.exit(str(error))
