import csv
import os
from pathlib import Path

import pytest

from flows import inbox, intake
from flows.intake import Intake, Window, find_intakes
from flows.sources import files
from flows.sources.files import find
from flows.sources.reading import Rejected
from tests.files import comment, dump, export, export_row
from warehouse.errors import InputError
from warehouse.keys import AuthorKeys
from warehouse.weeks import Week

WINDOW = Window(Week.parse("2024-W10"), 2)


def read(path):
    """What a run makes of a path: each input, read to its end."""
    found = list(find_intakes(WINDOW, [str(path)], None))
    return [(one, list(one.posts(WINDOW))) for one in found]


def test_a_folder_gives_what_can_be_read_and_says_what_was_left(tmp_path):
    export(tmp_path / "export.csv", [export_row(1)])
    export(tmp_path / "LOUD.CSV", [export_row(1)])
    (tmp_path / "notes.txt").write_text("not posts")

    found = find([tmp_path, tmp_path / "export.csv"])

    assert [file.name for file in found.files] == ["LOUD.CSV", "export.csv"]
    assert [file.name for file in found.left] == ["notes.txt"]


@pytest.mark.parametrize("name", ["nowhere.csv", "x" * 300, "loop"])
def test_a_path_that_is_not_there_is_said_in_one_line(tmp_path, name):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(InputError, match=r"(does not exist|cannot be opened).*after --from"):
        find([tmp_path / name])


@pytest.mark.timeout(10)
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")

    for name in ("pipe.csv", "endless.csv"):
        with pytest.raises(InputError, match=f"{name} is neither a file nor a folder"):
            find([tmp_path / name])


@pytest.mark.timeout(10)
def test_folders_links_and_pipes_in_a_folder_do_no_harm(tmp_path):
    export(tmp_path / "export.csv", [export_row(1)])
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.csv" / "inside.csv").symlink_to(tmp_path / "export.csv")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    os.mkfifo(tmp_path / "pipe.csv")

    assert [file.name for file in find([tmp_path]).files] == ["export.csv"]


def test_a_folder_with_nothing_to_read_is_said_to_hold_nothing(tmp_path):
    (tmp_path / "notes.txt").write_text("not posts")

    with pytest.raises(InputError, match=r"no file to read.*\.ndjson, .*\.parquet"):
        find([tmp_path])


def test_a_name_that_would_steer_the_terminal_is_shown_without_its_signs(tmp_path):
    file = tmp_path / "a\n\x1b[31mb.csv"
    export(file, [export_row(1, Text="")])

    ((one, _),) = read(file)

    assert one.name.isprintable()


def test_a_name_that_is_no_text_can_be_listed(tmp_path):
    export(tmp_path / os.fsdecode(b"bad\xffname.csv"), [export_row(1, Text="")])

    ((one, _),) = read(tmp_path)
    one.write_quarantine(tmp_path / "quarantine")

    assert one.name.encode()
    assert one.rejected_n == 1


def test_two_files_with_the_same_content_are_read_once(tmp_path):
    for name in ("one.csv", "two.csv"):
        export(tmp_path / name, [export_row(1)])

    assert len(read(tmp_path)) == 1


def test_a_file_that_may_not_be_opened_is_set_aside_and_the_others_read(tmp_path, monkeypatch):
    good = export(tmp_path / "good.csv", [export_row(1)])
    export(tmp_path / "locked.csv", [export_row(2)])
    digest = files.fingerprint

    def fingerprint(file, asked):
        if file.name == "locked.csv":
            raise PermissionError(13, "Permission denied", str(file))
        return digest(file, asked)

    monkeypatch.setattr(intake, "fingerprint", fingerprint)

    (first, posts), (second, none) = read(tmp_path)

    assert (first.name, len(posts)) == (good.name, 1)
    assert none == []
    assert [row.told(second.name) for row in second.rejected] == [
        "locked.csv cannot be opened: Permission denied. Check who may read it."
    ]


def test_a_file_gone_before_it_is_read_stops_the_run_in_one_line(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    (one,) = find_intakes(WINDOW, [str(file)], None)
    file.unlink()

    with pytest.raises(
        InputError, match=r"export\.csv cannot be read: No such file.*run again"
    ):
        list(one.posts(WINDOW))


def test_a_file_gone_while_it_is_read_is_read_to_its_end(tmp_path):
    file = dump(tmp_path / "posts.ndjson.zst", [comment(n) for n in range(2000)])
    (one,) = find_intakes(WINDOW, [str(file)], None)
    posts = one.posts(WINDOW)
    next(posts)
    file.unlink()

    assert len(list(posts)) == 1999


def endless_rejections():
    line = 0
    while True:
        line += 1
        yield Rejected(line, "not JSON in UTF-8")


def test_a_file_of_nothing_but_bad_rows_is_given_up(monkeypatch):
    monkeypatch.setattr(intake, "MAX_BAD_RUN", 1000)
    one = Intake("x", "posts.zst", endless_rejections)

    assert list(one.posts(WINDOW)) == []
    assert one.count(WINDOW).quarantined_n == 1001
    assert one.rejected[-1].told(one.name) == "posts.zst: 1,000 bad rows on end; given up"


def test_bad_rows_are_all_counted_and_the_first_ones_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "MAX_LISTED", 3)
    rows = [export_row(n, Text="") for n in range(10)]
    ((one, _),) = read(export(tmp_path / "export.csv", rows))

    one.write_quarantine(tmp_path)

    with (tmp_path / f"{one.input_id}.csv").open(newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert one.count(WINDOW).quarantined_n == 10
    assert [row["line"] for row in listed] == ["2", "3", "4", "0"]
    assert listed[-1]["reason"] == "and 7 more rows, not listed"


def test_long_posts_make_small_chunks(home, tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "CHUNK_TEXT", 1000)
    rows = [export_row(n, Text="word " * 100) for n in range(10)]
    ((_, posts),) = read(export(tmp_path / "export.csv", rows))

    inbox.put(tmp_path, posts, AuthorKeys(home))

    assert len(inbox.chunks(tmp_path)) == 4


def test_no_post_is_lost_or_doubled_between_chunks(home, tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "CHUNK", 3)
    ((_, posts),) = read(export(tmp_path / "e.csv", [export_row(n) for n in range(10)]))

    inbox.put(tmp_path, posts, AuthorKeys(home))

    names = [chunk.posts.name for chunk in inbox.chunks(tmp_path)]
    assert names == [f"{n:05}.posts" for n in range(4)]
    assert Path(tmp_path / names[-1]).exists()
