import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.forked import ended
from tests.worlds import (
    LONELY,
    RURAL,
    URBAN,
    WEEK,
    Voices,
    author_key,
    scope,
    tags,
)
from warehouse import archive
from warehouse.build import MODELS
from warehouse.database import open_database, transaction
from warehouse.errors import DataFolderError, GrapevineError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import POSTS, merge, posts_table, read_days
from warehouse.marts import build_tables
from warehouse.records import Post
from warehouse.release import Release, freeze, latest_release
from warehouse.snapshot import fingerprint, publish_snapshot
from warehouse.weeks import Week

VERSIONS = {"code": "0.1.0+ab", "taxonomy": "t1", "model": "m1", "reference": "r1"}
PUBLISHED = sorted(path.stem for path in MODELS.glob("published/*.sql"))
PROMOTES = "sunscreen:promotes"
CROWD = [
    Voices("WY", 60),
    Voices(URBAN[0], 40),
    Voices(URBAN[0], 20, PROMOTES, first=100),
    Voices(RURAL[0], 7, PROMOTES),
]


def build(home, counted, voices):
    """Build the marts of these voices, beside what the data folder has told before."""
    with open_database(home) as con, transaction(con):
        build_tables(con, counted, tags(voices))


def count(home, *voices, weeks=1, is_sample=False, week=WEEK):
    """Put these voices in the lake and build the marts of the small world."""
    merge(home, POSTS.empty_table(), tags(voices))
    counted = scope(week, weeks, is_sample)
    first, last = counted.window[0].start, counted.window[-1].end
    with open_database(home) as con, transaction(con):
        build_tables(con, counted, read_days(home, "tags", first, last, is_sample))


def release(home, weeks=1, is_sample=False, week=WEEK, **versions):
    return freeze(home, week, weeks, is_sample, VERSIONS | versions)


def publish(home, *voices):
    """Count, freeze and publish; return the release."""
    count(home, *voices)
    frozen = release(home)
    publish_snapshot(home, frozen.release_id)
    return frozen


def ask(file, question):
    with duckdb.connect(file, read_only=True) as con:
        return con.execute(question).fetchall()


def content(home):
    """Every table of the snapshot with all its rows."""
    with duckdb.connect(home.snapshot, read_only=True) as con:
        tables = [name for (name,) in con.execute("show tables").fetchall()]
        return {
            name: con.execute(f"select * from {name} order by all").fetchall()
            for name in tables
        }


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_release_is_named_for_its_week_and_revision(home):
    count(home, *CROWD)

    frozen = release(home)

    assert frozen == Release("2024-W10.1", "2024-W10", 1, False, frozen.content_sha256)
    assert latest_release(home) == frozen


def test_the_same_numbers_from_the_same_versions_are_the_same_release(home):
    first = publish(home, *CROWD)
    before = home.snapshot.read_bytes()

    again = publish(home, *CROWD)

    assert again == first
    assert home.snapshot.read_bytes() == before
    assert ask(home.database, "select count(*) from releases") == [(1,)]


def test_other_numbers_are_a_revision_and_the_first_stays_as_it_was(home):
    publish(home, *CROWD)
    first = content(home)

    second = publish(home, *CROWD, Voices(URBAN[0], 15, first=500))

    assert second.release_id == "2024-W10.2"
    assert content(home) != first
    publish_snapshot(home, "2024-W10.1")
    assert content(home) == first


@pytest.mark.parametrize("changed", VERSIONS)
def test_another_version_of_anything_is_a_revision(home, changed):
    count(home, *CROWD)
    release(home)

    assert release(home, **{changed: "other"}).release_id == "2024-W10.2"


def test_more_weeks_are_a_revision(home):
    count(home, *CROWD)
    release(home)

    count(home, *CROWD, weeks=2)

    assert release(home, weeks=2).release_id == "2024-W10.2"


def test_what_is_hidden_changes_nothing_in_a_release(tmp_path):
    homes = [Home(tmp_path / county) for county in RURAL[:2]]

    contents = {
        publish(home, *CROWD[:3], Voices(county, 9)).content_sha256
        for home, county in zip(homes, RURAL, strict=False)
    }

    assert len(contents) == 1


def test_sample_and_weeks_are_numbered_apart(home):
    count(home, *CROWD)
    names = [release(home).release_id]
    count(home, Voices("WY", 60, source="sample"), is_sample=True)
    names.append(release(home, is_sample=True).release_id)
    count(home, Voices("WY", 60, week=WEEK.back(1)), week=WEEK.back(1))
    names.append(release(home, week=WEEK.back(1)).release_id)

    assert names == ["2024-W10.1", "2024-W10.1-sample", "2024-W09.1"]


