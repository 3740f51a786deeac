"""The loop that collects: its order, kills, two at once, and how `grapevine run` goes on."""

import itertools
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import collecting, inbox, landed, stages
from flows.cli import main
from flows.collect_cli import seconds_of
from flows.collecting import Tally, collect, collect_all, keep
from flows.intake import Asked, Window
from flows.sources.collected import Batch, Deleted, SettingsError
from flows.sources.reading import Rejected
from tests.killed import kill
from warehouse import deletions, landing, watermarks
from warehouse.erasure import erase
from warehouse.errors import DataFolderError, InputError
from warehouse.home import Home
from warehouse.lake import read_days
from warehouse.records import Post
from warehouse.weeks import Week

ROOT = Path(__file__).parents[1]
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
WINDOW = Window(Week(2024, 10), 2)


def post(number, **changes):
    """A plain post; name only what the test is about."""
    return Post(
        **{
            "post_id": f"toy:{number}",
            "source": "toy",
            "posted_at": NOON,
            "text": f"Road {number} to Casper, WY is closed.",
            "author": f"rancher_{number}",
            "community": "r/wyoming",
            "platform": "toy",
        }
        | changes
    )


def batch(*numbers, deleted=(), rejected=(), mark=None):
    """One batch of plain posts; its mark is the last number unless said."""
    posts = [post(number) for number in numbers]
    last = {"at": numbers[-1]} if numbers else {}
    offered_n = len(posts) + len(deleted) + len(rejected)
    return Batch(posts, list(deleted), list(rejected), mark or last, offered_n)


def taken_back(number=None, author=None, said_at=NOON + timedelta(hours=1)):
    return Deleted(f"toy:{number}" if number is not None else None, author, said_at, "deleted")


class Toy:
    """A source of `numbers`, three a batch, that goes on from its mark."""

    SOURCE = "toy"
    PAUSE_S = 0.0

    def __init__(self, numbers, error=None, settings_error=None):
        self.numbers, self.error, self.asked = numbers, error, []
        self.Settings = SimpleNamespace(from_env=self._settings)
        self._settings_error = settings_error

    def _settings(self):
        if self._settings_error:
            raise self._settings_error
        return "settings"

    def fetch(self, settings, mark, notice, stop):
        self.asked.append(dict(mark))
        left = [number for number in self.numbers if number > mark.get("at", -1)]
        for first in range(0, len(left), 3):
            if stop():
                return
            yield batch(*left[first : first + 3])
            if self.error:
                raise self.error


def run_once(home, source, **changes):
    said = {"is_once": True, "notice": lambda line: None, "stop": lambda: False} | changes
    return collect(home, source, **said)


def landed_ids(home, source="toy"):
    files = landing.files(home, source)
    return [post_id for file in files for post_id in landing.read(file)["post_id"].to_pylist()]


def lake_texts(home):
    year = (date(2024, 1, 1), date(2024, 12, 31))
    return read_days(home, "posts", *year, is_sample=False)["text"].to_pylist()


def run_to_the_lake():
    stages.read("2024-W10", 2, [], None)
    stages.locate("2024-W10")
    stages.tag("2024-W10")
    stages.lake("2024-W10")


def test_posts_land_and_the_mark_stands_after_them(home):
    told = run_once(home, Toy(range(7)))

    assert (told.offered_n, told.landed_n, told.problem) == (7, 7, None)
    assert landed_ids(home) == [f"toy:{n}" for n in range(7)]
    assert len(landing.files(home, "toy")) == 3
    assert watermarks.read(home, "toy") == {"at": 6}


def test_the_next_collection_goes_on_at_the_mark(home):
    toy = Toy(range(4))
    run_once(home, toy)
    toy.numbers = range(6)

    told = run_once(home, toy)

    assert toy.asked == [{}, {"at": 3}]
    assert told.landed_n == 2


def test_no_author_is_in_what_landed(home):
    run_once(home, Toy(range(3)))

    for file in home.root.rglob("*"):
        assert not file.is_file() or b"rancher_" not in file.read_bytes()


def test_a_source_that_fails_keeps_what_it_gave_and_says_why(home):
    said = []

    told = run_once(home, Toy(range(9), error=InputError("It is down.")), notice=said.append)

    assert (told.problem, said) == ("It is down.", ["toy: It is down."])
    assert "Stopped: It is down." in told.told
    assert watermarks.read(home, "toy") == {"at": 2}


