"""Work on every core comes back whole and in order, and no process outlives the run."""

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path

import pytest

from dashboards.side_by_side import _told, side_by_side
from warehouse.errors import GrapevineError


def doubling():
    return partial(with_process, 2)


def with_process(factor, number):
    return factor * number, os.getpid()


def refusing():
    return int


def made(items, chunk, workers_n=2):
    with side_by_side(doubling, items, chunk, workers_n) as found:
        return list(found)


def test_what_the_workers_load_can_be_written_by_its_owner_alone():
    seen = []
    mask = os.umask(0)

    try:
        with _told(doubling) as file:
            seen = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)]
    finally:
        os.umask(mask)

    assert seen == [0o600, 0o700]


def test_many_things_are_made_in_other_processes_and_come_back_in_order():
    found = made(range(100), chunk=7)

    assert [number for number, _ in found] == [2 * number for number in range(100)]
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("items_n", "workers_n"), [(8, 2), (100, 1), (0, 2)])
def test_few_things_or_one_core_need_no_other_process(items_n, workers_n):
    found = made(range(items_n), chunk=8, workers_n=workers_n)

    assert found == [(2 * number, os.getpid()) for number in range(items_n)]


def test_what_goes_wrong_in_a_worker_is_raised_to_the_caller():
    with (
        pytest.raises(ValueError, match="three"),
        side_by_side(refusing, ["1", "2", "three"], 1, 2) as found,
    ):
        list(found)


def test_a_caller_that_gives_up_does_not_wait_for_work_not_begun():
    with side_by_side(doubling, range(10**5), 1, 2) as found:
        first = next(found)

    assert first[0] == 0
    with pytest.raises(CancelledError):
        list(found)


def dying(numbers):
    if multiprocessing.parent_process():
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers.count


def test_a_worker_killed_before_it_is_ready_is_one_plain_line_however_much_it_was_told():
    with (
        pytest.raises(GrapevineError, match="for want of memory"),
        side_by_side(partial(dying, b"x" * 10**6), range(100), 1, 2) as found,
    ):
        list(found)


def ending(number):
    if number == 50:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def at_fifty():
    return ending


def test_a_worker_killed_at_its_work_is_one_plain_line():
    with (
        pytest.raises(GrapevineError, match="was ended from outside"),
        side_by_side(at_fifty, range(100), 1, 2) as found,
    ):
        list(found)


PARENT = """
import sys, time
from dashboards.side_by_side import side_by_side
from tests.test_side_by_side import doubling

if __name__ == "__main__":
    with side_by_side(doubling, range(40), 4, 2) as found:
        print(*{process for _, process in found}, flush=True)
        time.sleep(600)
"""


def test_a_killed_run_leaves_no_process_behind(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        workers = [int(process) for process in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)

    assert workers
    assert not [process for process in workers if outlives(process, seconds=60)]


def outlives(process, seconds):
    """Whether it still runs so long after its parent; one waiting to be reaped does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        if _is_zombie(process):
            return False
        time.sleep(0.1)
    return True


def _is_zombie(process):
    told = Path(f"/proc/{process}/stat")
    return told.exists() and told.read_text().rpartition(")")[2].split()[0] == "Z"
