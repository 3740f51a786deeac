"""Try to get round the hiding: nobody may be counted out of what is published."""

import functools
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import attacks
from tests.attacks import SMALL, around, published
from tests.worlds import (
    LONELY,
    PARENTS,
    PLACES,
    RURAL,
    URBAN,
    WEEK,
    Voices,
    built,
    volume,
)

WEEKS = 24
PROMOTES, REFUTES = "sunscreen:promotes", "sunscreen:refutes"
KINDS = ("health", "health", "chatter", PROMOTES, PROMOTES, REFUTES, "access_barrier")

groups = st.builds(
    Voices,
    place=st.sampled_from(PLACES),
    count=st.integers(1, 25),
    tag=st.sampled_from(KINDS),
    first=st.sampled_from([0, 5, 30]),
)


def a_world(seed, crowds):
    """Weeks at random, most counts near ten. Authors of a crowd post in many places."""
    chance = random.Random(seed)
    return [
        Voices(
            place=chance.choice(PLACES),
            count=chance.choice([1, 3, 6, 8, 9, 10, 11, 12, 14, 20, 30]),
            tag=chance.choice(KINDS),
            first=chance.choice([0, 0, 5, 30]),
            week=week,
            crowd=chance.choice(crowds),
        )
        for week in WEEK.trailing(WEEKS)
        for _ in range(chance.randrange(16))
    ]


@functools.cache
def a_built_world(seed, crowds):
    voices = a_world(seed, crowds)
    return voices, built(voices, WEEKS)


SETTLED = [(seed, ("",)) for seed in range(3)]
TRAVELLING = [(seed, ("", "", "travellers")) for seed in range(3, 6)]


@pytest.fixture(params=SETTLED, ids=str)
def settled(request):
    """Every author posts in one place."""
    return a_built_world(*request.param)


@pytest.fixture(params=[*SETTLED, *TRAVELLING], ids=str)
def world(request):
    """Some authors may post in several places, and are counted once where these add up."""
    return a_built_world(*request.param)


def test_the_random_worlds_publish_and_hide_enough_to_attack(world):
    _, con = world

    shown = sum(len(counts) for counts in published(con).values())
    (large,) = con.execute("""
        select (select count(*) from mart_volume_week where health_author_n >= 10)
             + (select count(*) from mart_tag_week where author_n >= 10)
    """).fetchone()

    assert shown > 90
    assert large - shown > 30


def test_no_published_count_is_below_ten(world):
    _, con = world

    assert all(min(counts.values()) >= 10 for counts in published(con).values())


def test_every_published_count_is_the_true_number_of_distinct_authors(world):
    voices, con = world

    true = defaultdict(set)
    for group in voices:
        for row in group.rows(0):
            series = (row["tag_id"], row["stance"] or "", str(group.week))
            if group.tag != "chatter":
                for place in (group.place, *around(group.place)):
                    true[series, place].add(row["author_key"])
    for series, counts in published(con).items():
        assert counts == {place: len(true[series, place]) for place in counts}


def test_a_place_less_the_nearest_published_inside_never_leaves_one_to_nine(world):
    _, con = world

    for counts in published(con).values():
        assert not set(attacks.rests(counts).values()) & SMALL


def test_no_choice_of_places_taken_away_leaves_one_to_nine(settled):
    _, con = settled

    for counts in published(con).values():
        for place, count in counts.items():
            assert not {count - taken for taken in attacks.takings(place, counts)} & SMALL


def test_no_choice_of_stances_leaves_fewer_than_ten_health_authors_outside(world):
    _, con = world

    shares = con.execute("""
        select health_author_n, list(author_n) from pub_theme_week
        group by geo_value, week, theme_id, health_author_n
        union all
        select health_author_n, [author_n] from pub_signal_week
    """).fetchall()

    assert min(attacks.least_outside(*share) for share in shares) >= 10


def test_no_share_stands_without_its_places_published_health_authors(world):
    _, con = world

    alone = con.execute("""
        select * from mart_shown_week as shares
        left join pub_volume_week as volume using (geo_value, week)
        where volume.health_author_n is distinct from shares.health_author_n
    """).fetchall()

    assert alone == []


@pytest.mark.parametrize("weeks", [1, 2, 3, 4, 12, WEEKS])
def test_a_band_leaves_every_unpublished_week_open_from_zero_to_nine(settled, weeks):
    voices, whole = settled
    con = whole if weeks == WEEKS else built(voices, weeks)
    volumes = {str(week): volume(con, week) for week in WEEK.trailing(weeks)}

    for place in {*PARENTS, "US"}:
        shown_n = sum(counts.get(place, 0) for counts in volumes.values())
        open_n = attacks.open_weeks(place, volumes)
        band, voice_band = bands(con, place)
        if open_n:
            possible = attacks.possible_in_a_week(band, shown_n, open_n)
            assert possible == set(range(10))
        # all voices are at least the health voices: their band may not cap these
        later = [least for least in attacks.BANDS.values() if least > max(voice_band, shown_n)]
        assert all(least >= shown_n + 10 for least in later[:1]) or voice_band <= shown_n


def bands(con, place):
    """Where the health voices' band and the voices' band of a place begin."""
    words = con.execute(
        "select health_voice_band, voice_band from pub_evidence where geo_value = ?", [place]
    ).fetchone()
    return tuple(attacks.BANDS[word] for word in words)


@settings(max_examples=12, deadline=None)
@given(st.lists(groups, max_size=12))
def test_no_small_world_gives_a_hidden_count_away(voices):
    con = built(voices)

    for counts in published(con).values():
        assert min(counts.values()) >= 10
        for place, count in counts.items():
            assert not {count - taken for taken in attacks.takings(place, counts)} & SMALL


def test_a_hidden_place_looks_the_same_as_one_nobody_posted_in():
    rest = [Voices(URBAN[0], 30), Voices("WY", 50)]
    with_nine = built([Voices(RURAL[0], 9), *rest])
    with_none = built([Voices("WY", 9, crowd=RURAL[0]), *rest])

    for table in ("volume_week", "theme_week", "signal_week", "change_week", "evidence"):
        question = f"select * from pub_{table} order by all"
        assert with_nine.execute(question).fetchall() == with_none.execute(question).fetchall()


LARGE = {"WY-urban": 60, URBAN[0]: 40, URBAN[1]: 20, "NJ": 30, "NJ-urban": 30, LONELY: 30}
"""What the rest of a world tells that hides nothing there."""


def and_large(*voices):
    return built([*voices, *(Voices(place, LARGE[place]) for place in (*URBAN, LONELY))])


def test_a_county_that_would_give_its_neighbour_away_is_hidden():
    con = and_large(Voices(RURAL[0], 12), Voices(RURAL[1], 3))

    assert volume(con) == LARGE | {"US": 105, "WY": 75, "WY-rural": 15}


def test_a_county_that_would_tell_that_nobody_posted_next_to_it_is_hidden():
    con = and_large(Voices(RURAL[0], 12), Voices(RURAL[1], 14))

    assert volume(con) == LARGE | {"US": 116, "WY": 86, "WY-rural": 26, RURAL[1]: 14}


def test_counties_of_a_hidden_region_stay_when_they_give_nothing_away():
    con = and_large(*(Voices(county, 20) for county in RURAL), Voices("WY", 5))

    assert volume(con) == {
        "US": 155,
        "WY": 125,
        **LARGE,
        **dict.fromkeys(RURAL[1:], 20),
    }


def test_the_only_state_stays_and_the_nation_is_hidden():
    con = built([Voices("WY", 200), Voices(LONELY, 5)])

    assert volume(con) == {"WY": 200}
