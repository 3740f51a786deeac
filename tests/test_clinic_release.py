"""What of the clinics' reports may be told, and how a page tells it."""

import csv
import io
import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.clinics import clinic_line
from dashboards.county_page import CountyPages
from dashboards.geo import Geo
from dashboards.rendering import page_environment
from dashboards.state_page import state_page
from dashboards.tables import csv_file
from tests.snapshots import Snapshot, edition, plenty
from tests.worlds import LONELY, PARENTS, RURAL, URBAN, WEEK, Voices, scope, tags
from warehouse import marts
from warehouse.clinic import Heard, put, read_weeks
from warehouse.database import open_database
from warehouse.home import Home
from warehouse.release import freeze
from warehouse.snapshot import publish_snapshot

COUNTIES = (*RURAL, *URBAN, LONELY)
NATRONA = Geo("county", "56025")
VERSIONS = {"code": "0.1.0+ab", "taxonomy": "t1", "model": "m1", "reference": "r1"}
SMALL = set(range(1, 10))


def heard(county, count, theme="raw_milk", week=WEEK, number=0, role="nurse"):
    return Heard(str(week), county, role, theme, f"abc:{number}", count)


def built(reports, voices=(), home=None):
    """Every mart of the small world with these reports."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute("set timezone = 'UTC'")
    put(home, [heard(*row, number=n) for n, row in enumerate(reports)])
    marts.build_tables(con, scope(), tags(voices), read_weeks(home, [WEEK]))
    return con


def told(con, theme="raw_milk"):
    """Published counts by place."""
    question = "select geo_value, heard_n from pub_clinic_week where theme_id = ?"
    return dict(con.execute(question, [theme]).fetchall())


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data")


def test_a_theme_heard_ten_times_in_a_county_is_told_and_nine_times_is_not(home):
    others = [(county, 20) for county in (*RURAL, URBAN[1])]
    con = built([*others, (URBAN[0], 6), (URBAN[0], 4), (LONELY, 9)], home=home)

    assert told(con) == dict(others) | {URBAN[0]: 10, "WY": 90}


def test_a_county_alone_is_hidden_since_it_tells_that_no_other_heard_anything(home):
    assert told(built([(URBAN[0], 40)], home=home)) == {"WY": 40}


def test_counties_too_small_alone_are_told_as_a_state(home):
    con = built([(RURAL[0], 4), (RURAL[1], 5), (RURAL[2], 3)], home=home)

    assert told(con) == {"WY": 12}


def test_roles_are_added_up_and_never_told(home):
    put(home, [heard(URBAN[0], 6, role="dentist"), heard(URBAN[0], 6, number=1)])
    con = built([], home=home)

    assert told(con) == {"WY": 12}
    assert "role" not in con.table("pub_clinic_week").columns


def test_a_county_that_would_give_a_hidden_one_away_is_hidden_too(home):
    con = built([(URBAN[0], 12), (URBAN[1], 40), (RURAL[0], 4)], home=home)

    assert told(con) == {"WY": 56, URBAN[1]: 40}


def test_a_theme_or_county_that_is_not_followed_counts_nowhere(home):
    con = built([(URBAN[0], 50, "hiv_sti"), ("01001", 50)], home=home)

    assert con.execute("select count(*) from pub_clinic_week").fetchone() == (0,)


reports = st.lists(
    st.tuples(
        st.sampled_from(COUNTIES),
        st.integers(1, 14),
        st.sampled_from(["raw_milk", "sunscreen"]),
    ),
    max_size=12,
)


@settings(max_examples=12, deadline=None)
@given(reports)
def test_no_reports_give_a_hidden_count_away(tmp_path_factory, rows):
    con = built(rows, home=Home(tmp_path_factory.mktemp("any")))

    for theme in ("raw_milk", "sunscreen"):
        true, shown = dict.fromkeys(COUNTIES, 0), told(con, theme)
        for county, count, named in rows:
            true[county] += count * (named == theme)
        assert all(count >= 10 for count in shown.values())
        for state in ("WY", "NJ"):
            inside = [c for c in COUNTIES if PARENTS[PARENTS[c]] == state]
            assert shown.get(state, 0) in (0, sum(true[c] for c in inside))
            assert all(shown[c] == true[c] for c in inside if c in shown)
            if state in shown:
                rest = shown[state] - sum(shown.get(c, 0) for c in inside)
                assert rest not in SMALL


def test_reports_are_never_added_to_counts_of_posts(home):
    voices = [Voices(URBAN[0], 40), Voices(URBAN[0], 20, "raw_milk:promotes", first=100)]
    with_reports = built([(URBAN[0], 60)], voices, home)
    without = built([], voices, Home(home.root / "none"))

    for table in ("volume_week", "theme_week", "signal_week", "change_week", "evidence"):
        question = f"select * from pub_{table} order by all"
        assert with_reports.execute(question).fetchall() == without.execute(question).fetchall()


def ask(home, question):
    with duckdb.connect(home.snapshot, read_only=True) as con:
        return con.execute(question).fetchall()


def released(home, is_sample=False):
    named = {"theme_ids": ["raw_milk"], "signal_ids": []}
    marts.build_marts(home, WEEK, 2, is_sample, **named)
    frozen = freeze(home, WEEK, 2, is_sample, VERSIONS)
    publish_snapshot(home, frozen.release_id)
    return frozen


def test_a_release_keeps_what_clinics_heard_and_a_correction_is_a_new_one(home):
    put(home, [heard("56025", 14), heard("56025", 11, week=WEEK.back(1), number=1)])
    first = released(home)

    put(home, [heard("56025", 34)])
    second = released(home)

    assert (first.release_id, second.release_id) == ("2024-W10.1", "2024-W10.2")
    rows = "select week, geo_value, theme_id, heard_n from pub_clinic_week order by all"
    assert ask(home, rows) == [
        ("2024-W09", "WY", "raw_milk", 11),
        ("2024-W10", "WY", "raw_milk", 34),
    ]
    with open_database(home) as con:
        kept = "select heard_n from frozen.pub_clinic_week where release_id = '2024-W10.1' "
        weeks = con.execute(f"{kept} and week = '2024-W10'").fetchall()
    assert weeks == [(14,)]


def test_a_correction_of_fewer_than_ten_changes_no_release(home):
    put(home, [heard("56025", 14)])
    first = released(home)

    put(home, [heard("56025", 15)])

    assert released(home) == first


def test_reports_never_stand_beside_the_sample(home):
    put(home, [heard("56025", 50)])

    released(home, is_sample=True)

    assert ask(home, "select count(*) from pub_clinic_week") == [(0,)]


def page(made, fips="56025"):
    """(HTML, JSON) of a county."""
    files = dict(CountyPages(made, page_environment(made)).files(made.numbers.counties[fips]))
    html, record = files[f"county/{fips}.html"], files[f"county/{fips}.json"]
    return html, json.loads(record)


LINE = "<p><strong>Heard in clinics:</strong> {} reported it. Counted apart from posts.</p>"


def test_a_county_s_page_says_in_a_line_what_its_clinics_heard(tmp_path):
    html, record = page(edition(plenty(), tmp_path))

    line = "“Raw milk said to be safer or healing” (14 times), as staff in this county"
    assert LINE.format(line) in html
    assert record["clinics"] == [
        {"theme_id": "raw_milk", "geo_type": "county", "geo_value": "56025", "heard_n": 14}
    ]


def test_a_county_too_small_shows_what_its_state_heard(tmp_path):
    html, record = page(edition(plenty(), tmp_path), "56027")

    line = "“Fluoride in water said to be poison” (23 times), as staff in Wyoming"
    assert LINE.format(line) in html
    assert [row["geo_value"] for row in record["clinics"]] == ["WY"]


def test_a_place_where_nothing_may_be_told_says_nothing(tmp_path):
    html, record = page(edition(plenty(), tmp_path), "30049")

    assert "Heard in clinics" not in html
    assert record["clinics"] == []


def test_a_state_s_page_has_the_line_too(tmp_path):
    made = edition(plenty(), tmp_path)

    html = state_page(made, page_environment(made), "WY")

    assert "Heard in clinics:" in html
    assert "(23 times), as staff in Wyoming reported it" in html


def test_only_this_week_and_at_most_three_themes_most_often_heard_first(tmp_path):
    made = Snapshot().clinic("county 56025", "hiv", 900, back=1)
    for theme, n in (("raw_milk", 12), ("fluoride", 40), ("measles", 12), ("trails", 11)):
        made.clinic("county 56025", theme, n)
    made.clinic("county 56025", "no_longer_known", 99)

    line = clinic_line(edition(made, tmp_path), NATRONA)

    assert list(line.counts.items()) == [("fluoride", 40), ("measles", 12), ("raw_milk", 12)]


def test_the_data_files_hold_the_published_counts_and_no_other(tmp_path):
    made = plenty()

    rows = list(
        csv.reader(io.StringIO(csv_file(edition(made, tmp_path).numbers, "clinic_week")))
    )

    published = {tuple(map(str, row)) for row in made.rows["pub_clinic_week"]}
    assert {tuple(row[:5]) for row in rows[1:]} == published
    assert rows[0][:5] == ["geo_type", "geo_value", "week", "theme_id", "heard_n"]