def test_a_source_that_is_not_set_up_is_told_apart_from_one_that_fails(home):
    told = run_once(home, Toy([], settings_error=SettingsError("Set TOY_KEY.")))

    assert not told.is_set_up
    assert told.told == "toy: not set up. Set TOY_KEY."
    assert not home.landing.exists()


def test_one_source_that_fails_stops_none_of_the_others(home):
    good, bad = Toy(range(3)), Toy(range(3), error=InputError("It is down."))
    bad.SOURCE = "bad"

    told = collect_all(home, [bad, good], True, lambda line: None, lambda: False)

    assert [tally.problem for tally in told] == ["It is down.", None]
    assert len(landed_ids(home)) == 3


def test_a_mistake_in_one_source_is_said_at_once_and_stops_none_of_the_others(home):
    said, toy, broken = [], Toy(range(3)), Toy([1], error=KeyError("planted words"))
    broken.SOURCE = "broken"

    def stop():  # the others go on until the mistake was told
        return any("broken: ended by a mistake" in line for line in said)

    with pytest.raises(KeyError):
        collect_all(home, [broken, toy], is_once=False, notice=said.append, stop=stop)

    assert landed_ids(home) == ["toy:0", "toy:1", "toy:2"]
    assert not any("planted" in line for line in said)


def test_a_collector_that_goes_on_looks_again_after_a_failure_until_it_is_stopped(home):
    toy, looks = Toy(range(9), error=InputError("It is down.")), itertools.count()

    told = run_once(home, toy, is_once=False, stop=lambda: next(looks) > 20)

    assert len(toy.asked) >= 3
    assert landed_ids(home) == [f"toy:{n}" for n in range(9)]
    assert told.problem is None


@pytest.mark.parametrize(
    ("is_once", "used"), [(True, "settings"), (False, "settings that follow")]
)
def test_a_collector_that_goes_on_holds_the_live_tail_of_a_source_that_has_one(
    home, is_once, used
):
    class Live(Toy):
        seen = ()

        def following(self, settings):
            return f"{settings} that follow"

        def fetch(self, settings, *rest):
            self.seen += (settings,)
            return super().fetch(settings, *rest)

    live, looks = Live(range(3)), itertools.count()

    told = run_once(home, live, is_once=is_once, stop=lambda: next(looks) > 3)

    assert set(live.seen) == {used}
    assert told.landed_n == 3


def test_a_second_collector_of_one_source_is_told_and_not_queued(home):
    with watermarks.held(home, "toy"):
        told = run_once(home, Toy(range(3)))

    assert "toy is being collected into" in told.problem
    assert landed_ids(home) == []


def test_rows_set_aside_are_listed_with_their_reason(home):
    keep(home, "toy", batch(1, rejected=[Rejected(7, "no date")]), Tally("toy"))
    keep(home, "toy", batch(2, rejected=[Rejected(0, "no id")]), Tally("toy"))

    listed = (home.quarantine / "collected-toy.csv").read_text().splitlines()

    assert listed == ["file,line,reason", "toy,7,no date", "toy,0,no id"]


def collect_six(home):
    run_once(home, Toy(range(6)))


@pytest.mark.parametrize("steps_n", [0, 2, 4, 6, 9])
def test_a_kill_between_any_two_writes_loses_nothing_and_leaves_nothing_half(home, steps_n):
    kill(collect_six, home, steps_n)
    before = landed_ids(home)
    collect_six(home)

    assert set(before) <= {f"toy:{n}" for n in range(6)}
    assert set(landed_ids(home)) == {f"toy:{n}" for n in range(6)}
    assert len(landed_ids(home)) <= 6 + 3  # one batch is repeated at most
    assert not list(home.landing.rglob("*.draft"))


def test_a_mark_that_is_not_plain_json_is_refused_and_the_old_one_stays(home):
    watermarks.write(home, "toy", {"at": 1})

    for mark in ({"at": float("nan")}, {1: 2}, {"at": (1, 2)}):
        with pytest.raises(ValueError, match=r"JSON|compliant"):
            watermarks.write(home, "toy", mark)

    assert watermarks.read(home, "toy") == {"at": 1}


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"at"', b"\xff"])
def test_a_damaged_mark_is_said_in_one_line(home, content):
    watermarks.write(home, "toy", {"at": 1})
    (home.watermarks / "toy.json").write_bytes(content)

    told = run_once(home, Toy(range(3)))

    assert "toy.json is damaged" in told.problem
    assert landed_ids(home) == []


words = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | words
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text("abc", max_size=3), plain, max_size=4))
def test_a_mark_comes_back_as_it_was_written(tmp_path_factory, mark):
    home = Home(tmp_path_factory.mktemp("home"))

    watermarks.write(home, "toy", mark)

    assert watermarks.read(home, "toy") == mark


# The ledger of deletions


def test_a_post_taken_back_before_it_landed_never_lands(home):
    keep(home, "toy", batch(deleted=[taken_back(2)], mark={"at": 0}), Tally("toy"))

    keep(home, "toy", batch(1, 2, 3), Tally("toy"))

    assert landed_ids(home) == ["toy:1", "toy:3"]


def test_a_post_taken_back_after_it_landed_does_not_reach_the_lake(home):
    keep(home, "toy", batch(1, 2, 3, deleted=[taken_back(2)]), Tally("toy"))

    run_to_the_lake()

    assert len(lake_texts(home)) == 2
    assert deletions.counts(home, "toy") == (1, 0, 1)


def test_a_post_taken_back_later_goes_from_the_lake_with_its_tags_and_never_comes_back(home):
    keep(home, "toy", batch(1, 2, 3), Tally("toy"))
    run_to_the_lake()
    keep(home, "toy", batch(4, deleted=[taken_back(2)]), Tally("toy"))
    run_to_the_lake()

    keep(home, "toy", batch(2), Tally("toy"))
    run_to_the_lake()

    assert [text.split()[1] for text in lake_texts(home)] == ["1", "3", "4"]
    tagged = [pq.ParquetFile(file).read() for file in home.tags.rglob("tags.parquet")]
    assert "toy:2" not in str([table["post_id"].to_pylist() for table in tagged])


def test_after_an_erasure_no_byte_of_the_post_is_in_the_data_folder(home):
    said = post(9, text="Zyzzyva hay wagon overturned.")
    keep(home, "toy", Batch([post(1), said], [], [], {}, 2), Tally("toy"))
    run_to_the_lake()
    keep(home, "toy", Batch([said, post(3)], [], [], {}, 2), Tally("toy"))
    deletions.record(home, "toy", [("toy:9", None, NOON, "deleted")])

    assert erase(home) == 1

    for file in home.root.rglob("*"):
        if file.suffix == ".parquet":
            assert "Zyzzyva" not in str(pq.ParquetFile(file).read().to_pydict())
        elif file.is_file():
            assert b"Zyzzyva" not in file.read_bytes()
            assert b"toy:9" not in file.read_bytes()


def test_all_posts_of_an_author_go_in_every_week_but_not_what_he_writes_later(home):
    before = [post(n, author="jane", posted_at=NOON - timedelta(days=7 * n)) for n in range(3)]
    other = post(7)
    later = post(8, author="jane", posted_at=NOON + timedelta(hours=2))
    keep(home, "toy", Batch([*before, other], [], [], {}, 4), Tally("toy"))

    keep(home, "toy", Batch([later], [taken_back(author="jane")], [], {}, 2), Tally("toy"))

    assert erase(home) == 3
    assert sorted(landed_ids(home)) == ["toy:7", "toy:8"]
    assert b"jane" not in home.deletions.read_bytes()


def test_an_author_who_leaves_again_takes_the_newer_posts_too(home):
    keep(home, "toy", batch(deleted=[taken_back(author="rancher_1")], mark={}), Tally("toy"))
    erase(home)
    later = NOON + timedelta(hours=3)
    newer = post(1, posted_at=later)
    keep(home, "toy", Batch([newer], [], [], {}, 1), Tally("toy"))

    again = taken_back(author="rancher_1", said_at=later + timedelta(hours=1))
    keep(home, "toy", Batch([], [again], [], {}, 1), Tally("toy"))

    assert erase(home) == 1
    assert landed_ids(home) == []


def test_saying_it_twice_changes_nothing(home):
    for _ in range(2):
        deletions.record(home, "toy", [("toy:1", None, NOON, "deleted")])

    assert deletions.counts(home, "toy") == (1, 1, 0)


def test_what_matched_nothing_here_is_forgotten_after_some_days(home, monkeypatch):
    keep(home, "toy", batch(1), Tally("toy"))
    deletions.record(home, "toy", [(f"toy:{n}", None, NOON, "deleted") for n in (1, 2)])
    erase(home)
    monkeypatch.setattr(deletions, "KEEP_UNMET_DAYS", -1)
    deletions.record(home, "toy", [("toy:3", None, NOON, "deleted")])

    erase(home)

    assert deletions.counts(home, "toy") == (1, 0, 1)


