"""A copy is a moment of a data folder in use; it comes back whole or not at all."""

import hashlib
import io
import json
import os
import signal
import tarfile
import threading
import time
from datetime import UTC, datetime, timedelta

import duckdb
import msgspec
import pytest
import zstandard
from click.testing import CliRunner

from dashboards.site import build_site
from flows import backing_up, collecting
from flows.cli import main
from flows.running import hold
from flows.sources.collected import Batch, Deleted
from tests.faults.left import deletions as ledger_rows
from tests.faults.left import digests, tables
from tests.forked import FORKED, begun, ended
from tests.killed import kill
from tests.layouts import unpacked
from tests.test_layout import count_and_publish
from warehouse import deletions, landing, object_store, retention, watermarks
from warehouse.backup import packing, staging, unpacking
from warehouse.errors import DataFolderError, GrapevineError, InputError, InUseError
from warehouse.home import Home
from warehouse.layout.steps import LAYOUT
from warehouse.records import Post

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def batch(number):
    """A post, the deletion of the one before it, and a mark that says so."""
    post = Post(
        post_id=f"toy:{number}",
        source="toy",
        posted_at=NOON + timedelta(seconds=number),
        text=f"Road {number} is closed.",
        author=f"rancher_{number}",
        community=None,
        platform="toy",
    )
    gone = Deleted(f"toy:{number - 1}", None, NOON, "deleted")
    return Batch([post], [gone], [], {"n": number}, 2)


def collect(home, first, last):
    for number in range(first, last + 1):
        collecting.keep(home, "toy", batch(number), collecting.Tally("toy"))


def landed(home):
    found = (landing.read(file)["post_id"].to_pylist() for file in landing.files(home, "toy"))
    return {post_id for ids in found for post_id in ids}


def taken_back(home):
    return deletions.waiting(home, "toy").posts


def told(lines):
    return "\n".join(lines)


def copied(home, target):
    told(backing_up.back_up(home, target, None))
    return next(iter(packing.copies(target))) if target.is_dir() else target


def restored(source, root):
    told(backing_up.put_back(source, Home(root), None))
    return Home(root)


def kept(home):
    """Every file that goes into a copy, by its digest."""
    with staging.stage(home) as folder:
        staging.fill(home, folder)
        return {
            name: digest
            for name, digest in digests(folder).items()
            if not name.endswith(".sqlite")
        } | {name: ledger_rows(folder / name) for name in digests(folder) if ".sqlite" in name}


@pytest.fixture
def folder(home):
    """A data folder with something of everything that a copy has."""
    unpacked("41b0bbe", home)
    with hold(home):
        pass
    collect(home, 1, 3)
    for name in ("delivery.toml", "regions.toml", "links.json", "watch/runs.json"):
        (home.root / name).parent.mkdir(exist_ok=True)
        (home.root / name).write_text(f"# {name}\n")
    (home.quarantine).mkdir()
    (home.quarantine / "bad.csv").write_text("line,reason\n")
    (home.audit_labels.parent).mkdir()
    (home.audit_labels.parent / "labels.parquet").write_bytes(b"labels")
    for left_out in ("site/index.html", "inbox/posts", "service/worker.log", "prefect/a.db"):
        (home.root / left_out).parent.mkdir()
        (home.root / left_out).write_text("left out")
    return home


def test_a_copy_comes_back_file_by_file(folder, tmp_path):
    file = copied(folder, tmp_path / "copies")

    other = restored(file, tmp_path / "restored")

    assert kept(other) == kept(folder)
    assert tables(other.database) == tables(folder.database)
    for one in landing.files(folder, "toy"):
        again = other.root / one.relative_to(folder.root)
        assert again.stat().st_mtime_ns == one.stat().st_mtime_ns  # its text expires by it


def test_a_copy_and_what_it_gives_are_for_their_owner_alone(folder, tmp_path):
    file = copied(folder, tmp_path / "copies")

    other = restored(file, tmp_path / "restored")

    everything = [other.root, *other.root.rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in everything if path.is_dir()} == {
        "0o700"
    }
    assert {oct(path.stat().st_mode & 0o777) for path in everything if path.is_file()} == {
        "0o600"
    }
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert {"site", "inbox", "service", "prefect"} & {
        one.name for one in other.root.iterdir()
    } == (set())


