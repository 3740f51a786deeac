"""The backtest: the numbers of the product's tables, and figures that mean what they say."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from simulation import posts, world
from simulation.backtest import (
    accuracy,
    alarming,
    brigading,
    changing,
    detection,
    estimating,
    page,
    plots,
    run,
    tables,
)  # fmt: skip
from simulation.backtest.seen import Added, Seen, see
from simulation.brigades import Brigade
from simulation.outbreaks import Outbreak
from simulation.settings import Errors, Settings
from simulation.tables import tags_table
from warehouse.marts import Scope, build_tables
from warehouse.reference import load_counties

pytestmark = pytest.mark.minutes

WEEKS = 11
TAGS = (
    ("theme", "raw_milk"),
    ("theme", "sunscreen"),
    ("theme", "vaccine_injury"),
    ("signal", "access_barrier"),
)
HALVES = ("theme", "signal")


@pytest.fixture(scope="module")
def small():
    return world.draw(Settings(weeks=14, seed=9, scale=0.1), TAGS)


@pytest.fixture(scope="module")
def seen(small):
    return see(small, WEEKS, in_one_release=True)


@pytest.fixture(scope="module")
def built(small):
    """The same weeks through every table of the product."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    rows = [tags_table(small, week, posts.draw(small, week)) for week in range(WEEKS)]
    kinds = {half: [tag for kind, tag in small.tags if kind == half] for half in HALVES}
    window = small.settings.window[:WEEKS]
    scope = Scope(window, True, kinds["theme"], kinds["signal"], load_counties())
    build_tables(con, scope, pa.concat_tables(rows), None, estimating.error_rates(small))
    return con


def numbered(small):
    places = {name: n for n, name in enumerate(small.places.names)}
    weeks = {str(week): n for n, week in enumerate(small.settings.window)}
    return places, weeks, {tag: n for n, tag in enumerate(small.tags)}


# The same numbers as the product


def test_the_same_health_authors_are_told_as_the_product_tells(small, seen, built):
    places, weeks, _ = numbered(small)
    rows = built.execute("select week, geo_value, health_author_n from pub_volume_week")

    told = {(weeks[week], places[place]): n for week, place, n in rows.fetchall()}

    cells = np.argwhere(seen.told_health > 0)
    assert told == {tuple(cell): seen.told_health[tuple(cell)] for cell in cells}


def test_the_same_themes_and_signals_are_told_as_the_product_tells(small, seen, built):
    places, weeks, tags = numbered(small)
    rows = built.execute(
        "select week, geo_value, kind, tag_id, author_n from mart_shown_week "
        "where stance in ('promotes', '')"
    ).fetchall()

    told = {(weeks[w], places[p], tags[kind, tag]): n for w, p, kind, tag, n in rows}

    cells = np.argwhere(~np.isnan(seen.told))
    assert len(cells) > 20
    assert told == {tuple(cell): seen.told[tuple(cell)] for cell in cells}


def test_the_same_shares_are_estimated_as_the_product_estimates(small, seen, built):
    places, _, tags = numbered(small)
    found = estimating.estimate(small, seen, WEEKS - 1)
    rows = built.execute(
        "select geo_value, kind, tag_id, share_per_1000, low_per_1000, high_per_1000 "
        "from est_share_week where week = ? and geo_value <> 'US-rural' "
        "and kind in ('theme', 'signal')",
        [str(small.settings.window[WEEKS - 1])],
    ).fetchall()

    assert len(rows) == len(places) * len(tags)
    for place, kind, tag, *shares in rows:
        cell = places[place], tags[kind, tag]
        ours = [1000 * part[cell] for part in (found.mean, found.low, found.high)]
        assert ours == pytest.approx(shares)


def test_the_same_alarms_are_raised_as_the_product_raises(small, seen, built):
    places, _, tags = numbered(small)
    scores, alarms = alarming.ours(small.places, seen, WEEKS - 1, [])
    rows = built.execute(
        "select geo_value, kind, tag_id, p_value, is_alarm from est_alarm where week = ?",
        [str(small.settings.window[WEEKS - 1])],
    ).fetchall()

    assert len(rows) > 10
    for place, kind, tag, p_value, is_alarm in rows:
        cell = places[place], tags[kind, tag]
        assert alarms[cell] == is_alarm
        if not np.isnan(scores[cell]):
            assert 10 ** -scores[cell] == pytest.approx(p_value, rel=0.01)
    assert alarms.sum() == sum(is_alarm for *_, is_alarm in rows)


def test_a_release_of_its_own_may_hide_other_places_but_never_shows_a_small_count(small):
    found = see(small, 3)

    assert found.told_health[found.told_health > 0].min() >= 10
    assert np.nanmin(found.told) >= 10
    where = ~np.isnan(found.told)
    assert (found.told[where] == found.tagged[where]).all()


