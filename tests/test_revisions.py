"""Releases are told apart, held back, published and built again; none ever changes."""

import hashlib
import json
import os
import shlex
import shutil
import signal
from collections import Counter

import duckdb
import pytest
from click.testing import CliRunner

from dashboards.language import ENGLISH
from flows import releases, stages
from flows.cli import main
from flows.versions import versions
from tests.forked import ended
from tests.runbook import blocks
from tests.test_release import ask, content, count
from tests.worlds import LONELY, URBAN, WEEK, Voices
from warehouse import forgetting, publication, snapshot
from warehouse.build import MODELS
from warehouse.database import open_database
from warehouse.differences import compare
from warehouse.errors import GrapevineError
from warehouse.layout.forward import bring_database
from warehouse.publication import SetAsideError, settle, standing
from warehouse.quality.finding import FAILED, HELD, Finding
from warehouse.quality.gate import examine
from warehouse.release import find_release, freeze, kept_releases
from warehouse.snapshot import publish_snapshot

TABLES = sorted(path.stem for path in MODELS.glob("published/*.sql"))
CROWD = [
    Voices("WY", 60),
    Voices(URBAN[0], 40),
    Voices(URBAN[0], 30, "sunscreen:promotes", first=100),
    Voices(URBAN[1], 25),
    Voices(LONELY, 40),
]
MORE = Voices(URBAN[0], 35, "sunscreen:promotes", first=500)
FAULT = Finding("posts", FAILED, "fails below a quarter", "3 posts in the week, usually 90")
FINE = Finding("posts", HELD, "fails below a quarter", "88 posts in the week, usually 90")


def grapevine(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def in_week(back):
    """The crowd of the small world, so many weeks back."""
    return [Voices(one.place, one.count, one.tag, one.first, WEEK.back(back)) for one in CROWD]


def frozen(home, *voices, weeks=1, week=WEEK, **changed):
    """Count these voices besides those of the lake and freeze."""
    count(home, *voices, weeks=weeks, week=week)
    return freeze(home, week, weeks, False, versions() | changed).release_id


def tables_of(home, release_id):
    """Every frozen row of a release, as bytes would be compared."""
    with duckdb.connect(home.database, read_only=True) as con:
        names = [
            name
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where schema_name = 'frozen'"
            ).fetchall()
        ]
        held = {
            name: con.execute(
                f"select to_json(held) from frozen.{name} as held "
                "where release_id = ? order by 1",
                [release_id],
            ).fetchall()
            for name in sorted(names)
        }
        row = con.execute("select * from releases where release_id = ?", [release_id])
        return held, row.fetchall()


def files_of(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != ".files"
    }


def run_stages(home, week=WEEK, weeks=1):
    """What a run does from the marts to the site, without the checks of a whole country."""
    release_id = frozen(home, weeks=weeks, week=week)
    settle(home, release_id, examine(home, release_id))
    publish_snapshot(home, release_id)
    stages.briefs(str(week))
    return release_id


# What differs between two releases


def test_two_releases_are_compared_figure_by_figure(home):
    first = frozen(home, *CROWD)
    second = frozen(home, MORE)

    with open_database(home) as con:
        found = compare(con, first, second)
        volume = found.tables["pub_volume_week"]
        before, after = (
            dict(
                con.execute(
                    "select geo_value, health_author_n from frozen.pub_volume_week "
                    "where release_id = ?",
                    [one],
                ).fetchall()
            )
            for one in (first, second)
        )

    assert volume.new_n == len(after.keys() - before.keys())
    assert volume.gone_n == len(before.keys() - after.keys())
    assert volume.changed_n == sum(before[k] != after[k] for k in before.keys() & after.keys())
    assert volume.same_n == sum(before[k] == after[k] for k in before.keys() & after.keys())
    assert not found.total.is_same


def test_a_release_beside_itself_is_all_the_same(home):
    name = frozen(home, *CROWD)

    with open_database(home) as con:
        found = compare(con, name, name)

    assert found.total.is_same
    assert found.largest == found.versions == found.inputs == ()