def test_ordinary_tools_read_a_copy_and_its_manifest_comes_first(folder, tmp_path):
    file = copied(folder, tmp_path / "copies")

    with zstandard.open(file) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        first = tar.next()
        said = json.load(tar.extractfile(first))
        names = [entry.name for entry in iter(tar.next, None)]

    assert first.name == "manifest.json"
    assert said["layout"] == LAYOUT
    assert said["program"].startswith("0.")
    assert [held["name"] for held in said["files"]] == names
    database = next(held for held in said["files"] if held["name"] == "grapevine.duckdb")
    assert database["sha256"] == hashlib.sha256(folder.database.read_bytes()).hexdigest()
    assert database["bytes_n"] == folder.database.stat().st_size


def test_what_a_collector_does_meanwhile_is_in_the_copy_or_comes_again(home, tmp_path):
    with hold(home):
        pass
    stop, last = threading.Event(), [0]

    def go_on():
        while not stop.is_set():
            last[0] += 1
            collect(home, last[0], last[0])

    collector = threading.Thread(target=go_on)
    collector.start()
    moments = []
    for number in range(6):
        reached = last[0] + 3
        while last[0] < reached:
            time.sleep(0.001)
        file = copied(home, tmp_path / f"{number}.tar.zst")
        moments.append(restored(file, tmp_path / f"restored {number}"))
    stop.set()
    collector.join()

    marks = [watermarks.read(moment, "toy")["n"] for moment in moments]
    assert marks == sorted(set(marks))
    for mark, moment in zip(marks, moments, strict=True):
        assert {f"toy:{n}" for n in range(1, mark + 1)} <= landed(moment)
        assert {deletions.post_hash(f"toy:{n}") for n in range(mark)} <= taken_back(moment)
        collect(moment, mark + 1, last[0])
        assert landed(moment) == landed(home)
        assert taken_back(moment) == taken_back(home)


@pytest.mark.whole
@pytest.mark.usefixtures("small")
def test_a_restored_folder_gives_the_same_published_bytes(home, tmp_path):
    unpacked("41b0bbe", home)
    with hold(home):
        pass
    other = restored(copied(home, tmp_path / "copies"), tmp_path / "restored")

    for one in (home, other):
        with hold(one):
            count_and_publish(one)
            build_site(one.snapshot, one.site, lambda *_: None)

    assert tables(other.snapshot) == tables(home.snapshot)
    assert digests(other.site) == digests(home.site)
    assert len(digests(home.site)) > 50


def test_text_that_may_be_held_for_hours_is_in_no_copy_and_is_read_again(folder, tmp_path):
    here = "source=reddit/day=2024-03-05"
    told_n = len(landed(folder))
    for file in (folder.posts / here / "posts.parquet", folder.tags / here / "tags.parquet"):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"words of a post" if file.name == "posts.parquet" else b"tags")
    post = msgspec.structs.replace(batch(1).posts[0], post_id="reddit:1", source="reddit")
    collecting.keep(folder, "reddit", Batch([post], [], [], {}, 1), collecting.Tally("reddit"))
    assert watermarks.written_at(folder, "reddit")

    new = restored(copied(folder, tmp_path / "copies"), tmp_path / "new")

    assert not (new.posts / here).exists()
    assert not landing.files(new, "reddit")
    assert watermarks.written_at(new, "reddit") is None
    assert (new.tags / here / "tags.parquet").read_bytes() == b"tags"
    assert len(landed(new)) == told_n > 0
    assert watermarks.written_at(new, "toy")


def test_a_copy_waits_for_nobody_who_runs_and_says_so(folder, tmp_path):
    with hold(folder), pytest.raises(InUseError, match="Another run is using"):
        copied(folder, tmp_path / "copies")

    assert not (tmp_path / "copies").exists()
    assert not folder.copying.exists()


def hold_open(file, is_open, is_enough):
    with duckdb.connect(file):
        is_open.set()
        is_enough.wait()


