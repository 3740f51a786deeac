"""The log as JSON: a line an event, and nothing in it that a person wrote.

Posts, handles, addresses and secrets are planted wherever a run, a collector, a delivery and
the server could pick them up, and are then searched for in all that these write to their log.
"""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.watching import json_lines
from flows.watching.json_lines import Origins, checked, event
from tests.fakes.hook import SECRET, FakeHook
from tests.fakes.mail import FakeMailServer
from tests.fakes.news import FakeNews
from tests.files import comment, dump
from tests.offices import OfficeFile, publish

ROOT = Path(__file__).parents[1]
MARK = "zq7canary"
SAID = f"Raw milk heals {MARK} in Casper, WY. @{MARK} https://{MARK}.example/p {MARK}@x.example"


@pytest.fixture
def on(monkeypatch):
    monkeypatch.setenv("GRAPEVINE_LOG", "json")


def lines(said):
    return [json.loads(line) for line in said.splitlines()]


def grapevine(home, code, *arguments, **env):
    """Run a command as a process of its own, with JSON lines: what it said, what it logged."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "GRAPEVINE_HOME": str(home.root),
            "GRAPEVINE_LOG": "json",
            "PREFECT_LOGGING_LEVEL": "DEBUG",
        }
        | env,
        capture_output=True,
        text=True,
        check=False,
    )


COMMAND = "from flows.cli import main; main()"


def test_an_event_is_one_line_with_its_time(on, capsys):
    event("stage ended", stage="read", week="2024-W10", rows_n=12, seconds=1.23456)

    (line,) = lines(capsys.readouterr().err)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "event": "stage ended",
        "stage": "read",
        "week": "2024-W10",
        "rows_n": 12,
        "seconds": 1.235,
    }


def test_as_long_as_nobody_asks_for_json_nothing_is_written(capsys, monkeypatch):
    monkeypatch.delenv("GRAPEVINE_LOG", raising=False)
    event("stage ended", stage="read")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"stage": SAID},
        {"stage": "read\nmore"},
        {"how": f"ended by {MARK}7"},
        {"error": "ann@health.example"},
        {"source": "u/somebody"},
        {"week": "2024-W10 "},
        {"text": "read"},
        {"author": "x"},
        {"phone": 3075551234},
    ],
)
def test_a_field_has_no_place_for_what_a_person_wrote(on, capsys, fields):
    with pytest.raises(ValueError, match="has no") as refused:
        event("planted", **fields)

    assert capsys.readouterr().err == ""
    assert MARK not in str(refused.value)


@given(st.sampled_from(sorted(json_lines.SHAPES)), st.text(max_size=60))
def test_whatever_fits_a_field_is_short_and_on_one_line(field, written):
    try:
        kept = checked(field, written)
    except ValueError:
        return
    assert kept == written
    assert written.isascii()
    assert "\n" not in written
    assert "@" not in written
    assert "://" not in written


def test_another_librarys_line_keeps_its_origin_and_loses_its_words(capsys):
    logger = logging.getLogger("httpx.tests")
    handler = Origins()
    logger.addHandler(handler)
    try:
        raise ValueError(SAID)
    except ValueError:
        logger.exception("could not read %s", SAID)
    finally:
        logger.removeHandler(handler)

    (line,) = lines(capsys.readouterr().err)
    del line["at"]
    assert line == {
        "event": "library",
        "logger": "httpx.tests",
        "level": "error",
        "error": "ValueError",
    }


def test_a_mistake_in_the_program_is_told_by_kind_and_line(home):
    code = (
        "import threading\n"
        "from flows.watching import json_lines\n"
        "json_lines.begin()\n"
        f"one = threading.Thread(target=lambda: int('{MARK}'))\n"
        "one.start(); one.join()\n"
        "from warehouse.weeks import Week\n"
        f"Week.parse(['{MARK}'])\n"
    )

    ended = grapevine(home, code)

    first, second = lines(ended.stderr)
    assert (first["event"], first["error"]) == ("broke", "ValueError")
    assert second["error"] == "TypeError"
    assert second["where"].startswith("warehouse/weeks.py:")
    assert ended.returncode == 1
    assert MARK not in ended.stderr


def test_a_setting_that_is_none_is_refused_in_one_line(home):
    ended = grapevine(home, COMMAND, "doctor", GRAPEVINE_LOG="xml")

    assert ended.stderr == "Error: GRAPEVINE_LOG must be one of text, json.\n"


def test_an_error_of_a_setting_keeps_its_words_and_one_of_an_input_does_not(home):
    wrong = grapevine(home, COMMAND, "watch", GRAPEVINE_WATCH_DISK_GB="much")
    absent = grapevine(home, COMMAND, "run", "--week", f"2024-{MARK}")

    (told,) = lines(wrong.stderr)
    assert told["told"] == "GRAPEVINE_WATCH_DISK_GB must be a number from 0 to 100,000."
    (silent,) = lines(absent.stderr)
    del silent["at"]
    assert (silent.pop("event"), silent.pop("error")) == ("failed", "GrapevineError")
    assert silent.pop("where").startswith("warehouse/weeks.py:")
    assert silent == {}
    assert MARK not in absent.stderr


@pytest.mark.whole
def test_a_run_of_planted_posts_logs_its_stages_and_none_of_their_words(
    prefect, home, tmp_path
):
    posts = [
        comment(n, body=f"{SAID} {n}", author=f"{MARK}{n}", id=f"{MARK}{n}", subreddit=MARK)
        for n in range(5)
    ]
    good, bad = dump(tmp_path / f"{MARK}.zst", posts), tmp_path / f"{MARK}-bad.zst"
    bad.write_bytes(b"")
    code = (  # the site takes a minute, and says nothing of its own
        "from flows import stages\n"
        "def none(*_args, **_kwargs): raise ZeroDivisionError('zq7canary')\n"
        "stages.build_site = none\n"
        "from tests import small_country\n"
        "small_country.settle()\n"
        f"{COMMAND}\n"
    )

    ran = grapevine(
        home, code, "run", "--week", "2024-W10", "--weeks", "2", "--from", str(good)
    )
    failed = grapevine(home, COMMAND, "run", "--week", "2024-W10", "--from", str(bad))

    told = lines(ran.stderr)
    stages = [one["stage"] for one in told if one["event"] == "stage ended"]
    assert stages == ["read", "locate", "tag", "lake", "marts", "release"]
    (ended,) = [one for one in told if one["event"] == "run ended"]
    assert (ended["how"], ended["error"]) == ("failed", "ZeroDivisionError")
    assert (told[-1]["event"], told[-1]["error"]) == ("broke", "ZeroDivisionError")
    assert lines(failed.stderr)[-1]["event"] == "failed"
    assert MARK not in f"{ran.stderr}{failed.stderr}{ran.stdout}".lower()


def test_a_collector_logs_counts_and_faults_and_no_words(home):
    with FakeNews() as news:
        news.seed(5)
        for fault in ("reset", "http_5xx", "not_xml", "strange_body"):
            news.fail(fault)
        ended = grapevine(home, COMMAND, "collect", "news", "--once", **news.env)
        good = grapevine(home, COMMAND, "collect", "news", "--once", **news.env)

    (told,) = [one for one in lines(good.stderr) if one["event"] == "collected"]
    assert (told["source"], told["how"]) == ("news", "to the end")
    faults = {one["event"] for one in lines(ended.stderr)}
    assert faults <= {"notice", "collected", "failed", "library"}
    assert all("told" not in one for one in lines(f"{ended.stderr}{good.stderr}"))


def test_a_delivery_logs_how_many_and_nobodys_address(home):
    publish(home)
    with FakeMailServer() as server, FakeHook() as hook:
        server.refusals[f"{MARK}-2@clinic.example"] = f"550 5.1.1 {MARK} is unknown"
        file = OfficeFile(server.port)
        for n in range(3):
            file.add(f"{MARK}-{n}")
        file.add("hook", webhook=f"{hook.url}/{MARK}").write(home)
        ended = grapevine(home, COMMAND, "deliver", "--late", HOOK_SECRET=SECRET)

    told = lines(ended.stderr)
    assert {one["how"]: one["subscribers_n"] for one in told if one["event"] == "stands"} == {
        "refused": 1,
        "sent": 3,
    }
    assert MARK not in ended.stderr
    assert SECRET not in ended.stderr
