"""Processes that outlive the command: found by their mark, ended with all that they began."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime

import pytest
import yaml

from flows import catching_up
from flows.service import lifecycle, processes, record, schedule, server
from flows.service.record import Record
from tests.test_runbook import ROOT
from warehouse.errors import DataFolderError, GrapevineError, InputError, InUseError
from warehouse.files import alone_or_told

HELD = Record("mark", "http://127.0.0.1:4200/api", 1, 2, "2026-11-23T10:00:00+00:00")
FAMILY = """
import subprocess, sys, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
time.sleep(600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def begin(tmp_path, mark, *command):
    return processes.start(command, mark, os.environ, tmp_path, tmp_path / "its.log")


def wait_for(count, mark):
    until = time.monotonic() + 30
    while len(processes.marked(mark)) != count and time.monotonic() < until:
        time.sleep(0.05)
    return len(processes.marked(mark))


def test_what_a_process_began_in_a_session_of_its_own_ends_with_it_and_others_go_on(tmp_path):
    begin(tmp_path, "ours", sys.executable, "-c", FAMILY)
    other = begin(tmp_path, "theirs", "sleep", "600")
    assert wait_for(2, "ours") == 2

    assert processes.end("ours") == 2

    assert processes.marked("ours") == []
    assert processes.is_running(other, "theirs")
    assert processes.end("theirs") == 1


def test_a_process_that_has_our_number_and_not_our_mark_is_not_ours(tmp_path):
    other = begin(tmp_path, "theirs", "sleep", "600")

    assert not processes.is_running(other, "ours")
    assert not processes.is_running(None, "ours")
    assert processes.end("theirs") == 1
    assert not processes.is_running(other, "theirs")


def test_one_that_will_not_end_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "ENDING_S", 0.2)
    begin(tmp_path, "stubborn", sys.executable, "-c", STUBBORN)
    assert wait_for(1, "stubborn") == 1

    processes.end("stubborn")

    assert processes.marked("stubborn") == []


def test_what_a_program_says_goes_to_its_log_and_a_long_log_is_put_away(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LOG_MAX", 3)
    log = tmp_path / "its.log"
    log.write_text("long ago")

    begin(tmp_path, "short", "echo", "now")

    assert wait_for(0, "short") == 0
    assert log.read_text() == "now\n"
    assert (tmp_path / "its.log.1").read_text() == "long ago"


def test_what_was_started_is_remembered_until_it_is_forgotten(home):
    assert record.read(home) is None

    record.write(home, HELD)
    assert record.read(home) == HELD
    assert HELD.page == "http://127.0.0.1:4200"

    record.forget(home)
    assert record.read(home) is None


def test_a_record_of_an_older_version_is_read(home):
    home.service.mkdir(parents=True)
    (home.service / "started.json").write_text(
        '{"mark": "m", "url": "", "server": null, "worker": 3, '
        '"since": "2026-11-23T10:00:00+00:00"}'
    )

    assert record.read(home).schedule == ""


@pytest.mark.parametrize("content", ["", "{}", "[]", "null"])
def test_a_damaged_record_is_said_in_one_line(home, content):
    home.service.mkdir(parents=True)
    (home.service / "started.json").write_text(content)

    with pytest.raises(DataFolderError, match="is damaged"):
        record.read(home)


def test_the_port_that_was_set_is_taken_and_a_taken_one_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])

        with pytest.raises(InputError, match=f"Port {taken} is taken"):
            server.choose_port({server.PORT_SETTING: taken})
    assert server.choose_port({server.PORT_SETTING: taken}) == int(taken)
    assert server.choose_port({}) >= server.USUAL_PORT


@pytest.mark.parametrize("written", ["x", "0", "65536", "-1", "4200.0"])
def test_what_is_no_port_is_refused(written):
    with pytest.raises(InputError, match="must be a number from 1 to 65535"):
        server.choose_port({server.PORT_SETTING: written})


def test_with_nothing_started_down_says_so_and_status_says_how_to_start(home):
    assert list(lifecycle.down(home)) == ["Nothing was running."]
    assert list(lifecycle.told(home)) == ["service     down; 'grapevine up' starts it"]


def test_the_schedule_alone_needs_a_server_that_is_named(home, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(home.root / "prefect"))

    with pytest.raises(InputError, match="Set PREFECT_API_URL"):
        list(lifecycle.schedule_only(home))


