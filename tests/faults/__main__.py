"""Kill and break everything, and write the table: `make faults`.

    python -m tests.faults [--points N] [--write FILE]

The table goes into FILE between `<!-- faults -->` and `<!-- /faults -->`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.kills import DRAWS, Killed, kill_all
from tests.faults.mishaps import NOT_HERE, Mishap, befall_all
from tests.faults.week import POSTS_N, UndisturbedWeek
from tests.marked import insert

MARK = "faults"

PAGE = """
Made by `make faults`: {points} kills a stage at moments drawn by chance within the stage's own
time, on a week of {posts} posts in a country of Wyoming's 23 counties. One that came after the
stage's end is drawn again, {draws} times at most. After each, the same command is run again,
and lake, marts, published tables and site are compared byte for byte with those of a run that
nobody disturbed.

| stage | takes | kills | met at work | then equal | |
|---|---:|---:|---:|---:|---|
{kills}

| mishap | what you are told | then equal |
|---|---|---|
{mishaps}

{cores} cores, {machine}, Python {python}.
"""


def main() -> None:
    """Do it, show it, and write it when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as made:
        week = UndisturbedWeek(Path(made) / "week").make()
        mishaps = [say(one) for one in befall_all(week, Path(made))]
        kills = [say(one) for one in kill_all(week, Path(made), asked.points)]
    if asked.write:
        insert(asked.write, MARK, page(kills, mishaps, asked.points))
    wrong = [one for one in (*kills, *mishaps) if one.wrong]
    sys.exit(f"{len(wrong)} did not end as if undisturbed." if wrong else 0)


def say(one: Killed | Mishap) -> Killed | Mishap:
    sys.stderr.write(f"{one}\n")
    sys.stderr.flush()
    return one


def page(kills: Sequence[Killed], mishaps: Sequence[Mishap], points_n: int) -> str:
    """Both tables as Markdown."""
    return PAGE.format(
        points=points_n,
        draws=DRAWS,
        posts=POSTS_N,
        kills="\n".join(map(_kill_row, kills)),
        mishaps="\n".join(map(_mishap_row, mishaps)),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
    )


def _kill_row(one: Killed) -> str:
    equal_n = one.points_n - len(one.wrong)
    return (
        f"| {one.stage} | {one.seconds:.1f} s | {one.points_n} | {one.at_work_n} "
        f"| {equal_n} | {one.note} |"
    )


def _mishap_row(one: Mishap) -> str:
    if one.said == NOT_HERE:
        return f"| {one.what} | not tried on this machine | – |"
    return f"| {one.what} | {one.said or 'nothing: the run goes on'} | {_equal(one.wrong)} |"


def _equal(wrong: str) -> str:
    return f"NO: {wrong}" if wrong else "yes"


if __name__ == "__main__":
    main()
