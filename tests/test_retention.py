"""What must go goes: sweeps, text that expires, and posts forgotten, down to the last byte."""

import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import collecting, inbox, stages, sweeping
from flows.cli import main
from flows.compliance import examine
from flows.intake import Window, stale_days
from flows.running import hold
from flows.sources.collected import Deleted, SettingsError
from tests import small_country
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.reddit import FakeReddit
from tests.forked import ended
from tests.killed import kill
from warehouse import clinic, deletions, forgetting, landing, retention, verified, watermarks
from warehouse.database import open_database
from warehouse.erasure import erase
from warehouse.errors import DataFolderError, InputError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import TAGS, merge, posts_table
from warehouse.records import Post
from warehouse.retention import Limits, expire
from warehouse.weeks import Week

ROOT = Path(__file__).parents[1]
NOW = datetime.now(UTC).replace(microsecond=0)
WORD = "Zyzzyva"


def post(number, source="reddit", age_h=1.0, **changes):
    """A post of some hours ago, with its number in a text found nowhere else."""
    return Post(
        **{
            "post_id": f"{source}:t3_{number}",
            "source": source,
            "posted_at": NOW - timedelta(hours=age_h),
            "text": f"{WORD}{number}z is a road near Casper, WY.",
            "author": f"rancher_{number}",
            "community": "r/wyoming",
            "platform": source,
        }
        | changes
    )


def into_lake(home, *posts):
    """Put posts in the lake, each with the one tag every post has."""
    table = posts_table(posts, AuthorKeys(home))
    tag = dict.fromkeys(TAGS.names) | {
        "level": "none", "basis": "none", "place_score": 0.0, "lang": "en", "kind": "health",
        "tag_id": "health", "score": 0.9, "model": "test",
    }  # fmt: skip
    rows = [tag | {name: row[name] for name in row if name in tag} for row in table.to_pylist()]
    merge(home, table, pa.Table.from_pylist([_known(row) for row in rows], TAGS))


def _known(row):
    """Tags say of a post with no community that it has none."""
    return row | {"community": row["community"] or ""}


def age_tags(home):
    """Rewrite every file of tags as it was before tags had `near` and `community`."""
    for file in home.tags.rglob("tags.parquet"):
        pq.write_table(pq.read_table(file).drop_columns(["near", "community"]), file)


def where(home, number):
    """The files of the data folder that hold the text of a post, or its id, in any form."""
    needle = re.compile(rf"{WORD}{number}z|:t3_{number}(?![0-9])")
    return sorted(
        str(file.relative_to(home.root))
        for file in home.root.rglob("*")
        if file.is_file() and needle.search(content(file))
    )


def content(file):
    """A file's bytes, and what it says once its own compression is undone."""
    said = file.read_bytes().decode("latin-1")
    with suppress(pa.ArrowInvalid):  # no Parquet, or half of one
        said += str(pq.ParquetFile(file).read().to_pydict())
    if file.suffix == ".duckdb":
        with duckdb.connect(file) as con:
            for schema, table in con.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall():
                said += str(con.execute(f'select * from "{schema}"."{table}"').fetchall())
    return said


def texts(home, number):
    return [name for name in where(home, number) if not name.startswith("lake/tags")]


def tagged(home):
    files = home.tags.rglob("tags.parquet")
    return sorted(one for file in files for one in pq.read_table(file)["post_id"].to_pylist())


def land(home, *posts, age_h=0.0):
    """Land posts in one file, some hours ago."""
    landing.put(home, posts[0].source, posts)
    landed_s = (NOW - timedelta(hours=age_h)).timestamp()
    os.utime(landing.files(home, posts[0].source)[-1], (landed_s, landed_s))


# Text that expires


def test_text_of_reddit_goes_after_48_hours_and_its_tags_stay(home):
    into_lake(home, post(1, age_h=47), post(2, age_h=49))

    assert expire(home, Limits(), NOW) == {"reddit": 1}

    assert texts(home, 2) == []
    assert texts(home, 1) != []
    assert tagged(home) == ["reddit:t3_1", "reddit:t3_2"]