def test_turned_round_what_was_new_is_gone(home):
    first, second = frozen(home, *CROWD), frozen(home, MORE)

    with open_database(home) as con:
        there, back = compare(con, first, second), compare(con, second, first)

    for table, counts in there.tables.items():
        turned = back.tables[table]
        assert (counts.new_n, counts.gone_n) == (turned.gone_n, turned.new_n)
        assert (counts.changed_n, counts.same_n) == (turned.changed_n, turned.same_n)


def test_the_largest_changes_are_named_in_words(home):
    first, second = frozen(home, *CROWD), frozen(home, MORE)

    said = grapevine("release", "diff", first, second)

    assert said.exit_code == 0
    assert f"{second} beside {first}" in said.output
    assert "new," in said.output
    assert "the same" in said.output
    assert "largest     Laramie County, WY, 2024-W10" in said.output
    assert "posts read: 195 before, 230 after" in said.output


def test_no_share_that_pages_do_not_show_is_named_as_a_change(home):
    first, second = frozen(home, *CROWD), frozen(home, MORE)

    with open_database(home) as con:
        before = compare(con, first, second).largest
        con.execute("update frozen.pub_estimate_week set has_numbers = false")
        after = compare(con, first, second).largest

    assert any("sunscreen" in str(change) for change in before)
    assert not any("sunscreen" in str(change) for change in after)
    assert all(change.unit == " health voices" for change in after)


def test_versions_that_differ_are_named(home):
    first = frozen(home, *CROWD)
    second = frozen(home, model="another tagger")

    said = grapevine("release", "diff", first, second).output

    assert f"version     model: {versions()['model']} before, another tagger after" in said
    assert "version     code" not in said


def test_a_release_that_is_not_there_is_one_plain_line(home):
    name = frozen(home, *CROWD)

    for words in (("show", "2024-W10.9"), ("diff", name, "2024-W10.9")):
        said = grapevine("release", *words)

        assert said.exit_code == 1
        assert said.output.startswith("Error: There is no release '2024-W10.9'.")


@pytest.mark.parametrize(
    "words",
    [
        ("release", "show"),
        ("release", "publish"),
        ("release", "diff", "2024-W10.1-sample"),
        ("brief", "--as-of"),
    ],
)
def test_who_leaves_the_sample_out_of_a_name_is_told_the_whole_name(home, words):
    count(home, Voices("WY", 60, source="sample"), is_sample=True)
    name = freeze(home, WEEK, 1, True, versions()).release_id

    said = grapevine(*words, name.removesuffix("-sample"))

    assert said.exit_code == 1
    assert said.output == (
        "Error: There is no release '2024-W10.1'. Did you mean 2024-W10.1-sample?\n"
    )


def test_before_anything_ran_there_is_nothing_to_list(home):
    said = grapevine("release", "list")

    assert said.exit_code == 1
    assert "Run `grapevine run`" in said.output


def test_a_revision_says_what_changed_since_the_release_published_before(home):
    first = frozen(home, *CROWD)
    publish_snapshot(home, first)
    second = frozen(home, MORE)
    publish_snapshot(home, second)

    (told,) = ask(home.snapshot, "select changed from pub_release")[0]

    assert told.startswith(f"Since release {first}: ")
    assert "The largest change: " in told
    with open_database(home) as con:
        assert find_release(con, first).changed == ""
        assert find_release(con, second).changed == told


def test_what_no_reader_saw_is_not_what_a_revision_is_held_against(home):
    frozen(home, *CROWD)

    second = frozen(home, MORE)

    with open_database(home) as con:
        assert find_release(con, second).changed == ""


def test_a_release_keeps_its_seed_its_outages_and_what_corrected_it(home):
    weeks = [Voices(URBAN[0], 40, week=WEEK.back(n)) for n in range(6)]
    quiet = [
        Voices(URBAN[0], 30, week=WEEK.back(n), source="mastodon") for n in range(6) if n != 2
    ]
    name = frozen(home, *weeks, *quiet, weeks=6)

    with open_database(home) as con:
        kept = find_release(con, name)

    assert kept.seed == 202410
    assert json.loads(kept.outages) == ["mastodon in 2024-W08: outage"]
    assert kept.versions["correction"] == "none"
    assert kept.libraries == versions()["libraries"]
    assert "seed        202410" in grapevine("release", "show", name).output


