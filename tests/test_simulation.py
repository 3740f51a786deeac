"""The simulated world: seeded, sparse where the country is, true to what it says of itself."""

import hashlib

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from flows.cli import main
from simulation import counts, lake, outbreaks, posts, sources, truth, world
from simulation.brigades import Brigade
from simulation.chance import stream
from simulation.places import load
from simulation.settings import Events, Settings, Volume
from simulation.tables import tags_table
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.lake import TAGS
from warehouse.marts import Scope, build_tables
from warehouse.reference import load_counties
from warehouse.weeks import Week

SMALL = Settings(weeks=2, seed=5, scale=0.02)


@pytest.fixture(scope="module")
def country():
    """Sixty weeks of the usual size; its posts are drawn only where a test asks for them."""
    return world.draw(Settings(weeks=60, seed=4))


@pytest.fixture(scope="module")
def small():
    return world.draw(SMALL)


def hashes(folder):
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


# Seeded


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path, small):
    quiet = [].append
    for name in ("one", "two"):
        lake.write(world.draw(SMALL), Home(tmp_path / name), quiet)
    other = world.draw(Settings(weeks=2, seed=6, scale=0.02))
    lake.write(other, Home(tmp_path / "other"), quiet)

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert hashes(tmp_path / "one") != hashes(tmp_path / "other")


def test_a_longer_world_begins_as_the_shorter_one_does(small):
    longer = world.draw(Settings(weeks=3, seed=5, scale=0.02))

    for week in (0, 1):
        assert tags_table(small, week, posts.draw(small, week)).equals(
            tags_table(longer, week, posts.draw(longer, week))
        )


@given(st.integers(0, 2**40), st.text(max_size=5), st.integers(0, 600))
def test_each_purpose_and_week_has_random_numbers_of_its_own(seed, purpose, week):
    numbers = [
        stream(*asked).integers(2**62)
        for asked in (
            (seed, purpose, week),
            (seed, purpose + "x", week),
            (seed + 1, purpose, week),
        )
    ]

    assert numbers[0] == stream(seed, purpose, week).integers(2**62)
    assert len(set(numbers)) == 3


# Places and volume


def test_places_are_the_countys_of_the_reference_under_region_state_and_nation():
    places = load()

    assert places.counties_n == len(load_counties()) == 3144
    natrona = places.names.index("56025") - places.first
    assert places.names[places.region_of[natrona]] == "WY-urban"
    assert places.names[places.state_of[natrona]] == "WY"
    assert places.within(places.names.index("WY")).sum() == 23
    assert places.within(0).all()


def test_most_rural_counties_have_at_most_five_health_authors_a_week(country):
    found = counts.count(posts.draw(country, 0), country.places, len(country.tags))

    rural = found.health[country.places.first :][country.places.is_rural]
    assert (rural <= 5).mean() > 0.6
    assert (rural == 0).mean() > 0.1
    assert rural.max() > 20


def test_a_quarter_of_the_authors_are_placed_in_a_state_only(country):
    found = counts.count(posts.draw(country, 0), country.places, len(country.tags))

    level = country.places.level
    in_counties, in_states = (found.health[level == n].sum() for n in (3, 1))
    assert in_states == found.health[0]
    assert found.health[level == 2].sum() == in_counties
    assert 1 - in_counties / in_states == pytest.approx(Volume().state_only, abs=0.01)


def test_some_authors_write_several_posts(country):
    drawn = posts.draw(country, 0)

    per_author = np.bincount(drawn.author)
    assert per_author.min() == 1
    assert 1.3 < per_author.mean() < 2.2
    assert (per_author >= 3).any()


# Shares


def test_shares_are_shares_and_move_slowly(country):
    before, after, year_on = (country.usual_shares(week) for week in (10, 11, 40))

    assert ((before > 0) & (before < 0.6)).all()
    steps = np.log(after / before)
    assert np.abs(np.median(steps, axis=0)).max() < 0.25
    assert np.std(steps) < np.std(np.log(year_on / before))


def test_counties_of_a_region_are_more_alike_than_counties_of_two_states(country):
    shares, places = np.log(country.usual_shares(0)), country.places

    middle = [shares[places.within(p)].mean(axis=0) for p in np.flatnonzero(places.level == 2)]
    within = np.mean([
        shares[places.within(p)].std(axis=0) for p in np.flatnonzero(places.level == 2)
        if places.within(p).sum() > 5
    ])  # fmt: skip
    assert within < shares.std(axis=0).mean()
    assert np.std(middle, axis=0).mean() > 0.2


