import csv
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tagger import Tags, ThemeTag
from flows.cli import main
from flows.tagging import tag_rows
from warehouse.errors import DataFolderError
from warehouse.keys import AuthorKeys
from warehouse.lake import merge, posts_table
from warehouse.records import Post
from warehouse.review import COLUMNS, FORMULA_STARTS, harmless, write_review_queue
from warehouse.weeks import Week

WEEK = Week(2024, 10)
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
NOWHERE = {
    "state": None, "county_fips": None, "level": "none", "basis": "none", "place_score": 0.0,
}  # fmt: skip
SURE = Tags("en", 0.9, themes={"raw_milk": ThemeTag(0.9, "promotes", 0.9, None)})
UNSURE = Tags("en", 0.9, unsure={"raw_milk": 0.3, "fluoride": 0.25})
LESS_SURE = Tags("en", 0.9, unsure={"masks": 0.2})


def fill(home, said):
    """Put (text, tags) into the lake, as one source's posts of one day."""
    posts = [
        Post(f"import:{n}", "import", posted_at=NOON, text=text, author=f"a{n}")
        for n, (text, _) in enumerate(said)
    ]
    table = posts_table(posts, AuthorKeys(home))
    places = pa.Table.from_pylist([NOWHERE] * len(said))
    merge(home, table, tag_rows(table, places, [tags for _, tags in said], "model"))


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_queue_holds_what_the_tagger_was_unsure_of_the_likeliest_first(home, tmp_path):
    fill(home, [("milk from my cow", UNSURE), ("cures all", SURE), ("mask on", LESS_SURE)])

    found_n = write_review_queue(home, WEEK, 10, tmp_path / "queue.csv", False)

    header, *rows = read(tmp_path / "queue.csv")
    assert tuple(header) == COLUMNS
    assert [(row[1], row[4]) for row in rows] == [
        ("raw_milk", "milk from my cow"),
        ("fluoride", "milk from my cow"),
        ("masks", "mask on"),
    ]
    assert found_n == 3


def test_the_queue_ends_at_the_number_asked_for(home, tmp_path):
    fill(home, [("milk from my cow", UNSURE), ("mask on", LESS_SURE)])

    assert write_review_queue(home, WEEK, 2, tmp_path / "queue.csv", False) == 2


def test_posts_of_other_weeks_and_of_the_sample_stay_out(home, tmp_path):
    fill(home, [("milk from my cow", UNSURE)])

    assert write_review_queue(home, Week(2024, 11), 9, tmp_path / "queue.csv", False) == 0
    assert write_review_queue(home, WEEK, 9, tmp_path / "queue.csv", True) == 0
    assert read(tmp_path / "queue.csv") == [list(COLUMNS)]


def test_only_the_owner_may_read_the_queue(home, tmp_path):
    fill(home, [("milk from my cow", UNSURE)])

    write_review_queue(home, WEEK, 9, tmp_path / "queue.csv", False)

    assert (tmp_path / "queue.csv").stat().st_mode & 0o077 == 0


@given(st.text(max_size=40))
def test_no_post_becomes_a_formula(text):
    assert not harmless(text).startswith(FORMULA_STARTS)
    assert harmless(text).endswith(text)


def test_a_place_that_cannot_be_written_is_named(home, tmp_path):
    with pytest.raises(DataFolderError, match=r"cannot be written.*choose another"):
        write_review_queue(home, WEEK, 9, tmp_path / "missing" / "queue.csv", False)


def test_the_command_says_how_many_and_to_keep_it_inside(home, tmp_path):
    fill(home, [("milk from my cow", UNSURE)])

    said = CliRunner().invoke(main, ["review", "--week", "2024-W10", str(tmp_path / "q.csv")])

    assert said.exit_code == 0
    assert "Posts to look at: 2" in said.output
    assert "keep it among yourselves" in said.output