def test_a_release_says_what_it_rested_on(home):
    count(home, *CROWD, Voices("WY", 30, "chatter", first=900, has_author=False))

    release(home, weeks=1)

    known = "week, weeks_n, code, taxonomy, model, reference, posts_n, placed_n, health_n"
    assert ask(home.database, f"select {known}, no_author_n from releases") == [
        ("2024-W10", 1, "0.1.0+ab", "t1", "m1", "r1", 157, 157, 127, 30)
    ]


def test_a_number_told_stays_while_its_week_and_its_theme_are_counted(home):
    first, later = ([Voices("WY", 60), Voices("WY", n, PROMOTES, first=100)] for n in (20, 15))
    build(home, scope(), first)
    release(home)

    told = "select week, author_n from pub_theme_week where geo_value = 'WY'"
    build(home, scope(), later)
    same = ask(home.database, told)
    build(home, replace(scope(), theme_ids=["raw_milk"]), later)
    not_followed = ask(home.database, told)
    build(home, scope(WEEK.back(-1)), later)
    out_of_the_window = ask(home.database, told)

    assert same == [(str(WEEK), 20)]
    assert not_followed == out_of_the_window == []


def test_the_clock_is_kept_beside_the_release_and_never_published(home):
    publish(home, *CROWD)

    assert ask(home.database, "select created_at <= now() from releases") == [(True,)]
    assert not [name for name in columns(home) if "created" in name or name.endswith("_at")]


def columns(home):
    return {name for (name,) in ask(home.snapshot, "select column_name from duckdb_columns()")}


def test_the_snapshot_holds_the_published_tables_of_one_release_and_nothing_else(home):
    publish(home, *CROWD, Voices(LONELY, 40))

    held = ask(
        home.snapshot, "select schema_name, table_name from duckdb_tables() order by all"
    )
    row = ask(home.snapshot, "select release_id, code, week, posts_n, sources from pub_release")

    assert held == [("main", name) for name in sorted([*PUBLISHED, *archive.TABLES])]
    assert ask(home.snapshot, "select * from duckdb_views() where not internal") == []
    assert row == [("2024-W10.1", "0.1.0+ab", "2024-W10", 167, json.dumps(["import"]))]
    with duckdb.connect(home.database, read_only=True) as con:
        database = fingerprint(con, [name for name in PUBLISHED if name != "pub_release"])
    with duckdb.connect(home.snapshot, read_only=True) as con:
        snapshot = fingerprint(con, [name for name in PUBLISHED if name != "pub_release"])
    assert database == snapshot


def test_no_author_post_text_or_community_is_in_the_snapshot_file(home):
    keys = AuthorKeys(home)
    posts = [
        Post(
            post_id=f"import:secret{number}",
            source="import",
            posted_at=voice["posted_at"],
            text="Sunscreen of all things, said the man at the feed store.",
            author=f"jane_of_casper_{number}",
            community="chugwater_talk",
            location="Chugwater, WY",
        )
        for number, voice in enumerate(tags([Voices("WY", 60)]).to_pylist())
    ]
    table = posts_table(posts, keys)
    shared = ("post_id", "source", "posted_at", "author_key", "has_author")
    told = [
        plain | {name: row[name] for name in shared}
        for plain, row in zip(
            tags([Voices("WY", 60)]).to_pylist(), table.to_pylist(), strict=True
        )
    ]
    merge(home, table, tags([]).from_pylist(told, schema=tags([]).schema))

    frozen = publish(home, *CROWD)

    secrets = {"secret", "Sunscreen", "feed store", "jane_of", "chugwater", "Chugwater"}
    secrets |= set(table["author_key"].to_pylist()) | {author_key("WY", 7), "import:"}
    file = home.snapshot.read_bytes()
    rows = repr(content(home))
    assert frozen.revision == 1
    assert not [secret for secret in secrets if secret.encode() in file]
    assert not [secret for secret in secrets if secret in rows]
    assert "WY" in rows


def test_hidden_numbers_are_not_in_the_snapshot_at_all(home):
    publish(home, *CROWD)

    places = ask(home.snapshot, "select geo_value from pub_volume_week order by 1")

    assert (RURAL[0],) not in places
    assert not {name for name in content(home) if name.startswith(("mart_", "stg_"))}


def test_a_damaged_snapshot_is_replaced(home):
    frozen = publish(home, *CROWD)
    whole = content(home)
    home.snapshot.write_bytes(home.snapshot.read_bytes()[:5_000])

    publish_snapshot(home, frozen.release_id)

    assert content(home) == whole


def test_what_a_killed_run_left_is_cleared(home):
    frozen = publish(home, *CROWD)
    for name in (".marts.duckdb.draft", ".marts.duckdb.draft.wal"):
        (home.snapshot.parent / name).write_bytes(b"left")

    publish_snapshot(home, frozen.release_id)

    assert [file.name for file in home.snapshot.parent.iterdir()] == ["marts.duckdb"]