# Accuracy


def perfect(small, seen, week, spread=0.0):
    truth = small.by_place(small.true_shares(week))
    ones = np.ones_like(truth)
    return estimating.Estimates(
        truth, truth - spread, truth + spread, ones, 0 * ones, 0 * ones, truth, truth
    )


def test_estimates_that_are_the_truth_have_no_bias_and_no_error(small, seen):
    tallies = accuracy.Tallies()

    accuracy.add(tallies, small, seen, 3, perfect(small, seen, 3))

    for tally in tallies.values():
        assert tally.coverage_pct == 100
        assert tally.bias == pytest.approx(0)
        assert tally.own_error == pytest.approx(0)
    assert tallies["nation"].cells_n == len(small.tags)
    classes = [accuracy.size_name(*size) for size in accuracy.SIZES]
    counties = sum(tallies[name].cells_n for name in classes if name in tallies)
    assert counties == small.places.counties_n * len(small.tags)


def test_estimates_that_are_too_high_are_biased_by_so_much_and_not_held(small, seen):
    right = perfect(small, seen, 3)
    high = replace(right, mean=right.mean + 0.01, low=right.low + 0.01, high=right.high + 0.01)
    tallies = accuracy.Tallies()

    accuracy.add(tallies, small, seen, 3, high)

    state = tallies["state"]
    assert state.coverage_pct == 0
    assert state.bias / state.cells_n == pytest.approx(10)
    assert state.error / state.cells_n == pytest.approx(10)


# Words of change


def moved(world, week):
    """(places, tags) the true share of a week by that of the eight before the last."""
    before = np.mean([world.by_place(world.true_shares(w)) for w in range(week - 1)], axis=0)
    return world.by_place(world.true_shares(week)) / before


def said(world, week, seen, rise, fall):
    """Estimates that say so of the cells named, and that all can be compared."""
    right = perfect(world, seen, week)
    names = ("rise", "fall", "past_most", "past_least")
    cells = (1.0 * rise, 1.0 * fall, right.mean / 2, right.mean * 2)
    return replace(right, **dict(zip(names, cells, strict=True)))


def test_words_that_say_what_is_so_are_all_counted_true(small, seen):
    up = moved(small, 9) > 1
    words = {}

    changing.add(words, small, 9, said(small, 9, seen, up, ~up), ())

    assert sum(one.rising_n for one in words.values()) == up.sum()
    assert sum(one.falling_n for one in words.values()) == (~up).sum()
    for one in words.values():
        assert (one.rising_true_n, one.falling_true_n) == (one.rising_n, one.falling_n)
        assert one.large_told_n == one.large_n


def test_words_that_say_the_contrary_are_all_counted_false(small, seen):
    up = moved(small, 9) > 1
    words = {}

    changing.add(words, small, 9, said(small, 9, seen, ~up, up), ())

    assert sum(one.rising_n + one.falling_n for one in words.values()) == up.size
    for one in words.values():
        assert (one.rising_true_n, one.falling_true_n, one.large_told_n) == (0, 0, 0)


def test_a_rise_by_less_than_a_tenth_or_hardly_sure_is_no_word(small, seen):
    every = np.ones((len(small.places.names), len(small.tags)))
    found = said(small, 9, seen, every, 0 * every)
    words = {}

    for less in (
        replace(found, rise=0.94 * every),
        replace(found, past_most=found.mean / 1.09),
        replace(found, rise=np.nan * every),
    ):
        changing.add(words, small, 9, less, ())

    assert sum(one.rising_n for one in words.values()) == 0
    assert sum(one.compared_n for one in words.values()) == 2 * every.size


def test_weeks_left_out_are_not_in_the_past_of_a_word_either(small, seen):
    words = {}

    changing.add(words, small, 2, perfect(small, seen, 2), (0,))

    assert words == {}


# Detection


def test_an_outbreak_whose_first_count_is_hidden_is_not_told():
    hidden, told = case(3, 5, [-np.inf, 4.0], [False, True]), case(3, 5, [2.0], [False])

    assert not hidden.is_told
    assert told.is_told


def case(multiple, baseline, scores, alarms):
    outbreak = Outbreak(1, 0, 20, len(scores), multiple)
    return detection.Case(
        outbreak,
        baseline,
        {method: np.array(scores, float) for method in alarming.METHODS},
        {method: np.array(alarms) for method in alarming.METHODS},
    )