def test_other_text_goes_after_30_days_and_the_sample_stays(home):
    month = 30 * 24
    into_lake(home, post(1, "bluesky", month - 1), post(2, "bluesky", month + 1))
    into_lake(home, post(3, "sample", month * 20))

    assert expire(home, Limits(), NOW) == {"bluesky": 1}

    assert texts(home, 2) == []
    assert texts(home, 3) != []


def test_text_expires_twice_without_a_change(home):
    into_lake(home, post(1), post(2, age_h=49))
    expire(home, Limits(), NOW)
    before = {file: file.read_bytes() for file in home.posts.rglob("*.parquet")}

    assert expire(home, Limits(), NOW) == {}

    assert {file: file.read_bytes() for file in home.posts.rglob("*.parquet")} == before


def test_an_old_post_that_has_just_landed_waits_for_its_tags(home):
    land(home, post(1, age_h=500), age_h=1)
    land(home, post(2, age_h=500), age_h=49)

    assert expire(home, Limits(), NOW) == {"reddit": 1}

    assert texts(home, 1) != []
    assert texts(home, 2) == []


def test_a_landed_file_written_anew_expires_by_when_it_first_landed(home):
    land(home, post(1), post(2), age_h=49)
    deletions.record(home, "reddit", [("reddit:t3_1", None, NOW, "deleted")])
    erase(home)

    assert expire(home, Limits(), NOW) == {"reddit": 1}

    assert texts(home, 2) == []


def test_a_post_from_the_future_does_not_stay_for_ever(home):
    into_lake(home, post(1, "news", age_h=-24 * 400))

    assert expire(home, Limits(), NOW) == {"news": 1}


def test_a_day_whose_old_text_is_gone_is_not_tagged_anew_for_ever(home):
    noon = datetime(2024, 3, 4, 12, tzinfo=UTC)
    into_lake(home, post(1, posted_at=noon), post(2, posted_at=noon - timedelta(hours=2)))
    expire(home, Limits(), noon + timedelta(hours=47))
    window = Window(Week(2024, 10), 1)
    tags = next(home.tags.rglob("tags.parquet"))
    rows = pq.read_table(tags).to_pylist()
    newer = [row | {"model": "newer"} for row in rows if row["post_id"] == "reddit:t3_1"]
    assert list(stale_days(home, window, "newer"))

    merge(home, posts_table([], AuthorKeys(home)), pa.Table.from_pylist(newer, TAGS))

    assert list(stale_days(home, window, "newer")) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=8), st.integers(0, 48))
def test_whatever_the_limit_no_older_text_is_left_and_no_younger_is_lost(
    tmp_path_factory, ages, limit_h
):
    home = Home(tmp_path_factory.mktemp("home"))
    into_lake(home, *(post(n, age_h=age) for n, age in enumerate(ages)))

    expire(home, Limits({"reddit": limit_h}), NOW)

    kept = {f"reddit:t3_{n}" for n, age in enumerate(ages) if age < limit_h}
    assert set(retention.held(home, "reddit")) == kept
    assert len(tagged(home)) == len(ages)


@pytest.mark.parametrize(
    ("said", "reddit_h", "news_h"),
    [("", 48, 720), ("news=24", 48, 24), ("reddit=1, other=5", 1, 5), ("other=900", 48, 900)],
)
def test_the_setting_says_the_hours(monkeypatch, said, reddit_h, news_h):
    monkeypatch.setenv(retention.SETTING, said)

    limits = Limits.from_env()

    assert (limits.hours("reddit"), limits.hours("news")) == (reddit_h, news_h)


@pytest.mark.parametrize("said", ["news", "news=-1", "=3", "reddit=49", "news=1.5"])
def test_a_setting_that_makes_no_sense_or_breaks_terms_is_one_plain_line(monkeypatch, said):
    monkeypatch.setenv(retention.SETTING, said)

    with pytest.raises(InputError, match=retention.SETTING):
        Limits.from_env()


def let_all_go(home):
    """Everything a sweep removes, and a community besides."""
    retention.clear_half_done(home)
    erase(home)
    expire(home, Limits(), NOW)
    choice = forgetting.Choice(community="r/gone")
    forgetting.forget(home, choice, forgetting.find(home, choice))


