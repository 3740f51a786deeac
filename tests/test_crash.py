"""A run that is killed and run again ends as one that nobody killed.

`make faults` kills every stage at twenty moments, and breaks the machine in other ways;
flows/RUNBOOK.md has its table.
"""

import random
import shutil

import pytest

from tests.faults import processes
from tests.faults.left import left
from tests.faults.steps import WEEKLY
from tests.faults.week import UndisturbedWeek

pytestmark = [pytest.mark.whole, pytest.mark.timeout(900)]  # whole runs, on busy machines too


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    return UndisturbedWeek(tmp_path_factory.mktemp("undisturbed")).make()


def test_the_undisturbed_run_left_numbers_worth_comparing(week):
    assert week.left["lake"]
    assert week.left["published"]["main.pub_theme_week"]
    assert not list((week.home / "inbox").glob("*"))


def killed(week, folder, moment):
    """The folder of a run that a kill met at work; one that comes late is tried earlier."""
    after_s = random.Random(moment).uniform(0, sum(week.seconds.values()) / 2)
    for number in range(9):
        home = week.copy_before("read", folder / str(number))
        if processes.Running(home, WEEKLY).kill(after_s / 2**number):
            return home
    raise AssertionError("every kill came late")


@pytest.mark.parametrize("moment", range(3))
def test_a_run_killed_at_a_random_moment_and_run_again_ends_as_if_never_killed(
    moment, week, tmp_path
):
    home = killed(week, tmp_path, moment)

    assert processes.run(home, WEEKLY) == ""
    assert left(home) == week.left


def test_a_second_run_changes_nothing(week, tmp_path):
    home = week.copy(tmp_path / "again")

    assert processes.run(home, WEEKLY) == ""

    assert left(home) == week.left
    shutil.rmtree(home)
