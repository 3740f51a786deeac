"""Which weeks are told to be without a source, or with a changed mix of sources."""

import pytest

from tests.worlds import URBAN, WEEK, Voices, built

WEEKS = 9


def weekly(source, counts, first=0):
    """So many authors of one source in each of the trailing weeks, the last count now."""
    return [
        Voices(URBAN[0], n, week=WEEK.back(len(counts) - 1 - back), source=source, first=first)
        for back, n in enumerate(counts)
        if n
    ]


def outages(*groups, weeks=WEEKS):
    con = built([group for one in groups for group in one], weeks=weeks)
    return con.execute("select source, week, reason from ref_outages order by all").fetchall()


def steady(source, count, first=0):
    return weekly(source, [count] * WEEKS, first)


def test_a_source_silent_between_weeks_with_posts_is_an_outage():
    found = outages(
        steady("import", 40), weekly("mastodon", [20, 21, 0, 19, 20, 20, 22, 20, 20])
    )

    assert found == [("mastodon", str(WEEK.back(6)), "outage")]


def test_a_source_silent_in_the_week_of_the_release_is_an_outage():
    found = outages(steady("import", 40), weekly("mastodon", [20] * 8 + [0]))

    assert found == [("mastodon", str(WEEK), "outage")]


def test_a_source_of_which_next_to_nothing_came_was_out_too():
    found = outages(
        steady("import", 40), weekly("mastodon", [20, 20, 2, 20, 20, 20, 20, 20, 20])
    )

    assert found == [("mastodon", str(WEEK.back(6)), "outage")]


def test_the_other_sources_of_a_week_of_outage_are_not_told_to_have_changed():
    found = outages(
        steady("import", 20), weekly("mastodon", [40, 40, 0, 40, 40, 40, 40, 40, 40])
    )

    assert found == [("mastodon", str(WEEK.back(6)), "outage")]


def test_a_week_in_which_one_source_swells_is_a_changed_mix():
    found = outages(steady("import", 40), weekly("mastodon", [20, 20, 20, 200] + [20] * 5))

    assert found == [("mastodon", str(WEEK.back(5)), "changed mix")]


def test_weeks_before_a_large_source_began_are_a_changed_mix():
    found = outages(
        steady("import", 40), weekly("mastodon", [0, 0, 30, 30, 30, 30, 30, 30, 30])
    )

    assert found == [
        ("mastodon", str(WEEK.back(8)), "changed mix"),
        ("mastodon", str(WEEK.back(7)), "changed mix"),
    ]


@pytest.mark.parametrize(
    "counts",
    [
        [20, 25, 18, 30, 15, 22, 28, 17, 21],
        [20, 22, 40, 12, 20, 35, 11, 24, 20],
        [5, 0, 6, 4, 5, 0, 6, 5, 4],
        [40, 0, 0, 0, 0, 0, 0, 30, 20],
        [0, 0, 0, 0, 0, 0, 0, 40, 40],
    ],
    ids=["ordinary", "restless", "too small", "silent as a rule", "two weeks old"],
)
def test_nothing_is_told_of_a_source_that_is(counts):
    assert outages(steady("import", 60), weekly("mastodon", counts)) == []


def test_a_single_source_that_rises_and_falls_is_no_changed_mix():
    assert outages(weekly("import", [40, 80, 40, 20, 160, 40, 41, 43, 20])) == []


def test_a_small_part_of_all_voices_is_no_outage_when_it_is_silent():
    con = outages(steady("import", 400), weekly("mastodon", [12, 12, 0] + [12] * 6))

    assert con == []


def test_readers_are_told_the_same_weeks():
    groups = [*steady("import", 40), *weekly("mastodon", [20] * 8 + [0])]
    con = built(groups, weeks=WEEKS)

    told = con.execute("select week, source, reason from pub_outage_week").fetchall()

    assert told == [(str(WEEK), "mastodon", "outage")]


def test_a_source_is_named_only_with_ten_voices_or_more_behind_it():
    for count in (3, 9, 10, 30):
        con = built(
            [*steady("import", 40), *weekly("mastodon", [count] * 4 + [0] + [count] * 4)],
            weeks=WEEKS,
        )

        named = {s for (s,) in con.execute("select source from pub_outage_week").fetchall()}
        (listed,) = con.execute("select sources from pub_release").fetchone()
        assert all(source in listed for source in named)
        assert bool(named) == (count >= 10)


def test_one_busy_author_makes_no_changed_mix():
    busy = [
        Voices(URBAN[0], 20, week=WEEK.back(back), source="mastodon") for back in range(WEEKS)
    ]
    many = [Voices(URBAN[0], 1, week=WEEK, source="mastodon") for _ in range(150)]

    assert outages(steady("import", 40), busy, many) == []