@pytest.mark.parametrize("steps_n", [0, 1, 2, 3, 5, 8, 11])
def test_a_kill_at_any_write_is_made_good_by_doing_it_again(home, steps_n):
    into_lake(home, post(1), post(2, age_h=49), post(3), post(4, community="r/gone"))
    land(home, post(5), post(6), post(7, community="r/gone"))
    gone = [(f"reddit:t3_{n}", None, NOW, "deleted") for n in (3, 6)]
    deletions.record(home, "reddit", gone)

    kill(let_all_go, home, steps_n)
    let_all_go(home)

    assert texts(home, 2) == []
    assert [where(home, number) for number in (3, 4, 6, 7)] == [[]] * 4
    assert texts(home, 1)
    assert texts(home, 5)


def test_what_killed_runs_and_collectors_left_half_done_goes_too(home):
    land(home, post(1))
    folder = inbox.open_input(home, 1, "x")
    inbox.put(folder, [post(2)], AuthorKeys(home))
    draft = landing.files(home, "reddit")[0].with_name(".000000000002.parquet.draft")
    draft.write_bytes(f"{WORD}3z".encode())
    left = home.posts.parent / ".drafts" / "posts.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(f"{WORD}4z PAR1".encode())
    assert where(home, 2)

    retention.clear_half_done(home)

    assert [texts(home, n) for n in (2, 3, 4)] == [[], [], []]
    assert texts(home, 1)


def test_the_draft_of_a_collector_at_work_is_left_to_it(home):
    land(home, post(1))
    draft = landing.files(home, "reddit")[0].with_name(".000000000002.parquet.draft")
    draft.write_bytes(b"half")

    with watermarks.held(home, "reddit"):
        retention.clear_half_done(home)

    assert draft.exists()


# The sweep


class Asked:
    """A live source that says which of its posts are gone; `silent` gets no answer."""

    SOURCE = "reddit"

    def __init__(self, gone=(), silent=(), error=None, settings_error=None):
        self.gone, self.silent, self.error, self.calls = set(gone), set(silent), error, []
        self._settings_error = settings_error
        self.Settings = SimpleNamespace(from_env=self._settings)

    def _settings(self):
        if self._settings_error:
            raise self._settings_error
        return "settings"

    def fetch(self, settings, mark, notice, stop):
        return iter(())

    def verify(self, settings, post_ids, notice):
        self.calls.append(list(post_ids))
        for post_id in post_ids:
            if post_id in self.gone:
                yield Deleted(post_id, None, datetime.now(UTC), "deleted")
        if self.error:
            raise self.error
        return [post_id for post_id in post_ids if post_id in self.silent]


def asked(home, source):
    return sweeping.ask(home, source, lambda line: None)


def swept(monkeypatch, *chosen):
    monkeypatch.setattr(
        "flows.collecting.live_sources", lambda: {one.SOURCE: one for one in chosen}
    )
    return CliRunner().invoke(main, ["sweep"])


def test_a_sweep_erases_what_is_gone_from_the_landing_the_lake_and_the_tags(home, monkeypatch):
    into_lake(home, post(1), post(2))
    land(home, post(3), post(4))

    told = swept(monkeypatch, Asked(gone=["reddit:t3_2", "reddit:t3_3"]))

    assert told.exit_code == 0, told.output
    assert "4 posts held with text, 4 asked about, 2 gone" in told.output
    assert "Erased: 2 posts" in told.output
    assert (where(home, 2), where(home, 3)) == ([], [])
    assert texts(home, 1)
    assert texts(home, 4)
    assert deletions.counts(home, "reddit") == (2, 0, 2)


def test_a_sweep_lets_old_text_expire_even_when_a_source_does_not_answer(home, monkeypatch):
    into_lake(home, post(1), post(2, age_h=49))

    told = swept(monkeypatch, Asked(error=DataFolderError("It is down.")))

    assert told.exit_code == 1
    assert "Expired: reddit 1." in told.output
    assert "Not asked to the end: reddit" in told.output
    assert texts(home, 2) == []


