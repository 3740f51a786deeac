import json
import math
import os
from datetime import UTC, date, datetime, time, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import (
    LONELY,
    PARENTS,
    PLACES,
    RURAL,
    SIGNALS,
    THEMES,
    URBAN,
    WEEK,
    Voices,
    author_key,
    built,
    stances,
    tags,
    volume,
)
from warehouse.build import MODELS, Model
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.lake import POSTS, TAGS, merge
from warehouse.marts import build_marts
from warehouse.weeks import Week

PROMOTES = "sunscreen:promotes"
TOO_FEW = "too few posts to say"
WEEK_ROW = ("2024-W10", date(2024, 3, 3), date(2024, 3, 9))
PUBLISHED = sorted(path.stem for path in MODELS.glob("published/*.sql"))


def put(home, *voices):
    merge(home, POSTS.empty_table(), tags(voices))


def make(home, weeks=1, week=WEEK, is_sample=False):
    return build_marts(home, week, weeks, is_sample, theme_ids=THEMES, signal_ids=SIGNALS)


def ask(home, question):
    with duckdb.connect(home.database, read_only=True) as con:
        return con.execute(question).fetchall()


def one(con, question):
    (row,) = con.execute(question).fetchall()
    return row


def every_count(con):
    """Health authors by place, hidden ones too."""
    return dict(
        con.execute(
            "select geo_value, health_author_n from mart_volume_week where health_author_n > 0"
        ).fetchall()
    )


def test_a_county_post_counts_in_its_county_region_state_and_the_nation():
    con = built([Voices(RURAL[0], 10)])

    assert every_count(con) == dict.fromkeys([RURAL[0], "WY-rural", "WY", "US"], 10)


def test_a_state_post_counts_in_its_state_and_the_nation_only():
    con = built([Voices("WY", 10)])

    assert every_count(con) == {"WY": 10, "US": 10}


def test_a_post_placed_nowhere_or_in_no_place_we_know_counts_nowhere():
    rows = tags([Voices("WY", 30), Voices("NJ", 20), Voices(URBAN[0], 15)]).to_pylist()
    for row in rows:
        row["state"] = {"WY": None, "NJ": "PR"}.get(row["state"], row["state"])
        row["county_fips"] = row["county_fips"] and "99999"
    con = built([], rows=rows)

    assert one(con, "select post_n, voice_n from mart_input where part = 'all'") == (65, 65)
    assert one(con, "select post_n from mart_input where part = 'placed'") == (0,)
    assert volume(con) == {}


def test_what_a_killed_run_spilled_from_memory_is_cleared(tmp_path):
    home = Home(tmp_path)
    left = tmp_path / "grapevine.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    left.parent.mkdir()
    left.write_bytes(b"import:1")

    make(home)

    assert not left.parent.exists()


def test_a_post_whose_time_was_changed_counts_on_the_later_day(tmp_path):
    home = Home(tmp_path)
    rows = tags([Voices("WY", 30), Voices("WY", 1, "sunscreen:promotes", first=90)]).to_pylist()
    later = [row | {"posted_at": row["posted_at"] + timedelta(days=1)} for row in rows[-2:]]
    merge(home, POSTS.empty_table(), pa.Table.from_pylist(rows, TAGS))
    merge(home, POSTS.empty_table(), pa.Table.from_pylist(later[:1], TAGS))

    make(home)

    assert ask(home, "select post_n, voice_n from mart_input where part = 'all'") == [(31, 31)]
    assert ask(home, "select count(*) from mart_tag_week") == [(0,)]


@pytest.mark.parametrize("days_of_before", [1, 2])
def test_tags_from_before_near_copies_were_marked_count_all_the_same(tmp_path, days_of_before):
    home = Home(tmp_path)
    put(home, Voices("WY", 20), Voices("WY", 20, first=50, week=WEEK.back(1)))
    for file in sorted(home.tags.rglob("tags.parquet"))[:days_of_before]:
        pq.write_table(pq.ParquetFile(file).read().drop_columns(["near", "community"]), file)

    make(home, weeks=2)

    assert ask(home, "select post_n, voice_n from mart_input where part = 'all'") == [(40, 40)]


