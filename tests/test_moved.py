"""A post that its source moved in time counts once, where it stands now."""

from datetime import timedelta

import duckdb
import pyarrow as pa
import pytest

from tests.worlds import SIGNALS, THEMES, WEEK, Voices, tags
from warehouse.home import Home
from warehouse.lake import POSTS, TAGS, merge
from warehouse.marts import build_marts


def put(home, rows):
    merge(home, POSTS.empty_table(), pa.Table.from_pylist(rows, schema=TAGS))


def by_week(home):
    """Posts of the state by week, of a window of two."""
    build_marts(home, WEEK, 2, False, theme_ids=THEMES, signal_ids=SIGNALS)
    with duckdb.connect(home.database, read_only=True) as con:
        return dict(
            con.execute(
                "select week, post_n from mart_volume_week where geo_value = 'WY'"
            ).fetchall()
        )


def moved(rows, days):
    return [row | {"posted_at": row["posted_at"] + timedelta(days=days)} for row in rows]


@pytest.mark.parametrize(
    ("days", "expected"), [(2, {"2024-W10": 12}), (-7, {"2024-W10": 12}), (1, {"2024-W10": 12})]
)
def test_a_post_on_two_days_counts_on_the_later_one(tmp_path, days, expected):
    rows = tags([Voices("WY", 12, "sunscreen:promotes")]).to_pylist()
    put(Home(tmp_path), rows)
    put(Home(tmp_path), moved(rows, days))

    assert by_week(Home(tmp_path)) == expected


def test_the_tags_of_the_earlier_day_go_with_it(tmp_path):
    first = tags([Voices("WY", 12, "sunscreen:promotes")]).to_pylist()
    put(Home(tmp_path), moved(first, -7))
    put(Home(tmp_path), tags([Voices("WY", 12, "sunscreen:refutes")]).to_pylist())

    by_week(Home(tmp_path))

    with duckdb.connect(Home(tmp_path).database, read_only=True) as con:
        found = con.execute(
            "select week, stance, author_n from mart_tag_week where geo_value = 'WY'"
        ).fetchall()
    assert found == [("2024-W10", "refutes", 12)]


def test_a_post_that_moved_out_of_the_window_is_not_waited_for(tmp_path):
    rows = tags([Voices("WY", 12)]).to_pylist()
    put(Home(tmp_path), rows)
    put(Home(tmp_path), moved(rows, 21))

    assert by_week(Home(tmp_path)) == {"2024-W10": 12}
