"""The lake in an object store: whole, in step, and written to by one data folder alone."""

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile

from tests.files import comment, dump
from warehouse import object_store
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.object_store import ADDRESS, Exchanged, fetch, in_step, send

DAY = "posts/source=reddit/day=2024-03-04/posts.parquet"
OTHER = "tags/source=reddit/day=2024-03-04/tags.parquet"


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store that is a folder; fsspec says it as it says any other."""
    monkeypatch.setenv(ADDRESS, f"file://{tmp_path}/store")
    return tmp_path / "store"


def put(home, name, content=b"rows"):
    file = home.root / "lake" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def objects(store):
    """What the store holds, less the object that names its writer."""
    return {
        file.relative_to(store).as_posix(): file.read_bytes()
        for file in store.rglob("*")
        if file.is_file() and file.name != object_store.OWNER
    }


def test_without_an_address_nothing_is_fetched_or_sent(home, monkeypatch):
    monkeypatch.delenv(ADDRESS, raising=False)
    put(home, DAY)

    with in_step(home):
        pass

    assert fetch(home) == send(home) == Exchanged()
    assert not (home.root / "lake" / object_store.SENT).exists()


def test_what_a_command_leaves_in_the_lake_is_in_the_store_when_it_ends(home, store):
    with in_step(home):
        put(home, DAY, b"posts")
        put(home, OTHER, b"tags")

    assert objects(store) == {DAY: b"posts", OTHER: b"tags"}


def test_only_what_changed_is_sent_again(home, store):
    put(home, DAY)
    put(home, OTHER)
    send(home)

    put(home, DAY, b"other rows")

    assert send(home) == Exchanged(sent_n=1)
    assert send(home) == Exchanged()
    assert objects(store)[DAY] == b"other rows"


def test_a_day_that_is_erased_here_is_erased_there(home, store):
    put(home, DAY)
    put(home, OTHER)
    send(home)

    (home.root / "lake" / DAY).unlink()

    assert send(home) == Exchanged(removed_n=1)
    assert set(objects(store)) == {OTHER}
    assert send(home) == Exchanged()


def test_locks_drafts_and_notes_stay_here(home, store):
    put(home, DAY)
    put(home, ".lock")
    put(home, ".drafts/half.parquet")

    send(home)

    assert set(objects(store)) == {DAY}


def test_a_new_machine_takes_everything_and_is_the_writer_from_then_on(home, store, tmp_path):
    put(home, DAY, b"posts")
    send(home)
    new = Home(tmp_path / "new")

    assert fetch(new) == Exchanged(fetched_n=1)
    assert (new.root / "lake" / DAY).read_bytes() == b"posts"
    put(new, OTHER)
    assert send(new) == Exchanged(sent_n=1)

    with pytest.raises(DataFolderError, match="Another data folder writes to"):
        fetch(home)
    with pytest.raises(DataFolderError, match="Another data folder writes to"):
        send(home)


def test_a_folder_with_posts_of_its_own_never_takes_over_a_store(home, store, tmp_path):
    put(home, DAY)
    send(home)
    other = Home(tmp_path / "other")
    put(other, OTHER)

    with pytest.raises(DataFolderError, match="move its lake away"), in_step(other):
        pytest.fail("the command must not begin")

    assert set(objects(store)) == {DAY}


@pytest.mark.parametrize("at", range(4))
def test_what_a_kill_left_unsent_is_sent_the_next_time(home, store, monkeypatch, at):
    put(home, DAY)
    put(home, OTHER)
    send(home)
    (home.root / "lake" / DAY).unlink()
    put(home, OTHER, b"newer")
    put(home, DAY.replace("04", "05"), b"next day")

    with pytest.raises(KeyboardInterrupt):
        interrupted(home, monkeypatch, at)
    send(home)

    assert objects(store) == {OTHER: b"newer", DAY.replace("04", "05"): b"next day"}


def interrupted(home, monkeypatch, at):
    """Send, and be interrupted before the write of number `at`."""
    left = [at]

    def once(write):
        def counted(*asked, **how):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return write(*asked, **how)

        return counted

    local = fsspec.get_filesystem_class("file")
    with monkeypatch.context() as patched:
        for name in ("rm_file", "pipe_file"):
            patched.setattr(local, name, once(getattr(local, name)))
        patched.setattr(object_store, "write_whole", once(object_store.write_whole))
        send(home)


def test_what_was_sent_before_a_kill_and_then_erased_is_not_left_behind(
    home, store, monkeypatch
):
    put(home, DAY)
    send(home)
    put(home, OTHER)
    with pytest.raises(KeyboardInterrupt):
        interrupted(home, monkeypatch, at=1)

    (home.root / "lake" / OTHER).unlink()
    send(home)

    assert set(objects(store)) == {DAY}


def test_a_taking_over_that_was_killed_is_made_good(home, store, monkeypatch, tmp_path):
    put(home, DAY)
    put(home, OTHER)
    send(home)
    new, written = Home(tmp_path / "new"), []

    def dying(path, content):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path)
        usual(path, content)

    usual = object_store.write_whole
    with monkeypatch.context() as patched:
        patched.setattr(object_store, "write_whole", dying)
        with pytest.raises(KeyboardInterrupt):
            fetch(new)

    assert fetch(new) == Exchanged(fetched_n=2)
    assert send(new) == Exchanged()


def test_what_a_command_erased_before_it_failed_is_erased_in_the_store(home, store):
    put(home, DAY)
    send(home)

    def erase_and_fail():
        with in_step(home):
            (home.root / "lake" / DAY).unlink()
            raise DataFolderError("Set aside.")

    with pytest.raises(DataFolderError, match="Set aside"):
        erase_and_fail()
    assert not objects(store)


def test_a_store_that_does_not_answer_is_one_plain_line_without_a_key(home, monkeypatch):
    monkeypatch.setenv(ADDRESS, "ftp://somebody@127.0.0.1:1/lake?version=hidden")
    put(home, DAY)

    with pytest.raises(DataFolderError, match="cannot be read or written") as raised:
        send(home)

    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIAHIDDEN:hidden@bucket/lake",
        "s3://AKIAHIDDEN:hid/den+hidden@bucket/lake",
        "s3://bucket/lake?secret_access_key=hidden",
        "https://store.example/lake?sv=1&sig=hidden",
        "https://store.example/lake?X-Amz-Credential=hidden",
        "abfs://lake@store.example/lake?account_KEY=hidden",
    ],
)
def test_a_key_in_the_address_is_refused_and_not_repeated(home, monkeypatch, address):
    monkeypatch.setenv(ADDRESS, address)

    for work in (fetch, send):
        with pytest.raises(DataFolderError, match=r"has a key in it.*environment") as raised:
            work(home)
        assert "hid" not in str(raised.value).lower()


def test_an_address_with_a_name_and_no_key_is_taken(home, monkeypatch):
    monkeypatch.setenv(ADDRESS, "memory://container@account.example/lake")
    put(home, DAY)

    assert send(home) == Exchanged(sent_n=1)


@pytest.mark.parametrize("name", ["../../evil", "posts/../../evil", "a/../../../evil"])
def test_an_object_whose_name_leads_out_of_the_lake_is_never_written(
    home, monkeypatch, tmp_path, name
):
    root = f"/{tmp_path.name}/lake"
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    for key in (f"{root}/{DAY}", f"{root}/{object_store.OWNER}", f"{root}/{name}"):
        memory.store[key] = MemoryFile(memory, key, b"another's")
    monkeypatch.setenv(ADDRESS, f"memory:/{root}")

    with pytest.raises(DataFolderError, match="leads out of the lake"):
        fetch(home)

    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_an_address_of_no_known_kind_is_one_plain_line(home, monkeypatch):
    monkeypatch.setenv(ADDRESS, "cloud://lake")

    with pytest.raises(DataFolderError, match="Check GRAPEVINE_LAKE"):
        fetch(home)


def test_a_run_leaves_the_store_as_its_lake(prefect, home, store, small, tmp_path):
    from flows.running import run_week

    rows = [comment(n, body="Sunscreen causes cancer, they say.") for n in range(30)]
    file = dump(tmp_path / "posts.ndjson.zst", rows)

    run_week("2024-W10", 2, [str(file)], None)

    lake = home.root / "lake"
    held = {
        file.relative_to(lake).as_posix(): file.read_bytes()
        for file in [*lake.rglob("*.parquet"), home.layout]
    }
    assert len(held) > 1
    assert objects(store) == held