# What is held back


def test_a_release_that_fails_a_check_is_set_aside_and_the_last_one_stays_up(home):
    first = frozen(home, *CROWD)
    settle(home, first, [FINE])
    publish_snapshot(home, first)
    seen = content(home)
    second = frozen(home, MORE)

    with pytest.raises(SetAsideError) as refusal:
        settle(home, second, [FAULT])
    with pytest.raises(SetAsideError, match="is set aside"):
        publish_snapshot(home, second)

    assert str(refusal.value) == (
        f"Release {second} is set aside and {first} stays up. posts: 3 posts in the week, "
        "usually 90. Mend it and run again, or publish it with: grapevine release publish "
        f"{second} --despite 'why'"
    )
    assert content(home) == seen
    assert f"{second}  set aside" in grapevine("release", "list").output
    assert "    posts: 3 posts in the week" in grapevine("release", "list").output


def test_a_person_publishes_it_despite_that_and_the_reason_is_kept_and_printed(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])

    refused = grapevine("release", "publish", name)
    (block,) = [one for one in blocks() if one.needs == "a release that was set aside"]
    _, group, command, _, *reason = shlex.split(block.commands[0])
    done = grapevine(group, command, name, *reason)

    assert refused.exit_code == 1
    assert "say why" in refused.output
    assert done.exit_code == 0, done.output
    listed = grapevine("release", "list").output
    assert f"{name}  published" in listed
    assert "published all the same: a storm cut off one source" in listed
    method = (home.site / "method.html").read_text()
    assert "failed: posts" in method
    assert "a storm cut off one source" in method
    assert "3 posts in the week" not in method


def test_a_reason_of_nothing_but_spaces_is_none(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])

    assert grapevine("release", "publish", name, "--despite", "  ").exit_code == 1


def test_what_was_mended_and_run_again_is_published(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])

    settle(home, name, [FINE])
    publish_snapshot(home, name)

    with open_database(home) as con:
        assert standing(con, name).state == "published"
        assert standing(con, name).reasons == ()


def test_what_is_published_is_not_judged_again(home):
    name = frozen(home, *CROWD)
    settle(home, name, [FINE])
    publish_snapshot(home, name)

    settle(home, name, [FAULT])

    with open_database(home) as con:
        assert standing(con, name).state == "published"
        assert standing(con, name).findings == (FINE,)


def test_the_flow_s_stage_fails_with_one_line_when_a_week_is_nearly_empty(home, monkeypatch):
    past = [one for back in range(1, 7) for one in in_week(back)]
    count(home, *past, week=WEEK.back(1), weeks=6)
    monkeypatch.setattr(stages, "versions", versions)
    stages.release(str(WEEK.back(1)), 6, False)
    up = ask(home.snapshot, "select release_id from pub_release")
    count(home, Voices("WY", 3), weeks=7)

    with pytest.raises(
        GrapevineError, match=r"2024-W10\.1 is set aside and 2024-W09\.1 stays up"
    ):
        stages.release(str(WEEK), 7, False)

    assert ask(home.snapshot, "select release_id from pub_release") == up
    count(home, *in_week(0), weeks=7)  # the posts that were missing
    assert stages.release(str(WEEK), 7, False) == 2
    assert ask(home.snapshot, "select release_id from pub_release") == [("2024-W10.2",)]


def test_a_first_week_has_nothing_to_be_held_against_and_says_so(home):
    name = frozen(home, *CROWD)
    found = examine(home, name)

    told = Counter(one.outcome for one in found)

    assert set(told) == {"held", "not checked"}
    assert all(one.told == "no history" for one in found if one.outcome == "not checked")