def test_the_share_of_a_place_lies_between_those_of_its_counties(country):
    shares = country.usual_shares(3)
    of_places, places = country.by_place(shares), country.places

    for place in range(places.first):
        inside = shares[places.within(place)]
        assert (of_places[place] >= inside.min(axis=0) - 1e-12).all()
        assert (of_places[place] <= inside.max(axis=0) + 1e-12).all()


# Outbreaks, outages, brigades


def test_outbreaks_of_every_size_length_and_level_are_planted(country):
    planted, events = country.outbreaks, Events()

    assert {one.multiple for one in planted} == set(events.multiples)
    assert {one.length for one in planted} == set(events.lengths)
    assert {country.places.level[one.place] for one in planted} == {1, 2, 3}
    assert min(one.start for one in planted) >= country.settings.quiet


def test_an_outbreak_multiplies_the_share_where_and_while_it_lasts_and_nowhere_else(country):
    one = next(one for one in country.outbreaks if one.multiple == 3.0)
    inside = country.places.within(one.place)

    for week in (one.start - 1, one.start, one.start + one.length):
        is_on = one.is_on(week)
        ratio = country.true_shares(week)[:, one.tag] / country.usual_shares(week)[:, one.tag]
        assert np.allclose(ratio[inside], 3.0 if is_on else 1.0)


def test_where_one_outbreak_was_no_other_begins_for_a_while(country):
    places = country.places
    met = {}
    for one in country.outbreaks:
        for county in np.flatnonzero(places.within(one.place)):
            assert met.get((county, one.tag), 0) <= one.start
            met[county, one.tag] = one.start + one.length + outbreaks.REST


def test_an_outage_takes_nearly_all_of_a_source_and_gives_it_back(country):
    failed = country.outages[0]
    usual, out, after = (
        sources.parts(country.settings, list(country.outages), week)
        for week in (0, failed.start, failed.start + failed.length)
    )

    assert out[failed.source] < 0.1 * usual[failed.source]
    assert after[failed.source] == usual[failed.source]
    assert usual[3] == 0


def test_a_fourth_source_joins_when_the_mix_changes():
    mixed = Settings(weeks=4, seed=1, scale=0.02, mixed=2)
    drawn = world.draw(mixed)

    assert 3 not in posts.draw(drawn, 1).source
    assert 3 in posts.draw(drawn, 2).source


def test_the_sources_together_say_what_the_place_says():
    assert (sources.PARTS * sources.TILT)[:3].sum() == pytest.approx(1)


def with_brigade(small, names=20, copies=200):
    at = Brigade(0, 100, 2, names, copies)
    return posts.joined(posts.draw(small, 0), at, 0)


def test_a_brigade_counts_nowhere_and_fewer_names_than_ten_count_each(small):
    without, tags_n = posts.draw(small, 0), len(small.tags)
    plain = counts.count(without, small.places, tags_n)

    twenty = counts.count(with_brigade(small), small.places, tags_n)
    nine = counts.count(with_brigade(small, names=9), small.places, tags_n)
    told = counts.count(with_brigade(small), small.places, tags_n, with_copies=True)

    county = small.places.first + 100
    assert (twenty.health == plain.health).all()
    assert (twenty.tagged == plain.tagged).all()
    assert nine.tagged[county, 2, 0] == plain.tagged[county, 2, 0] + 9
    assert told.health[county] == plain.health[county] + 20


# The tagger


def test_the_tagger_errs_as_it_says(country):
    drawn = posts.draw(country, 0)
    usual = country.true_shares(0)
    tag = int(np.argmax(usual.mean(axis=0)))

    tagged_n = ((drawn.tag == tag) & (drawn.stance == 0)).sum()
    expected = usual[drawn.county, tag] * sources.TILT[drawn.source]
    rate = country.tagger.sensitivity[tag][drawn.language]
    found_n = (expected * rate * (1 + posts.AGAIN * 0)).sum()
    assert found_n < tagged_n < 2.5 * found_n


def test_an_audit_counts_so_many_posts_and_finds_about_the_true_rates(country):
    tagger, errors = country.tagger, country.settings.errors

    assert (tagger.found + tagger.missed == errors.audit_with).all()
    assert (tagger.mistaken + tagger.passed == errors.audit_without).all()
    found = tagger.found / errors.audit_with
    assert np.abs(found - tagger.sensitivity).max() < 0.2
    assert np.corrcoef(found.ravel(), tagger.sensitivity.ravel())[0, 1] > 0.7


# The lake and the truth


