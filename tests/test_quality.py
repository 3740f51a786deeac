"""What the checks before publication let pass, warn of, and hold back."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import URBAN, WEEK, Voices, built
from warehouse.quality import counts, figures, shifts
from warehouse.quality.finding import (
    FAILED,
    HELD,
    NOT_CHECKED,
    WARNED,
    Finding,
    gravest,
    in_words,
)
from warehouse.quality.gate import CHECKS
from warehouse.quality.history import History, SourceWeek, read

WEEKS = tuple(str(week) for week in WEEK.trailing(9))
NOW = WEEKS[-1]


def history(posts=(100,) * 9, bins=None, **sources):
    """A history of one source `import`, or of the sources named, by posts a week."""
    told = sources or {"import": posts}
    by_week = {
        (source, week): n if isinstance(n, SourceWeek) else SourceWeek(n, n // 2, n // 4)
        for source, series in told.items()
        for week, n in zip(WEEKS, series, strict=True)
    }
    return History(NOW, WEEKS, by_week, {}, bins or {}, ("test",))


def spread(parts, n=400):
    """`n` tags by these parts of 100."""
    return Counter({name: round(part * n / 100) for name, part in parts.items()})


@pytest.mark.parametrize(
    ("now", "outcome"),
    [(100, HELD), (60, HELD), (45, WARNED), (20, FAILED), (0, FAILED), (450, WARNED),
     (5_000, FAILED)],
)  # fmt: skip
def test_a_week_of_posts_is_held_against_the_weeks_before(now, outcome):
    found = counts.posts(history((100, 110, 95, 105, 98, 102, 90, 100, now)))

    assert found.outcome == outcome
    assert f"{now:,} posts in the week, usually 100" in found.told


def test_what_happened_before_in_the_window_is_no_reason_to_stop():
    restless = (45, 609, 443, 393, 563, 2_057, 999, 433, 77)

    assert counts.posts(history(restless)).outcome == HELD
    assert counts.posts(history((*restless[:-1], 2_021))).outcome == HELD


@pytest.mark.parametrize("now", [0, 1, 5, 12])
def test_a_few_posts_more_or_less_where_there_are_few_mean_nothing(now):
    assert counts.posts(history((4, 3, 5, 4, 2, 6, 4, 5, now))).outcome == HELD


@pytest.mark.parametrize("usual", [1, 4, 40])
def test_small_feeds_that_grow_at_a_stroke_stop_nothing(usual):
    assert counts.posts(history((usual,) * 8 + (900,))).outcome == WARNED


def test_many_more_published_figures_are_a_warning_and_none_are_a_failure():
    by_week = dict.fromkeys(WEEKS, 40)

    def judged(now):
        return counts.figures(replace(history(), figures_n=by_week | {NOW: now})).outcome

    assert [judged(now) for now in (40, 3_000, 0)] == [HELD, WARNED, FAILED]


def test_without_three_weeks_with_posts_before_nothing_is_checked_and_it_is_said():
    for series in ((0,) * 8 + (500,), (0,) * 6 + (90, 100, 1)):
        found = counts.posts(history(series))

        assert str(found) == "posts: not checked (no history)"


def test_a_source_that_gives_most_posts_and_falls_silent_stops_a_release():
    found = counts.sources(history(**{"import": (100,) * 8 + (0,), "news": (40,) * 9}))

    assert found.outcome == FAILED
    assert found.told == "0 posts from import, usually 100"


def test_a_smaller_source_that_falls_silent_is_a_warning():
    found = counts.sources(history(**{"import": (100,) * 9, "news": (40,) * 8 + (0,)}))

    assert (found.outcome, found.told) == (WARNED, "0 posts from news, usually 40")


def test_a_source_that_swells_is_a_warning_that_names_it():
    found = counts.sources(history(**{"import": (100,) * 9, "news": (40,) * 8 + (300,)}))

    assert (found.outcome, found.told) == (WARNED, "300 posts from news, usually 40")


def test_a_new_source_is_not_held_against_weeks_it_was_not_there():
    found = counts.sources(history(**{"import": (100,) * 9, "news": (0,) * 8 + (300,)}))

    assert found.outcome == HELD


def test_the_part_placed_is_held_against_the_weeks_before():
    usual = [SourceWeek(400, 300, 100)] * 8
    outcomes = [
        shifts.placed(history(**{"import": (*usual, SourceWeek(400, placed_n, 100))})).outcome
        for placed_n in (300, 270, 200, 20)
    ]

    assert outcomes == [HELD, HELD, WARNED, FAILED]


def test_an_outbreak_of_one_theme_is_a_warning_and_no_more():
    usual = {"sunscreen": 4, "raw_milk": 30, "fluoride": 30, "masks": 36}
    outbreak = {"sunscreen": 30, "raw_milk": 22, "fluoride": 22, "masks": 26}
    by_week = {week: spread(usual) for week in WEEKS} | {NOW: spread(outbreak)}

    assert shifts.labels(history(bins={"labels": by_week})).outcome == WARNED


def test_labels_that_have_nothing_to_do_with_the_weeks_before_stop_a_release():
    usual = {"sunscreen": 60, "raw_milk": 39, "fluoride": 1}
    by_week = {week: spread(usual) for week in WEEKS}
    by_week[NOW] = spread({"sunscreen": 1, "raw_milk": 2, "fluoride": 97})

    found = shifts.labels(history(bins={"labels": by_week}))

    assert found.outcome == FAILED
    assert "index" in found.told


def test_another_language_mix_is_found():
    by_week = {week: spread({"en": 90, "es": 10}) for week in WEEKS}
    by_week[NOW] = spread({"en": 5, "es": 95})

    assert shifts.languages(history(bins={"languages": by_week})).outcome == FAILED


def test_scores_that_lie_elsewhere_are_found_though_as_many_tags_are_given():
    usual = {5: 10, 6: 20, 7: 30, 8: 30, 9: 10}
    by_week = {week: spread(usual) for week in WEEKS} | {NOW: spread({5: 95, 6: 5})}

    found = shifts.calibration(history(bins={"scores of theme": by_week}))

    assert found.outcome == FAILED


def test_few_tags_are_not_compared():
    by_week = {week: spread({"en": 90, "es": 10}, n=20) for week in WEEKS}

    assert shifts.languages(history(bins={"languages": by_week})).outcome == NOT_CHECKED


@given(seed=st.integers(0, 10_000), n=st.integers(50, 2_000))
def test_chance_alone_never_holds_a_release_back(seed, n):
    rng = random.Random(seed)
    parts = {"a": 50, "b": 30, "c": 15, "d": 5}

    def draw():
        return Counter(rng.choices(list(parts), weights=parts.values(), k=n))

    by_week = {week: draw() for week in WEEKS}

    found = shifts.languages(history(bins={"languages": by_week}))

    assert found.outcome == HELD if n >= 200 else found.outcome in (HELD, WARNED)


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 500), min_size=1))
def test_the_index_of_a_sample_beside_itself_is_none(sample):
    assert shifts.stability_index(sample, sample) == 0.0


@given(
    st.dictionaries(st.integers(0, 9), st.integers(0, 500), min_size=1),
    st.dictionaries(st.integers(0, 9), st.integers(0, 500), min_size=1),
)
def test_the_index_is_finite_and_the_same_both_ways(one, other):
    if not sum(one.values()) or not sum(other.values()):
        return
    index = shifts.stability_index(one, other)

    assert 0 <= index < 100
    assert index == pytest.approx(shifts.stability_index(other, one))


def test_published_values_out_of_range_are_found():
    con = built([Voices(URBAN[0], 40), Voices("WY", 30, "sunscreen:promotes", first=100)])
    assert figures.in_range(con).outcome == HELD

    con.execute("update pub_volume_week set health_author_n = 9 where geo_value = 'WY'")
    found = figures.in_range(con)

    assert found.outcome == FAILED
    assert found.told == "out of range: 1 rows of pub_volume_week"


def test_a_missing_value_is_out_of_range():
    con = built([Voices(URBAN[0], 40)])

    con.execute("update pub_volume_week set health_author_n = null")

    assert figures.in_range(con).outcome == FAILED


def test_the_history_is_read_from_the_marts_small_numbers_included():
    groups = [Voices(URBAN[0], 7, "sunscreen:promotes", week=WEEK.back(n)) for n in range(3)]
    found = read(built(groups, weeks=4))

    assert found.weeks == tuple(str(week) for week in WEEK.trailing(4))
    assert found.posts["import", str(WEEK)] == SourceWeek(7, 7, 7)
    assert found.total(str(WEEK.back(3))) == SourceWeek(0, 0, 0)
    assert found.bins["labels"][str(WEEK)] == {("theme", "sunscreen"): 7}
    assert found.bins["stances"][str(WEEK)] == {"promotes": 7}
    assert found.bins["scores of theme"][str(WEEK)] == {8: 7}
    assert found.bins["languages"][str(WEEK)] == {"en": 7}
    assert found.taggers == ("test",)


def test_every_check_has_its_own_name_and_says_its_threshold():
    found = [check(history()) for check in CHECKS]

    assert len({one.name for one in found}) == len(CHECKS)
    assert all(one.threshold for one in found)


def test_of_several_findings_the_gravest_is_told():
    found = [Finding("x", HELD, "", "fine"), Finding("x", FAILED, "", "bad"),
             Finding("x", WARNED, "", "so so")]  # fmt: skip

    assert gravest(found) == Finding("x", FAILED, "", "bad")


def test_readers_are_told_no_number_of_posts():
    found = [Finding("posts", HELD, "", "7 posts"), Finding("sources", WARNED, "", "3 of 5"),
             Finding("label shift", NOT_CHECKED, "", "no history")]  # fmt: skip

    assert in_words(found) == (
        "Checks before publication: 1 held; warning: sources; not checked: label shift."
    )