def test_a_county_code_we_do_not_know_leaves_the_state():
    rows = [
        row | {"county_fips": "56999", "state": "WY"}
        for row in tags([Voices("WY", 12)]).to_pylist()
    ]

    assert every_count(built([], rows=rows)) == {"WY": 12, "US": 12}


def test_an_author_counts_once_however_many_posts_and_places():
    con = built(
        [
            Voices(RURAL[0], 12, crowd="WY"),
            Voices(RURAL[0], 12, crowd="WY"),
            Voices(URBAN[0], 12, crowd="WY"),
        ]
    )

    counts = "select post_n, author_n, health_author_n from mart_volume_week where geo_value = "
    assert one(con, f"{counts} '{RURAL[0]}'") == (24, 12, 12)
    assert one(con, f"{counts} 'US'") == (36, 12, 12)


def test_a_post_is_about_health_by_its_score_or_by_any_theme():
    con = built([Voices("WY", 10), Voices("WY", 20, "chatter", first=100)])
    themed = tags([Voices("WY", 30, PROMOTES, first=200)]).to_pylist()
    for row in themed:
        row["score"] = 0.1

    assert every_count(con) == {"WY": 10, "US": 10}
    assert every_count(built([], rows=themed)) == {"WY": 30, "US": 30}


def test_a_theme_or_signal_outside_the_taxonomy_is_not_counted():
    con = built([Voices("WY", 40), Voices("WY", 20, "retired:promotes", first=50)])
    gone = built([Voices("WY", 40), Voices("WY", 20, "gone_signal", first=50)])

    assert stances(con, "retired") == {}
    for other in (con, gone):
        assert other.execute("select * from mart_tag_week").fetchall() == []


def test_a_rebuttal_is_never_a_promotion():
    con = built([Voices("WY", 40), Voices("WY", 15, "sunscreen:refutes", first=50)])

    assert stances(con) == {("WY", "refutes"): 15}


def test_a_signal_counts_on_posts_about_health_only():
    rows = tags([Voices("WY", 15, "access_barrier")]).to_pylist()
    idle = [row | {"score": 0.1} if row["kind"] == "health" else row for row in rows]
    others = tags([Voices("WY", 40, first=50)]).to_pylist()

    signals = "select geo_value, author_n from mart_tag_week order by all"
    heard = built([], rows=[*rows, *others]).execute(signals).fetchall()
    unheard = built([], rows=[*idle, *others]).execute(signals).fetchall()

    assert heard == [("US", 15), ("WY", 15)]
    assert unheard == []


def test_the_share_and_its_interval_are_wilsons():
    con = built([Voices("WY", 80), Voices("WY", 20, PROMOTES, first=100)])

    counted = "author_n, health_author_n, share_per_1000, low_per_1000, high_per_1000"
    row = one(con, f"select {counted} from pub_theme_week where geo_value = 'WY'")

    z, n, p = 1.6448536, 100, 0.2
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low, high = (round(1000 * end, 1) for end in (middle - reach, middle + reach))
    assert row == (20, 100, 200.0, low, high)


@pytest.mark.parametrize("zone", ["UTC", "America/Denver", "Pacific/Auckland"])
def test_weeks_turn_at_midnight_utc_whatever_the_machines_zone(tmp_path, monkeypatch, zone):
    home = Home(tmp_path)
    rows = tags([Voices("WY", 24)]).to_pylist()
    sunday = datetime.combine(WEEK.start, time(), UTC)
    for number, row in enumerate(rows):
        row["posted_at"] = sunday - timedelta(seconds=1) if number < 11 else sunday
    merge(home, POSTS.empty_table(), pa.Table.from_pylist(rows, schema=TAGS))
    monkeypatch.setenv("TZ", zone)
    os.environ["TZ"] = zone

    make(home, weeks=2)

    weekly = (
        "select week, health_author_n from pub_volume_week where geo_value = 'WY' order by 1"
    )
    assert ask(home, weekly) == [(str(WEEK.back(1)), 11), (str(WEEK), 13)]


