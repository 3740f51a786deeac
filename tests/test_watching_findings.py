"""How each run went is kept, and what is wrong now is found: neither needs the database."""

import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from flows.sources.collected import SettingsError
from flows.watching import findings
from flows.watching.account import (
    Account,
    begin_account,
    end_account,
    is_under_way,
    read_accounts,
    under_way,
)
from flows.watching.accounting import accounted, nothing_new
from flows.watching.artifact import table
from flows.watching.findings import find, look
from flows.watching.settings import Limits, Told
from tests import watched
from tests.watched import ASIDE, FAILED, NOW, WELL
from warehouse.errors import DataFolderError, InputError
from warehouse.publication import SetAsideError

LIMITS = Limits(disk_gb=0)


def kinds(home, now=NOW, limits=LIMITS, standing=()):
    return [one.kind for one in find(home, limits, now, standing)]


def told(home, kind, now=NOW, limits=LIMITS):
    (found,) = [one for one in find(home, limits, now) if one.kind == kind]
    return found.told


def test_when_all_is_well_nothing_is_found(home):
    watched.well(home)

    assert kinds(home) == []
    assert look(home).good_at == WELL.ended_at


def test_before_the_first_run_that_is_what_is_told(home):
    assert told(home, "stale") == "No run has ended well yet. Run `grapevine run` and read on."
    assert not home.root.exists()  # looking makes nothing


def test_a_run_that_failed_is_found_with_where_it_stopped_and_what_readers_see(home):
    watched.well(home)
    end_account(home, FAILED)

    assert told(home, "run failed") == (
        "The run of 2024-W10 that began 2024-03-11 11:50 UTC failed after briefs (InputError). "
        "Readers see release 2024-W10.1. Run `grapevine run --week 2024-W10` and read what it "
        "says."
    )
    assert look(home).good_at == WELL.ended_at  # the earlier one still counts


def test_a_run_that_was_killed_is_found_though_it_could_say_nothing(home):
    watched.well(home)
    watched.killed(home)

    assert "was ended from outside before it was done" in told(home, "run failed")


def test_a_run_that_is_under_way_is_no_killed_one(home):
    watched.well(home)
    with under_way(home):
        watched.killed(home)
        assert is_under_way(home)
        assert kinds(home) == []
    assert kinds(home) == ["run failed"]


def test_the_next_run_enters_a_killed_one_as_failed(home):
    watched.killed(home)
    begin_account(home, Account("2024-W11", NOW))

    kept = read_accounts(home)

    assert (kept.ended.how, kept.ended.error) == ("failed", "Killed")
    assert kept.begun.started_at == NOW


