import hashlib
import os
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.killed import kill
from tests.worlds import Voices, tags
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import POSTS, TAGS, day_files, merge, posts_table, read_days
from warehouse.records import Post
from warehouse.weeks import Week

ROOT = Path(__file__).parents[1]
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def post(number, **changes):
    """A plain post; name only what the test is about."""
    return Post(
        **{
            "post_id": f"import:{number}",
            "source": "import",
            "posted_at": NOON,
            "text": f"The road {number} is closed.",
            "author": "somebody",
        }
        | changes
    )


def health_tags(posts, **changes):
    """The `health` tag of each row of a posts table."""
    plain = dict.fromkeys(TAGS.names) | {
        "level": "none",
        "basis": "none",
        "place_score": 0.0,
        "lang": "en",
        "kind": "health",
        "tag_id": "health",
        "score": 0.2,
        "model": "test",
    }
    shared = ("post_id", "source", "posted_at", "author_key", "has_author")
    rows = [plain | {name: row[name] for name in shared} | changes for row in posts.to_pylist()]
    return pa.Table.from_pylist(rows, schema=TAGS)


def put(home, *posts):
    table = posts_table(posts, AuthorKeys(home))
    return merge(home, table, health_tags(table))


def contents(folder):
    """Every file of a folder with its digest."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def texts(home):
    return read_days(home, "posts", *YEAR, is_sample=False)["text"].to_pylist()


def test_no_author_is_in_the_table(tmp_path):
    table = posts_table([post(1, author="jane_of_casper")], AuthorKeys(Home(tmp_path)))

    assert table.schema == POSTS
    assert "jane_of_casper" not in str(table.to_pylist())
    assert table["has_author"].to_pylist() == [True]


def test_posts_without_an_author_have_each_a_key_of_their_own(tmp_path):
    posts = [post(1, author=None), post(2, author=None), post(3), post(4)]

    table = posts_table(posts, AuthorKeys(Home(tmp_path)))

    keys = table["author_key"].to_pylist()
    assert table["has_author"].to_pylist() == [False, False, True, True]
    assert len(set(keys)) == 3
    assert keys[2] == keys[3]


def test_times_are_kept_in_utc_and_decide_the_day(tmp_path):
    home = Home(tmp_path)
    denver = timezone(timedelta(hours=-7))

    put(home, post(1, posted_at=datetime(2024, 3, 9, 20, 30, 15, 999, tzinfo=denver)))

    (file,) = day_files(home, "posts", *YEAR, is_sample=False)
    rows = read_days(home, "posts", *YEAR, is_sample=False)
    assert file.parts[-3:] == ("source=import", "day=2024-03-10", "posts.parquet")
    assert rows["posted_at"].to_pylist() == [datetime(2024, 3, 10, 3, 30, 15, tzinfo=UTC)]


def test_what_was_put_in_comes_out(tmp_path):
    home = Home(tmp_path)
    table = posts_table(
        [
            post(2, community="wyoming", platform="reddit"),
            post(1, location="Casper, WY"),
            post(3, posted_at=NOON + timedelta(days=1)),
        ],
        AuthorKeys(home),
    )

    days_n = merge(home, table, health_tags(table))

    assert days_n == 2
    by_day_and_id = [("posted_at", "ascending"), ("post_id", "ascending")]
    assert read_days(home, "posts", *YEAR, is_sample=False) == table.sort_by(by_day_and_id)
    assert read_days(home, "tags", *YEAR, is_sample=False).schema == TAGS


def test_a_file_holds_every_column_and_no_clock(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))

    (file,) = day_files(home, "posts", *YEAR, is_sample=False)

    stored = pq.ParquetFile(file)
    assert stored.schema_arrow.names == POSTS.names
    assert set(stored.metadata.metadata or {}) <= {b"ARROW:schema"}


def test_the_newest_wins_with_all_its_tags(tmp_path):
    home = Home(tmp_path)
    first = posts_table([post(1), post(2)], AuthorKeys(home))
    themes = health_tags(first, kind="theme", tag_id="sunscreen", stance="promotes")
    merge(home, first, pa.concat_tables([health_tags(first), themes]))

    put(home, post(1, text="Mended."))

    rows = read_days(home, "tags", *YEAR, is_sample=False).select(["post_id", "kind"])
    assert texts(home) == ["Mended.", "The road 2 is closed."]
    assert [tuple(row.values()) for row in rows.to_pylist()] == [
        ("import:1", "health"),
        ("import:2", "health"),
        ("import:2", "theme"),
    ]


def test_tags_alone_replace_the_tags_and_leave_the_text(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))
    table = posts_table([post(1)], AuthorKeys(home))

    merge(home, POSTS.empty_table(), health_tags(table, model="better"))

    assert texts(home) == ["The road 1 is closed."]
    assert read_days(home, "tags", *YEAR, is_sample=False)["model"].to_pylist() == ["better"]


def test_of_a_post_given_twice_at_once_the_last_counts(tmp_path):
    home = Home(tmp_path)

    put(home, post(1, text="First."), post(1, text="Second."))

    assert texts(home) == ["Second."]


numbers = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_same_posts_give_the_same_bytes_in_whatever_order_and_parts(
    tmp_path_factory, chunks, chance
):
    one, other = (Home(tmp_path_factory.mktemp("lake")) for _ in range(2))
    other.keys.symlink_to(one.keys)
    everything = sorted({number for chunk in chunks for number in chunk})

    for chunk in chunks:
        put(one, *(post(n, posted_at=NOON + timedelta(days=n % 3)) for n in chunk))
    chance.shuffle(everything)
    put(other, *(post(n, posted_at=NOON + timedelta(days=n % 3)) for n in everything))

    assert contents(one.root / "lake") == contents(other.root / "lake")


def test_merging_the_same_again_writes_nothing(tmp_path):
    home = Home(tmp_path)
    put(home, post(1), post(2))
    files = list((tmp_path / "lake").rglob("*.parquet"))
    for file in files:
        os.utime(file, (0, 0))

    assert put(home, post(2), post(1)) == 1

    assert {file.stat().st_mtime for file in files} == {0}


def test_readers_pass_over_what_a_killed_run_left_and_the_next_merge_clears_it(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))
    left = tmp_path / "lake" / ".drafts" / "posts.parquet"
    left.parent.mkdir()
    left.write_bytes(b"half a file with somebody's words")

    assert texts(home) == ["The road 1 is closed."]
    put(home, post(9, posted_at=NOON + timedelta(days=200)))

    assert not left.parent.exists()


def put_three(home):
    put(home, *(post(n, posted_at=NOON + timedelta(days=n)) for n in range(3)))


@pytest.mark.parametrize("steps_n", [0, 1, 6, 11])
def test_a_merge_killed_between_any_two_writes_and_repeated_ends_the_same(tmp_path, steps_n):
    home, undisturbed = Home(tmp_path / "killed"), Home(tmp_path / "whole")
    put_three(undisturbed)
    home.root.mkdir()
    home.keys.symlink_to(undisturbed.keys)

    kill(put_three, home, steps_n)
    for file in day_files(home, "posts", *YEAR, is_sample=False):
        assert pq.ParquetFile(file).read().num_rows == 1
    put_three(home)

    assert contents(home.root / "lake") == contents(undisturbed.root / "lake")


def test_a_bare_author_is_refused(tmp_path):
    home = Home(tmp_path)
    table = posts_table([post(1)], AuthorKeys(home))
    bare = table.set_column(5, POSTS.field("author_key"), pa.array(["jane_of_casper"]))

    with pytest.raises(ValueError, match="author_key is not a hash"):
        merge(home, bare, TAGS.empty_table())


def test_only_the_days_asked_for_are_looked_at(tmp_path):
    home = Home(tmp_path)
    put(home, *(post(n, posted_at=NOON + timedelta(days=n)) for n in range(10)))

    files = day_files(home, "tags", date(2024, 3, 6), date(2024, 3, 7), is_sample=False)

    assert [file.parent.name for file in files] == ["day=2024-03-06", "day=2024-03-07"]


def test_the_sample_is_read_alone_or_not_at_all(tmp_path):
    home = Home(tmp_path)
    put(home, post(1), post(2, post_id="sample:2", source="sample"))

    sample = read_days(home, "posts", *YEAR, is_sample=True)
    real = read_days(home, "posts", *YEAR, is_sample=False)

    assert sample["post_id"].to_pylist() == ["sample:2"]
    assert real["post_id"].to_pylist() == ["import:1"]


def test_an_empty_lake_gives_empty_tables(tmp_path):
    home = Home(tmp_path)

    assert read_days(home, "posts", *YEAR, is_sample=False) == POSTS.empty_table()
    assert merge(home, POSTS.empty_table(), TAGS.empty_table()) == 0


def test_a_lake_that_cannot_be_written_is_one_plain_line(tmp_path):
    (tmp_path / "lake").write_text("a file where the folder should be")

    with pytest.raises(
        DataFolderError, match=r"lake cannot be read or written: .* run again\."
    ):
        put(Home(tmp_path), post(1))


def as_before_near_and_community(home):
    """Write every file of tags as an earlier version did."""
    for file in home.tags.rglob("tags.parquet"):
        pq.write_table(pq.ParquetFile(file).read().drop_columns(["near", "community"]), file)


def test_a_file_from_before_a_column_has_nulls_there_and_is_merged_with_new_rows(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))
    as_before_near_and_community(home)

    before = read_days(home, "tags", *YEAR, is_sample=False)
    table = posts_table([post(2)], AuthorKeys(home))
    merge(home, table, health_tags(table, near=[1, 2], community="wyoming"))

    rows = read_days(home, "tags", *YEAR, is_sample=False)
    assert before.schema == TAGS
    assert before["near"].to_pylist() == before["community"].to_pylist() == [None]
    assert rows["near"].to_pylist() == [None, [1, 2]]
    assert rows["community"].to_pylist() == [None, "wyoming"]


def test_a_file_without_a_column_it_always_had_is_damaged(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))
    (file,) = day_files(home, "tags", *YEAR, is_sample=False)
    pq.write_table(pq.ParquetFile(file).read().drop_columns(["score"]), file)

    with pytest.raises(DataFolderError, match="is damaged"):
        read_days(home, "tags", *YEAR, is_sample=False)


def test_a_damaged_file_is_named_and_left_alone(tmp_path):
    home = Home(tmp_path)
    put(home, post(1))
    (file,) = day_files(home, "tags", *YEAR, is_sample=False)
    file.write_bytes(b"damaged")

    with pytest.raises(
        DataFolderError, match=r"tags.parquet is damaged .* Put it back from a copy"
    ):
        put(home, post(1))

    assert file.read_bytes() == b"damaged"


def test_two_runs_that_merge_together_lose_nothing(tmp_path):
    home = Home(tmp_path)
    AuthorKeys(home).hash_post(Week.of(NOON.date()), "import:0")
    script = (
        "import sys; from pathlib import Path; from warehouse.home import Home;"
        "from tests.test_lake import post, put;"
        "[put(Home(Path(sys.argv[1])), post(n)) for n in range(int(sys.argv[2]), 20, 2)]"
    )

    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), start], cwd=ROOT)
        for start in ("0", "1")
    ]

    assert [run.wait() for run in runs] == [0, 0]
    assert len(texts(home)) == 20


def test_rows_of_many_voices_keep_one_health_tag_a_post(tmp_path):
    home = Home(tmp_path)
    table = tags([Voices("WY", 50, "sunscreen:promotes"), Voices("56025", 20)])
    rows = table.take(random.Random(1).sample(range(table.num_rows), table.num_rows))

    merge(home, POSTS.empty_table(), rows)

    kinds = read_days(home, "tags", *YEAR, is_sample=False)["kind"].to_pylist()
    assert kinds.count("health") == 70
    assert kinds.count("theme") == 50
