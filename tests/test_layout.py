"""A data folder says whose it is: an earlier program's comes forward, a newer's is left."""

import hashlib
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import duckdb
import pytest
from click.testing import CliRunner

from classifiers.taxonomy import load_taxonomy
from flows.cli import main
from flows.running import bring_forward, hold
from tests import small_country
from tests.forked import ended
from tests.layouts import FOLDERS, unpacked
from warehouse import deletions, ledger, marts, object_store, release, verified
from warehouse.database import open_database, read_database
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.layout import forward, number
from warehouse.layout.steps import DATABASE, LAYOUT
from warehouse.publication import settle
from warehouse.snapshot import PUBLISHED, publish_snapshot
from warehouse.weeks import Week

WEEK = Week(2024, 9)
OLD = ("mart_repeat", "mart_signal_week", "mart_theme_week")
LOCKS = {"run.lock", "up.lock"}


def count_and_publish(home):
    """Count a week from the tags that the lake holds, and put it where readers look."""
    taxonomy = load_taxonomy()
    tags = {"theme_ids": list(taxonomy.themes), "signal_ids": list(taxonomy.signals)}
    marts.build_marts(home, WEEK, 2, is_sample=False, **tags)
    versions = dict.fromkeys(("code", "taxonomy", "model", "reference"), "1")
    made = release.freeze(home, WEEK, 2, False, versions)
    settle(home, made.release_id, [])
    publish_snapshot(home, made.release_id)
    ledger.forget_inputs(home)


def looked_at(home, question):
    with duckdb.connect(home.database, read_only=True) as con:
        return con.execute(question).fetchall()


def shape(home):
    """Every table with its columns, but for what frozen tables keep of columns of then."""
    return looked_at(
        home,
        "select schema_name, table_name, column_name, data_type, is_nullable from "
        "duckdb_columns() where not internal and (table_name, column_name) <> "
        "('pub_change_week', 'theme_id') order by all",
    )


def published(home):
    tables = [name for name in PUBLISHED if name != "pub_release"]
    return {name: looked_at(home, f"from {name} order by all") for name in tables}


def files(home):
    """Every file with its digest: what must not change."""
    return {
        file.relative_to(home.root): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in home.root.rglob("*")
        if file.is_file() and file.name not in LOCKS
    }


def said(*words):
    return CliRunner().invoke(main, words)


def numbered(home, layout):
    home.layout.parent.mkdir(parents=True, exist_ok=True)
    home.layout.write_text(f"{layout}\n")


@pytest.mark.parametrize("commit", sorted(FOLDERS))
def test_a_folder_of_an_earlier_program_becomes_as_one_made_new(commit, tmp_path, monkeypatch):
    monkeypatch.setattr(marts, "load_counties", lambda: small_country.counties("WY"))
    old, new = unpacked(commit, Home(tmp_path / "old")), Home(tmp_path / "new")
    for part in ("lake", "keys"):
        shutil.copytree(old.root / part, new.root / part)

    for home in (old, new):
        with hold(home):
            count_and_publish(home)

    assert shape(old) == shape(new)
    assert published(old) == published(new)
    shown = [name for (name,) in looked_at(old, "select release_id from publications")]
    assert shown == ["2024-W09.1", "2024-W09.2"]


def test_private_counts_of_old_do_not_stay(home):
    unpacked("5837204", home)
    before = {table for _, table, *_ in shape(home)}

    bring_forward(home)

    assert set(OLD) & before
    assert not set(OLD) & {table for _, table, *_ in shape(home)}


def test_a_folder_is_brought_forward_once(home):
    unpacked("5837204", home)
    bring_forward(home)
    with duckdb.connect(home.database) as con:
        con.execute(f"create table {OLD[1]} (n integer)")

    with hold(home):
        pass

    assert looked_at(home, f"select count(*) from {OLD[1]}") == [(0,)]
    assert number.of_files(home) == LAYOUT
    assert looked_at(home, "from layout") == [(LAYOUT,)]


def dying(home, step):
    """Bring the database forward, and be killed at a step."""
    forward.DATABASE = {**DATABASE, step: lambda _: os.kill(os.getpid(), signal.SIGKILL)}
    forward.bring_database(home)