def test_a_ledger_that_cannot_be_written_is_one_plain_line(home):
    home.root.mkdir()
    home.deletions.write_bytes(b"no database" * 100)

    with pytest.raises(DataFolderError, match=r"deletions\.sqlite cannot be read or written"):
        deletions.record(home, "toy", [("toy:1", None, NOON, "deleted")])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12))
def test_whatever_the_order_a_post_taken_back_is_not_in_the_landing_after_an_erasure(
    tmp_path_factory, events
):
    home = Home(tmp_path_factory.mktemp("home"))
    gone = {number for number, is_deletion in events if is_deletion}

    for number, is_deletion in events:
        given_back = [taken_back(number)] if is_deletion else []
        posts = [] if is_deletion else [post(number)]
        keep(home, "toy", Batch(posts, given_back, [], {}, 1), Tally("toy"))
    erase(home)

    held = {number for number, is_deletion in events if not is_deletion}
    assert set(landed_ids(home)) == {f"toy:{number}" for number in held - gone}


# From the landing to the briefs


def test_what_landed_reaches_the_lake_and_only_then_leaves_the_landing(home):
    run_once(home, Toy(range(7)))
    stages.read("2024-W10", 2, [], None)
    assert len(landed_ids(home)) == 7

    run_to_the_lake()

    assert landed_ids(home) == []
    assert len(lake_texts(home)) == 7
    assert landed.was_collected(home)


@pytest.mark.parametrize(
    ("said_at", "week"),
    [
        (NOON, "2024-W10"),  # all of the week that runs: nothing else could be shown
        (NOON - timedelta(days=3), "2024-W09"),
    ],
)
def test_without_a_week_it_is_the_last_full_one_unless_all_posts_are_newer(home, said_at, week):
    landing.prepare(home, "toy")
    landing.put(home, "toy", [post(1), post(2, posted_at=said_at)])
    in_landing = landed.newest_week(home, NOON + timedelta(hours=2))

    assert str(in_landing) == week
    assert str(landed.newest_week(Home(home.root / "other"), NOON)) == "2024-W09"


def test_the_week_is_the_same_when_the_posts_have_gone_on_into_the_lake(home):
    landing.prepare(home, "toy")
    landing.put(home, "toy", [post(1)])
    run_to_the_lake()

    assert not landing.files(home, "toy")
    assert str(landed.newest_week(home, NOON + timedelta(hours=2))) == "2024-W10"


def test_posts_of_other_weeks_reach_the_lake_too(home):
    old = post(1, posted_at=NOON - timedelta(days=200))
    keep(home, "toy", Batch([old, post(2)], [], [], {}, 2), Tally("toy"))

    run_to_the_lake()

    assert len(list(home.posts.rglob("posts.parquet"))) == 2
    assert landed_ids(home) == []


def test_what_lands_while_a_run_reads_waits_for_the_next(home):
    keep(home, "toy", batch(1), Tally("toy"))
    stages.read("2024-W10", 2, [], None)
    keep(home, "toy", batch(2), Tally("toy"))

    for stage in (stages.locate, stages.tag, stages.lake):
        stage("2024-W10")

    assert landed_ids(home) == ["toy:2"]
    assert len(lake_texts(home)) == 1


def test_what_lands_after_a_run_took_its_files_off_is_not_taken_off_when_that_is_repeated(home):
    run_once(home, Toy(range(3)))
    stages.read("2024-W10", 2, [], None)
    (folder,) = inbox.inputs(home)
    landed.take_off(folder)
    run_once(home, Toy(range(6)))

    landed.take_off(folder)

    assert landed_ids(home) == ["toy:3", "toy:4", "toy:5"]


def test_a_batch_repeated_after_a_kill_is_in_the_lake_once(home):
    for _ in range(3):
        landing.put(home, "toy", batch(1, 2).posts)

    run_to_the_lake()

    assert len(lake_texts(home)) == 2


def test_the_landing_is_read_in_chunks_that_bound_memory(home):
    for first in range(0, 40, 4):
        posts = [post(n, text=f"{n} " + "long words " * 300) for n in range(first, first + 4)]
        landing.put(home, "toy", posts)

    tables = list(landing.batches(landing.files(home, "toy"), rows_n=10, text_n=10**9))
    thin = list(landing.batches(landing.files(home, "toy"), rows_n=10**6, text_n=30_000))

    assert [table.num_rows for table in tables] == [8] * 5
    assert sum(table.num_rows for table in thin) == 40
    assert max(table.nbytes for table in thin) < 40_000