def test_the_marts_count_what_the_world_counts(small):
    """Brigade and all: the same posts by the product's SQL and by `simulation.counts`."""
    drawn = with_brigade(small)
    found = counts.count(drawn, small.places, len(small.tags))
    window = small.settings.window[:1]
    kinds = {
        kind: [tag for one, tag in small.tags if one == kind] for kind in ("theme", "signal")
    }
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    scope = Scope(window, True, kinds["theme"], kinds["signal"], load_counties())
    build_tables(con, scope, tags_table(small, 0, drawn))

    numbers = {name: n for n, name in enumerate(small.places.names)}
    rows = con.execute("select geo_value, health_author_n from mart_volume_week").fetchall()
    health = {numbers[place]: n for place, n in rows if n and place in numbers}
    assert health == {n: count for n, count in enumerate(found.health) if count}
    counted = con.execute(
        "select geo_value, tag_id, if(kind = 'signal', 'promotes', stance), author_n "
        "from mart_tag_week"
    ).fetchall()
    tags = {tag: n for n, (_, tag) in enumerate(small.tags)}
    by_sql = {
        (numbers[place], tags[tag], posts.STANCES.index(stance)): n
        for place, tag, stance, n in counted
        if place in numbers
    }
    cells = np.argwhere(found.tagged)
    assert by_sql == {tuple(cell): found.tagged[tuple(cell)] for cell in cells}


def test_what_is_written_has_the_lakes_shape_and_a_source_that_says_it_is_made_up(small):
    table = tags_table(small, 0, posts.draw(small, 0))

    assert table.schema == TAGS
    assert set(table["source"].to_pylist()) <= set(sources.NAMES)
    assert all(name.startswith("simulated_") for name in sources.NAMES)
    health = [tag for tag in table["kind"].to_pylist() if tag == "health"]
    assert len(health) == len(set(table["post_id"].to_pylist()))
    days = {at.date() for at in table["posted_at"].to_pylist()}
    assert min(days) >= small.settings.first.start
    assert max(days) <= small.settings.first.end


def test_the_truth_is_written_beside_the_lake(tmp_path, small):
    truth.write_truth(small, Home(tmp_path))

    shares = pq.read_table(tmp_path / "truth/shares.parquet")
    assert shares.num_rows == 2 * len(small.places.names) * len(small.tags)
    first = shares.slice(0, 1).to_pylist()[0]
    assert first["geo_value"] == "US"
    assert first["share_per_1000"] == pytest.approx(
        1000 * small.by_place(small.true_shares(0))[0, 0], rel=1e-5
    )
    rates = pq.read_table(tmp_path / "truth/error_rates.parquet")
    assert rates.num_rows == 2 * len(small.tags)
    assert {file.stem for file in (tmp_path / "truth").iterdir()} == {
        "shares", "outbreaks", "brigades", "outages", "error_rates"
    }  # fmt: skip


# The command


def run(*arguments):
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def test_the_command_writes_a_world_and_says_so(tmp_path):
    out = tmp_path / "made"

    told = run("--weeks", 1, "--seed", 2, "--scale", 0.01, "--first", "2024-W10", "--out", out)

    assert told.exit_code == 0, told.output
    assert "all made up" in told.output
    files = list((out / "lake/tags").rglob("tags.parquet"))
    assert {file.parents[1].name for file in files} <= {f"source={n}" for n in sources.NAMES}
    assert pa.concat_tables(map(pq.read_table, files)).num_rows > 1000
    assert Week(2024, 10).start.isoformat() in {file.parent.name[4:] for file in files}


def test_a_folder_with_other_files_or_another_world_is_left_alone(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/letter.txt").write_text("mine")
    asked = ("--weeks", 1, "--scale", 0.01, "--out")

    real = run("--seed", 2, *asked, tmp_path / "real")
    run("--seed", 2, *asked, tmp_path / "made")
    other = run("--seed", 3, *asked, tmp_path / "made")

    assert real.exit_code == other.exit_code == 1
    assert "real holds files that are not simulated." in real.output
    assert [file.name for file in (tmp_path / "real").iterdir()] == ["letter.txt"]
    assert "another simulated world" in other.output


def test_a_world_without_weeks_is_refused():
    with pytest.raises(GrapevineError, match="at least one week"):
        Settings(weeks=0, seed=1)
    with pytest.raises(GrapevineError, match="negative"):
        Settings(weeks=1, seed=-1)
    with pytest.raises(GrapevineError, match="not above 0"):
        Settings(weeks=1, seed=1, scale=0)


@trying(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_every_author_is_counted_once_in_each_place_around(seed):
    one = world.draw(Settings(weeks=1, seed=seed, scale=0.003))
    drawn = posts.draw(one, 0)

    found = counts.count(drawn, one.places, len(one.tags))

    assert found.health[0] == len(drawn.county)
    assert (found.tagged <= found.health[:, None, None]).all()
    assert (found.posts >= found.health).all()
