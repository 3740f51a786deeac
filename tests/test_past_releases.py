"""What a site knows of earlier releases: what readers had, and only what came before it."""

import json

import duckdb
import pytest

from dashboards.geo import NATION, Geo
from dashboards.snapshot import read_snapshot
from flows.versions import versions
from tests.test_release import ask, content, count
from tests.test_revisions import (
    CROWD,
    FAULT,
    FINE,
    MORE,
    frozen,
    in_week,
)
from tests.worlds import LONELY, RURAL, URBAN, WEEK, Voices
from warehouse import archive
from warehouse.database import open_database
from warehouse.publication import SetAsideError, settle
from warehouse.release import freeze
from warehouse.snapshot import publish_snapshot, write_snapshot

NAMES = "select release_id from past_release order by all"


def published(home, *voices, **changed):
    """Count, freeze, check and publish; the name of the release."""
    name = frozen(home, *voices, **changed)
    settle(home, name, [FINE])
    publish_snapshot(home, name)
    return name


def past(home):
    return [name for (name,) in ask(home.snapshot, NAMES)]


def past_of(home, name):
    """The earlier releases in a snapshot written anew."""
    path = home.root / "again.duckdb"
    write_snapshot(home, name, path)
    found = [one for (one,) in ask(path, NAMES)]
    path.unlink()
    return found


def test_the_first_release_has_none_before_it(home):
    published(home, *CROWD)

    assert past(home) == []
    assert ask(home.snapshot, "select * from past_theme") == []


def test_a_release_carries_those_published_before_it_with_what_changed_and_was_checked(home):
    first = published(home, *CROWD)
    second = published(home, MORE)
    third = published(home, model="another")

    assert past(home) == [first, second]
    assert past_of(home, second) == [first]
    assert past_of(home, first) == []
    rows = ask(home.snapshot, "select changed, checked, weeks_n from past_release order by all")
    assert rows[0] == ("", "Checks before publication: 1 held.", 1)
    assert rows[1][0].startswith(f"Since release {first}: ")
    assert third not in past(home)


def test_what_was_set_aside_or_never_put_up_is_in_no_archive(home):
    first = published(home, *CROWD)
    aside = frozen(home, MORE)
    with pytest.raises(SetAsideError):
        settle(home, aside, [FAULT])
    frozen(home, model="not checked")

    last = published(home, model="another")

    assert past(home) == [first]
    publish_snapshot(home, aside, "a storm cut the lines")
    assert past(home) == [first, last]
    assert past_of(home, last) == [first]  # what was put up later was not there then


def test_the_sample_and_real_releases_keep_archives_of_their_own(home):
    real = published(home, *CROWD)
    count(home, Voices("WY", 60, source="sample"), is_sample=True)
    sample = freeze(home, WEEK, 1, True, versions()).release_id
    publish_snapshot(home, sample)
    assert past(home) == []

    count(home, MORE)
    published(home)

    assert past(home) == [real]


def test_putting_up_an_earlier_release_again_shows_its_archive_of_then(home):
    first = published(home, *CROWD)
    second = published(home, MORE)

    publish_snapshot(home, first)

    assert past(home) == []
    publish_snapshot(home, second)
    assert past(home) == [first]


def test_only_figures_of_the_nation_and_the_states_in_the_own_week_are_carried(home):
    states = [
        group
        for place in ("WY", LONELY)
        for group in (
            Voices(place, 90, first=2_000),
            Voices(place, 60, "sunscreen:promotes", first=5_000),
        )
    ]
    voices = [one for back in range(3) for one in in_week(back)]
    first = published(home, *voices, *states, weeks=3)
    published(home, MORE, weeks=3)

    rows = ask(
        home.snapshot, "select distinct geo_type, release_id from past_theme order by all"
    )

    assert rows == [("nation", first), ("state", first)]
    (counted,) = ask(
        home.database,
        "select count(*) from frozen.pub_theme_week where stance = 'promotes' and "
        f"geo_type in ('nation', 'state') and week = '{WEEK}' and release_id = '{first}'",
    )
    assert ask(home.snapshot, "select count(*) from past_theme") == [counted]


def test_every_number_carried_was_told_by_its_own_release(home):
    published(home, *CROWD, Voices(RURAL[0], 30, "sunscreen:promotes", first=3_000))
    published(home, MORE)
    keys = "geo_type, geo_value, theme_id, author_n, health_author_n, share_per_1000"

    carried = set(ask(home.snapshot, f"select release_id, {keys} from past_theme"))
    told = set(ask(home.database, f"select release_id, {keys} from frozen.pub_theme_week"))

    assert carried
    assert carried <= told
    assert all(row[4] >= 10 for row in carried)


def test_no_clock_and_no_private_count_is_carried(home):
    published(home, *CROWD)
    published(home, MORE)

    names = {
        name
        for table in archive.TABLES
        for (name,) in ask(
            home.snapshot,
            f"select column_name from duckdb_columns() where table_name = '{table}'",
        )
    }

    assert not [name for name in names if name.endswith("_at") or name == "posts_n"]


def test_the_pages_read_an_earlier_release_as_numbers_of_its_own(home):
    first = published(home, *CROWD)
    with open_database(home) as con:
        (told,) = con.execute(
            "select author_n from frozen.pub_theme_week where release_id = ? and "
            "geo_type = 'nation' and theme_id = 'sunscreen' and stance = 'promotes'",
            [first],
        ).fetchone()
    published(home, MORE)

    (numbers,) = read_snapshot(home.snapshot).past

    assert numbers.release.release_id == first
    assert (numbers.release.week_start, numbers.release.week_end) == (WEEK.start, WEEK.end)
    assert numbers.themes_now(NATION)["sunscreen"]["promotes"].author_n == told
    assert {geo.type for geo in numbers.themes} <= {"nation", "state"}
    assert numbers.themes_now(Geo("county", URBAN[0])) == {}


def test_an_earlier_version_without_directions_or_estimates_is_carried_all_the_same(home):
    published(home, *CROWD)
    published(home, MORE)
    with open_database(home) as con:
        con.execute("drop table frozen.pub_estimate_week")
        con.execute("alter table frozen.pub_change_week drop column tag_id")

    home.snapshot.unlink()
    publish_snapshot(home, "2024-W10.2")

    assert len(past(home)) == 1
    assert ask(home.snapshot, "select distinct rests_on, direction from past_theme") == [
        (None, None)
    ]


def test_a_snapshot_without_its_archive_is_written_again(home):
    published(home, *CROWD)
    name = published(home, MORE)
    with duckdb.connect(home.snapshot) as con:
        con.execute("drop table past_release")

    publish_snapshot(home, name)

    assert len(past(home)) == 1


def test_the_snapshot_of_a_release_is_the_same_whatever_was_published_since(home):
    kept = {}
    for changed in ({}, {"model": "two"}, {"model": "three"}):
        name = published(home, *CROWD, **changed)
        kept[name] = content(home)
    assert [len(held["past_release"]) for held in kept.values()] == [0, 1, 2]

    for name in (*kept, *reversed(kept)):
        publish_snapshot(home, name)
        assert content(home) == kept[name]


def test_the_reasons_of_a_published_release_stand_in_its_row_and_no_number_of_posts(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])
    publish_snapshot(home, name, "a storm cut the lines")
    published(home, MORE)

    ((checked,),) = ask(home.snapshot, "select checked from past_release")

    assert "failed: posts" in checked
    assert "a storm cut the lines" in checked
    assert "3 posts in the week" not in json.dumps(checked)
