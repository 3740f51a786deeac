"""How Grapevine is, asked over http; and the servers that are refused before they begin."""

import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme
from prometheus_client.parser import text_string_to_metric_families

from flows.serving.settings import Served
from flows.sources.collected import SettingsError
from flows.watching.account import end_account
from tests import watched
from tests.serving import running
from tests.test_serving import PASSWORD, basic
from tests.watched import ASIDE, FAILED, NOW, WELL

ROOT = Path(__file__).parents[1]
LINE = re.compile(
    r"# (HELP|TYPE) [a-z_]+ .+"
    r'|[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?[0-9.e+-]+'
)


@pytest.fixture
def now(monkeypatch):
    """It is the Monday after the week of the release."""

    class Clock:
        @staticmethod
        def now(_zone):
            return NOW

    monkeypatch.setattr("flows.serving.health.datetime", Clock)
    monkeypatch.setattr("flows.serving.health.LOOK_S", 0.0)
    monkeypatch.setenv("GRAPEVINE_WATCH_DISK_GB", "0")


@pytest.fixture
def well(home, now):
    return watched.well(home)


def health(home, **settings):
    with running(home, **settings) as served:
        status, headers, body = served.ask("/healthz")
    assert headers["cache-control"] == "no-store"
    return status, json.loads(body)


def numbers(home):
    """Every number told, by name and labels, as Prometheus' own reader reads it."""
    with running(home) as served:
        status, headers, body = served.ask("/metrics")
    assert status == 200
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = body.decode()
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_while_all_is_well_the_health_says_what_readers_see(well):
    status, said = health(well)

    assert status == 200
    assert said["disk_free_gb"] > 0
    del said["disk_free_gb"]
    assert said == {
        "status": "well",
        "reasons": [],
        "also": [],
        "under_way": False,
        "last_run": {
            "week": "2024-W10",
            "how": "well",
            "error": "",
            "ended_at": "2024-03-11T11:52:00+00:00",
            "seconds": 120.0,
        },
        "last_good_run_at": "2024-03-11T11:52:00+00:00",
        "age_h": 0.13,
        "release": "2024-W10.1",
        "is_sample": False,
    }


def test_a_release_set_aside_is_not_well_and_says_why(well):
    end_account(well, ASIDE)

    status, said = health(well)

    assert (status, said["status"]) == (503, "not well")
    assert said["reasons"][0].startswith("Release 2024-W10.2 is set aside: volume failed.")