def test_only_the_weeks_asked_for_are_counted(tmp_path):
    home = Home(tmp_path)
    put(home, *(Voices("WY", 10 + back, week=WEEK.back(back)) for back in range(-1, 4)))

    report = make(home, weeks=2)

    weekly = "select distinct week, health_author_n from pub_volume_week order by all"
    assert ask(home, weekly) == [("2024-W09", 11), ("2024-W10", 10)]
    assert (report.posts_n, report.days_n) == (21, 2)


def test_days_outside_the_weeks_are_not_even_opened(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 10), Voices("WY", 10, week=WEEK.back(5)))
    old = home.tags / "source=import" / f"day={WEEK.back(5).start}" / "tags.parquet"
    old.write_bytes(b"would stop whoever opens it")

    assert make(home).posts_n == 10


def test_the_sample_is_counted_alone_or_not_at_all(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 12, source="sample"), Voices("WY", 30))

    counts = [make(home, is_sample=is_sample).posts_n for is_sample in (True, False)]

    assert counts == [12, 30]


@pytest.mark.parametrize("voices", [(), (Voices("WY", 10, week=Week(2020, 1)),)])
def test_weeks_without_posts_give_empty_tables_of_the_right_types(tmp_path, voices):
    home, full = Home(tmp_path / "empty"), Home(tmp_path / "full")
    put(home, *voices)
    put(full, Voices("WY", 40), Voices("WY", 20, PROMOTES, first=90))

    report, _ = make(home, weeks=3), make(full)

    types = "select table_name, column_name, data_type from duckdb_columns() order by all"
    assert ask(home, types) == ask(full, types)
    assert report.posts_n == report.rows["pub_theme_week"] == 0
    assert report.rows["pub_county"] == 3_144
    assert ask(home, "select distinct voice_band from pub_evidence") == [("fewer than 10",)]
    assert ask(home, "select posts_n, sources, weeks_n from pub_release") == [(None, "[]", 3)]


def sources_named(home):
    ((told,),) = ask(home, "select sources from pub_release")
    return json.loads(told)


def test_a_source_is_named_once_the_release_as_a_whole_has_ten_voices_of_it(tmp_path):
    home, earlier = Home(tmp_path), WEEK.back(1)
    put(
        home,
        Voices("WY", 40),
        Voices("56025", 5, source="bluesky"),
        Voices("56025", 5, source="bluesky", week=earlier, first=5),
        *(Voices(place, 3, source="mastodon") for place in ("56025", "WY", "NJ")),
        Voices("WY", 10, source="reddit", week=WEEK.back(2)),  # before the release's weeks
    )

    make(home, weeks=2)

    assert sources_named(home) == ["bluesky", "import"]


@pytest.mark.parametrize(
    ("voices", "named"),
    [((), ["import"]), ((1,), ["import", "news"]), ((9,), ["import", "news"])],
)
def test_news_is_named_from_its_first_post_since_outlets_are_no_private_persons(
    tmp_path, voices, named
):
    home = Home(tmp_path)
    put(
        home,
        Voices("WY", 40),
        Voices("WY", 9, source="mastodon"),
        *(Voices("WY", count, source="news") for count in voices),
    )

    make(home)

    assert sources_named(home) == named


def test_a_post_moved_to_another_day_counts_once(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 12))
    rows = tags([Voices("WY", 12)]).to_pylist()
    later = [row | {"posted_at": row["posted_at"] + timedelta(days=2)} for row in rows]
    merge(home, POSTS.empty_table(), pa.Table.from_pylist(later, schema=TAGS))

    report = make(home)

    assert (report.days_n, report.posts_n) == (2, 12)


