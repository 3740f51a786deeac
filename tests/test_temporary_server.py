import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import httpx
import pytest

from flows.temporary_server import prefect_server
from warehouse.errors import GrapevineError
from warehouse.home import Home

ROOT = Path(__file__).parents[1]
PARENT = """
import os, subprocess, sys, time
child = f"from flows.temporary_server import _end_with; _end_with({os.getpid()})"
print(subprocess.Popen([sys.executable, "-c", child]).pid, flush=True)
time.sleep(60)
"""


def is_running(pid):
    status = Path(f"/proc/{pid}/stat")
    if not Path("/proc").exists():
        return subprocess.run(["ps", "-p", str(pid)], capture_output=True).returncode == 0
    return status.exists() and status.read_text().split()[2] != "Z"


def test_the_server_ends_when_the_command_that_started_it_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT)
    server = int(parent.stdout.readline())
    assert is_running(server)

    parent.send_signal(signal.SIGKILL)
    parent.stdout.close()
    parent.wait()

    deadline = time.monotonic() + 30
    while is_running(server) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(server)


def test_a_server_that_is_configured_is_used_and_none_is_started(monkeypatch, tmp_path):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")

    with prefect_server(Home(tmp_path)) as until_it_answers:
        until_it_answers()

        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:1/api"


def test_a_server_that_cannot_start_is_told_at_once_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no profile"))
    (tmp_path / "prefect").write_text("where its folder should be")

    with (
        pytest.raises(GrapevineError, match=r"could not start.*Free some space"),
        prefect_server(Home(tmp_path)) as until_it_answers,
    ):
        until_it_answers()


def test_a_server_in_a_profile_is_used_and_none_is_started(monkeypatch, tmp_path):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    (tmp_path / "profiles.toml").write_text('PREFECT_API_URL = "http://127.0.0.1:1/api"')

    with prefect_server(Home(tmp_path)) as until_it_answers:
        until_it_answers()

        assert "PREFECT_API_URL" not in os.environ


def test_the_temporary_server_listens_on_loopback_only(prefect):
    assert prefect.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{prefect}/health") as reply:
        assert reply.status == 200


def test_a_server_that_is_gone_in_the_middle_is_one_plain_line(home, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(home.root / "prefect"))
    home.root.mkdir(parents=True)

    def ask_after_it_is_gone():
        with prefect_server(home):
            url = os.environ["PREFECT_API_URL"]
            server = server_of(os.getpid(), url)
            os.kill(server, signal.SIGKILL)
            while is_running(server):
                time.sleep(0.05)
            httpx.get(f"{url}/health")

    with pytest.raises(GrapevineError, match="ended while the run was at work"):
        ask_after_it_is_gone()
    assert "PREFECT_API_URL" not in os.environ


def server_of(parent, url):
    """The process that serves `url`, found as an operator would: by its command."""
    listed = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", url], capture_output=True, text=True, check=True
    )
    return int(listed.stdout.split()[0])
