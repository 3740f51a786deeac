"""An attacker with linear programming gets every table and every release of 50 weeks.

`make attack` gives him 600 weeks and the whole country, and writes warehouse/HIDING.md.
"""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import attacked
from tests.attacked import COUNTIES, PLACED, TRAVELLING, TREE
from tests.linear import ENOUGH, Program, View, World, found
from warehouse.hiding import FEWEST, UNBOUNDED, Counts, Places, Told, spans, tell, tell_again

WEEKS = 9
STATES = ("NJ", "WY")
PLACES_OF = Places.of(TREE, {}, STATES, {"US"})
LEAVES = sorted(set(TREE) - set(TREE.values()))
IN_COUNTIES = World(TREE, frozenset())
ALSO_IN_STATES = World(TREE, frozenset(STATES))
"""What the attacker takes for granted: that every post has a county, or not."""


def row(**innermost):
    """Counts by column of PLACES_OF, added up; a county is written _56003."""
    counts = dict.fromkeys(TREE, 0)
    for place, count in innermost.items():
        inner = place.lstrip("_")
        while inner:
            counts[inner] += count
            inner = TREE[inner]
    return np.array([[counts[name] for name in PLACES_OF.names]])


def named(values, is_this):
    pairs = zip(PLACES_OF.names, values[0], is_this[0], strict=True)
    return {name: int(value) for name, value, is_it in pairs if is_it}


def told(**innermost):
    counts = row(**innermost)
    telling = tell(PLACES_OF, Counts.of(counts))
    return named(telling.values, telling.is_told)


def told_again(before, is_open=False, **innermost):
    held = np.array([[before.get(name, 0) for name in PLACES_OF.names]])
    telling = tell_again(
        PLACES_OF, Counts.of(row(**innermost)), Told(held > 0, held), np.array([is_open])
    )
    return named(telling.values, telling.is_told)


def losses(telling, counts, world):
    view = View(telling, named(counts, counts >= 0), frozenset(telling))
    return found(world, [view])


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        (COUNTIES, 1),
        pytest.param(COUNTIES, 2, marks=pytest.mark.whole),
        (PLACED, 3),
        pytest.param(PLACED, 4, marks=pytest.mark.whole),
        (TRAVELLING, 5),
    ],
    ids=lambda part: getattr(part, "name", part),
)
def test_no_hidden_count_of_many_weeks_in_three_releases_is_found(kind, seed, tmp_path):
    releases = list(attacked.tellings(kind, seed, tmp_path, WEEKS))
    tally = Counter()

    finds = attacked.attack(kind, releases, tally)

    assert finds == []
    assert tally["weeks"] == WEEKS + 1
    assert tally["told"] > 10 * WEEKS
    assert tally["hidden"] > 25 * WEEKS


def test_the_same_attacker_finds_much_where_only_small_counts_are_hidden(tmp_path):
    release = next(attacked.tellings(COUNTIES, 1, tmp_path, WEEKS))
    tally = Counter()

    attacked.attack(COUNTIES, [attacked.lone(release)], tally)

    assert tally["found"] > tally["hidden"] / 3


DIRECTED = {
    "two counties share 17": {"_56021": 9, "_56025": 8, "_56003": 40, "NJ": 30},
    "three counties share 20": {"_56003": 9, "_56009": 9, "_56011": 2, "_56021": 30},
    "three counties share 26": {"_56003": 9, "_56009": 9, "_56011": 8, "_56021": 30},
    "a single hidden county": {"_56003": 30, "_56009": 20, "_56011": 4, "_56021": 30},
    "a county with nobody": {"_56003": 30, "_56009": 20, "_56021": 30, "_56025": 30},
    "nine in the state alone": {"_56003": 30, "_56021": 30, "WY": 9, "NJ": 40},
    "a nation of one state": {"_56003": 90, "_56009": 4, "WY": 30},
    "all counts small": {"_56003": 3, "_56009": 4, "NJ": 2},
    "nobody at all": {},
    "everything large": dict.fromkeys([f"_{leaf}" for leaf in LEAVES], 30),
}


@pytest.mark.parametrize("counts", DIRECTED.values(), ids=DIRECTED)
def test_in_each_of_these_worlds_nothing_is_found(counts):
    telling = told(**counts)

    assert losses(telling, row(**counts), ALSO_IN_STATES) == {}
    if "WY" not in counts and "NJ" not in counts:
        assert losses(telling, row(**counts), IN_COUNTIES) == {}


def test_two_small_counties_that_share_seventeen_cost_their_region_its_number():
    telling = told(**DIRECTED["two counties share 17"])

    assert "WY-urban" not in telling
    assert telling["WY"] == 57


def test_three_small_counties_may_share_up_to_eighteen():
    telling = told(_56003=8, _56009=8, _56011=2, _56021=30, _56025=20)

    assert telling["WY-rural"] == 18


def test_everything_large_is_told():
    telling = told(**DIRECTED["everything large"])

    assert set(telling) == set(TREE)


