"""Which counts of a week are alarms: from the published tables to the table of alarms."""

import functools

import numpy as np
import pytest

from tests.alarm_worlds import a_world, by_detector
from tests.worlds import LONELY, RURAL, URBAN, WEEK, Voices, built
from warehouse.alarms.detection import detect
from warehouse.alarms.farrington import Control
from warehouse.alarms.weekly import Panel, judge

PLACES = (*RURAL[:2], *URBAN, LONELY)
PROMOTES = "sunscreen:promotes"


@functools.cache
def a_built_season():
    return built(a_season(), 12)


def a_season(weeks=12, now=60, where=URBAN[0], gone=()):
    """Some 12 of 300 promote a theme in every place and week, and `now` of them at the end."""
    window = WEEK.trailing(weeks)
    for number, week in enumerate(window):
        for place_n, place in enumerate(PLACES):
            if week in gone:
                continue
            is_now = number == len(window) - 1 and place == where
            yield Voices(place, 300 + 10 * place_n, week=week)
            count = now if is_now else 12 + number * place_n % 4
            yield Voices(place, count, PROMOTES, week=week)


def alarms(con, columns="geo_value, is_alarm", where="true"):
    return con.execute(
        f"select {columns} from pub_alarm_week where {where} order by geo_value"
    ).fetchall()


def test_an_outbreak_is_an_alarm_where_it_is_and_in_the_places_around():
    con = a_built_season()

    found = dict(alarms(con))
    assert found[URBAN[0]]
    assert found["WY-urban"]
    assert found["WY"]
    assert not found[LONELY]
    assert not found["NJ"]


def test_a_row_says_what_was_expected_and_what_would_have_been_an_alarm():
    con = a_built_season()

    (row,) = alarms(
        con,
        "week, kind, tag_id, method, author_n, expected_per_1000, threshold_per_1000, p_value",
        f"geo_value = '{URBAN[0]}'",
    )

    assert row[:5] == (str(WEEK), "theme", "sunscreen", "c2", 60)
    assert row[5] == pytest.approx(1000 * 13 / 320, rel=0.15)
    assert row[5] < row[6] < 1000 * 60 / 320
    assert 0 < row[7] < 1e-9


def test_only_published_counts_are_tested():
    con = a_built_season()

    (alone,) = con.execute("""
        select count(*) from pub_alarm_week as alarms
        left join mart_shown_week as shown using (geo_value, week, kind, tag_id)
        where shown.author_n is distinct from alarms.author_n
    """).fetchone()

    assert alone == 0
    assert alarms(con) != []


def test_with_fewer_than_seven_baseline_weeks_there_is_no_alarm():
    assert alarms(built(a_season(weeks=9), 9)) == []
    assert alarms(built(a_season(weeks=10), 10)) != []


def test_weeks_in_which_nothing_was_collected_are_no_baseline():
    gone = WEEK.trailing(12)[3:6]

    assert alarms(built(a_season(gone=gone), 12)) == []


def test_an_empty_world_has_no_alarms():
    assert alarms(built([], 12)) == []


def a_panel(weeks, mean=20.0, total=500.0, places=3, seed=0):
    counts = np.random.default_rng(seed).poisson(mean, (places, 4, weeks)).astype(float)
    counts[counts < 10] = np.nan
    parent = np.array([-1, *[0] * (places - 1)])
    return Panel(
        counts, np.full((places, weeks), total), parent, np.minimum(np.arange(places), 1)
    )


def test_three_years_of_weeks_are_judged_by_past_years():
    panel = a_panel(Control(years=3).weeks_needed + 1)
    panel.counts[1, 2, -1] = 70
    panel.totals[2, :60] = np.nan
    panel.counts[2, :, :60] = np.nan

    found = detect(panel)

    assert found.is_long[:2].all()
    assert not found.is_long[2].any()
    assert found.is_alarm[1, 2]
    assert found.is_alarm.sum() == 1
    assert found.threshold[1, 2] <= 70


def test_an_alarm_is_a_count_at_its_threshold_or_above():
    world = a_world(3, 4, regions=20, counties=3)

    found = detect(world.panel)

    counts = world.panel.counts[..., -1]
    is_told = ~np.isnan(found.p_value)
    assert found.is_alarm.any()
    assert (found.is_alarm == (counts >= found.threshold))[is_told].all()
    assert not found.is_alarm[~is_told].any()


def test_a_higher_count_never_loses_its_alarm():
    panel = a_panel(16)
    verdicts = []
    for count in range(20, 60, 8):
        panel.counts[1, 0, -1] = count
        verdicts.append(detect(panel).is_alarm[1, 0])

    assert verdicts == sorted(verdicts)
    assert verdicts[-1]


def test_a_trivial_rise_of_a_huge_count_is_no_alarm():
    panel = a_panel(16, mean=30_000.0, total=1e6)
    panel.counts[0, 0, -1] = 40_000

    found = detect(panel)

    assert found.p_value[0, 0] < 1e-6
    assert not found.is_alarm.any()


def test_the_order_of_tags_and_places_does_not_matter():
    panel = a_world(5, 2, regions=6, counties=2).panel
    tags = np.random.default_rng(1).permutation(panel.counts.shape[1])

    found = detect(panel)
    other = detect(Panel(panel.counts[:, tags], panel.totals, panel.parent, panel.level))

    assert other.is_alarm.tolist() == found.is_alarm[:, tags].tolist()
    assert other.p_value == pytest.approx(found.p_value[:, tags], rel=1e-6, nan_ok=True)


def test_a_place_whose_neighbours_are_hidden_is_judged_by_the_next_place_around():
    panel = a_panel(16, places=3)
    parent = np.array([-1, 0, 1])
    panel.totals[1] = np.nan
    panel.counts[1] = np.nan

    found = judge(Panel(panel.counts, panel.totals, parent, np.array([0, 1, 2])))

    assert np.isnan(found.expected[1]).all()
    assert found.expected[2] == pytest.approx(np.full(4, 0.04), rel=0.3)


@pytest.mark.whole
def test_a_quiet_world_has_at_most_one_false_alarm_a_region_and_year():
    worlds = [a_world(seed, 0, regions=50, counties=1) for seed in range(3)]

    false_n = sum(by_detector(world)["ours"].sum() for world in worlds)

    assert false_n / (50 * 3 / 52) <= 1


@pytest.mark.whole
def test_outbreaks_are_found_in_their_first_week_at_a_price_below_that_of_c2():
    worlds = [a_world(50 + seed, 12, regions=50, counties=1) for seed in range(4)]
    found = [(by_detector(world), world.is_planted) for world in worlds]

    def false_a_year(name):
        false_n = sum((alarms[name] & ~is_real).sum() for alarms, is_real in found)
        return 52 * false_n / (50 * 4)

    ours = np.mean(np.concatenate([a["ours"][is_real] for a, is_real in found]))
    assert ours >= 0.75
    assert false_a_year("ours") <= 1
    assert false_a_year("C2") > 5