def test_posts_are_asked_about_in_slices_longest_unasked_first(home, monkeypatch):
    monkeypatch.setattr(sweeping, "SLICE_N", 2)
    into_lake(home, *(post(n, age_h=n + 1) for n in range(5)))
    verified.note(home, "reddit", ["reddit:t3_4"], NOW - timedelta(days=2))
    verified.note(home, "reddit", ["reddit:t3_0"], NOW)
    source = Asked()

    asked(home, source)

    assert [[one[-1] for one in call] for call in source.calls] == [["3", "2"], ["1", "4"]]


def test_what_was_answered_is_not_asked_again_the_same_day_and_what_was_not_is(home):
    into_lake(home, *(post(n) for n in range(3)))
    source = Asked(silent=["reddit:t3_1"])

    first = asked(home, source)
    asked(home, source)

    assert (first.asked_n, first.unanswered_n) == (3, 1)
    assert source.calls[1:] == [["reddit:t3_1"]]


def test_what_a_source_said_before_it_failed_is_entered_and_the_rest_is_asked_again(home):
    into_lake(home, *(post(n) for n in range(3)))
    source = Asked(gone=["reddit:t3_0"], error=DataFolderError("It is down."))

    told = asked(home, source)
    erase(home)
    asked(home, source)

    assert (told.problem, told.gone_n) == ("It is down.", 1)
    assert sorted(source.calls[1]) == ["reddit:t3_1", "reddit:t3_2"]
    assert where(home, 0) == []


def test_a_source_that_is_not_set_up_is_told_only_when_its_text_is_held(home):
    source = Asked(settings_error=SettingsError("Set KEY."))
    assert asked(home, source).problem is None

    land(home, post(1))

    assert asked(home, source).problem == "it is not set up. Set KEY."


def test_a_sweep_beside_a_run_enters_what_is_gone_and_leaves_the_files_to_the_run(
    home, monkeypatch
):
    land(home, post(1))

    with hold(home):
        told = swept(monkeypatch, Asked(gone=["reddit:t3_1"]))

    assert told.exit_code == 1
    assert "Another run is using" in told.output
    assert deletions.sources_waiting(home) == ["reddit"]


def test_no_id_of_a_post_is_in_the_files_a_sweep_writes(home):
    land(home, post(1))

    asked(home, Asked())

    assert b"t3_1" not in home.verified.read_bytes()


def test_what_is_no_longer_held_is_dropped_from_the_answers(home):
    land(home, post(1))
    verified.note(home, "reddit", ["reddit:t3_1", "reddit:t3_2"], NOW)

    asked(home, Asked())

    assert set(verified.asked_at(home, "reddit", ["reddit:t3_1", "reddit:t3_2"])) == {
        "reddit:t3_1"
    }


def test_every_source_with_a_lookup_is_swept():
    able = {name for name, one in collecting.live_sources().items() if sweeping.can_verify(one)}

    assert able >= {"bluesky", "mastodon", "reddit"}


def test_the_real_clients_are_asked_and_what_left_their_networks_leaves_here(home, monkeypatch):
    with FakeReddit() as web, FakeMastodon() as fedi:
        for name, value in (web.env | fedi.env).items():
            monkeypatch.setenv(name, value)
        web.seed(20)
        fedi.seed(20)
        chosen = [collecting.live_sources()[name] for name in ("reddit", "mastodon")]
        collecting.collect_all(home, chosen, True, lambda line: None, lambda: False)
        posts = {one: sorted(retention.held(home, one)) for one in ("reddit", "mastodon")}
        fedi.delete(posts["mastodon"][0])
        web.fail("http_5xx", 1)

        told = swept(monkeypatch, *chosen)
        fedi.fail("closed", 99)
        into_lake(home, post(1, "mastodon", post_id=posts["mastodon"][1] + "9"))
        again = asked(home, chosen[1])

    assert told.exit_code == 0, told.output
    assert set(posts["mastodon"]) - set(retention.held(home, "mastodon")) == {
        posts["mastodon"][0]
    }
    assert sorted(retention.held(home, "reddit")) == posts["reddit"] != []
    assert (again.asked_n, again.unanswered_n, again.gone_n) == (1, 1, 0)


# What is forgotten


def forgot(*options):
    told = CliRunner().invoke(main, ["forget", *options])
    assert told.exit_code == 0, told.output
    return told.output


