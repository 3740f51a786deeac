"""What becomes a row of tags, and what of a post is kept in it."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tagger import Tags
from flows import stages
from flows.tagging import newest_of_each, tag_rows
from tests.files import comment, dump
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import TAGS, posts_table, read_days
from warehouse.records import Post
from warehouse.weeks import Week

WEEK = Week(2024, 10)
LONG = "Nobody told us that the water tower would be closed for the whole week again"


def post(number, day=4, **changes):
    at = datetime(2024, 3, day, 12, tzinfo=UTC)
    made = {"post_id": f"import:{number}", "source": "import", "posted_at": at, "text": LONG}
    return Post(**made | changes)


def tagged(tmp_path, *posts, near=None):
    table = posts_table(posts, AuthorKeys(Home(tmp_path)))
    place = {"state": None, "county_fips": None, "level": "none", "basis": "none"}
    places = pa.Table.from_pylist([place | {"place_score": 0.0}] * len(posts), stages.PLACES)
    tags = [Tags(lang="en", health=0.9, themes={}, signals={"access_barrier": 0.8}, unsure={},
                 gate="passed") for _ in posts]  # fmt: skip
    return tag_rows(table, places, tags, "test", near)


def test_near_marks_stand_on_the_health_row_alone(tmp_path):
    rows = tagged(tmp_path, post(1), post(2), near=[[1, 2], None])

    assert rows.schema == TAGS
    assert rows.select(["kind", "near"]).to_pylist() == [
        {"kind": "health", "near": [1, 2]},
        {"kind": "signal", "near": None},
        {"kind": "health", "near": None},
        {"kind": "signal", "near": None},
    ]


@pytest.mark.parametrize(
    ("community", "kept"),
    [
        ("Wyoming", "Wyoming"),
        ("a.example", "a.example"),
        ("utah", "utah"),
        (None, ""),
        ("u_jane_of_casper", ""),
        ("r/u_jane_of_casper", ""),
        ("u/jane_of_casper", ""),
    ],
)
def test_the_community_stays_known_and_a_profile_names_nobody(tmp_path, community, kept):
    rows = tagged(tmp_path, post(1, community=community))

    assert set(rows["community"].to_pylist()) == {kept}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(4, 6)), max_size=12))
def test_of_a_post_given_again_for_a_day_the_last_stays(given_rows):
    ids = pa.array([f"import:{number}" for number, _ in given_rows], pa.string())
    times = pa.array(
        [datetime(2024, 3, day, n, tzinfo=UTC) for n, (_, day) in enumerate(given_rows)],
        pa.timestamp("s", tz="UTC"),
    )
    posts = pa.table({"post_id": ids, "posted_at": times})

    stays = newest_of_each(posts).to_pylist()

    last = {row: n for n, row in enumerate(given_rows)}
    assert stays == [last[row] == n for n, row in enumerate(given_rows)]


def to_the_lake(*inputs):
    stages.read(str(WEEK), 1, [str(path) for path in inputs], None)
    stages.locate(str(WEEK))
    stages.tag(str(WEEK))
    stages.lake(str(WEEK))


def test_a_post_that_was_edited_keeps_no_tag_of_its_earlier_words(home, tmp_path):
    first = (
        "Raw milk cures asthma, we drink raw milk from the cow every day and it heals the gut"
    )
    edited = (
        "The road over the pass is closed until Thursday because of the snow up there again"
    )
    alone = dump(tmp_path / "alone.ndjson.zst", [comment(1, body=edited)])
    to_the_lake(alone)
    plain = read_days(home, "tags", WEEK.start, WEEK.end, is_sample=False)

    to_the_lake(
        dump(tmp_path / "both.ndjson.zst", [comment(1, body=first), comment(1, body=edited)])
    )

    assert read_days(home, "tags", WEEK.start, WEEK.end, is_sample=False) == plain


def test_a_flood_of_one_text_is_marked_alike_and_each_post_tagged_as_if_alone(home, tmp_path):
    to_the_lake(dump(tmp_path / "one.ndjson.zst", [comment(0, body=LONG)]))
    ((_, alone),) = by_post(home).items()

    to_the_lake(dump(tmp_path / "all.ndjson.zst", [comment(n, body=LONG) for n in range(50)]))

    found = by_post(home)
    assert len(found) == 50
    assert all(rows == alone for rows in found.values())
    assert [len(row["near"]) for row in alone if row["kind"] == "health"] == [8]


def by_post(home):
    """The tags of each post, less what is the post's own."""
    found = {}
    for row in read_days(home, "tags", WEEK.start, WEEK.end, is_sample=False).to_pylist():
        del row["author_key"], row["posted_at"]
        found.setdefault(row.pop("post_id"), []).append(row)
    return found
