"""An input of many files goes into the lake as if file by file, each day written once."""

import os
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.killed import kill
from tests.test_lake import NOON, YEAR, contents, health_tags, post
from warehouse import bulk, days
from warehouse.bulk import merge_files
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import TAGS, merge, posts_table, read_days

given_posts = st.lists(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.booleans(), st.sampled_from("ab")),
        max_size=6,
        unique_by=lambda one: one[:2],
    ),
    max_size=5,
)
"""Files of posts: number, day, whether it carries a theme, wording."""


def tables(home, posts):
    """Posts of one file with their tags; a stage never gives a file one post twice a day."""
    made = posts_table(
        [
            post(number, posted_at=NOON + timedelta(days=day), text=f"{wording} {number}.")
            for number, day, _, wording in posts
        ],
        AuthorKeys(home),
    )
    themes = health_tags(made, kind="theme", tag_id="sunscreen", stance="promotes")
    themed = pa.array([is_themed for _, _, is_themed, _ in posts], pa.bool_())
    return made, pa.concat_tables([health_tags(made), themes.filter(themed)])


def files(home, folder, inputs):
    """The files as the inbox has them."""
    pairs = []
    for number, posts in enumerate(inputs):
        pair = (folder / f"{number}.posts", folder / f"{number}.tags")
        for table, file in zip(tables(home, posts), pair, strict=True):
            pq.write_table(table, file)
        pairs.append(pair)
    return pairs


@pytest.mark.whole
@settings(max_examples=30, deadline=None)
@given(given_posts, given_posts, st.sampled_from([1, 4, 1000]), st.sampled_from([1, 3, 1000]))
def test_many_files_end_as_if_merged_one_after_the_other(before, inputs, at_once_n, group_n):
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        one_by_one, together = Home(folder / "one"), Home(folder / "all")
        together.root.mkdir()
        (folder / "one").mkdir()
        (folder / "keys").mkdir(mode=0o700)
        for home in (one_by_one, together):
            home.keys.symlink_to(folder / "keys")
            for posts in before:
                merge(home, *tables(home, posts))
        for posts in inputs:
            merge(one_by_one, *tables(one_by_one, posts))
        patch.setattr(bulk, "AT_ONCE_N", at_once_n)
        patch.setattr(days, "ROW_GROUP_N", group_n)
        patch.setattr(days, "AT_ONCE_N", 2 * group_n)

        merge_files(together, files(together, folder, inputs))

        for half in ("posts", "tags"):
            found = read_days(together, half, *YEAR, is_sample=False)
            assert found == read_days(one_by_one, half, *YEAR, is_sample=False)


def test_the_days_met_are_counted_once(tmp_path):
    home = Home(tmp_path)
    inputs = [[(1, 0, False, "a"), (2, 1, False, "a")], [(3, 1, False, "a")], []]

    assert merge_files(home, files(home, tmp_path, inputs)) == 2
    assert merge_files(home, []) == 0


def test_each_days_file_is_written_once_an_input(tmp_path, monkeypatch):
    home, written = Home(tmp_path), []
    inputs = [[(n, 0, True, "a")] for n in range(8)]
    pairs = files(home, tmp_path, inputs)
    put = days.put_in_place
    monkeypatch.setattr(
        days, "put_in_place", lambda draft, path: (written.append(path), put(draft, path))
    )

    merge_files(home, pairs)

    assert sorted(path.name for path in written) == ["posts.parquet", "tags.parquet"]


def test_merging_the_same_files_again_writes_nothing(tmp_path):
    home = Home(tmp_path)
    pairs = files(
        home, tmp_path, [[(1, 0, True, "a")], [(1, 0, False, "b"), (2, 1, True, "a")]]
    )
    merge_files(home, pairs)
    lake = list((tmp_path / "lake").rglob("*.parquet"))
    for file in lake:
        os.utime(file, (0, 0))

    merge_files(home, pairs)

    assert {file.stat().st_mtime for file in lake} == {0}


def merge_three(home):
    merge_files(home, [(home.root / f"{n}.posts", home.root / f"{n}.tags") for n in range(3)])


@pytest.mark.parametrize("steps_n", [0, 1, 3, 5])
def test_killed_between_any_two_writes_and_repeated_it_ends_the_same(tmp_path, steps_n):
    killed, whole = Home(tmp_path / "killed"), Home(tmp_path / "whole")
    inputs = [[(1, 0, True, "a"), (2, 1, True, "a")], [(1, 0, False, "b")], [(3, 1, True, "a")]]
    pairs = files(whole, tmp_path, inputs)
    merge_files(whole, pairs)
    killed.root.mkdir()
    killed.keys.symlink_to(whole.keys)
    files(killed, killed.root, inputs)

    kill(merge_three, killed, steps_n)
    merge_three(killed)

    assert contents(killed.root / "lake") == contents(whole.root / "lake")


def test_a_day_tagged_anew_keeps_its_old_tags_until_the_new_ones_are_there(tmp_path):
    home = Home(tmp_path)
    pairs = files(home, tmp_path, [[(1, 0, True, "a")]])
    merge_files(home, pairs)
    spoil(pairs[0][1])

    with pytest.raises(ValueError, match="not a hash"):
        merge_files(home, pairs)

    kinds = read_days(home, "tags", *YEAR, is_sample=False)["kind"].to_pylist()
    assert kinds == ["health", "theme"]


def spoil(file):
    """Put an author in the clear, which the lake refuses."""
    rows = pq.read_table(file).to_pylist()
    pq.write_table(
        pa.Table.from_pylist([row | {"author_key": "jane"} for row in rows], TAGS), file
    )
