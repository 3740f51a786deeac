"""The doctor looks at everything and disturbs nothing."""

import os
import subprocess
import sys

import duckdb
import pytest

from flows.doctor import examine
from flows.watching.account import under_way
from warehouse import ledger
from warehouse.database import connected, open_database, read_database
from warehouse.errors import DataFolderError, InUseError

HOLDS = """
import sys
from warehouse.database import open_database
from warehouse.home import Home
with open_database(Home.from_env()):
    print("held", flush=True)
    sys.stdin.read()
"""
BUSY = "a run is at work; ask again when it has ended"


@pytest.fixture
def made(home):
    """A folder with a database, closed to others."""
    home.root.mkdir(mode=0o700)
    with open_database(home) as con:
        con.execute("create table releases_to_be (n integer)")
    return home


@pytest.fixture
def held(made):
    """The same while another process writes to the database."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS],
        env=os.environ | {"GRAPEVINE_HOME": str(made.root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield made
        process.communicate()


def said(home):
    return {line[:12].strip(): line[12:] for line in examine(home)}


def test_while_another_command_writes_the_rest_is_told(held):
    told = said(held)

    assert (told["release"], told["last runs"]) == (BUSY, BUSY)
    assert len(told) == 10
    with pytest.raises(InUseError, match="in use by another run"):
        ledger.last_runs(held)


def test_while_a_run_is_under_way_its_database_is_left_alone(made, monkeypatch):
    opened = []
    monkeypatch.setattr(duckdb, "connect", lambda *words, **how: opened.append(words))

    with under_way(made):
        told = said(made)

    assert told["last runs"] == BUSY
    assert opened == []


def test_looking_writes_nothing(made):
    def seen():
        return {
            file: (file.stat().st_mtime_ns, file.stat().st_size)
            for file in made.root.rglob("*")
        }

    before = seen()

    assert said(made)["release"] == "none yet"
    assert seen() == before


def test_who_only_reads_can_change_nothing(made):
    with read_database(made) as con, pytest.raises(duckdb.InvalidInputException):
        con.execute("create table other (n integer)")


def test_a_database_of_an_earlier_layout_is_said_in_one_line_and_left_as_it_is(made):
    with connected(made) as con:
        con.execute("drop table layout")
    before = made.database.read_bytes()

    with pytest.raises(DataFolderError, match="earlier Grapevine"):
        said(made)

    assert made.database.read_bytes() == before


def test_a_database_that_holds_nothing_yet_is_told_and_left_as_it_is(home):
    home.root.mkdir(mode=0o700)
    duckdb.connect(home.database).close()

    assert said(home)["release"] == "none yet"


def test_a_database_that_is_none_is_said_in_one_line(made):
    made.database.write_bytes(b"no database" * 1000)

    with pytest.raises(DataFolderError, match="cannot be opened"):
        said(made)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o777])
def test_a_folder_that_others_can_look_into_is_told_with_what_closes_it(made, mode):
    made.root.chmod(mode)

    (told,) = [line for line in examine(made) if line.startswith("open ")]

    assert told.endswith(f"'chmod -R go= {made.root}' closes it")
    made.root.chmod(0o700)
    assert "open" not in said(made)
