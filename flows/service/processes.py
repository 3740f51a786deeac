"""Start programs that outlive the command, find them and what they began, and end only those.

Process numbers are given again, and a worker's flow runs leave its process group. So what is
started carries a random mark in its environment, which everything it starts inherits: a
process belongs to a service if, and only if, it carries the service's mark.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

MARK = "GRAPEVINE_SERVICE_MARK"
"""The variable that holds the mark. It is no secret; it says who started a process."""

ENDING_S = 20.0
"""How long a process may take to end by itself."""

SHOWN_S = 5.0
"""How long to wait for a program's environment at most."""

LOG_MAX = 20_000_000
"""A log longer than so many bytes is put away, once, when its program is started anew."""


def start(
    command: Sequence[str], mark: str, env: Mapping[str, str], cwd: Path, log: Path
) -> int:
    """Start a program in a session of its own, its output added to `log`; its process id."""
    _put_away(log)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        program = subprocess.Popen(  # noqa: S603 our own Python and modules
            command,
            cwd=cwd,
            env={**env, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    program.returncode = 0  # it is meant to go on: no warning when this object goes
    _until_it_shows(mark, program.pid)
    return program.pid


def _until_it_shows(mark: str, pid: int) -> None:
    """Wait for the environment of a program just begun: for a moment it has none to be seen."""
    until = time.monotonic() + SHOWN_S
    while time.monotonic() < until and not is_running(pid, mark) and _is_alive(pid):
        time.sleep(0.005)


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _put_away(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_MAX:
        log.replace(log.with_name(f"{log.name}.1"))


def is_running(pid: int | None, mark: str) -> bool:
    """Whether this process runs and was started with this mark."""
    return pid is not None and psutil.pid_exists(pid) and _has(psutil.Process(pid), mark)


def marked(mark: str) -> list[psutil.Process]:
    """Every running process that carries the mark."""
    return [process for process in psutil.process_iter() if _has(process, mark)]


def end(mark: str, last: int | None = None) -> int:
    """End every process that carries the mark, the one numbered `last` after all others.

    Each is asked, given `ENDING_S` seconds, then killed. Returns how many there were.
    """
    ended_n = _end(mark, spared=last)
    return ended_n + _end(mark, spared=None)


def _end(mark: str, spared: int | None) -> int:
    met = set[int]()
    until, number = time.monotonic() + ENDING_S, signal.SIGTERM
    while running := [one for one in marked(mark) if one.pid != spared]:
        if time.monotonic() > until:
            number = signal.SIGKILL
        for process in running:
            if process.pid not in met or number == signal.SIGKILL:
                met.add(process.pid)
                _send(process, number)
        _wait(running)
    return len(met)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _wait(processes: Sequence[psutil.Process]) -> None:
    """Give them half a second; this reaps those that this process started itself."""
    psutil.wait_procs(list(processes), timeout=0.5)


def _has(process: psutil.Process, mark: str) -> bool:
    """Whether a process carries the mark; one that is gone, or another person's, does not."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return bool(process.environ().get(MARK) == mark)
    except (psutil.Error, OSError):
        return False