def test_the_database_is_not_copied_while_another_process_has_it_open(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(staging, "WAIT_S", 0.0)
    is_open, is_enough = FORKED.Event(), FORKED.Event()
    other = begun(hold_open, folder.database, is_open, is_enough)
    is_open.wait()

    with pytest.raises(InUseError, match=r"grapevine.duckdb is in use"):
        copied(folder, tmp_path / "copies")
    is_enough.set()
    other.join()

    assert copied(folder, tmp_path / "copies").exists()


def write_and_die(file):
    con = duckdb.connect(file)
    con.execute("create table written as select 7 as n")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_duckdb_had_not_put_into_its_file_before_a_kill_comes_along(folder, tmp_path):
    ended(write_and_die, folder.database)
    assert staging.wal(folder.database).exists()

    other = restored(copied(folder, tmp_path / "copies"), tmp_path / "restored")

    assert tables(other.database)["main.written"] == ["(7,)"]


def test_the_newest_copies_of_a_folder_are_kept_and_nothing_else_goes(folder, tmp_path):
    copies = tmp_path / "copies"
    copies.mkdir()
    strange = [copies / "notes.txt", copies / "grapevine-mine.tar.zst"]
    old = [copies / f"grapevine-2026010{day}T000000-000000Z.tar.zst" for day in (1, 2, 3)]
    for file in (*strange, *old):
        file.write_bytes(b"")

    said = CliRunner().invoke(main, ["backup", str(copies), "--keep", "2"])

    assert said.exit_code == 0, said.output
    assert "Older copies removed: 2." in said.output
    assert set(old) & set(copies.iterdir()) == {old[-1]}
    assert set(strange) <= set(copies.iterdir())
    assert len(packing.copies(copies)) == 2


def test_a_copy_that_is_there_is_not_written_over(folder, tmp_path):
    file = tmp_path / "mine.tar.zst"
    file.write_bytes(b"an earlier one")

    with pytest.raises(InputError, match="is there already"):
        copied(folder, file)

    assert file.read_bytes() == b"an earlier one"


def test_the_daily_copy_ends_well_where_no_folder_is_named(folder, tmp_path, monkeypatch):
    monkeypatch.delenv("GRAPEVINE_BACKUP_FOLDER", raising=False)
    assert told(backing_up.due(folder)).startswith("Not set up")

    monkeypatch.setenv("GRAPEVINE_BACKUP_FOLDER", str(tmp_path / "daily"))
    monkeypatch.setenv("GRAPEVINE_BACKUP_KEEP", "1")
    assert told(backing_up.due(folder)).startswith("Copied ")
    assert len(packing.copies(tmp_path / "daily")) == 1

    monkeypatch.setenv("GRAPEVINE_BACKUP_KEEP", "none")
    with pytest.raises(InputError, match="GRAPEVINE_BACKUP_KEEP must be a whole number"):
        told(backing_up.due(folder))


def test_a_folder_of_an_earlier_layout_is_copied_as_it_is(home, tmp_path):
    unpacked("5837204", home)
    before = home.database.read_bytes()

    other = restored(copied(home, tmp_path / "copies"), tmp_path / "restored")

    assert home.database.read_bytes() == other.database.read_bytes() == before
    assert not home.layout.exists()


# Restoring


def test_a_place_that_is_taken_stays_as_it_is(folder, tmp_path):
    file = copied(folder, tmp_path / "copies")
    before = digests(folder.root)

    with pytest.raises(InputError, match="is not empty, and nothing was restored"):
        restored(file, folder.root)

    assert digests(folder.root) == before


def test_an_empty_folder_may_be_named_and_a_copy_by_its_folder(folder, tmp_path):
    copied(folder, tmp_path / "copies")
    (tmp_path / "restored").mkdir()

    said = CliRunner().invoke(
        main, ["restore", str(tmp_path / "copies"), "--into", str(tmp_path / "restored")]
    )

    assert said.exit_code == 0, said.output
    assert "say `grapevine sweep`" in said.output
    assert landed(Home(tmp_path / "restored")) == landed(folder)


def test_what_was_taken_back_since_the_copy_goes_again(folder, tmp_path):
    file = copied(folder, tmp_path / "copies")
    time.sleep(1.0)  # the ledger counts whole seconds
    deletions.record(folder, "toy", [("toy:3", None, NOON, "deleted")])
    deletions.settle(folder, "toy", deletions.waiting(folder, "toy"), {})
    assert taken_back(folder) == frozenset()

    other = Home(tmp_path / "restored")
    told(backing_up.put_back(file, other, ledgers_from=folder))

    assert deletions.post_hash("toy:3") in taken_back(other)
    assert deletions.sources_waiting(other) == ["toy"]


def test_a_restored_folder_does_not_write_to_the_store_by_itself(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(object_store.ADDRESS, f"file://{tmp_path}/store")
    with hold(folder):
        pass

    other = restored(copied(folder, tmp_path / "copies"), tmp_path / "restored")

    with pytest.raises(DataFolderError, match="Another data folder writes to"), hold(other):
        pass
    with hold(folder):
        pass


def test_a_killed_backup_leaves_no_text_behind_once_the_next_sweep_ran(folder):
    folder.copying.mkdir()
    (folder.copying / "posts.parquet").write_bytes(b"text")

    with staging.stage(folder):
        retention.clear_half_done(folder)  # of a backup that is at work
        assert folder.copying.exists()
    folder.copying.mkdir()
    retention.clear_half_done(folder)

    assert not folder.copying.exists()


def back_up_beside(home):
    """What is killed: a copy into a folder beside the data folder."""
    copied(home, home.root.parent / "copies")


@pytest.mark.parametrize("writes_n", [0, 1])
def test_a_kill_leaves_no_half_copy_and_the_next_one_is_whole(folder, writes_n, tmp_path):
    kill(back_up_beside, folder, writes_n)
    copies = tmp_path / "copies"
    assert not copies.exists() or packing.copies(copies) == []

    other = restored(copied(folder, copies), tmp_path / "restored")

    assert kept(other) == kept(folder)
    assert [file.name for file in copies.iterdir() if file.name.startswith(".")] == []


def restore_and_die(source, home, files_n):
    """Restore, and be killed when so many files are there."""
    left = iter(range(files_n))

    def dying(path, ns):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    os.utime = dying
    unpacking.restore(source, home)


@pytest.mark.parametrize("files_n", [0, 20])
def test_a_kill_while_restoring_leaves_nothing_at_the_place(folder, files_n, tmp_path):
    file, home = copied(folder, tmp_path / "copies"), Home(tmp_path / "restored")
    assert ended(restore_and_die, file, home, files_n) == -signal.SIGKILL
    assert not home.root.exists()

    assert kept(restored(file, home.root)) == kept(folder)
    assert not home.root.with_name(".restored.draft").exists()


# Copies that somebody made to harm


def entry(name, content=b"", **changes):
    made = tarfile.TarInfo(name)
    made.size = len(content)
    for key, value in changes.items():
        setattr(made, key, value)
    return made, content


def described(*files, **changes):
    """A manifest that announces these (name, content)."""
    held = [
        {"name": name, "bytes_n": len(content), "changed_ns": 1}
        | {"sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files
    ]
    whole = {"layout": LAYOUT, "program": "0", "made_at": "2026-11-23T00:00:00Z", "files": held}
    return entry("manifest.json", json.dumps(whole | changes).encode())


def archive(file, *entries):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for made, held in entries:
            tar.addfile(made, io.BytesIO(held))
    file.write_bytes(zstandard.ZstdCompressor().compress(content.getvalue()))
    return file


KEY = ("keys/a.key", b"k")
HUGE = {"name": "keys/a.key", "bytes_n": 2**49, "sha256": "0" * 64, "changed_ns": 1}
LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HOSTILE = {
    "a name above": [described(("../evil", b"e")), entry("../evil", b"e")],
    "a name below and above": [described(("lake/../../evil", b"e")), entry("evil", b"e")],
    "a name from the root": [described(("/tmp/evil", b"e")), entry("/tmp/evil", b"e")],
    "a hidden name": [described(("lake/.owner", b"e")), entry("lake/.owner", b"e")],
    "a name of no part": [described(("bin/sh", b"e")), entry("bin/sh", b"e")],
    "a name with a line": [described(("lake/a\nb", b"e")), entry("lake/a\nb", b"e")],
    "a name twice": [described(KEY, KEY), entry(*KEY), entry(*KEY)],
    "a folder for a file": [
        described(("keys/a", b"e"), ("keys/a/b", b"e")), entry("keys/a", b"e"),
        entry("keys/a/b", b"e"),
    ],
    "a link": [described(("keys/a.key", b"")), entry("keys/a.key", **LINK)],
    "a hard link": [
        described(("keys/a.key", b"")),
        entry("keys/a.key", type=tarfile.LNKTYPE, linkname="manifest.json"),
    ],
    "a device": [described(("keys/a.key", b"")), entry("keys/a.key", type=tarfile.CHRTYPE)],
    "a folder": [described(("keys/a.key", b"")), entry("keys/a.key", type=tarfile.DIRTYPE)],
    "a file that nobody announced": [described(KEY), entry("keys/b.key", b"k")],
    "a file that is not there": [described(KEY)],
    "another content": [described(KEY), entry("keys/a.key", b"q")],
    "more content": [described(KEY), entry("keys/a.key", b"k" * 1_000_000)],
    "no manifest": [entry(*KEY)],
    "a manifest of no sense": [entry("manifest.json", b"[1]")],
    "a manifest that is no JSON": [entry("manifest.json", b"{")],
    "a size below nothing": [described(files=[HUGE | {"bytes_n": -1}])],
}  # fmt: skip


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_copy_that_lies_is_refused_in_one_line_and_nothing_is_left(made, tmp_path):
    file, place = archive(tmp_path / "evil.tar.zst", *made), tmp_path / "into" / "data"

    with pytest.raises(GrapevineError) as refused:
        restored(file, place)

    assert "\n" not in str(refused.value)
    assert list((tmp_path / "into").iterdir()) == []
    assert {one.name for one in tmp_path.iterdir()} == {"evil.tar.zst", "into"}


def test_a_copy_of_a_newer_program_is_refused_whatever_else_is_in_it(tmp_path):
    newer = described(KEY, layout=LAYOUT + 4, sealed_by="a key that is not known yet")
    file = archive(tmp_path / "newer.tar.zst", newer, entry(*KEY))

    with pytest.raises(DataFolderError, match=rf"newer Grapevine \(layout {LAYOUT + 4}; this"):
        restored(file, tmp_path / "data")


def test_a_copy_that_says_it_is_larger_than_the_disk_is_not_begun(tmp_path):
    file = archive(tmp_path / "large.tar.zst", described(files=[HUGE]))

    with pytest.raises(DataFolderError, match=r"needs 562,950.0 GB, and .* GB are free"):
        restored(file, tmp_path / "data")


def test_a_copy_that_unpacks_to_more_than_it_said_is_given_up_early(tmp_path):
    made, content = described(KEY)
    header, _ = entry("keys/long", type=tarfile.XHDTYPE)
    header.size = 2**33  # a header that a reader would take whole into memory
    packer = zstandard.ZstdCompressor().compressobj()
    with (tmp_path / "bomb.tar.zst").open("wb") as file:
        file.write(packer.compress(made.tobuf() + content))
        file.write(packer.compress(bytes(-len(content) % tarfile.BLOCKSIZE)))
        file.write(packer.compress(header.tobuf(tarfile.GNU_FORMAT)))
        for _ in range(8):
            file.write(packer.compress(bytes(2**20)))
        file.write(packer.flush())

    with pytest.raises(DataFolderError, match="unpacks to more than its manifest says"):
        restored(tmp_path / "bomb.tar.zst", tmp_path / "data")


def test_a_file_that_is_no_archive_and_one_cut_short_are_refused(folder, tmp_path):
    (tmp_path / "text.tar.zst").write_text("not packed")
    whole = copied(folder, tmp_path / "copies").read_bytes()
    (tmp_path / "cut.tar.zst").write_bytes(whole[: len(whole) // 2])

    for name in ("text", "cut"):
        with pytest.raises(DataFolderError, match="damaged, or no copy that Grapevine made"):
            restored(tmp_path / f"{name}.tar.zst", tmp_path / "restored")
    with pytest.raises(InputError, match="There is no copy at"):
        restored(tmp_path / "nowhere", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