def test_weeks_that_lose_half_their_published_counts_are_held_back(home):
    weeks = [one for back in range(6) for one in in_week(back)]
    publish_snapshot(home, frozen(home, *weeks, weeks=6))
    with open_database(home) as con:
        for table in ("pub_volume_week", "pub_theme_week"):
            con.execute(f"delete from {table} where week < '2024-W09'")
    later = freeze(home, WEEK, 6, False, versions()).release_id

    found = {one.name: one for one in examine(home, later)}

    assert found["past weeks"].outcome == FAILED
    assert "are gone or changed" in found["past weeks"].told


def settle_and_die(home, name, when):
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    if when == "settling":
        publication._enter = die
    elif when == "admitting":
        snapshot.publication.admit = die
    else:
        snapshot._write = die
    settle(home, name, [FINE])
    publish_snapshot(home, name)


@pytest.mark.parametrize("when", ["settling", "admitting", "writing"])
def test_killed_between_the_checks_and_the_readers_a_rerun_ends_it(home, when):
    first = frozen(home, *CROWD)
    settle(home, first, [FINE])
    publish_snapshot(home, first)
    seen, second = content(home), frozen(home, MORE)

    assert ended(settle_and_die, home, second, when) == -signal.SIGKILL

    assert content(home) == seen
    settle(home, second, [FINE])
    publish_snapshot(home, second)
    assert ask(home.snapshot, "select release_id from pub_release") == [(second,)]


def test_killed_after_it_was_set_aside_it_is_so_still(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])

    assert frozen(home) == name  # the rerun counts the same and freezes nothing new
    with open_database(home) as con:
        assert standing(con, name).state == "set aside"
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])


# What never changes


STORIES = (
    ("more", "forget", "sample"),
    ("fail", "despite", "earlier", "model"),
    ("sample", "fail", "more", "forget"),
)
"""Everything that may happen to a release, in orders that meet one another's leavings."""


def step(home, what, number):
    """One thing that may happen after a release was published."""
    if what == "forget":
        shutil.rmtree(home.tags, ignore_errors=True)
        name = frozen(home)
    elif what == "sample":
        count(home, Voices("WY", 60, source="sample"), is_sample=True)
        name = freeze(home, WEEK, 1, True, versions()).release_id
    elif what == "earlier":
        name = frozen(home, *in_week(1), week=WEEK.back(1))
    elif what == "model":
        name = frozen(home, model=f"tagger {number}")
    else:
        name = frozen(home, Voices(URBAN[0], 20, first=1_000 * (number + 1)))
    try:
        settle(home, name, [FAULT if what in ("fail", "despite") else FINE])
    except SetAsideError:
        if what == "fail":
            return
    publish_snapshot(home, name, "a reason")


@pytest.mark.whole
@pytest.mark.parametrize("steps", STORIES, ids=" ".join)
def test_a_frozen_release_never_changes_whatever_later_runs_do(home, steps):
    first = frozen(home, *CROWD)
    settle(home, first, [FINE])
    publish_snapshot(home, first)
    seen, kept = content(home), tables_of(home, first)

    for number, what in enumerate(steps):
        step(home, what, number)

    held, row = tables_of(home, first)
    assert row == kept[1]
    assert {name: rows for name, rows in held.items() if rows} == {
        name: rows for name, rows in kept[0].items() if rows
    }
    publish_snapshot(home, first)
    assert content(home) == seen


def test_every_release_is_listed_with_where_it_stands(home):
    names = [frozen(home, *CROWD), frozen(home, MORE), frozen(home, model="other")]
    settle(home, names[0], [FINE])
    publish_snapshot(home, names[0])
    with pytest.raises(SetAsideError):
        settle(home, names[1], [FAULT])

    lines = [
        line for line in grapevine("release", "list").output.splitlines() if line[0] == "2"
    ]

    assert [line.split(",")[0] for line in lines] == [
        f"{names[0]}  published",
        f"{names[1]}  set aside",
        f"{names[2]}  not checked yet",
    ]


# What is built again


