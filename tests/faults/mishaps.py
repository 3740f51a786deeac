"""Break the machine under a run in other ways than a kill; then mend it and run again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults import processes
from tests.faults.left import differing, digests, left
from tests.faults.steps import RUN, WEEKLY
from tests.faults.week import UndisturbedWeek

ROOT = Path(__file__).parents[2]
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
FRACTIONS = (0.05, 0.2, 0.4, 0.6, 0.8)
"""Of the room that a whole run needs beyond its posts."""

NOT_HERE = "not tried"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that went wrong.

    said    what the person at the keyboard was told; empty when the run went on
    wrong   what differed when all was mended and the same command run again
    """

    what: str
    said: str
    wrong: str


def befall_all(week: UndisturbedWeek, folder: Path) -> Iterator[Mishap]:
    """Everything there is, one after the other."""
    for mishap in (*_on_small_disks(), read_only, clock_jump, two_at_once, stuck_lock,
                   server_gone, worker_killed):  # fmt: skip
        own = folder / "mishap"
        own.mkdir(parents=True)
        yield mishap(week, own)
        shutil.rmtree(own)


def _on_small_disks() -> Iterator[Callable[[UndisturbedWeek, Path], Mishap]]:
    for fraction in FRACTIONS:
        yield lambda week, own, fraction=fraction: disk_full(week, own, fraction)


def disk_full(week: UndisturbedWeek, own: Path, fraction: float) -> Mishap:
    """The disk has a part of the room that the run needs; then it has enough."""
    what = f"disk full at {fraction:.0%} of what a run writes"
    size = sum(file.stat().st_size for file in week.home.rglob("*") if file.is_file())
    with _disk(own, int(size * fraction) + 400_000) as disk:
        if disk is None:
            return Mishap(what, NOT_HERE, "")
        home = week.copy_before("read", disk / "run")
        said = processes.run(home, WEEKLY)
        _again(disk, f"size={size * 8}")
        return _mended(what, said, week, home)


def read_only(week: UndisturbedWeek, own: Path) -> Mishap:
    """The data folder cannot be written; then it can."""
    what = "data folder read-only"
    with _disk(own, 1_000_000_000) as disk:
        if disk is None:
            return Mishap(what, NOT_HERE, "")
        home = week.copy_before("tag", disk / "run")
        _again(disk, "ro")
        said = processes.run(home, WEEKLY)
        _again(disk, "rw")
        return _mended(what, said, week, home)


def clock_jump(week: UndisturbedWeek, own: Path) -> Mishap:
    """The clock goes a day back in the middle of the run, then two days ahead."""
    what = "clock jumps a day back, then two days ahead"
    if not FAKETIME.exists():
        return Mishap(what, NOT_HERE, "")
    home, said = week.copy_before("read", own / "run"), []
    for shift, stages in (("+0d", WEEKLY[:3]), ("-1d", WEEKLY[3:5]), ("+2d", WEEKLY[5:])):
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.steps", str(home), *stages],
            cwd=ROOT,
            env=os.environ | {"LD_PRELOAD": str(FAKETIME), "FAKETIME": shift},
            capture_output=True,
            text=True,
            check=False,
        )
        said += [done.stderr.strip().splitlines()[-1]] if done.returncode else []
    return _mended(what, " ".join(said), week, home)


def two_at_once(week: UndisturbedWeek, own: Path) -> Mishap:
    """Two workers take the same run at the same time."""
    home = week.copy_before("read", own / "run")
    pair = [processes.Running(home, ["run"]) for _ in range(2)]
    said = " ".join(filter(None, [one.end() for one in pair]))
    return _mended("two workers on one run", said, week, home, RUN)


def stuck_lock(week: UndisturbedWeek, own: Path) -> Mishap:
    """A process dies with every lock in its hands, and leaves half a file beside them."""
    home = week.copy_before("marts", own / "run")
    processes.Running(home, ["run"]).kill(after_s=1.5 * week.seconds["marts"])
    assert (home / "run.lock").exists()
    (home / "site").mkdir(exist_ok=True)
    (home / "site" / ".part").write_bytes(b"half a page")
    return _mended("a lock left by a dead process", "", week, home, RUN)


def server_gone(week: UndisturbedWeek, own: Path) -> Mishap:
    """The Prefect server dies while the run is at work."""
    home = week.copy_before("read", own / "run")
    running = processes.Running(home, ["run"])
    while not (home / "inbox").exists() or not any((home / "inbox").iterdir()):
        time.sleep(0.05)
    _kill_one(running.pid, "temporary_server")
    return _mended("Prefect server gone in the middle", running.end(), week, home, RUN)


def worker_killed(week: UndisturbedWeek, own: Path) -> Mishap:
    """The machine ends one of the processes that set the PDFs, for want of memory."""
    home, other = week.copy(own / "run"), week.copy(own / "other")
    assert processes.run(other, ["print all"]) == ""
    running = processes.Running(home, ["print all"])
    _kill_one(running.pid, "spawn_main")
    said = running.end()
    again = processes.run(home, ["print all"])
    wrong = again or ("" if digests(home / "site") == digests(other / "site") else "site")
    return Mishap("a process that sets PDFs is killed", said, wrong)


def _mended(
    what: str, said: str, week: UndisturbedWeek, home: Path, again: Sequence[str] = WEEKLY
) -> Mishap:
    refused = processes.run(home, again)
    undisturbed = week.left_by_run if again == RUN else week.left
    return Mishap(what, _plain(said, home), refused or differing(left(home), undisturbed))


def _plain(said: str, home: Path) -> str:
    """What was said, with the same data folder in every run of this."""
    return said.replace(str(home), "DATA")


def _kill_one(pid: int, named: str) -> None:
    """Kill the first process below `pid` whose command has these words, once there is one."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for one in _below(pid):
            if named in _command(one):
                os.kill(one, signal.SIGKILL)
                return
        time.sleep(0.02)
    raise AssertionError(f"no {named} within two minutes")


def _below(pid: int) -> Iterator[int]:
    """The processes that one began, and theirs."""
    try:
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        begun = " ".join(one.read_text(encoding="ascii") for one in threads)
    except FileNotFoundError:
        return
    for child in map(int, begun.split()):
        yield child
        yield from _below(child)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


@contextmanager
def _disk(own: Path, size: int) -> Iterator[Path | None]:
    """A disk of so many bytes; none where this user may not mount one."""
    disk = own / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    mount = shutil.which("mount")
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _again(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)