def test_building_twice_changes_nothing(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 40), Voices("WY", 20, PROMOTES, first=90))

    reports = [make(home), make(home)]

    assert reports[0] == reports[1]


def test_a_build_that_fails_leaves_the_last_marts(tmp_path, monkeypatch):
    home = Home(tmp_path)
    put(home, Voices("WY", 40))
    make(home)

    def fail(con, computed, weeks):
        con.execute("drop table pub_volume_week")
        raise KeyboardInterrupt

    monkeypatch.setattr("warehouse.marts.build", fail)
    with pytest.raises(KeyboardInterrupt):
        make(home)

    assert ask(home, "select count(*) from pub_volume_week") == [(1,)]


def test_a_lake_file_that_cannot_be_read_is_one_plain_line(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 10))
    (file,) = home.tags.rglob("*.parquet")
    file.write_bytes(b"damaged")

    with pytest.raises(DataFolderError, match=r"damaged .*tags.parquet.* Put it back"):
        make(home)


def test_no_author_and_no_post_stays_in_the_database(tmp_path):
    home = Home(tmp_path)
    put(home, *(Voices("WY", 30, PROMOTES, first=n, crowd=RURAL[0]) for n in range(5)))

    make(home)

    content = home.database.read_bytes()
    assert author_key(RURAL[0], 7).encode() not in content
    assert b"import:2-7" not in content
    columns = [name for (name,) in ask(home, "select column_name from duckdb_columns()")]
    assert not {"author_key", "post_id", "text"} & set(columns)


def counted(promoting, health, back):
    """A state's week: so many who promote, so many health voices in all."""
    week = WEEK.back(back)
    return [
        Voices("WY", promoting, PROMOTES, week=week),
        Voices("WY", health - promoting, first=500, week=week),
    ]


def counted_weeks(now, before):
    """This week and those before the last, each (promoting, health)."""
    past = [counted(*week, back) for back, week in enumerate(before, start=2)]
    return [*counted(*now, 0), *(group for week in past for group in week)]


def direction(now, before, weeks=10):
    """The word for this week, given (promoting, health) now and in each week before."""
    con = built(counted_weeks(now, before), weeks)
    return one(
        con,
        f"select direction from pub_change_week where geo_value = 'WY' and week = '{WEEK}' "
        "and tag_id = 'sunscreen'",
    )[0]


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        ((40, 100), [(15, 100)] * 8, "rising"),
        ((15, 100), [(40, 100)] * 8, "falling"),
        ((20, 100), [(20, 100)] * 8, "steady"),
        ((20, 100), [(0, 100)] * 8, "rising"),
        ((60, 1000), [(0, 1000)] * 8, "new"),
        ((60, 1000), [(0, 1000)] * 4, "new"),
        ((60, 1000), [(0, 1000)] * 3, TOO_FEW),
        ((20, 100), [(0, 9)] * 8, TOO_FEW),
        ((9, 100), [(0, 100)] * 8, TOO_FEW),
        ((9, 100), [(60, 100)] * 8, "falling"),
        ((9, 100), [(11, 100)] * 8, TOO_FEW),
        ((12, 100), [(8, 100)] * 8, TOO_FEW),
        ((12, 100), [(12, 100)] * 8, "steady"),
        ((30, 100), [(8, 100)] * 8, "rising"),
    ],
)
def test_the_weeks_before_decide_the_word(now, before, word):
    assert direction(now, before) == word