@pytest.mark.parametrize("step", sorted(DATABASE))
def test_a_kill_in_the_middle_leaves_the_folder_as_it_was(home, step):
    unpacked("5837204", home)
    before = shape(home)
    assert ended(dying, home, step) == -signal.SIGKILL
    assert shape(home) == before

    bring_forward(home)

    assert looked_at(home, "from layout") == [(LAYOUT,)]
    assert looked_at(home, "select release_id from publications") == [("2024-W09.1",)]


def test_an_earlier_folder_is_read_by_nobody_before_it_is_brought_forward(home):
    unpacked("41b0bbe", home)
    before = files(home)

    listed = said("release", "list")

    assert listed.exit_code == 1
    assert f"is as an earlier Grapevine left it (layout 0; this one works on {LAYOUT})" in (
        listed.output
    )
    assert "grapevine backup" in listed.output
    assert files(home) == before


@pytest.mark.parametrize(
    "words",
    [
        *("run", "doctor", "status", "sweep", "compliance", "up", "collect bluesky --once"),
        *("release list", "backup copies", "backfill 2024-W09", "forget --source import"),
    ],
)
def test_a_folder_of_a_newer_program_is_refused_and_left_alone(words, home, monkeypatch):
    unpacked("41b0bbe", home)
    numbered(home, LAYOUT + 4)
    before = files(home)

    refused = said(*words.split())

    assert refused.exit_code == 1
    assert refused.output == (
        f"Error: The data folder {home.root} was written by a newer Grapevine (layout "
        f"{LAYOUT + 4}; this one knows {LAYOUT}). Install that version, or put back a copy "
        "from before.\n"
    )
    assert files(home) == before


def test_a_newer_database_is_refused_before_the_lake_is_touched(home):
    with open_database(home) as con:
        con.execute("update layout set number = 99")

    with pytest.raises(DataFolderError, match="newer Grapevine"), hold(home):
        pass

    assert not home.layout.exists()
    for opened in (open_database, read_database):
        with pytest.raises(DataFolderError, match="newer Grapevine"), opened(home):
            pass


def test_a_newer_ledger_is_refused(home):
    verified.note(home, "reddit", ["reddit:1"], datetime.now(UTC))
    with closing(sqlite3.connect(home.verified)) as con:
        assert con.execute("pragma user_version").fetchone() == (LAYOUT,)
        con.execute("pragma user_version = 99")

    with pytest.raises(DataFolderError, match=r"verified.sqlite was written by a newer"):
        verified.asked_at(home, "reddit", ["reddit:1"])


def test_a_ledger_of_an_earlier_program_keeps_its_rows_and_gets_the_number(home):
    home.root.mkdir(parents=True)
    with closing(sqlite3.connect(home.deletions)) as con:
        con.executescript(deletions._TABLE)
        con.execute(
            "insert into deletions (source, what, key, reason, said_at) "
            "values ('reddit', 'post', 'k', 'deleted', 1)"
        )
        con.commit()

    assert deletions.sources_waiting(home) == ["reddit"]

    with closing(sqlite3.connect(home.deletions)) as con:
        assert con.execute("pragma user_version").fetchone() == (LAYOUT,)


def test_a_number_that_is_none_is_damage(home):
    numbered(home, "seven")

    with pytest.raises(DataFolderError, match="must hold the number of the layout"):
        number.check(home)


def fill_store(folder, monkeypatch):
    """A store that another machine's data folder has sent its lake to."""
    monkeypatch.setenv(object_store.ADDRESS, f"file://{folder}/store")
    first = Home(folder / "first")
    with hold(first):
        (first.layout.parent / "posts").mkdir()
        (first.layout.parent / "posts" / "day.parquet").write_bytes(b"rows")


def test_a_store_of_a_newer_program_is_not_taken_over(home, tmp_path, monkeypatch):
    fill_store(tmp_path, monkeypatch)
    (tmp_path / "store" / "layout").write_text("99\n")

    with pytest.raises(DataFolderError, match=r"store .* newer Grapevine .layout 99"):
        object_store.fetch(home)

    assert not (home.layout.parent / "posts").exists()


def test_a_new_machine_takes_the_number_of_the_store_with_its_lake(home, tmp_path, monkeypatch):
    fill_store(tmp_path, monkeypatch)
    (tmp_path / "store" / "layout").unlink()  # its writer knew of no numbers
    numbered(home, LAYOUT)

    object_store.fetch(home)

    assert number.of_files(home) == 0
    assert (home.layout.parent / "posts" / "day.parquet").read_bytes() == b"rows"
