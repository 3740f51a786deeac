"""The sweep as Prefect runs it by the clock: the flow, and the deployment that schedules it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.sources.collected import SettingsError
from tests.test_retention import Asked, into_lake, land, post, texts, where
from warehouse import deletions
from warehouse.errors import GrapevineError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def sources(monkeypatch):
    """The only live sources there are, by name."""
    known = {}
    monkeypatch.setattr("flows.collecting.live_sources", lambda: known)
    return known


def test_an_hourly_sweep_erases_what_is_gone_and_old_text(prefect, home, sources):
    from flows.hourly import hourly_sweep

    sources["reddit"] = Asked(gone=["reddit:t3_2"])
    into_lake(home, post(1), post(2), post(3, age_h=49))
    land(home, post(4))

    hourly_sweep()

    assert where(home, 2) == []
    assert texts(home, 3) == []
    assert texts(home, 1)
    assert texts(home, 4)
    assert deletions.counts(home, "reddit") == (1, 0, 1)


def test_an_hourly_sweep_that_could_not_ask_lets_go_all_the_same_and_fails(
    prefect, home, sources
):
    from flows.hourly import hourly_sweep

    sources["reddit"] = Asked(settings_error=SettingsError("Set KEY."))
    into_lake(home, post(1), post(3, age_h=49))

    with pytest.raises(GrapevineError, match="Not asked to the end: reddit"):
        hourly_sweep()

    assert texts(home, 3) == []


def prefect_command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=ROOT,
        env=os.environ | {"PREFECT_LOGGING_LEVEL": "INFO"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_is_taken_by_a_server_runs_every_hour_and_a_worker_can_run_it(
    prefect, home
):
    into_lake(home, post(1), post(3, age_h=49))

    pool = prefect_command("work-pool", "create", "grapevine", "--type", "process")
    taken = prefect_command("--no-prompt", "deploy", "--all")
    told = prefect_command("deployment", "inspect", "hourly-sweep/sweep", "--output", "json")
    begun = prefect_command("deployment", "run", "hourly-sweep/sweep")
    worked = prefect_command("worker", "start", "--pool", "grapevine", "--run-once")

    assert pool.returncode == 0, pool.stderr
    assert taken.returncode == 0, taken.stderr + taken.stdout
    (schedule,) = json.loads(told.stdout)["schedules"]
    assert schedule["schedule"]["cron"] == "17 * * * *"
    assert schedule["active"]
    assert begun.returncode == 0, begun.stderr
    assert worked.returncode == 0, worked.stderr
    assert texts(home, 3) == [], worked.stderr + worked.stdout
    assert texts(home, 1)