def test_the_week_just_before_and_those_older_than_nine_weeks_decide_nothing():
    base = [
        *counted(20, 100, 0),
        *(group for n in range(2, 10) for group in counted(20, 100, n)),
    ]
    noise = [*counted(80, 100, 1), *counted(80, 100, 10), *counted(80, 100, 11)]

    words = [
        one(
            built(voices, 12),
            f"select direction from pub_change_week where geo_value = 'WY' and week = '{WEEK}' "
            "and tag_id = 'sunscreen'",
        )
        for voices in (base, base + noise)
    ]

    assert words == [("steady",), ("steady",)]


@pytest.mark.parametrize("now", [(12, 120), (13, 60), (14, 60), (20, 60)])
def test_a_word_never_hangs_on_one_hidden_week(now):
    before = [[(12, 100)] * 3 + [(hidden, 100)] for hidden in (0, 5, 9)]

    words = {direction(now, weeks_before, weeks=6) for weeks_before in before}

    assert len(words) == 1


def test_earlier_weeks_that_may_hold_none_or_nine_are_not_called_about_the_same():
    con = built(counted_weeks((12, 100), [(8, 100)] * 8), 10)

    ((word, least, most),) = con.execute(
        "select direction, past_low, past_high from pub_change_week "
        "where geo_value = 'WY' and tag_id = 'sunscreen'"
    ).fetchall()

    assert word == TOO_FEW
    assert most > 10 * least


@pytest.mark.parametrize(("is_alarm", "word"), [(True, TOO_FEW), (False, "steady")])
def test_what_is_unusual_in_a_place_is_never_called_steady_there(is_alarm, word):
    con = built(counted_weeks((20, 100), [(20, 100)] * 8), 10)
    con.execute(f"update pub_alarm_week set is_alarm = {is_alarm}")
    change = Model.read(MODELS / "published" / "pub_change_week.sql")

    told = con.execute(
        f"select direction from ({change.sql}) where geo_value = 'WY' and tag_id = 'sunscreen'"
    ).fetchall()

    assert told == [(word,)]


def band(place, *voices, weeks=12):
    found = "select voice_band, health_voice_band from pub_evidence where geo_value = "
    return one(built(voices, weeks), f"{found} '{place}'")


def test_every_place_has_a_band():
    con = built([Voices("WY", 30)])

    rows = con.execute("select geo_type, count(*) from pub_evidence group by 1 order by 1")
    assert rows.fetchall() == [("county", 6), ("nation", 1), ("region", 3), ("state", 2)]
    assert one(con, "select voice_band from pub_evidence where geo_value = '34001'") == (
        "fewer than 10",
    )


def test_a_county_of_few_voices_in_every_week_has_no_band_that_tells_of_them():
    few = [Voices(RURAL[0], 5, week=WEEK.back(back)) for back in range(12)]

    assert band(RURAL[0], *few) == ("fewer than 10", "fewer than 10")


def test_chatter_counts_among_the_voices_of_told_weeks_but_not_among_the_health_voices():
    voices = [Voices("WY", 12, week=WEEK.back(back)) for back in range(6)]
    chatter = [Voices("WY", 90, "chatter", first=50, week=WEEK.back(n)) for n in range(12)]

    assert band("WY", *voices, *chatter) == ("500 or more", "50 to 99")


def test_a_band_does_not_tell_a_hidden_county_from_its_neighbour():
    region = [Voices(RURAL[0], 10), Voices(RURAL[1], 1), Voices("WY", 60)]
    settled = [Voices(RURAL[2], 30, week=WEEK.back(back)) for back in range(1, 12)]

    for voices, weeks in ((region, 1), (region + settled, 12)):
        words = {band(county, *voices, weeks=weeks)[1] for county in RURAL[:2]}
        assert words == {"fewer than 10"}


def test_the_release_row_sums_up_the_weeks(tmp_path):
    home = Home(tmp_path)
    put(
        home,
        Voices("WY", 40),
        Voices("WY", 20),
        Voices("WY", 30, "chatter", first=100, has_author=False),
        Voices("WY", 3, first=200, source="clinic"),
    )

    make(home, weeks=4)

    assert ask(home, "select * from pub_release") == [
        (*WEEK_ROW, 4, False, 93, 93, 63, 30, '["import"]', None)
    ]