@pytest.fixture
def three(home):
    """Three weekly releases with their sites kept, and every post forgotten since."""
    names, sites = [], {}
    count(home, *(one for back in range(5) for one in in_week(back)), weeks=5)
    for back in (2, 1, 0):
        names.append(run_stages(home, WEEK.back(back), weeks=3))
        sites[names[-1]] = files_of(home.site)
    forgetting.forget(
        home, choice := forgetting.Choice(source="import"), forgetting.find(home, choice)
    )
    assert not list(home.tags.rglob("*.parquet"))
    assert not list(home.posts.rglob("*.parquet"))
    return names, sites


def test_past_briefs_are_built_again_byte_for_byte_after_all_posts_are_gone(home, three):
    names, sites = three
    up = files_of(home.site)
    assert len({json.dumps(site) for site in sites.values()}) == 3

    for name in names:
        said = grapevine("brief", "--as-of", name, "--out", home.root / "again" / name)

        assert said.exit_code == 0, said.output
        assert "are byte for byte those of the site built then." in said.output
        assert files_of(home.root / "again" / name) == sites[name]
    assert files_of(home.site) == up
    assert not [file for file in home.root.iterdir() if file.name.startswith("tmp")]


def test_another_version_of_the_program_says_so_in_plain_words(home, monkeypatch):
    count(home, *CROWD)
    name = run_stages(home)
    now = versions() | {"code": "9.9.9+feed"}
    monkeypatch.setattr(releases, "versions", lambda: now)
    monkeypatch.setattr(stages, "versions", lambda: now)
    monkeypatch.setitem(ENGLISH.labels.BRIEF, "contact", "Ask somebody else.")

    said = grapevine("brief", "--as-of", name)

    assert said.exit_code == 0
    assert "Its numbers are those of then, but its files differ" in said.output
    assert f"code {versions()['code']} then, 9.9.9+feed now" in said.output


def test_other_bytes_from_the_same_versions_are_an_error(home):
    count(home, *CROWD)
    name = run_stages(home)
    with open_database(home) as con:
        con.execute("update frozen.pub_volume_week set health_author_n = health_author_n + 1")

    said = grapevine("brief", "--as-of", name)

    assert said.exit_code == 1
    assert "though the versions are the same" in said.output


def test_a_release_set_aside_can_be_looked_at_and_no_reader_sees_it(home):
    name = frozen(home, *CROWD)
    with pytest.raises(SetAsideError):
        settle(home, name, [FAULT])

    said = grapevine("brief", "--as-of", name)

    assert "no reader has seen it" in said.output
    assert (home.root / "as-of" / name / "index.html").exists()
    assert not home.site.exists()
    assert not home.snapshot.exists()


def test_an_earlier_release_can_be_put_up_again(home):
    count(home, *CROWD)
    first = run_stages(home)
    before = files_of(home.site)
    count(home, MORE)
    run_stages(home)

    said = grapevine("release", "publish", first)

    assert said.exit_code == 0
    assert files_of(home.site) == before


def test_a_release_of_before_a_table_was_added_is_still_built(home):
    count(home, *CROWD)
    name = run_stages(home)
    with open_database(home) as con:
        con.execute("drop table frozen.pub_void_week")
        con.execute("drop table pub_void_week")
        con.execute("alter table frozen.pub_evidence drop column copies")

    said = grapevine("brief", "--as-of", name, "--out", home.root / "again")

    assert (home.root / "again" / "index.html").exists(), said.output


def test_a_database_of_before_the_checks_is_read(home):
    name = frozen(home, *CROWD)
    with open_database(home) as con:
        for table in ("publications", "set_aside", "quality_checks", "sites"):
            con.execute(f"drop table if exists {table}")
        for column in ("correction", "libraries", "seed", "outages", "changed"):
            con.execute(f"alter table releases drop column {column}")
        con.execute("drop table layout")
    bring_database(home)

    assert f"{name}  published" in grapevine("release", "list").output
    assert grapevine("release", "show", name).exit_code == 0
    with open_database(home) as con:
        assert [one.release_id for one in kept_releases(con)] == [name]
    assert publication.TABLES