def test_numbers_grown_stale_are_not_well(well, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_WATCH_STALE_H", "0.01")

    status, said = health(well)

    assert status == 503
    assert said["reasons"][0].startswith("No run has ended well since 2024-03-11 11:52 UTC.")


def test_before_the_first_run_it_is_not_well(home, now):
    status, said = health(home)

    assert status == 503
    assert said["reasons"] == ["No run has ended well yet. Run `grapevine run` and read on."]
    assert (said["release"], said["last_run"]) == (None, None)


def test_a_failed_run_is_told_while_readers_still_have_good_numbers(well):
    end_account(well, FAILED)

    status, said = health(well)

    assert (status, said["reasons"]) == (200, [])
    assert "failed after briefs (InputError)" in said["also"][0]


def test_a_folder_that_cannot_be_read_is_not_well(well):
    (well.watch / "runs.json").write_bytes(b"{")

    status, said = health(well)

    assert status == 503
    assert "is damaged" in said["reasons"][0]
    assert numbers(well)["grapevine_readable",] == 0
    assert numbers(well)["grapevine_findings", "unreadable"] == 1


def test_who_is_not_let_in_learns_whether_it_is_well_and_no_more(well):
    with running(well, password=PASSWORD) as served:
        without = served.ask("/healthz")
        with_it = served.ask("/healthz", Authorization=basic(PASSWORD))

    assert (without[0], json.loads(without[2])) == (200, {"status": "well"})
    assert json.loads(with_it[2])["release"] == "2024-W10.1"


def test_the_numbers_are_read_by_prometheus_own_reader(well):
    end_account(well, ASIDE)
    watched.heard(well, "bluesky", 2)

    found = numbers(well)

    assert found["grapevine_readable",] == 1
    assert found["grapevine_last_run_well",] == 0
    assert found["grapevine_last_run_outcome", "set aside"] == 1
    assert found["grapevine_last_run_outcome", "well"] == 0
    assert found["grapevine_last_run_seconds",] == 120
    assert found["grapevine_last_run_stage_seconds", "read"] == 1.25
    assert found["grapevine_last_run_stage_rows", "briefs"] == 6_000
    assert found["grapevine_last_run_posts",] == 500
    assert found["grapevine_last_run_checks_missed",] == 2
    assert found["grapevine_last_good_run_timestamp_seconds",] == WELL.ended_at.timestamp()
    assert found["grapevine_release_info", "2024-W10.1", "2024-W10", "0"] == 1
    assert found["grapevine_source_timestamp_seconds", "bluesky"] == NOW.timestamp() - 7_200
    assert found["grapevine_findings", "set aside"] == 1
    assert found["grapevine_findings", "disk low"] == 0
    assert found["grapevine_disk_free_bytes",] > 0


def test_before_the_first_run_the_numbers_are_few_and_still_right(home, now):
    found = numbers(home)

    assert found["grapevine_findings", "stale"] == 1
    assert ("grapevine_last_run_well",) not in found


def test_answers_are_counted_by_their_status(well):
    with running(well) as served:
        for target in ("/nowhere", "/nowhere", "/healthz"):
            served.ask(target)
        text = served.ask("/metrics")[2].decode()

    assert 'grapevine_http_answers_total{status="404"} 2' in text
    assert 'grapevine_http_answers_total{status="200"} 1' in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5"])
def test_an_address_that_others_reach_wants_a_password_or_a_proxy(host):
    with pytest.raises(SettingsError, match="so a password is needed"):
        Served.from_env(host, None, {})

    assert Served.from_env(host, None, {"GRAPEVINE_SERVE_PASSWORD": PASSWORD}).password
    proxy = {
        "GRAPEVINE_SERVE_PROXY_HEADER": "X-Remote-User",
        "GRAPEVINE_SERVE_PROXIES": "10.0.0.7",
    }
    assert Served.from_env(host, None, proxy).proxy_header == "x-remote-user"


def test_without_settings_it_is_this_machine_alone_and_no_password_is_made_up():
    served = Served.from_env(None, None, {})

    assert (served.host, served.port, served.password) == ("127.0.0.1", 8000, "")
    assert Served.from_env("localhost", 0, {}).is_own
    assert "correct" not in repr(Served(password=PASSWORD))


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"HOST": "briefs.health.example"}, "is no address"),
        ({"PORT": "80000"}, "must be a number from 0 to 65535"),
        ({"PORT": "٨٠"}, "must be a number from 0 to 65535"),
        ({"PASSWORD": "planted-9f2"}, "12 signs or more"),
        ({"PASSWORD": "planted-9f2\nmore of it"}, "12 signs or more"),
        (
            {"PASSWORD": "planted-9f2-aa", "PROXY_HEADER": "X-User", "PROXIES": "10.0.0.7"},
            "who",
        ),
        ({"PROXY_HEADER": "X-User"}, "belong together"),
        ({"PROXIES": "10.0.0.7"}, "belong together"),
        ({"PROXY_HEADER": "X-User", "PROXIES": "0.0.0.0/0"}, "anybody could say who they are"),
        ({"PROXY_HEADER": "X-User", "PROXIES": "planted-9f2"}, "no address or network"),
        ({"PROXY_HEADER": "Host", "PROXIES": "10.0.0.7"}, "no header that names a reader"),
        ({"PROXY_HEADER": "X-A: b", "PROXIES": "10.0.0.7"}, "no header that names a reader"),
        ({"HOSTS": "https://planted-9f2/"}, "names alone"),
        ({"CERTIFICATE": "a.pem"}, "belong together"),
    ],
)
def test_settings_that_would_leave_it_open_are_refused_and_not_repeated(env, told):
    with pytest.raises(SettingsError, match=told) as refused:
        Served.from_env(None, None, {f"GRAPEVINE_SERVE_{key}": env[key] for key in env})

    assert "planted" not in str(refused.value)


def test_the_password_may_lie_in_a_prefect_block(prefect):
    from prefect.blocks.system import Secret

    Secret(value=PASSWORD).save("site-password", overwrite=True)

    served = Served.from_env("0.0.0.0", None, {"GRAPEVINE_SERVE_SECRET_BLOCK": "site-password"})

    assert served.password == PASSWORD


def test_with_a_certificate_it_speaks_https(well, tmp_path):
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key = tmp_path / "a.pem", tmp_path / "a.key"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    with running(well, certificate=certificate, key=key) as served:
        asking = http.client.HTTPSConnection(
            "127.0.0.1", served.port, timeout=10, context=trust
        )
        asking.request("GET", "/healthz")
        answer = asking.getresponse()
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"]
        asking.close()


def begun(home, *arguments, **env):
    return subprocess.Popen(
        [sys.executable, "-c", "from flows.cli import main; main()", "serve", *arguments],
        cwd=ROOT,
        env=os.environ | {"GRAPEVINE_HOME": str(home.root)} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_until_it_is_told_to_end(well):
    with begun(well, "--port", "0", GRAPEVINE_LOG="json") as server:
        line = server.stdout.readline()
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/ ", line)[1])
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        asking.request("GET", "/zq7planted?q=zq7planted", headers={"Cookie": "zq7planted"})
        assert asking.getresponse().status == 404
        asking.close()
        server.send_signal(signal.SIGTERM)
        began = time.monotonic()
        _, logged = server.communicate(timeout=20)

    assert server.returncode == 0
    assert time.monotonic() - began < 10
    events = [json.loads(line) for line in logged.splitlines()]
    assert [one["event"] for one in events] == ["serving", "served", "served to the end"]
    assert events[1]["status"] == 404
    assert "zq7planted" not in logged


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (["--host", "0.0.0.0"], {}, "Error: 0.0.0.0 can be reached by others, so a password"),
        (
            ["--host", "192.0.2.1"],
            {"GRAPEVINE_SERVE_PASSWORD": PASSWORD},
            "cannot be listened on",
        ),
    ],
)
def test_a_server_that_cannot_begin_says_so_in_one_line(home, arguments, env, told):
    with begun(home, *arguments, **env) as server:
        said, complaint = server.communicate(timeout=200)

    assert server.returncode == 1
    assert said == ""
    assert told in complaint
    assert complaint.count("\n") == 1
    assert PASSWORD not in complaint