def test_all_of_a_source_goes_and_nothing_else(home):
    into_lake(home, post(1, age_h=400), post(2))
    into_lake(home, post(3, "news"))
    land(home, post(4))
    expire(home, Limits(), NOW)

    told = forgot("--source", "reddit")

    assert "Forgotten: 2 posts with text, 2 posts with tags" in told
    assert [where(home, n) for n in (1, 2, 4)] == [[], [], []]
    assert tagged(home) == ["news:t3_3"]
    assert texts(home, 3)


def test_one_post_goes_and_never_comes_back(home):
    into_lake(home, post(1), post(2))
    land(home, post(1), post(2))

    forgot("--post", "reddit:t3_1")
    land(home, post(1), post(9))
    folder = inbox.open_input(home, 1, "x")
    inbox.put(folder, [post(1)], AuthorKeys(home))

    assert where(home, 1) == []
    assert tagged(home) == ["reddit:t3_2"]


def test_a_post_that_is_not_here_yet_is_kept_out(home):
    forgot("--post", "reddit:t3_1")

    landing.put(home, "reddit", [post(1)])

    assert landing.files(home, "reddit") == []


def test_a_community_goes_whatever_the_case_and_other_communities_stay(home):
    into_lake(home, post(1), post(2, community="r/montana"), post(3, community=None))
    land(home, post(4), post(5, community="r/montana"))

    forgot("--community", "r/Wyoming")

    assert (where(home, 1), where(home, 4)) == ([], [])
    assert tagged(home) == ["reddit:t3_2", "reddit:t3_3"]
    assert texts(home, 5)


def test_an_instance_goes_even_where_only_tags_are_left(home):
    old = {"age_h": 24 * 31, "community": "a.example"}
    into_lake(
        home,
        post(1, "mastodon", **old, post_id="mastodon:a.example/1"),
        post(2, "mastodon", **old, post_id="mastodon:b.example/1"),
    )
    expire(home, Limits(), NOW)
    age_tags(home)

    told = forgot("--community", "a.example")

    assert tagged(home) == ["mastodon:b.example/1"]
    assert "posts have older tags and no text any more" in told


def test_a_community_goes_even_where_only_tags_are_left(home):
    old = {"age_h": 24 * 31}
    into_lake(
        home,
        post(1, **old),
        post(2, **old, community="r/montana"),
        post(3, **old, community=None),
    )
    expire(home, Limits(), NOW)

    told = forgot("--community", "r/Wyoming")

    assert tagged(home) == ["reddit:t3_2", "reddit:t3_3"]
    assert where(home, 1) == []
    assert "community is not known" not in told


@pytest.mark.parametrize("written", ["Wyoming", "r/Wyoming", "/r/wyoming"])
@pytest.mark.parametrize("asked", ["wyoming", "r/wyoming"])
def test_a_subreddit_is_the_same_with_and_without_its_r(home, written, asked):
    into_lake(home, post(1, community=written), post(2, community="wyomingites"))

    forgot("--community", asked)

    assert tagged(home) == ["reddit:t3_2"]


def test_posts_before_a_day_go_and_that_day_stays(home):
    at = datetime(2024, 3, 5, tzinfo=UTC)
    into_lake(home, post(1, posted_at=at - timedelta(seconds=1)), post(2, posted_at=at))
    into_lake(home, post(3, "sample", posted_at=at - timedelta(days=3)))

    forgot("--before", "2024-03-05")

    assert where(home, 1) == []
    assert tagged(home) == ["reddit:t3_2", "sample:t3_3"]


def test_options_together_mean_what_all_of_them_say(home):
    at = datetime(2024, 3, 5, tzinfo=UTC)
    into_lake(home, post(1, posted_at=at), post(2), post(3, "news", posted_at=at))

    forgot("--source", "reddit", "--community", "r/wyoming", "--before", "2024-04-01")

    assert tagged(home) == ["news:t3_3", "reddit:t3_2"]


def test_to_forget_nothing_in_particular_is_refused(home):
    into_lake(home, post(1))

    told = CliRunner().invoke(main, ["forget"])

    assert told.exit_code == 1
    assert "Say what to forget" in told.output
    assert texts(home, 1)


