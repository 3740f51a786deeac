"""The schedule: what the runbook says of it, and what the server keeps when it changes."""

import os
import re

import pytest
import yaml

from flows.service import schedule
from flows.service.schedule import POOL
from flows.service.server import settings
from tests.runbook import PAGE, ROOT

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ROWS = dict(re.findall(r"^\| `([a-z-]+)…?` \| (.+) \|$", PAGE.read_text(), re.MULTILINE))
"""The runbook's table: when each runs, by name; `collect-` stands for every source."""


def deployments():
    return yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


def row_of(name):
    return "collect-" if name.startswith("collect-") else name


def test_every_run_of_the_schedule_is_in_the_runbook_and_no_other():
    assert {row_of(one["name"]) for one in deployments()} == set(ROWS)


def words_of(cron, zone):
    """What the runbook must say of a time: hours and minutes, days, and whose clock."""
    minute, hour, _, _, day = cron.split()
    if minute.startswith("*/"):
        return [f"every {minute[2:]} minutes"]
    if hour == "*":
        return ["every hour"]
    at = [f"{int(one):02}:{int(minute):02}" for one in hour.split("-")]
    named = [DAYS[int(one)] for one in day.split(",")] if re.fullmatch(r"[\d,]+", day) else []
    return [*at, *named, zone.rpartition("/")[2]]


@pytest.mark.parametrize("one", deployments(), ids=lambda one: one["name"])
def test_the_runbook_says_when_it_runs(one):
    said = ROWS[row_of(one["name"])]

    for times in one["schedules"]:
        for word in words_of(times["cron"], times["timezone"]):
            assert word in said
    assert one["schedules"] or "on request" in said


def give(client, name, entrypoint, pool=POOL):
    """Put a deployment on the server; its id."""
    flow = client.create_flow_from_name(f"flow-of-{name}")
    return client.create_deployment(flow, name, work_pool_name=pool, entrypoint=entrypoint)


OURS = "flows/deployments.py:deliver"
WRITTEN = f"deployments:\n- {{name: kept, entrypoint: '{OURS}'}}\n"


@pytest.fixture
def client(prefect, home, monkeypatch):
    """A client of a server with our pool and somebody else's."""
    for name in settings(home):  # what asks a server sets them for the whole process
        monkeypatch.setenv(name, os.environ.get(name, ""))
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.actions import WorkPoolCreate

    with SyncPrefectClient(prefect) as made:
        for pool in (POOL, "theirs"):
            made.create_work_pool(WorkPoolCreate(name=pool, type="process"), overwrite=True)
        yield made
        for one in made.read_deployments():
            made.delete_deployment(one.id)


def test_what_the_file_no_longer_has_is_taken_off_the_server(client, prefect, home, tmp_path):
    (file := tmp_path / "mine.yaml").write_text(WRITTEN)
    for name in ("kept", "left-out", "renamed"):
        give(client, name, OURS)

    gone = schedule.take_out(home, prefect, file)

    assert gone == ["left-out", "renamed"]
    assert {one.name for one in client.read_deployments()} == {"kept"}
    assert schedule.take_out(home, prefect, file) == []


@pytest.mark.parametrize(
    ("entrypoint", "pool"),
    [("theirs/work.py:run", POOL), (OURS, "theirs"), (None, POOL)],
    ids=["other code", "another pool", "no code"],
)
def test_what_is_not_ours_stays(client, prefect, home, tmp_path, entrypoint, pool):
    (file := tmp_path / "mine.yaml").write_text(WRITTEN)
    give(client, "theirs", entrypoint, pool)

    assert schedule.take_out(home, prefect, file) == []
    assert [one.name for one in client.read_deployments()] == ["theirs"]


def test_runs_that_were_planned_go_with_their_deployment(client, prefect, home, tmp_path):
    (file := tmp_path / "mine.yaml").write_text(WRITTEN)
    planned = client.create_flow_run_from_deployment(give(client, "left-out", OURS))

    schedule.take_out(home, prefect, file)

    assert planned.id not in {run.id for run in client.read_flow_runs()}
