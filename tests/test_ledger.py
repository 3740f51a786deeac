import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pytest

from warehouse.database import open_database, transaction
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.ledger import (
    InputRead,
    StageRun,
    find_input,
    last_runs,
    record_input,
    record_stage,
)
from warehouse.weeks import Week

FIRST, LAST = Week(2023, 51), Week(2024, 10)
MORNING = datetime(2024, 3, 11, 5, tzinfo=UTC)


def read(**changes):
    """A plain entry; name only what the test is about."""
    plain = {
        "input_id": "abc",
        "name": "posts.ndjson.zst",
        "week_from": str(FIRST),
        "week_to": str(LAST),
        "read_n": 100,
        "kept_n": 60,
        "outside_n": 38,
        "quarantined_n": 2,
    }
    return InputRead(**plain | changes)


def ran(stage, minutes=0, **changes):
    """A stage that ended so many minutes after five in the morning."""
    ended = MORNING + timedelta(minutes=minutes)
    plain = {"week": str(LAST), "started_at": MORNING, "finished_at": ended, "rows_n": 7}
    return StageRun(stage, **plain | changes)


def test_an_entry_is_found_for_its_weeks_only(tmp_path):
    home = Home(tmp_path)

    record_input(home, read())

    assert find_input(home, "abc", FIRST, LAST) == read()
    assert find_input(home, "abc", FIRST.back(1), LAST) is None
    assert find_input(home, "other", FIRST, LAST) is None


def test_an_entry_made_again_takes_the_place_of_the_first(tmp_path):
    home = Home(tmp_path)

    record_input(home, read())
    record_input(home, read(kept_n=61, outside_n=37))

    assert find_input(home, "abc", FIRST, LAST) == read(kept_n=61, outside_n=37)


def test_the_last_run_of_each_stage_is_told_in_the_order_they_ended(tmp_path):
    home = Home(tmp_path)
    for run in (ran("read", 1), ran("tag", 3), ran("read", 9, rows_n=8), ran("lake", 4)):
        record_stage(home, run)

    runs = last_runs(home)

    assert runs == [ran("tag", 3), ran("lake", 4), ran("read", 9, rows_n=8)]
    assert {run.finished_at.tzinfo for run in runs} == {UTC}


def test_a_time_in_another_zone_is_the_same_moment(tmp_path):
    home = Home(tmp_path)
    denver = MORNING.astimezone(timezone(timedelta(hours=-7)))

    record_stage(home, ran("read", finished_at=denver))

    assert last_runs(home)[0].finished_at == MORNING


def test_asking_a_home_where_nothing_ran_makes_no_file(tmp_path):
    home = Home(tmp_path / "new")

    assert last_runs(home) == []
    assert find_input(home, "abc", FIRST, LAST) is None
    assert not home.root.exists()


def test_a_database_without_a_ledger_is_an_empty_ledger(tmp_path):
    home = Home(tmp_path)
    with open_database(home) as con:
        con.execute("create table other (one integer)")

    assert last_runs(home) == []


HOLDER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def holding(home):
    """Another process that has the database open until it is told to end."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout.readline() == b"open\n"
    return other


def test_a_database_in_use_by_another_run_is_one_plain_line(tmp_path):
    home = Home(tmp_path)
    other = holding(home)

    with pytest.raises(DataFolderError, match=r"is in use by another run\. Wait until"):
        record_stage(home, ran("read"))

    other.communicate()
    record_stage(home, ran("read"))
    assert len(last_runs(home)) == 1


def test_a_writer_waits_for_who_only_looks_something_up(tmp_path, monkeypatch):
    home = Home(tmp_path)
    other = holding(home)
    monkeypatch.setattr("warehouse.database.time.sleep", lambda _: other.communicate())

    record_stage(home, ran("read"))

    assert len(last_runs(home)) == 1


def test_a_file_that_is_no_database_is_one_plain_line(tmp_path):
    home = Home(tmp_path)
    home.database.write_bytes(b"not a database" * 1_000)

    with pytest.raises(DataFolderError, match=r"cannot be opened .* put it back from a copy"):
        last_runs(home)


def stop_half_way(con):
    with transaction(con):
        con.execute("insert into counts values (1)")
        raise KeyboardInterrupt


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    home = Home(tmp_path)

    with open_database(home) as con:
        con.execute("create table counts (one integer)")
        with pytest.raises(KeyboardInterrupt):
            stop_half_way(con)

        assert con.execute("select count(*) from counts").fetchone() == (0,)


def test_every_connection_counts_in_utc_and_within_its_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "America/Denver")

    with open_database(Home(tmp_path)) as con:
        zone, memory = con.execute(
            "select current_setting('timezone'), current_setting('memory_limit')"
        ).fetchone()

    assert zone == "UTC"
    assert memory == "953.6 MiB"


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("Could not write file: No space left on device", DataFolderError),
        ("Could not write file: Input/output error", duckdb.IOException),
    ],
)
def test_a_disk_that_fills_up_in_the_middle_is_one_plain_line(home, said, seen):
    with pytest.raises(seen), open_database(home):
        raise duckdb.IOException(said)
