"""What a person chose to forget: gone from every corner, back only where that is said."""

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from flows import inbox, stages
from flows.cli import main
from tests.fakes.clinic import FakeClinic
from tests.forked import ended
from tests.source_contract import once
from tests.test_retention import (
    content,
    into_lake,
    land,
    post,
    release_and_die,
    tagged,
    texts,
    where,
)
from warehouse import clinic, deletions, landing, ledger
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import read_days
from warehouse.weeks import Week

ROOT = Path(__file__).parents[1]
AT = datetime(2024, 3, 5, 12, tzinfo=UTC)
NOW = datetime.now(UTC)
GONE, STAYS = (1, 2, 3, 4), (5, 6)


def forgot(*options):
    told = CliRunner().invoke(main, ["forget", *options])
    assert told.exit_code == 0, told.output
    return told.output


def gone_post(number, **changes):
    return post(number, posted_at=AT, community="r/gone", **changes)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Posts in lake, landing, and what killed runs leave; a release, and DuckDB with a log."""
    home = Home(tmp_path_factory.mktemp("everywhere") / "data")
    into_lake(home, gone_post(1), post(5, "news", posted_at=AT + timedelta(days=1)))
    land(home, gone_post(1), gone_post(2))
    land(home, post(6, "news", posted_at=AT + timedelta(days=1)))
    folder = inbox.open_input(home, 1, "collected-reddit")
    inbox.put(folder, [gone_post(1), gone_post(3)], AuthorKeys(home))
    for folder, number in ((home.posts.parent / ".drafts", 1), (home.spill, 4)):
        folder.mkdir()
        text = gone_post(number).text
        (folder / "posts.parquet").write_text(f"half a file: {text} reddit:t3_{number}")
    assert all(where(home, number) for number in GONE)
    assert ended(release_and_die, home) == 0
    assert home.database.with_name("grapevine.duckdb.wal").exists()
    return home


@pytest.fixture
def everywhere(home, full):
    """A data folder like `full`, to forget from."""
    shutil.copytree(full.root, home.root)
    return home


CHOICES = [
    ("--source", "reddit"),
    ("--before", "2024-03-06"),
    ("--community", "r/gone"),
    ("--post", "reddit:t3_1"),
]


@pytest.mark.parametrize("options", CHOICES, ids=lambda options: options[0])
def test_no_byte_is_left_in_the_lake_the_landing_the_inbox_the_drafts_or_the_database(
    everywhere, options
):
    home = everywhere

    told = forgot(*options)

    numbers = (1, 3, 4) if options[0] == "--post" else GONE  # what is half done goes always
    assert [where(home, number) for number in numbers] == [[]] * len(numbers)
    assert all(texts(home, number) for number in STAYS)
    assert "Releases that rest on them, and stay: 2024-W10.1." in told
    with duckdb.connect(home.database) as con:
        assert con.execute("select release_id from releases").fetchall() == [("2024-W10.1",)]


def test_what_duckdb_spilled_before_a_kill_goes_too(home):
    spilling = """
        import os, signal, sys
        import duckdb
        con = duckdb.connect(sys.argv[1], config={"memory_limit": "40MB", "threads": 1})
        con.execute(
            "create temp table t as select 'reddit:t3_' || i as post_id, "
            "md5(i::varchar) as a, md5((i * 7)::varchar) as b from range(1000000) as r(i)"
        )
        os.kill(os.getpid(), signal.SIGKILL)
    """
    into_lake(home, post(1), post(2, "news"))
    command = [sys.executable, "-c", textwrap.dedent(spilling), str(home.database)]
    killed = subprocess.run(command, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert any(b"reddit:t3_" in file.read_bytes() for file in home.spill.iterdir())

    forgot("--source", "reddit")

    left = [file for file in home.root.rglob("*") if file.is_file()]
    assert not any("reddit:t3_" in content(file) for file in left)


# What stays out, and what may come again


def dump(tmp_path, *numbers):
    """A Reddit dump with these comments."""
    rows = (
        {
            "id": f"c{number}",
            "body": f"Road {number} to Casper is closed.",
            "created_utc": int(AT.timestamp()),
            "author": f"rancher_{number}",
            "subreddit": "wyoming",
        }
        for number in numbers
    )
    file = tmp_path / "comments.ndjson"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(file)


def imported(home, file):
    """What the lake holds once a file was imported."""
    stages.read("2024-W10", 1, [file], None)
    for stage in (stages.locate, stages.tag, stages.lake):
        stage("2024-W10")
    rows = read_days(home, "posts", AT.date(), AT.date(), is_sample=False)
    return rows["post_id"].to_pylist()


def test_a_post_forgotten_stays_out_when_its_file_is_imported_again(home, tmp_path):
    imported(home, dump(tmp_path, 1, 2))

    forgot("--post", "import:t1_c1")
    ledger.forget_inputs(home)  # as a newer version does, which reads files anew

    assert imported(home, dump(tmp_path, 1, 2)) == ["import:t1_c2"]
    assert imported(home, dump(tmp_path, 1, 2, 3)) == ["import:t1_c2", "import:t1_c3"]


def test_imports_that_were_cleared_are_read_again_when_their_file_is_named_again(
    home, tmp_path
):
    file = dump(tmp_path, 1, 2)
    imported(home, file)

    told = forgot("--source", "import")
    assert tagged(home) == []
    assert "What is collected or imported again is taken in again." in told

    assert imported(home, file) == ["import:t1_c1", "import:t1_c2"]


def test_a_source_that_was_cleared_goes_on_with_what_it_is_offered_next(home):
    land(home, post(1))

    forgot("--source", "reddit")
    landing.put(home, "reddit", [post(2)])

    assert where(home, 1) == []
    assert texts(home, 2)


def test_a_post_that_is_not_here_stays_out_for_good_and_not_only_for_some_days(
    home, monkeypatch
):
    deletions.record(home, "reddit", [("reddit:t3_1", None, NOW, "deleted")])
    forgot("--post", "reddit:t3_1")
    forgot("--post", "reddit:t3_2")
    monkeypatch.setattr(deletions, "KEEP_UNMET_DAYS", -1)
    deletions.record(home, "reddit", [("reddit:t3_9", None, NOW, "deleted")])
    erase(home)

    landing.put(home, "reddit", [post(1), post(2), post(9)])

    assert (where(home, 1), where(home, 2)) == ([], [])
    assert texts(home, 9)


@pytest.mark.parametrize(
    "other", [("--before", "2020-01-01"), ("--source", "news"), ("--community", "r/montana")]
)
def test_a_post_that_the_other_options_do_not_mean_stays(home, other):
    into_lake(home, post(1))

    forgot("--post", "reddit:t3_1", *other)

    assert texts(home, 1)
    assert deletions.counts(home, "reddit") == (0, 0, 0)


@pytest.mark.parametrize("written", ["t3_1", ":t3_1", "reddit:"])
def test_what_is_no_post_is_said_in_one_line(home, written):
    told = CliRunner().invoke(main, ["forget", "--post", written])

    assert told.exit_code == 1
    assert "--post wants a source and an id" in told.output


def test_a_ledger_of_a_whole_network_is_looked_up_and_not_read_through(home):
    land(home, post(1))
    deletions.record(home, "reddit", [("reddit:t3_7", None, NOW, "deleted")])
    asked = []

    with deletions._ledger(home) as con:
        con.set_trace_callback(asked.append)
        deletions._among(con, ["reddit"], "post", [deletions.post_hash("reddit:t3_7")])
        con.set_trace_callback(None)
        (plan, *_) = con.execute(f"explain query plan {asked[-1]}").fetchall()

    assert "USING PRIMARY KEY (source=? AND what=? AND key=?)" in plan[-1]


# Clinics' reports


def test_a_clinics_report_goes_to_the_last_byte_and_comes_again_only_when_it_changes(
    home, monkeypatch
):
    with FakeClinic() as fake:
        monkeypatch.setenv("GRAPEVINE_CLINIC", fake.url)
        fake.add(theme="raw_milk")
        once(home, "clinic")
        assert ended(release_and_die, home) == 0
        draft = home.clinic / ".draft"
        draft.write_bytes(next(home.clinic.rglob("*.parquet")).read_bytes())

        told = forgot("--source", "clinic")
        once(home, "clinic")
        left = clinic.reported(home)
        fake.add(week="2024-W09", theme="fluoride")
        once(home, "clinic")

    assert "1 weeks of clinics' reports" in told
    assert left == []
    assert clinic.reported(home) == [Week(2024, 9), Week(2024, 10)]


def test_no_row_of_a_forgotten_report_is_in_any_file(home):
    row = clinic.Heard("2024-W10", "56025", "dentist", "raw_milk", "0123456789ab:2", 3)
    clinic.put(home, [row])

    forgot("--source", "clinic")

    files = [file for file in home.root.rglob("*") if file.is_file()]
    assert not any("0123456789ab" in content(file) for file in files)
    assert not any("dentist" in content(file) for file in files)