def test_a_process_that_is_killed_leaves_a_run_that_is_not_under_way(home):
    code = (
        "import time\n"
        "from flows.watching.account import under_way\n"
        "from warehouse.home import Home\n"
        "with under_way(Home.from_env()):\n"
        "    print('in', flush=True)\n"
        "    time.sleep(60)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert running.stdout.readline() == b"in\n"
    assert is_under_way(home)

    running.kill()
    running.wait()
    running.stdout.close()

    assert not is_under_way(home)


def test_a_release_set_aside_is_found_until_one_is_well_again(home):
    watched.well(home)
    end_account(home, ASIDE)

    assert told(home, "set aside") == (
        "Release 2024-W10.2 is set aside: volume failed. Readers see release 2024-W10.1. "
        "`grapevine release show 2024-W10.2` says why."
    )
    end_account(home, FAILED)  # a failed run after it does not make it good
    assert "set aside" in kinds(home)
    end_account(home, WELL)
    assert kinds(home) == []


def test_a_release_that_a_person_published_all_the_same_is_not_set_aside(home):
    watched.well(home)
    end_account(home, replace(ASIDE, release="2024-W10.1"))

    assert kinds(home) == []


def test_numbers_are_stale_when_no_run_ended_well_for_longer_than_allowed(home):
    watched.well(home)
    limits = changed(LIMITS, stale_h=24)

    assert kinds(home, WELL.ended_at + timedelta(hours=24), limits) == []
    later = WELL.ended_at + timedelta(hours=24, seconds=1)
    assert kinds(home, later, limits) == ["stale"]
    assert "since 2024-03-11 11:52 UTC. Readers see release 2024-W10.1." in told(
        home, "stale", later, limits
    )


def test_a_run_that_found_nothing_new_is_well(home):
    watched.well(home)
    nothing_new(home, "2024-W10")

    assert kinds(home, datetime.now(UTC)) == []


def test_a_source_is_silent_after_its_own_time(home):
    watched.well(home)
    watched.heard(home, "bluesky", 2.9)
    watched.heard(home, "reddit", 25.9)
    assert kinds(home) == []

    watched.heard(home, "bluesky", 3.1)
    watched.heard(home, "news", 26.1)
    found = find(home, LIMITS, NOW)

    assert [one.key for one in found] == ["silent source bluesky", "silent source news"]
    assert (
        "bluesky has given nothing since 2024-03-11 08:54 UTC, over 3 hours." in found[0].told
    )


def test_a_source_whose_silence_is_no_matter_is_not_told(home):
    watched.well(home)
    watched.heard(home, "bluesky", 1_000)

    assert kinds(home, limits=changed(LIMITS, silent_h={"bluesky": 0})) == []


def test_a_disk_that_is_low_is_so_until_there_is_some_more_room(home, monkeypatch):
    watched.well(home)
    limits = Limits(disk_gb=5)

    def free(gigabytes):
        monkeypatch.setattr(findings, "free_bytes", lambda _path: int(gigabytes * 1e9))

    free(5.1)
    assert kinds(home, limits=limits) == []
    assert kinds(home, limits=limits, standing=["disk low"]) == ["disk low"]
    free(5.6)
    assert kinds(home, limits=limits, standing=["disk low"]) == []
    free(4.9)
    assert told(home, "disk low", limits=limits) == (
        "4.9 GB are free where the data folder lies, of 5 that should be. Make room, or move "
        "it with GRAPEVINE_HOME."
    )


def test_a_card_is_told_before_its_review_is_due_and_under_that_date(home, monkeypatch):
    from tests import snapshots

    watched.well(home)
    due = changed(snapshots.card("raw_milk"), review_due=date(2024, 3, 25))
    monkeypatch.setattr(findings, "load_cards", lambda: {"raw_milk": due})

    assert kinds(home, NOW - timedelta(days=1)) == []
    (found,) = find(home, LIMITS, NOW)
    assert found.key == "review due raw_milk 2024-03-25"
    assert "The conversation card raw_milk is to be reviewed by 2024-03-25." in found.told


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"ended": {"week": 3}}', b"\xff"])
def test_a_damaged_account_is_told_and_mended_by_the_next_run(home, damage):
    watched.well(home)
    (home.watch / "runs.json").write_bytes(damage)

    assert kinds(home) == ["unreadable"]
    with pytest.raises(DataFolderError, match="is damaged"):
        read_accounts(home)
    end_account(home, WELL)
    assert kinds(home) == []


def test_damaged_numbers_are_told(home):
    watched.well(home)
    home.snapshot.write_bytes(b"not a database" * 1_000)

    assert kinds(home) == ["unreadable"]