def test_a_reader_keeps_the_snapshot_it_opened(home):
    publish(home, *CROWD)

    with duckdb.connect(home.snapshot, read_only=True) as reader:
        publish(home, *CROWD, Voices(URBAN[0], 15, first=500))
        seen = reader.execute("select release_id from pub_release").fetchone()

    assert seen == ("2024-W10.1",)
    assert ask(home.snapshot, "select release_id from pub_release") == [("2024-W10.2",)]


class Connection:
    """A connection that counts what it writes."""

    def __init__(self, con, write):
        self.con, self.write = con, write

    def __getattr__(self, name):
        return getattr(self.con, name)

    def __enter__(self):
        self.con.__enter__()
        return self

    def __exit__(self, *error):
        return self.con.__exit__(*error)

    def execute(self, sql, *values):
        if not sql.lstrip().startswith(("select", "set")):
            self.write()
        return self.con.execute(sql, *values)


def publish_more(home, steps_n):
    """Publish a larger crowd and die after so many writes; enter how many there were."""
    done_n, connect, replace = 0, duckdb.connect, Path.replace

    def write():
        nonlocal done_n
        if done_n == steps_n:
            os.kill(os.getpid(), signal.SIGKILL)
        done_n += 1

    duckdb.connect = lambda *args, **kwargs: Connection(connect(*args, **kwargs), write)
    Path.replace = lambda self, target: (write(), replace(self, target))[1]
    publish(home, *CROWD, Voices(URBAN[0], 15, first=500))
    (home.root / "writes").write_text(str(done_n))


@pytest.fixture(scope="module")
def steps_n(tmp_path_factory):
    """How many writes a run from lake to snapshot makes."""
    home = Home(tmp_path_factory.mktemp("counted"))
    publish(home, *CROWD)
    assert ended(publish_more, home, 10_000) == 0
    return int((home.root / "writes").read_text())


@pytest.mark.parametrize("part", [0.0, 0.4, 0.8, 0.9, 1.0])
def test_killed_between_two_writes_readers_have_the_last_release_and_a_rerun_the_next(
    home, steps_n, part
):
    publish(home, *CROWD)
    before = content(home)

    exit_code = ended(publish_more, home, int((steps_n - 1) * part))
    left = content(home)
    again = publish(home, *CROWD, Voices(URBAN[0], 15, first=500))

    assert exit_code == -signal.SIGKILL
    assert left == before
    assert again.release_id == "2024-W10.2"
    assert ask(home.snapshot, "select release_id from pub_release") == [("2024-W10.2",)]
    assert [file.name for file in home.snapshot.parent.iterdir()] == ["marts.duckdb"]


def test_marts_of_other_weeks_are_not_released_under_this_ones_name(home):
    count(home, *CROWD)

    for asked in ({"week": WEEK.back(1)}, {"weeks": 2}, {"is_sample": True}):
        with pytest.raises(
            GrapevineError, match=r"The marts are not those of .* from the start"
        ):
            release(home, **asked)


def test_nothing_is_released_before_anything_is_counted(home):
    with pytest.raises(GrapevineError, match="The marts are not those of 2024-W10"):
        release(home)

    assert latest_release(Home(home.root / "other")) is None
    assert latest_release(home) is None


def test_a_release_that_does_not_exist_is_one_plain_line(home):
    with pytest.raises(GrapevineError, match=r"There is no release '2024-W10\.9'\. Run its"):
        publish_snapshot(home, "2024-W10.9")


def test_a_snapshot_that_cannot_be_written_is_one_plain_line(home):
    count(home, *CROWD)
    frozen = release(home)
    home.snapshot.parent.write_text("a file where the folder should be")

    with pytest.raises(DataFolderError, match=r"marts.duckdb cannot be read or written"):
        publish_snapshot(home, frozen.release_id)


def test_a_column_added_later_leaves_earlier_releases_readable(home):
    publish(home, *CROWD)
    with open_database(home) as con:
        for table in ("pub_evidence", "frozen.pub_evidence"):
            con.execute(f"alter table {table} drop column voice_band")
    first = release(home)

    count(home, *CROWD)
    later = release(home)

    bands = "select distinct voice_band is null from frozen.pub_evidence where release_id = "
    assert (first.release_id, later.release_id) == ("2024-W10.2", "2024-W10.3")
    assert ask(home.database, f"{bands} '2024-W10.2'") == [(True,)]
    assert ask(home.database, f"{bands} '2024-W10.3'") == [(False,)]


def test_the_latest_release_is_the_one_made_last(home):
    count(home, *CROWD)
    release(home)
    count(home, Voices("WY", 60, week=Week(2023, 1)), week=Week(2023, 1))

    older = release(home, week=Week(2023, 1))

    assert latest_release(home) == older
