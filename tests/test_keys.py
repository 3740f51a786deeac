import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.weeks import Week

WEEK = Week(2024, 10)


def test_an_author_has_one_hash_a_week(tmp_path):
    home = Home(tmp_path)

    first = AuthorKeys(home).hash(WEEK, "reddit", "somebody")
    again = AuthorKeys(home).hash(WEEK, "reddit", "somebody")

    assert first == again
    assert len(first) == 16
    assert set(first) <= set("0123456789abcdef")


def test_nothing_connects_an_author_across_weeks_sources_or_folders(tmp_path):
    keys, others = AuthorKeys(Home(tmp_path / "a")), AuthorKeys(Home(tmp_path / "b"))

    hashes = {
        keys.hash(WEEK, "reddit", "somebody"),
        keys.hash(WEEK.back(1), "reddit", "somebody"),
        keys.hash(WEEK, "bluesky", "somebody"),
        others.hash(WEEK, "reddit", "somebody"),
    }

    assert len(hashes) == 4


def test_a_post_without_an_author_is_a_voice_of_its_own(tmp_path):
    keys = AuthorKeys(Home(tmp_path))

    hashes = {keys.hash_post(WEEK, "import:1"), keys.hash_post(WEEK, "import:2")}

    assert len(hashes) == 2
    assert keys.hash_post(WEEK, "import:1") in hashes
    assert keys.hash(WEEK, "import", "1") not in hashes


@given(st.lists(st.tuples(st.text(), st.text()), min_size=2, max_size=2, unique=True))
def test_two_authors_never_share_a_hash_by_how_their_names_join(tmp_path_factory, authors):
    keys = AuthorKeys(Home(tmp_path_factory.getbasetemp() / "joined"))
    (one_source, one), (other_source, other) = (
        (source.replace("\0", ""), name) for source, name in authors
    )

    same = (one_source, one) == (other_source, other)

    assert (keys.hash(WEEK, one_source, one) == keys.hash(WEEK, other_source, other)) == same


def test_keys_are_random_whole_and_for_their_owner_alone(tmp_path):
    home = Home(tmp_path)
    keys = AuthorKeys(home)

    keys.hash(WEEK, "reddit", "somebody")
    keys.hash(WEEK.back(1), "reddit", "somebody")

    files = sorted(home.keys.iterdir())
    assert [file.name for file in files] == ["2024-W09.key", "2024-W10.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700
    assert {len(file.read_bytes()) for file in files} == {32}
    assert files[0].read_bytes() != files[1].read_bytes()


def test_runs_that_start_together_agree_on_the_key(tmp_path):
    home = Home(tmp_path)

    with ThreadPoolExecutor(16) as pool:
        hashes = pool.map(lambda _: AuthorKeys(home).hash(WEEK, "reddit", "a"), range(64))

    assert len(set(hashes)) == 1
    assert [file.name for file in home.keys.iterdir()] == ["2024-W10.key"]


def test_a_damaged_key_is_never_used(tmp_path):
    home = Home(tmp_path)
    home.keys.mkdir()
    (home.keys / "2024-W10.key").write_bytes(b"short")

    with pytest.raises(DataFolderError, match=r"2024-W10.key is damaged .* delete it and read"):
        AuthorKeys(home).hash(WEEK, "reddit", "somebody")


def test_a_folder_that_cannot_be_made_is_one_plain_line(tmp_path):
    (tmp_path / "keys").write_text("a file where the folder should be")

    with pytest.raises(DataFolderError, match=r"2024-W10.key cannot be .* who owns .* again"):
        AuthorKeys(Home(tmp_path)).hash(WEEK, "reddit", "somebody")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk_says_to_look_at_the_free_space_and_leaves_no_key(
    tmp_path, monkeypatch, number
):
    home = Home(tmp_path)

    def full(_descriptor):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DataFolderError, match="Check the free space") as caught:
            AuthorKeys(home).hash(WEEK, "reddit", "somebody")

    assert os.strerror(number) in str(caught.value)
    assert list(home.keys.iterdir()) == []
    assert len(AuthorKeys(home).hash(WEEK, "reddit", "somebody")) == 16


def test_neither_authors_nor_keys_show_in_a_traceback(tmp_path):
    keys = AuthorKeys(Home(tmp_path))

    keys.hash(WEEK, "reddit", "somebody")

    assert "somebody" not in repr(keys)
    assert "known" not in repr(keys)