def test_a_small_part_of_all_posts_is_not_told():
    many = [Voices("WY", 40), Voices("NJ", 40)]
    few_nameless = built([*many, Voices("WY", 4, first=90, has_author=False)])
    few_others = built([*many, Voices("WY", 4, "chatter", first=90)])
    one_author = built([Voices("WY", 1, "chatter", crowd="NJ")] * 30 + many)

    assert one(few_nameless, "select posts_n, no_author_n from pub_release") == (84, None)
    assert one(few_others, "select posts_n, health_n from pub_release") == (84, None)
    assert one(one_author, "select posts_n, health_n from pub_release") == (110, None)


def test_posts_that_would_bound_a_hidden_nation_are_not_told():
    one_state = [Voices("WY", 40), Voices("NJ", 2)]
    twice = [*one_state, Voices("WY", 30)]

    assert volume(built(one_state)) == {"WY": 40}
    assert one(built(one_state), "select posts_n, health_n from pub_release") == (None, None)
    assert one(built(twice), "select posts_n, health_n from pub_release") == (72, 72)


def test_the_county_table_holds_the_reference(tmp_path):
    home = Home(tmp_path)

    make(home)

    known = "select name, state, region, is_rural, rucc_2023 from pub_county where fips = "
    assert ask(home, f"{known} '56003'") == [("Big Horn County", "WY", "WY-rural", True, 9)]
    assert ask(home, f"{known} '{LONELY}'")[0][2] == "NJ-urban"
    assert ask(home, "select count(*) from pub_county where is_rural") == [(1_958,)]


def test_every_published_column_says_what_it_is():
    for path in MODELS.glob("published/*.sql"):
        model = Model.read(path)
        assert model.name in PUBLISHED
        assert not {"author_key", "post_id", "text", "community"} & set(model.columns)


def test_the_lake_tells_marts_nothing_but_tags(tmp_path):
    home = Home(tmp_path)
    put(home, Voices("WY", 10))
    (file,) = home.tags.rglob("*.parquet")

    assert "text" not in pq.ParquetFile(file).schema_arrow.names
    assert not home.posts.exists()


def places_of(geo_value):
    """A place and all around it."""
    return [geo_value, *places_of(PARENTS[geo_value])] if geo_value in PARENTS else [geo_value]


@pytest.mark.whole
@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.builds(
            Voices,
            place=st.sampled_from(PLACES),
            count=st.integers(1, 4),
            tag=st.sampled_from(["health", "chatter", PROMOTES, "sunscreen:asks", *SIGNALS]),
            first=st.integers(0, 3),
            week=st.sampled_from([WEEK, WEEK.back(1)]),
            crowd=st.sampled_from(["", "travellers"]),
        ),
        max_size=12,
    )
)
def test_counts_are_the_distinct_authors_of_each_place_whoever_travels(voices):
    expected = {}
    for group in voices:
        kinds = [] if group.tag == "chatter" else ["health"]
        kinds += [] if group.tag in ("health", "chatter") else [group.tag]
        authors = {
            (group.crowd or group.place, n)
            for n in range(group.first, group.first + group.count)
        }
        for kind in kinds:
            for place in places_of(group.place):
                expected.setdefault((place, str(group.week), kind), set()).update(authors)

    con = built(voices, weeks=2)

    assert {key: len(authors) for key, authors in expected.items()} == {
        (place, week, kind): author_n
        for place, week, kind, author_n in con.execute(
            "select geo_value, week, 'health', health_author_n from mart_volume_week "
            "where health_author_n > 0 "
            "union all select geo_value, week, concat_ws(':', tag_id, nullif(stance, '')), "
            "author_n from mart_tag_week"
        ).fetchall()
    }