def test_a_source_that_nobody_knows_is_refused_and_those_there_are_are_named(home):
    into_lake(home, post(1, "old_radio"))

    told = CliRunner().invoke(main, ["forget", "--source", "nope"])

    assert told.exit_code == 1
    assert told.output.startswith("Error: There is no source 'nope'. Choose one of bluesky, ")
    assert {"clinic", "import", "old_radio", "sample"} <= set(re.findall(r"\w+", told.output))


def test_reports_of_clinics_go_only_when_they_are_asked_for(home):
    row = clinic.Heard("2024-W10", "56025", "nurse", "raw_milk", "0a:2", 3)
    clinic.put(home, [row])
    into_lake(home, post(1))

    forgot("--source", "reddit")
    assert clinic.reported(home) == [Week(2024, 10)]
    forgot("--source", "clinic", "--before", "2024-03-09")
    assert clinic.reported(home) == [Week(2024, 10)]

    assert "1 weeks of clinics' reports" in forgot("--source", "clinic")
    assert clinic.reported(home) == []


def release_and_die(home):
    """Make a release and end with the database open, so that its log stays."""
    os.environ["GRAPEVINE_HOME"] = str(home.root)
    small_country.settle()
    stages.marts("2024-W10", 2, False)
    stages.release("2024-W10", 2, False)
    with open_database(home) as con:
        con.execute("create table left_in_the_log as select 1 as one")
        os._exit(0)


def test_after_forgetting_no_byte_is_left_beside_a_frozen_release_that_stays(home):
    at = datetime(2024, 3, 5, tzinfo=UTC)
    into_lake(home, post(1, posted_at=at), post(2, "news", posted_at=at))
    assert ended(release_and_die, home) == 0
    assert home.database.with_name("grapevine.duckdb.wal").exists()

    told = forgot("--source", "reddit")

    assert "Releases that rest on them, and stay: 2024-W10.1." in told
    assert where(home, 1) == []
    with duckdb.connect(home.database) as con:
        assert con.execute("select release_id from releases").fetchall() == [("2024-W10.1",)]
    again = forgetting.find(home, forgetting.Choice(source="news", before=date(2024, 1, 1)))
    assert forgetting.releases(home, again) == []


# Compliance


def test_compliance_says_what_is_old_what_was_not_asked_and_what_the_ledger_counts(home):
    into_lake(home, post(1, age_h=50), post(2, age_h=3), post(3, "news", age_h=2))
    verified.note(home, "reddit", ["reddit:t3_2"], NOW)
    deletions.record(home, "reddit", [("reddit:t3_8", None, NOW, "deleted")])

    told = "\n".join(examine(home, NOW))

    oldest = f"{NOW - timedelta(hours=50):%Y-%m-%d %H:%M} UTC"
    assert f"reddit: 2 posts held with text, the oldest from {oldest} (50 h of 48 h; " in told
    assert "OVERDUE" in told
    assert f"reddit: 1 not asked about within a day, the oldest posted {oldest}" in told
    assert "reddit: ledger: 1 taken back, 1 still to be erased, 0 posts gone from here" in told
    assert "news: cannot be asked" in told


def test_clinics_reports_are_no_posts_to_comply_for(home):
    landing.prepare(home, "clinic")

    assert list(examine(home, NOW)) == ["Nothing was collected."]


def test_compliance_of_an_empty_folder_makes_nothing(home):
    told = CliRunner().invoke(main, ["compliance"])

    assert (told.exit_code, told.output) == (0, "Nothing was collected.\n")
    assert not home.root.exists()


def test_compliance_after_a_sweep_has_nothing_overdue(home, monkeypatch):
    into_lake(home, post(1, age_h=50), post(2))
    swept(monkeypatch, Asked())

    told = "\n".join(examine(home, NOW + timedelta(hours=1)))

    assert "OVERDUE" not in told
    assert "reddit: all asked about within a day" in told


def test_a_damaged_file_of_answers_is_one_plain_line(home):
    land(home, post(1))
    home.verified.write_bytes(b"no database" * 100)

    assert "verified.sqlite cannot be read or written" in asked(home, Asked()).problem
