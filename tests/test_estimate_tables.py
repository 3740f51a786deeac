"""Hold the published estimates, changes and voids to what their headers say."""

import duckdb
import pyarrow as pa
import pytest

from tests.worlds import RURAL, URBAN, WEEK, Voices, built
from warehouse.build import Computed, build

PROMOTES, ASKS, REFUTES = (f"sunscreen:{stance}" for stance in ("promotes", "asks", "refutes"))


def told(con, question):
    return con.execute(question).fetchall()


def crowd(place, health, back=0, **tags):
    """Voices of one place and week: so many about health, and of these so many with a tag."""
    week = WEEK.back(back)
    groups = [Voices(place, health, week=week)]
    stances = {"promotes": PROMOTES, "asks": ASKS, "refutes": REFUTES}
    first = 0
    for stance, count in tags.items():
        groups.append(Voices(place, count, stances[stance], first=first, week=week))
        first += count
    return groups


@pytest.fixture(scope="module")
def con():
    """A state with published counts now and before, one rural county of its own."""
    voices = [
        group
        for back in range(11)
        for group in (
            *crowd("WY", 400, back, promotes=20, asks=60 if back == 0 else 15),
            *crowd(URBAN[0], 300, back, promotes=30),
            *crowd(RURAL[0], 200, back, promotes=40),
        )
    ]
    return built(voices, 12)


def test_every_place_has_an_estimate_of_every_tag_in_the_releases_week(con):
    per_tag = told(
        con,
        "select kind, tag_id, count(*) from pub_estimate_week "
        f"where week = '{WEEK}' group by all order by all",
    )

    assert per_tag == [
        ("signal", "access_barrier", 13), ("theme", "raw_milk", 13), ("theme", "sunscreen", 13)
    ]  # fmt: skip


def test_an_earlier_week_has_estimates_where_the_count_is_published(con):
    only = told(
        con,
        "select count(*) from pub_estimate_week as found "
        "left join pub_theme_week as counts on found.geo_value = counts.geo_value "
        "and found.week = counts.week and tag_id = theme_id and stance = 'promotes' "
        f"where found.week <> '{WEEK}' and found.geo_type <> 'rural' and author_n is null",
    )

    assert only == [(0,)]
    assert len(told(con, "select distinct week from pub_estimate_week")) == 11


def test_an_interval_holds_its_share_and_all_are_parts_of_a_thousand(con):
    wrong = told(
        con,
        "select * from pub_estimate_week where not ("
        "0 <= low_per_1000 and low_per_1000 <= share_per_1000 "
        "and share_per_1000 <= high_per_1000 and high_per_1000 <= 1000 "
        "and own_evidence between 0 and 1)",
    )

    assert wrong == []


def test_an_estimate_comes_near_the_share_counted_when_nothing_is_known_of_errors(con):
    far = told(
        con,
        "select found.share_per_1000, counts.share_per_1000 from pub_estimate_week as found "
        "inner join pub_theme_week as counts using (geo_value, week) "
        "where tag_id = theme_id and stance = 'promotes' "
        "and not counts.share_per_1000 between found.low_per_1000 and found.high_per_1000",
    )

    assert len(far) <= 2


def test_the_rural_nation_is_estimated_from_its_published_regions(con):
    ((share, own, rests_on),) = told(
        con,
        "select share_per_1000, own_evidence, rests_on from pub_estimate_week "
        f"where geo_value = 'US-rural' and tag_id = 'sunscreen' and week = '{WEEK}'",
    )

    assert 50 < share < 240
    assert 0 <= own <= 1
    assert rests_on in ("rural", "nation")


def test_a_place_nobody_posted_in_rests_on_others_alone(con):
    ((own, rests_on),) = told(
        con,
        "select own_evidence, rests_on from pub_estimate_week "
        f"where geo_value = '34001' and tag_id = 'raw_milk' and week = '{WEEK}'",
    )

    assert (own, rests_on) == (0, "nation")


def test_questions_that_rise_with_no_answers_are_an_information_void(con):
    voids = told(
        con,
        "select geo_value, is_void from pub_void_week where geo_type = 'state' "
        "and theme_id = 'sunscreen'",
    )

    assert voids == [("WY", True)]


def test_questions_that_are_answered_are_no_void():
    voices = [
        group
        for back in range(11)
        for group in crowd("WY", 400, back, asks=60 if back == 0 else 15, refutes=70)
    ]
    con = built(voices, 12)

    assert told(con, "select is_void from pub_void_week where geo_value = 'WY'") == [(False,)]


def test_the_same_tags_give_the_same_estimates_to_the_last_digit():
    voices = [*crowd("WY", 300, promotes=30), *crowd(URBAN[0], 100, promotes=12)]
    question = "select * from est_share_week order by all"

    assert told(built(voices), question) == told(built(list(reversed(voices))), question)


@pytest.mark.whole
def test_a_count_that_is_hidden_gives_the_same_tables_whatever_it_is():
    tables = []
    for hidden in (0, 3, 8):
        voices = [
            group
            for back in range(11)
            for group in crowd("WY", 400, back, promotes=hidden if back else 30)
        ]
        con = built(voices, 12)
        tables.append(
            told(
                con,
                "select geo_value, tag_id, direction from pub_change_week order by all",
            )
        )

    assert tables[0] == tables[1] == tables[2]


def test_a_computed_table_is_built_between_the_models_that_need_it(tmp_path):
    header = "-- {}: a table.\n--\n-- Grain: n\n-- Columns:\n--   n  a number\n\n"
    for name, sql in (("mart_a", "select 1 as n"), ("pub_c", "select n from est_b")):
        (tmp_path / f"{name}.sql").write_text(header.format(name) + sql)

    def double(con):
        ((n,),) = con.execute("select n from mart_a").fetchall()
        return pa.table({"n": [2 * n]})

    con = duckdb.connect()

    assert build(con, tmp_path, {"est_b": Computed(("mart_a",), double)}) == [
        "mart_a", "est_b", "pub_c"
    ]  # fmt: skip
    assert told(con, "from pub_c") == [(2,)]
