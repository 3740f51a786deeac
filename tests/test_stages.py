import csv
import dataclasses

import pyarrow.parquet as pq
import pytest

from flows import inbox, intake, stages
from flows.intake import Window, find_intakes, stale_days
from tests.files import comment, dump, export, export_row
from warehouse import ledger
from warehouse.coverage import coverage
from warehouse.errors import InputError
from warehouse.weeks import Week

WEEK = "2024-W10"
WINDOW = Window(Week.parse(WEEK), 2)


def run_to_the_lake(*inputs):
    stages.read(WEEK, 2, [str(path) for path in inputs], None)
    stages.locate(WEEK)
    stages.tag(WEEK)
    stages.lake(WEEK)


def in_the_lake(home, is_sample=False):
    return coverage(home, WINDOW.first.start, WINDOW.week.end, is_sample)


def test_a_post_on_the_last_second_of_a_week_belongs_to_it_and_the_next_second_does_not():
    window = Window(Week.parse(WEEK), 1)
    times = {"2024-03-09T23:59:59Z": True, "2024-03-10T00:00:00Z": False}

    from flows.sources.columns import ready_maps
    from flows.sources.export import parse

    for when, inside in times.items():
        row = export_row(1, **{"Date (UTC)": when})
        assert window.holds(parse(row, ready_maps()["listening"])) is inside


def test_posts_reach_the_lake_with_place_and_tags(home, tmp_path):
    run_to_the_lake(export(tmp_path / "export.csv", [export_row(n) for n in range(12)]))

    held = in_the_lake(home)

    assert (held.post_n, held.county_n, held.counties_n) == (12, 12, 1)
    assert held.bases == (("declared", 12),)


def test_the_inbox_is_empty_when_the_lake_holds_its_posts(home, tmp_path):
    run_to_the_lake(dump(tmp_path / "posts.ndjson.zst", [comment(n) for n in range(5)]))

    assert inbox.inputs(home) == []
    assert in_the_lake(home).post_n == 5


def test_posts_of_other_weeks_are_counted_and_left_out(home, tmp_path):
    rows = [export_row(1), export_row(2, **{"Date (UTC)": "2023-01-01T00:00:00Z"})]
    file = export(tmp_path / "export.csv", rows)

    run_to_the_lake(file)

    (found,) = find_intakes(WINDOW, [str(file)], None)
    read = ledger.find_input(home, found.input_id, WINDOW.first, WINDOW.week)
    assert (read.read_n, read.kept_n, read.outside_n) == (2, 1, 1)


def test_an_input_that_was_read_is_not_read_again(home, tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    run_to_the_lake(file)

    stages.read(WEEK, 2, [str(file)], None)

    assert inbox.inputs(home) == []


def test_an_input_read_for_other_weeks_is_read_again_for_these(home, tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    run_to_the_lake(file)

    stages.read("2024-W11", 2, [str(file)], None)

    assert len(inbox.inputs(home)) == 1


def test_what_a_killed_run_left_in_the_inbox_is_thrown_away(home, tmp_path):
    left = inbox.open_input(home, 7, "left")
    (left / "00000.posts").write_bytes(b"half a file")

    stages.read(WEEK, 2, [str(export(tmp_path / "export.csv", [export_row(1)]))], None)

    assert [folder.name[:5] for folder in inbox.inputs(home)] == ["00001"]


def test_days_tagged_by_another_model_are_tagged_anew(home, tmp_path, monkeypatch):
    file = export(tmp_path / "export.csv", [export_row(1)])
    run_to_the_lake(file)
    assert list(stale_days(home, WINDOW, stages.made_by())) == []
    monkeypatch.setattr(stages, "made_by", lambda: "another model")

    run_to_the_lake(file)

    (tags,) = home.tags.rglob("tags.parquet")
    assert set(pq.ParquetFile(tags).read()["model"].to_pylist()) == {"another model"}
    assert in_the_lake(home).post_n == 1


def test_rows_set_aside_are_listed_without_their_text(home, tmp_path):
    bad = export_row(2, **{"Date (UTC)": "someday", "Text": "private words"})
    run_to_the_lake(export(tmp_path / "export.csv", [export_row(1), bad]))

    (listed,) = home.quarantine.glob("*.csv")

    with listed.open(newline="") as stream:
        assert list(csv.DictReader(stream)) == [
            {"file": "export.csv", "line": "3", "reason": "no date in column 'Date (UTC)'"}
        ]
    assert "private words" not in listed.read_text()


def test_a_run_in_which_nothing_can_be_read_fails_before_anything_is_counted(home, tmp_path):
    file = tmp_path / "posts.ndjson.zst"
    file.write_bytes(b"no archive")

    with pytest.raises(InputError, match=r"posts\.ndjson\.zst line 1"):
        stages.read(WEEK, 2, [str(file)], None)


def test_an_author_s_name_is_nowhere_in_the_data_folder(home, small, tmp_path):
    rows = [comment(n, author=f"rancher_jane_{n}") for n in range(5)]
    run_to_the_lake(dump(tmp_path / "posts.ndjson.zst", rows))
    stages.marts(WEEK, 2, is_sample=False)
    stages.release(WEEK, 2, is_sample=False)

    for file in home.root.rglob("*"):
        if file.suffix == ".parquet":
            assert "rancher_jane" not in str(pq.ParquetFile(file).read().to_pydict())
        elif file.is_file():
            assert b"rancher_jane" not in file.read_bytes()


def test_the_sample_and_real_posts_are_never_counted_together(home, small, tmp_path):
    run_to_the_lake(export(tmp_path / "export.csv", [export_row(1)]))
    stages.marts(WEEK, 2, is_sample=True)

    assert in_the_lake(home, is_sample=True).post_n == 0
    assert in_the_lake(home, is_sample=False).post_n == 1


def test_each_stage_is_in_the_ledger_with_its_rows(home, tmp_path):
    run_to_the_lake(export(tmp_path / "export.csv", [export_row(n) for n in range(3)]))

    runs = {run.stage: run.rows_n for run in ledger.last_runs(home)}

    assert (runs["read"], runs["tag"], runs["lake"]) == (3, 3, 1)


def test_a_program_that_changed_reads_its_inputs_again(home, tmp_path, monkeypatch):
    file = export(tmp_path / "export.csv", [export_row(1)])
    (before,) = find_intakes(WINDOW, [str(file)], None)
    monkeypatch.setattr(intake, "code_fingerprint", lambda: "another")

    (after,) = find_intakes(WINDOW, [str(file)], None)

    assert before.input_id != after.input_id
    assert dataclasses.replace(after, input_id="", open=None) == dataclasses.replace(
        before, input_id="", open=None
    )