def test_an_outbreak_found_in_its_second_week_took_fourteen_days():
    cases = [case(3.0, 12, [0.5, 4.0], [False, True]), case(3.0, 2, [-np.inf], [False])]

    found = detection.found(cases, "ours", None)

    assert found == detection.Found(2, 0, 1, 1, 14.0)
    assert detection.found(cases, "ours", 0.1).first_n == 1
    assert detection.of(cases, 3.0, 10) == cases[:1]
    assert detection.of(cases, 5.0) == []


def test_the_limit_lets_so_many_false_alarms_through_and_no_more():
    scores = {"ours": np.arange(100.0)}
    one = detection.Detection([], 10.0, scores, {"ours": 25}, {"ours": 5})

    limit = one.limit("ours", 1.0)

    assert (scores["ours"] > limit).sum() == 10
    assert one.false_a_year("ours") == 2.5
    assert one.risen_a_year("ours") == 0.5


def test_an_alarm_in_a_counties_outbreak_is_no_false_one_for_its_region(small):
    county = small.places.names.index("56025")
    one = Outbreak(county, 1, 5, 2, 3.0)
    there = replace(small, outbreaks=(one,))
    regions = np.array([small.places.names.index(name) for name in ("WY-urban", "WY-rural")])

    quiet = detection._quiet(there, list(range(14)), regions)

    assert not quiet[5 : 7 + detection.AFTER, 0, 1].any()
    assert quiet[:5, 0, 1].all()
    assert quiet[7 + detection.AFTER :, 0, 1].all()
    assert quiet[:, 1].all()
    assert quiet[:, :, 2].all()


def test_a_method_judges_no_count_below_ten_and_no_week_left_out(small, seen):
    regions = np.flatnonzero(small.places.level == 2)
    expected = np.ones((2, len(regions), len(small.tags)))

    scored = alarming.score(small.places, seen, expected, [9, 10], regions, [5])

    for method in alarming.METHODS:
        judged = ~np.isnan(scored.scores[method])
        assert (seen.tagged[9:11][:, regions][judged] >= 10).all()
        assert not (scored.alarms[method] & ~judged).any()


# Brigades


def test_a_brigade_moves_no_published_share_and_would_if_it_were_counted(small):
    at = Brigade(2, small.places.names.index("06037") - small.places.first, 2, 20, 200)

    plain = see(small, 3, in_one_release=True)
    painted = see(small, 3, in_one_release=True, added=Added([at]))
    counted = see(small, 3, in_one_release=True, added=Added([at], is_counted=True))

    for name in Seen.__slots__:
        assert np.array_equal(getattr(plain, name), getattr(painted, name), equal_nan=True)
    assert counted.health[2, 0] == plain.health[2, 0] + 20
    assert counted.tagged[2, 0, 2] == plain.tagged[2, 0, 2] + 20


def test_the_typical_brigade_is_the_median_one():
    moved = brigading.Moved(np.array([0.0, 0.1, 5.0]), np.array([]))

    assert moved.typical_pct == pytest.approx(10)
    assert moved.most_pct > 100


# The run and the page


@pytest.fixture(scope="module")
def found():
    settings = Settings(weeks=14, seed=3, scale=0.02, errors=Errors(audit_with=80))
    return run.backtest(world.draw(settings, TAGS), lambda _line: None)


@pytest.mark.whole
def test_a_backtest_fills_every_table_and_plot_of_the_page(found, tmp_path):
    written = page.write(found, tmp_path)

    text = written.read_text()
    assert "$" not in text
    assert "grapevine backtest --weeks 14 --seed 3 --write" in text
    for name in ("coverage", "error", "detection"):
        drawn = (tmp_path / f"methods/{name}.svg").read_text()
        assert drawn.startswith("<svg")
        assert "<desc" in drawn
        assert f"methods/{name}.svg" in text
    assert "| 20 names, as counted now |" in text


@pytest.mark.whole
def test_a_brigade_of_twenty_names_moves_nothing_in_the_backtest(found):
    assert found.brigades["20 names, as counted now"].most_pct == 0
    assert found.brigades["each of 20 names a voice"].typical_pct > 5


def test_weeks_of_an_outage_that_moves_a_quarter_of_the_voices_are_left_out():
    settings = Settings(weeks=60, seed=4)
    drawn = world.draw(settings)

    out = run.left_out(settings, drawn)

    large = [one for one in drawn.outages if one.source < 2]  # the third has a fifth only
    assert large
    assert set(out) == {n for one in large for n in range(one.start, one.start + one.length)}


def test_a_table_has_a_row_for_each_and_figures_to_the_right():
    assert tables.table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_a_plot_says_its_numbers_in_words_and_escapes_names():
    drawn = plots.line_plot("A < B", "%", ["1", "2"], [plots.Line("x & y", [10, None])], 100)

    assert "x &amp; y: 1 10</desc>" in drawn
    assert "A &lt; B" in drawn