def test_a_damaged_landed_file_is_said_in_one_line(home):
    keep(home, "toy", batch(1), Tally("toy"))
    landing.files(home, "toy")[0].write_bytes(b"PAR1 no PAR1")

    with pytest.raises(DataFolderError, match=r"\d{16}\.parquet is damaged"):
        stages.read("2024-W10", 2, [], None)


def test_a_run_is_current_until_something_lands_or_is_taken_back(home):
    asked = Asked(WINDOW, [], None, is_sample=False)
    keep(home, "toy", batch(1), Tally("toy"))
    waits = [landed.is_waiting(home, asked)]
    run_to_the_lake()
    waits.append(landed.is_waiting(home, asked))
    deletions.record(home, "toy", [("toy:1", None, NOON, "deleted")])
    waits.append(landed.is_waiting(home, asked))
    of_files = Asked(WINDOW, ["posts.csv"], None, is_sample=False)

    assert waits == [True, False, True]
    assert landed.is_waiting(home, of_files)
    assert not landed.is_waiting(home, Asked(WINDOW, [], None, is_sample=True))


# The command


def grapevine(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def toys(monkeypatch):
    """The only live sources there are, by name."""
    known = {"toy": Toy(range(3))}
    monkeypatch.setattr(collecting, "live_sources", lambda: known)
    return known


def test_the_command_says_what_came_of_each_source(home, toys):
    toys["idle"] = Toy([], settings_error=SettingsError("Set IDLE_KEY."))
    toys["idle"].SOURCE = "idle"

    said = grapevine("collect", "all", "--once")

    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "toy: 3 items offered, 3 posts landed, 0 taken back, 0 set aside",
        "idle: not set up. Set IDLE_KEY.",
    ]


def test_the_command_fails_when_a_source_failed_and_says_that_nothing_is_lost(home, toys):
    toys["toy"].error = InputError("It is down.")

    said = grapevine("collect", "toy", "--once")

    assert said.exit_code == 1
    assert "Not collected to the end: toy. What was collected is kept" in said.output
    assert "Traceback" not in said.output


def test_a_source_that_is_none_and_a_time_that_is_none_are_said_in_one_line(home, toys):
    for arguments, told in (
        (
            ("myspace", "--once"),
            "There is no live source 'myspace'. Choose one of toy, or all.",
        ),
        (("toy", "--for", "soon"), "'soon' is not a length of time."),
    ):
        said = grapevine("collect", *arguments)

        assert said.exit_code == 1
        assert told in said.output


def test_nothing_set_up_at_all_is_an_error(home, toys):
    toys["toy"] = Toy([], settings_error=SettingsError("Set TOY_KEY."))

    assert "No source is set up" in grapevine("collect", "all", "--once").output


def test_collecting_for_a_time_ends_by_itself(home, toys):
    said = grapevine("collect", "toy", "--for", "1s")

    assert said.exit_code == 0
    assert len(landed_ids(home)) == 3


def test_lengths_of_time_are_seconds():
    assert [seconds_of(span) for span in ("90s", "10m", "2h", "1d")] == [90, 600, 7_200, 86_400]


def test_every_live_source_has_the_parts_the_loop_asks_for():
    for name, source in collecting.live_sources().items():
        assert source.__name__ == f"flows.sources.{name}"
        assert callable(source.Settings.from_env)
        assert callable(source.fetch)
        assert callable(source.parse)


def test_a_stop_by_the_system_ends_after_the_batch_in_hand(tmp_path):
    code = """
        import sys, time
        from flows import collecting
        from flows.collect_cli import collect
        from tests.test_collecting import Toy

        class Slow(Toy):
            def fetch(self, settings, mark, notice, stop):
                for found in super().fetch(settings, mark, notice, stop):
                    print("batch", flush=True)
                    time.sleep(0.2)
                    yield found

        collecting.live_sources = lambda: {"toy": Slow(range(10**6))}
        collect(["toy"])
    """
    running = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env=os.environ | {"GRAPEVINE_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    running.stdout.readline()
    running.send_signal(signal.SIGTERM)
    said = running.stdout.read().decode()
    running.stdout.close()

    home = Home(tmp_path)
    assert running.wait() == 0
    assert "posts landed" in said
    assert watermarks.read(home, "toy")["at"] == len(landed_ids(home)) - 1