def test_the_schedule_alone_is_set_on_the_named_server_and_nothing_is_started(
    home, monkeypatch
):
    asked = []
    monkeypatch.setenv("PREFECT_API_URL", "http://server:4200/api")
    monkeypatch.setattr(schedule, "register", lambda *words: asked.append(words) or ["older"])

    said = list(lifecycle.schedule_only(home))

    assert asked == [(home, None, ROOT / "prefect.yaml")]
    assert said[0] == "The schedule of prefect.yaml is set."
    assert "older" in said[1]
    assert record.read(home) is None


def test_two_at_once_do_not_both_start_a_server(home):
    with (
        alone_or_told(home.service / "up.lock", "first"),
        pytest.raises(InUseError, match="Another 'grapevine up' or 'down'"),
    ):
        list(lifecycle.up(home))


def test_a_start_that_fails_leaves_nothing_running_and_nothing_remembered(
    home, monkeypatch, tmp_path
):
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        monkeypatch.delenv(name, raising=False)
    program = tmp_path / "a server that starts another program and falls over"
    program.write_text("#!/bin/sh\nsleep 600 &\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(lifecycle.secrets, "token_hex", lambda _: "falling")

    with pytest.raises(GrapevineError, match="did not come up"):
        list(lifecycle.up(home))

    assert record.read(home) is None
    assert processes.marked("falling") == []


def test_a_schedule_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no"):
        schedule.schedule_file({schedule.SETTING: str(tmp_path / "none.yaml")})
    assert schedule.schedule_file({}) == ROOT / "prefect.yaml"


def deployments():
    return yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


@pytest.mark.parametrize("one", deployments(), ids=lambda one: one["name"])
def test_every_deployment_calls_a_real_flow_with_words_that_it_knows(one):
    from prefect.utilities.importtools import import_object

    file, _, name = one["entrypoint"].partition(":")
    found = import_object(f"{file.removesuffix('.py').replace('/', '.')}.{name}")

    assert (ROOT / file).exists()
    assert one["work_pool"]["name"] == schedule.POOL
    found.validate_parameters({"weeks": "2026-W30"} | one.get("parameters", {})) if name == (
        "backfill"
    ) else found.validate_parameters(one.get("parameters", {}))


def test_every_deployment_begins_by_what_keeps_its_files_private():
    """And by the settings: what a worker of a service manager has not set up for it."""
    modules = {one["entrypoint"].partition(":")[0] for one in deployments()}

    assert len(modules) > 2
    for module in modules:
        assert "    apply_configuration()\n" in (ROOT / module).read_text()


def test_each_live_source_is_collected_every_hour_at_a_minute_of_its_own():
    from flows.collecting import live_sources

    hourly = [one for one in deployments() if one["entrypoint"].endswith(":collect")]
    minutes = [one["schedules"][0]["cron"].split() for one in hourly]

    assert {one["parameters"]["source"] for one in hourly} == set(live_sources())
    assert {tuple(cron[1:]) for cron in minutes} == {("*",) * 4}
    assert len({cron[0] for cron in minutes}) == len(hourly)


def test_the_brief_is_due_when_the_schedule_makes_it():
    (briefs,) = [one for one in deployments() if one["name"] == "briefs"]
    monday = briefs["schedules"][0]

    assert monday["cron"] == f"{catching_up.DUE_AT.minute} {catching_up.DUE_AT.hour} * * 1"
    assert monday["timezone"] == catching_up.ZONE.key


def test_a_service_whose_worker_is_gone_says_so(home, tmp_path):
    pid = begin(tmp_path, "mark", "sleep", "600")
    record.write(home, Record("mark", HELD.url, pid, 999_999_999, HELD.since))

    with pytest.raises(Exception, match="The worker is gone"):
        list(lifecycle.told(home))

    assert list(lifecycle.down(home)) == ["Grapevine is down: 1 processes ended."]
    assert datetime.fromisoformat(HELD.since) == HELD.began


def test_a_killed_process_counts_as_gone(tmp_path):
    pid = begin(tmp_path, "killed", "sleep", "600")
    os.kill(pid, signal.SIGKILL)

    assert wait_for(0, "killed") == 0
    assert subprocess.run(["true"], check=False).returncode == 0
