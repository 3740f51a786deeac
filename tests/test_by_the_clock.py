"""The service as a person starts it: a run that the clock began, and nothing left behind."""

import json
import os
import time
import urllib.request

import psutil
import pytest

from flows.service import processes, record
from tests.runbook import blocks, run, shell
from warehouse.home import Home

pytestmark = [pytest.mark.whole, pytest.mark.timeout(900)]  # a minute must pass by the clock

EVERY_MINUTE = """
deployments:
  - name: deliver
    entrypoint: flows/deployments.py:deliver
    schedules: [{cron: "* * * * *", timezone: UTC}]
    work_pool: {name: grapevine}
"""
START, END = [
    block.text for block in blocks() if block.headings == ("Schedule", "On this machine")
]


def runs(url):
    """Every flow run that the server knows."""
    asked = urllib.request.Request(
        f"{url}/flow_runs/filter", b"{}", {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


def ended_run(url, wait_s=300):
    """The first run that ended, once there is one."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        for one in runs(url):
            if one["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED"):
                return one
        time.sleep(1)
    raise AssertionError(f"no run ended in {wait_s} seconds: {runs(url)}")


def addresses(pid):
    return {
        one.laddr.ip
        for one in psutil.Process(pid).net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    }


def test_the_clock_begins_a_run_a_worker_does_it_and_down_leaves_nothing(tmp_path):
    home, schedule = Home(tmp_path / "data"), tmp_path / "every-minute.yaml"
    schedule.write_text(EVERY_MINUTE)
    env = shell(tmp_path, home.root, GRAPEVINE_SERVICE_SCHEDULE=str(schedule))
    bystander = processes.start(
        ["sleep", "600"], "of another folder", os.environ, tmp_path, tmp_path / "log"
    )
    try:
        begun = run(START, tmp_path, env)
        held = record.read(home)

        done = ended_run(held.url)

        assert done["auto_scheduled"]
        assert done["created_by"]["type"] == "SCHEDULE"
        assert done["state"]["type"] == "COMPLETED"
        assert "so nobody is sent anything" in done["state"]["message"]
        assert addresses(held.server) == {"127.0.0.1"}
        assert held.page in begun
        with urllib.request.urlopen(held.page, timeout=60) as page:
            assert "<html" in page.read().decode()

        said = run(START, tmp_path, env)

        assert said.startswith("Grapevine runs already, since ")
        assert record.read(home) == held
        assert "Completed: There is no" in said
    finally:
        ended = run(END, tmp_path, env)

    assert ended.startswith("Grapevine is down: ")
    assert processes.marked(held.mark) == []
    assert processes.is_running(bystander, "of another folder")
    assert run("grapevine down", tmp_path, env) == "Nothing was running.\n"
    processes.end("of another folder")
