import hashlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from flows.sources.sample import simulate
from tests.files import comment, dump
from warehouse.weeks import Week

pytestmark = [pytest.mark.minutes, pytest.mark.timeout(900)]  # whole runs, on busy machines too

WEEK, WEEKS = Week(2024, 10), 2
MOMENTS = 10
ROOT = Path(__file__).parents[1]
NEVER_THE_SAME = {"created_at", "started_at", "finished_at", "published_at", "set_aside_at"}


def start(home, source):
    """A run in a process of its own; returns once it has loaded what it needs."""
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.plain_run", str(WEEK), str(WEEKS), str(source)],
        cwd=ROOT,
        env=os.environ | {"GRAPEVINE_HOME": str(home)},
        stdout=subprocess.PIPE,
    )
    assert run.stdout.readline() == b"ready\n"
    return run


def finish(run):
    run.stdout.close()
    assert run.wait() == 0


def kill(run):
    run.send_signal(signal.SIGKILL)
    run.stdout.close()
    run.wait()


def digests(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def tables(database):
    """Every table of a database as sorted rows, less the columns that hold the clock."""
    with duckdb.connect(database, read_only=True) as con:
        names = [name for (name,) in con.execute("show tables").fetchall() if name != "stages"]
        return {name: sorted(map(repr, _rows(con, name))) for name in names}


def _rows(con, name):
    columns = [row[0] for row in con.execute(f"describe {name}").fetchall()]
    kept = [column for column in columns if column not in NEVER_THE_SAME]
    return con.execute(f"select {', '.join(kept)} from {name}").fetchall()


def state(home):
    """All that a run leaves behind for the next one and for readers."""
    return {
        "lake": digests(home / "lake"),
        "marts": tables(home / "grapevine.duckdb"),
        "published": tables(home / "published" / "marts.duckdb"),
        "site": digests(home / "site"),
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Two weeks of posts of one state, enough for numbers that may be published."""
    texts = (post.text for post in itertools.islice(simulate(WEEK, WEEKS), 900))
    first = Week.back(WEEK, 1).start.toordinal() - 719_163
    rows = [
        comment(n, body=text, created_utc=first * 86_400 + n * 1_300)
        for n, text in enumerate(texts)
    ]
    return dump(tmp_path_factory.mktemp("source") / "posts.ndjson.zst", rows)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, source):
    """A home after one run that nobody killed, and how long it took once it was loaded."""
    home = tmp_path_factory.mktemp("undisturbed")
    run = start(home, source)
    began = time.monotonic()
    finish(run)
    return home, time.monotonic() - began


def test_the_undisturbed_run_left_numbers_worth_comparing(undisturbed):
    home, _ = undisturbed

    left = state(home)

    assert left["lake"]
    assert left["published"]["pub_theme_week"]
    assert not list((home / "inbox").glob("*"))


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_run_killed_at_a_random_moment_and_run_again_ends_as_if_never_killed(
    moment, undisturbed, source, tmp_path
):
    whole, seconds = undisturbed
    shutil.copytree(whole / "keys", tmp_path / "keys")
    after = random.Random(moment).uniform(0, seconds)

    first = start(tmp_path, source)
    time.sleep(after)
    kill(first)
    finish(start(tmp_path, source))

    assert state(tmp_path) == state(whole)


def test_a_second_run_changes_nothing(undisturbed, source):
    home, _ = undisturbed
    before = state(home)

    finish(start(home, source))

    assert state(home) == before
