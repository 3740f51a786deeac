"""What was done for each source and day, noted once however often the work is done."""

from datetime import UTC, date, datetime

from click.testing import CliRunner

from flows import bookkeeping, stages
from flows.cli import main
from tests.files import comment, dump
from warehouse import week_ledger
from warehouse.weeks import Week

DAY, NEXT = date(2024, 3, 4), date(2024, 3, 5)
WEEK = Week(2024, 10)
AT = datetime(2024, 3, 10, tzinfo=UTC)


def test_work_that_is_done_again_is_noted_once_and_parts_add_up(home):
    for _ in range(2):
        week_ledger.record_days(home, "read", "a", {("import", DAY): 5}, AT)
    week_ledger.record_days(home, "read", "b", {("import", DAY): 2, ("import", NEXT): 1}, AT)

    first, second = week_ledger.days(home, DAY, NEXT)

    assert (first.day, first.done) == (DAY, {"read": 7})
    assert (second.day, second.done) == (NEXT, {"read": 1})


def test_an_empty_folder_has_an_empty_ledger(home):
    assert week_ledger.days(home, DAY, NEXT) == []
    assert week_ledger.last_releases(home) == []
    assert week_ledger.made_of(home, WEEK, 2) is None
    assert not home.database.exists()


def test_a_week_is_made_of_what_it_was_last_made_of(home):
    week_ledger.record_made(home, WEEK, 2, "one")
    week_ledger.record_made(home, WEEK, 2, "two")

    assert week_ledger.made_of(home, WEEK, 2) == "two"
    assert week_ledger.made_of(home, WEEK, 3) is None


def test_what_a_release_counted_stays_as_it_was_first_noted(home):
    week_ledger.record_release(home, "2024-W10.1", {("import", DAY): 5})
    week_ledger.record_release(home, "2024-W10.1", {("import", DAY): 9})

    (row,) = week_ledger.days(home, DAY, DAY)

    assert row.counted == {"2024-W10.1": 5}


def into_the_lake(home, tmp_path, count=5):
    file = dump(tmp_path / "posts.ndjson.zst", [comment(n) for n in range(count)])
    stages.read(str(WEEK), 2, [str(file)], None)
    stages.locate(str(WEEK))
    stages.tag(str(WEEK))
    stages.lake(str(WEEK))


def test_each_stage_says_what_it_did_for_each_day(home, tmp_path):
    into_the_lake(home, tmp_path)

    (row,) = week_ledger.days(home, WEEK.start, WEEK.end)

    assert row.source == "import"
    assert row.done == {"read": 5, "locate": 5, "tag": 5, "lake": 5}


def test_the_release_that_counted_a_day_stands_beside_it(home, tmp_path):
    into_the_lake(home, tmp_path)

    bookkeeping.enter_release(home, "2024-W10.1", WEEK, 2, is_sample=False)
    said = CliRunner().invoke(main, ["ledger", "--week", str(WEEK)]).output.splitlines()

    assert said[0] == "2024-W10 (2024-03-03 to 2024-03-09): no release"
    heads = "source day read placed tagged in lake counted by"
    assert said[1].split() == heads.split()
    assert said[2].split() == ["import", "2024-03-03", *"5555", "2024-W10.1:", "5"]


def test_a_week_of_which_nothing_is_known_says_so(home):
    said = CliRunner().invoke(main, ["ledger", "--week", "2024-W10"])

    assert "Nothing was done for any of its days." in said.output