def test_nothing_is_told_of_small_counts_alone():
    assert told(**DIRECTED["all counts small"]) == {}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 3, 5, 8, 9, 10, 11, 14, 19, 30]), min_size=6, max_size=6)
)
def test_whatever_six_counties_count_nothing_is_found(counts):
    innermost = {f"_{leaf}": count for leaf, count in zip(LEAVES, counts, strict=True)}

    assert losses(told(**innermost), row(**innermost), IN_COUNTIES) == {}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0, 2, 5, 9, 10, 12, 25]), min_size=8, max_size=8),
    st.integers(0, 2**12 - 1),
)
def test_spans_are_what_linear_programs_find(counts, pattern):
    names = [f"_{leaf}" for leaf in LEAVES] + list(STATES)
    values = row(**dict(zip(names, counts, strict=True)))
    is_told = (values > 0) & (np.array([[pattern >> n & 1 for n in range(12)]]) > 0)
    bounds = Counts.of(values).bounds

    known = spans(PLACES_OF, is_told, values, bounds, UNBOUNDED)

    view = View(named(values, is_told), named(values, values >= 0), frozenset(TREE))
    for place, (low, high) in by_programs(view).items():
        column = PLACES_OF.names.index(place)
        assert known.low[0, column] == pytest.approx(low)
        is_open = known.high[0, column] > ENOUGH / 2
        assert high > ENOUGH / 2 if is_open else known.high[0, column] == pytest.approx(high)


def by_programs(view):
    """The least and greatest value of every hidden count, two programs each."""
    program = Program()
    for place in TREE:
        count = view.counts[place]
        low, high = (count, count) if place in view.told else (0, 9 if count < FEWEST else None)
        program.add((place,), low, high)
    for outer, inner in ALSO_IN_STATES.children().items():
        terms = {(outer,): 1.0} | {(place,): -1.0 for place in inner}
        if outer in STATES:
            program.add(("own", outer))
            terms["own", outer] = -1.0
        program.sums_to_zero(terms)
    hidden = [(place,) for place in TREE if place not in view.told]
    return {name[0]: ends for name, ends in program.ranges(hidden, np.inf).items()}


SETTLED = {"_56003": 30, "_56009": 25, "_56011": 20, "_56021": 30, "_56025": 25, "_34001": 50}


def test_a_number_told_stays_as_it_was_after_a_late_post():
    before = told(**SETTLED)

    assert told_again(before, **(SETTLED | {"_56003": 31})) == before
    assert told_again(before, **(SETTLED | {"_56003": 21})) == before


def test_a_number_that_grew_by_ten_is_told_anew_with_those_around_it():
    before = told(**SETTLED)

    after = told_again(before, **(SETTLED | {"_56003": 40}))

    grown = {"56003": 40, "WY-rural": 85, "WY": 140, "US": 190}
    assert after == before | grown


def test_a_county_hidden_once_stays_hidden_however_it_grows():
    small = SETTLED | {"_56003": 9, "_56009": 4}
    before = told(**small)

    for count in (10, 12, 60):
        assert "56003" not in told_again(before, **(small | {"_56003": count}))


def test_a_week_of_which_nothing_was_told_is_told_when_a_backlog_arrives():
    assert told_again({}, is_open=True, **SETTLED) == told(**SETTLED)
    assert told_again({}, is_open=False, **SETTLED) == {}


def test_a_week_of_which_nothing_was_told_is_not_told_for_a_late_post():
    assert told_again({}, is_open=True, _56003=10) == {}


def test_numbers_taken_back_below_ten_stay_as_they_were_told():
    before = told(**SETTLED)

    assert told_again(before, **(SETTLED | {"_56003": 2}))["56003"] == 30


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_nothing_is_found_in_two_releases_of_one_week(seed):
    chance = random.Random(seed)
    sizes = [0, 1, 4, 8, 9, 10, 12, 15, 30, 60]
    first = {f"_{leaf}": chance.choice(sizes) for leaf in LEAVES}
    moves = [0, 0, 0, 1, -1, 2, chance.choice([0, 15, 50])]
    second = {leaf: max(0, count + chance.choice(moves)) for leaf, count in first.items()}
    before = told(**first)
    after = told_again(before, **second)

    fresh = frozenset(place for place, count in after.items() if before.get(place) != count)
    views = [
        View(before, named(row(**first), row(**first) >= 0), frozenset(before)),
        View(after, named(row(**second), row(**second) >= 0), fresh),
    ]

    assert found(IN_COUNTIES, views) == {}


def test_thousands_of_series_are_judged_together_as_each_is_alone():
    chance = np.random.default_rng(1)
    rows = [
        row(**{f"_{leaf}": n for leaf, n in zip(LEAVES, counts, strict=True)})
        for counts in chance.choice([0, 3, 9, 10, 20, 40], size=(300, 6))
    ]

    together = tell(PLACES_OF, Counts.of(np.concatenate(rows)))

    for number, counts in enumerate(rows):
        alone = tell(PLACES_OF, Counts.of(counts))
        assert (alone.is_told[0] == together.is_told[number]).all()