def ran(home, error=None):
    """A run with an account that ends so; (what was told of it, what is kept)."""
    heard = []

    @accounted(heard.append)
    def run(week, is_sample):
        assert is_under_way(home)
        assert read_accounts(home).begun.week == week
        if error:
            raise error

    with pytest.raises(type(error)) if error else nullcontext():
        run("2024-W10", is_sample=False)
    return heard, read_accounts(home)


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (None, "well"),
        (InputError("secret words"), "failed"),
        (SetAsideError("volume"), "set aside"),
        (KeyboardInterrupt(), "failed"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_however_a_run_ends_its_account_says_so_without_its_words(home, error, how):
    heard, kept = ran(home, error)

    assert [one.how for one in heard] == [how]
    assert kept.ended == heard[0]
    assert kept.begun is None
    assert kept.ended.error == (type(error).__name__ if error else "")
    assert "secret words" not in (home.watch / "runs.json").read_text()


def test_an_account_that_cannot_be_written_at_the_end_stops_no_run(home, monkeypatch):
    from flows.watching import accounting

    def full(*_):
        raise DataFolderError("full")

    monkeypatch.setattr(accounting, "end_account", full)
    heard, kept = ran(home)

    assert [one.how for one in heard] == ["well"]
    assert kept.begun  # which the next look takes for a killed one


def test_a_run_whose_stages_are_known_is_a_table_by_stage():
    rows = table(ASIDE)

    assert rows[0] == {"stage": "read", "what": "posts in", "count": 500, "seconds": 1.25}
    assert [row["what"] for row in rows[2:]] == [
        "posts of its weeks",
        "of these placed",
        "of these about health",
        "checks that did not hold: labels: warning; volume: failed",
        "outages: bluesky was out in 2024-W10",
        "set aside (SetAsideError)",
    ]
    assert rows[-1]["seconds"] == 120.0


def test_a_look_beside_a_run_takes_no_time_to_speak_of(home):
    watched.well(home)
    find(home, LIMITS, NOW)
    began = time.perf_counter()

    for _ in range(5):
        find(home, LIMITS, NOW)

    assert (time.perf_counter() - began) / 5 < 0.5


def test_limits_are_read_from_the_environment():
    env = {
        "GRAPEVINE_WATCH_STALE_H": "48",
        "GRAPEVINE_WATCH_SILENT_H": "bluesky=1,other=12",
        "GRAPEVINE_WATCH_DISK_GB": "0.5",
        "GRAPEVINE_WATCH_REVIEW_DAYS": "30",
    }

    limits = Limits.from_env(env)

    assert (limits.stale_h, limits.disk_gb, limits.review_days) == (48, 0.5, 30)
    assert [limits.silent_after_h(one) for one in ("bluesky", "clinic", "news")] == [1, 216, 12]
    assert Limits.from_env({}) == Limits()


@pytest.mark.parametrize("wrong", ["much", "-1", "nan", "inf", "1e9"])
@pytest.mark.parametrize("name", ["STALE_H", "DISK_GB", "REVIEW_DAYS"])
def test_a_limit_that_is_no_number_is_refused_by_name(name, wrong):
    with pytest.raises(SettingsError, match=f"GRAPEVINE_WATCH_{name} must be a number"):
        Limits.from_env({f"GRAPEVINE_WATCH_{name}": wrong})


def test_who_is_told_is_read_once_each_and_shown_nowhere():
    env = {
        "GRAPEVINE_WATCH_MAIL_TO": "ann@health.example, bo@health.example,ann@health.example",
        "GRAPEVINE_WATCH_WEBHOOK": "https://hooks.example/services/T0/planted",
    }

    told = Told.from_env(env)

    assert told.mail_to == ("ann@health.example", "bo@health.example")
    assert "planted" not in repr(told)
    assert "ann" not in repr(told)


@pytest.mark.parametrize(
    "env",
    [
        {"GRAPEVINE_WATCH_MAIL_TO": "planted"},
        {"GRAPEVINE_WATCH_MAIL_TO": "planted@x.example\r\nBcc: all@x.example"},
        {"GRAPEVINE_WATCH_WEBHOOK": "http://hooks.example/planted"},
        {"GRAPEVINE_WATCH_WEBHOOK": "https://me:planted@hooks.example/"},
        {"GRAPEVINE_WATCH_WEBHOOK": "file:///planted"},
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(env):
    with pytest.raises(SettingsError) as refused:
        Told.from_env(env)

    assert "planted" not in str(refused.value)
