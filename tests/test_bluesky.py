import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import hypothesis
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from flows import collecting
from flows.sources import bluesky
from flows.sources.bluesky import (
    SOURCE,
    Settings,
    appview,
    asking,
    fetch,
    gate,
    parse,
    stream,
    verify,
    wire,
)
from flows.sources.bluesky.checkpoint import REWIND_ELSEWHERE_US, REWIND_US, WINDOW, Checkpoint
from flows.sources.bluesky.events import PROFILE, read
from flows.sources.bluesky.settings import ENDPOINTS, V2_PATH
from flows.sources.bluesky.wire import MAX_EVENT, MAX_FRAME, address
from flows.sources.collected import MAX_BATCH, Deleted, SettingsError
from flows.sources.reading import Rejected
from tests.fakes.bluesky import (
    OPT_OUT,
    STEP_US,
    UNWANTED,
    WANTED,
    FakeBluesky,
    Happening,
    dictionary,
    did,
    frames,
    now_us,
    record,
    self_labels,
    wording,
)
from warehouse import landing
from warehouse.home import Home
from warehouse.records import Post

AT_US = 1_795_000_000_123_456
ROOT = Path(__file__).parents[1]
HEALTH = "The clinic ran out of flu shots by noon, again, so we drove home."


def event(text=HEALTH, **changes):
    """One event about which only what the test needs is said."""
    labels = changes.pop("labels", None)
    body = record(text, **({"labels": labels} if labels else {}))
    return Happening(
        **({"time_us": AT_US, "did": did(1), "rkey": "3lk", "record": body} | changes)
    )


def settings(fake, **changes):
    return replace(Settings.from_env(fake.env), **({"quiet_s": 0.2} | changes))


def collect(fake, mark=None, stop=lambda: False, **changes):
    """Every batch until caught up, and the notices on the way."""
    notices = []
    return list(fetch(settings(fake, **changes), mark or {}, notices.append, stop)), notices


def ids(batches):
    return [post.post_id for batch in batches for post in batch.posts]


@contextmanager
def following(fake, mark=None):
    """A live tail in a thread; the batches it has yielded so far."""
    batches, notices, is_over = [], [], threading.Event()

    def run():
        follow = settings(fake, follow=True)
        batches.extend(fetch(follow, mark or {}, notices.append, is_over.is_set))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield batches, notices
    finally:
        is_over.set()
        thread.join(20)


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


@pytest.mark.parametrize("version", [1, 2])
def test_a_post_is_kept_with_its_address_and_the_time_it_was_received(version):
    made = event()

    post = parse(made.in_v1() if version == 1 else made.in_v2(7))

    assert post == Post(
        post_id=f"bluesky:at://{did(1)}/app.bsky.feed.post/3lk",
        source=SOURCE,
        posted_at=datetime.fromtimestamp(AT_US // 1_000_000, UTC),
        text=HEALTH,
        author=did(1),
        community=None,
        platform="bluesky",
    )


def test_what_the_author_claims_as_its_date_and_language_is_not_believed():
    body = record(HEALTH, createdAt="2031-01-01T00:00:00Z", langs=["ja"])

    post = parse(event(record=body).in_v1())

    assert post.posted_at.year == datetime.fromtimestamp(AT_US // 1_000_000, UTC).year


def test_version_2_resumes_by_the_time_of_witness_and_shows_its_own_time():
    frame = json.loads(event().in_v2(7))
    frame["payload"]["time"] = "2026-10-01T00:00:00.000000Z"

    found = read(json.dumps(frame))

    assert found.time_us == AT_US
    assert found.found.posted_at == datetime(2026, 10, 1, tzinfo=UTC)


def test_handles_and_links_are_masked():
    post = parse(event("ask @nurse.bsky.social about the vaccine, https://a.example/x").in_v1())

    assert post.text == "ask @user about the vaccine, [link]"


@pytest.mark.parametrize("text", [UNWANTED[0].format(n=2), *UNWANTED[1:], "", "💉", "!!!"])
def test_what_is_neither_health_nor_place_or_in_another_language_is_dropped(text):
    assert parse(event(text).in_v1()) is None


def test_health_in_a_third_language_is_dropped_whatever_its_tag():
    text = "Le vaccin contre la grippe est arrivé dans les pharmacies, mais pas chez nous."

    assert parse(event(record=record(text, langs=["en"])).in_v1()) is None


def test_a_post_that_only_names_a_place_is_kept():
    assert isinstance(parse(event("We had a great time in Casper, Wyoming.").in_v1()), Post)


@pytest.mark.parametrize("label", [OPT_OUT, "!hide", "porn"])
def test_a_post_whose_author_labels_it_so_is_dropped(label):
    assert parse(event(labels=self_labels("other", label)).in_v1()) is None


def test_a_label_that_is_about_the_picture_does_not_drop_the_text():
    assert isinstance(parse(event(labels=self_labels("graphic-media")).in_v1()), Post)


def test_a_text_longer_than_bluesky_shows_is_dropped_unread():
    long = event("The vaccine. " + "a." * 200_000)

    assert parse(long.in_v1()) is None
    assert parse(replace(long, operation="update").in_v1()).reason == "edited"


def test_labels_that_cannot_be_read_keep_the_post_out():
    assert isinstance(parse(event(labels={"values": "all"}).in_v1()), Rejected)


def test_a_deleted_post_is_taken_back():
    deleted = parse(event(operation="delete", record=None).in_v1())

    assert deleted.post_id == event().post_id
    assert (deleted.author, deleted.reason) == (None, "deleted")


def test_an_edit_that_is_no_longer_for_us_takes_the_older_wording_back():
    edited = event("I like trains and the people who drive them.", operation="update")

    assert parse(edited.in_v1()).reason == "edited"
    assert isinstance(parse(event(operation="update").in_v1()), Post)


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ({"active": True}, None),
        ({"active": False, "status": "deleted"}, "account_deleted"),
        ({"active": False, "status": "takendown"}, "account_inactive"),
        ({"active": False, "status": "deactivated"}, "account_inactive"),
        ({"active": False}, "account_inactive"),
        ({"active": False, "status": "desynchronized"}, None),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_an_account_that_went_away_takes_its_posts_with_it(account, reason, version):
    made = event(kind="account", account=account, record=None)

    found = parse(made.in_v1() if version == 1 else made.in_v2(7))

    assert (found and (found.author, found.reason)) == (reason and (did(1), reason))


def test_a_new_name_changes_nothing_since_names_are_not_kept():
    assert parse(event(kind="identity", record=None).in_v1()) is None


def test_a_profile_that_opts_out_takes_its_authors_posts_back():
    profile = {"$type": PROFILE, "labels": self_labels(OPT_OUT)}

    left = parse(event(collection=PROFILE, record=profile).in_v1())

    assert (left.author, left.reason) == (did(1), "opted_out")
    assert parse(event(collection=PROFILE, record={"displayName": "x"}).in_v1()) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[1]",
        b"<html>",
        b"\xff\xfe",
        b'{"did":' + b"[" * 100_000,
        event(time_us=1).in_v1(),
        event(time_us=10**19).in_v1(),
        event(did="someone").in_v1(),
        event(rkey="").in_v1(),
        event(rkey="x" * 500).in_v1(),
        event(rkey="a\nb").in_v1(),
        event(rkey="a b").in_v1(),
        event(rkey="../../profile/self").in_v1(),
        event(rkey="..").in_v1(),
        event(did="did:plc:a/b?c").in_v1(),
        event(did="did:plc:" + "a" * 5_000, kind="account", account={"active": False}).in_v1(),
        event(record={"text": 5}).in_v1(),
        event().in_v1().replace("flu", "\\ud800"),
    ],
)
def test_a_frame_that_is_no_event_is_rejected_in_one_line(raw):
    rejected = parse(raw)

    assert isinstance(rejected, Rejected)
    assert rejected.reason.isprintable()


@pytest.mark.parametrize(
    ("raw", "advice"),
    [
        ('{"$type":"error","error":"ConsumerTooSlow","message":"m"}', "ConsumerTooSlow"),
        ('{"$type":"message","payload":{"$type":"x#info","name":"OutdatedCursor"}}',
         "OutdatedCursor"),
    ],
)  # fmt: skip
def test_what_the_server_of_version_2_says_about_itself_is_heard(raw, advice):
    assert read(raw) == (None, None, advice)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["did", "time_us", "kind", "commit", "account", "payload", "error", "record", "text",
        "operation", "collection", "rkey", "labels", "time", "name"]  # fmt: skip


@hypothesis.settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), anything, max_size=4), st.sampled_from(KEYS))
def test_any_object_at_all_gives_an_answer(changes, inside):
    frame = json.loads(event().in_v1()) | changes
    nested = json.loads(event().in_v1())
    nested["commit"] |= {inside: changes} | changes

    for changed in (frame, nested, {"payload": frame}):
        assert isinstance(parse(json.dumps(changed)), Post | Deleted | Rejected | None)


@hypothesis.settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_give_an_answer(raw):
    assert isinstance(parse(raw), Post | Deleted | Rejected | None)


def test_the_gate_lets_most_of_our_own_health_posts_through_and_few_others():
    written = [
        json.loads(line)
        for file in sorted((ROOT / "classifiers/corpus/written").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    share = {
        is_health: sum(map(gate.is_of_health, texts)) / len(texts)
        for is_health in (True, False)
        for texts in [[post["text"] for post in written if post["health"] is is_health]]
    }

    assert share[True] > 0.82
    assert share[False] < 0.4


@pytest.mark.parametrize(
    "text", ["Me duele el RIÑÓN", "Sarampión en la escuela", "Don’t vax", "vacunación"]
)
def test_accents_capitals_and_endings_do_not_matter(text):
    assert gate.is_of_health(text)


@pytest.mark.parametrize("text", ["a fluent speaker", "the skill", "Clinton won", "stunning"])
def test_a_word_inside_another_does_not_count(text):
    assert not gate.is_of_health(text)


def test_what_the_fake_calls_wanted_is_what_the_gate_wants():
    assert all(gate.is_wanted(wording(WANTED, n)) for n in range(200))
    assert not any(gate.is_wanted(wording(UNWANTED, n)) for n in range(200))


def test_a_checkpoint_is_the_oldest_of_the_last_events_and_never_goes_back():
    point = Checkpoint({})
    start_us = point.begin("h", AT_US, 1000)
    for n in range(WINDOW):
        point.saw(AT_US + n, AT_US)
    reached = point.mark()["cursors"]["h"]
    point.saw(AT_US - 10**9, AT_US)

    assert start_us == AT_US - 1000
    assert reached == AT_US
    assert point.mark()["cursors"]["h"] == AT_US


def test_until_enough_was_seen_a_first_start_is_repeated_from_the_same_point():
    point = Checkpoint({})
    start_us = point.begin("h", AT_US, 1000)
    point.saw(AT_US, AT_US)

    assert Checkpoint(point.mark()).begin("h", AT_US + 10**12, 1000) == start_us


@hypothesis.settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_no_event_out_of_order_by_some_seconds_is_ever_jumped_over(seed):
    choose = random.Random(seed)
    jitter = [choose.randint(-3_000_000, 3_000_000) for _ in range(400)]
    times = [AT_US + n * 20_000 + shift for n, shift in enumerate(jitter)]
    point = Checkpoint({})
    point.begin("h", AT_US, 10_000_000)
    for number, time_us in enumerate(times):
        point.saw(time_us, AT_US + 10**12)
        resumed_us = Checkpoint(point.mark()).begin("h", AT_US, 0)
        assert all(later >= resumed_us for later in times[number + 1 :][:50])


def test_another_host_is_read_from_a_minute_before_and_never_from_the_future():
    mark = {"cursors": {"a": AT_US}}

    assert Checkpoint(mark).begin("b", AT_US + 1, 0) == AT_US - REWIND_ELSEWHERE_US
    assert Checkpoint(mark).begin("b", AT_US - 10**9, 0) == AT_US - 10**9 - REWIND_ELSEWHERE_US


def test_a_host_left_long_ago_is_read_from_where_the_one_after_it_was_left():
    day_us = 86_400_000_000
    point = Checkpoint({"cursors": {"a": AT_US - 3 * day_us, "b": AT_US}})

    start_us = point.begin("a", AT_US + 1, 0)
    missing_us = [point.saw(start_us + n, AT_US) for n in range(WINDOW)]

    assert start_us == AT_US - REWIND_ELSEWHERE_US
    assert set(missing_us) == {0}
    assert point.mark()["gaps"] == []


def test_a_host_whose_clock_was_ahead_for_a_while_skips_nothing_once_it_is_mended():
    hour_us = 3_600_000_000
    point = Checkpoint({})
    point.begin("h", AT_US, 0)
    for n in range(WINDOW):
        point.saw(AT_US + hour_us + n, AT_US + n)

    resumed_us = Checkpoint(point.mark()).begin("h", AT_US + hour_us // 2, 0)
    old_mark_us = Checkpoint({"cursors": {"h": AT_US + hour_us}}).begin("h", AT_US, 0)

    assert resumed_us <= AT_US + WINDOW
    assert old_mark_us == AT_US - REWIND_US


def test_one_clock_far_ahead_moves_nothing():
    point = Checkpoint({"cursors": {"h": AT_US}})
    point.begin("h", AT_US, 0)

    assert point.saw(AT_US + 10**12, AT_US) == 0
    assert point.highest_us == 0
    assert point.saw(AT_US, AT_US) == 0
    assert point.settle() == 0


def test_a_stretch_that_was_not_replayed_is_kept_in_the_mark():
    point = Checkpoint({"cursors": {"h": AT_US}})
    point.begin("h", AT_US + 10**12, 0)

    assert point.saw(AT_US + 10**10, AT_US + 10**12) == 0
    missing_us = point.settle()

    assert missing_us == 10**10
    assert point.mark()["gaps"] == [[AT_US, AT_US + 10**10]]
    assert (
        Checkpoint(json.loads(json.dumps(point.mark()))).mark()["gaps"] == point.mark()["gaps"]
    )


@pytest.mark.parametrize("version", [1, 2])
def test_every_wanted_post_comes_and_no_other(version):
    with FakeBluesky(version) as fake:
        wanted = fake.seed(60)
        fake.noise(40)
        batches, notices = collect(fake)

    assert set(ids(batches)) == set(wanted) == fake.offered
    assert sum(batch.offered_n for batch in batches) >= 100
    assert notices == []


def test_each_version_is_asked_in_its_own_words():
    v1 = address(ENDPOINTS[0], 5)
    v2 = address(f"wss://host{V2_PATH}", 5, 9)

    assert v1 == (
        f"{ENDPOINTS[0]}?wantedCollections=app.bsky.feed.post&wantedCollections="
        f"app.bsky.actor.profile&maxMessageSizeBytes={MAX_EVENT}&cursor=5"
    )
    assert "collections=app.bsky.feed.post" in v2
    assert "wanted" not in v2
    assert "kinds=commit&kinds=account&kinds=identity" in v2
    assert v2.endswith(f"&maxMessageSizeBytes={MAX_EVENT}&cursor=5&zstdDictionary=9")


def test_a_batch_holds_no_more_than_a_thousand_posts():
    with FakeBluesky() as fake:
        wanted = fake.seed(2500)
        batches, _ = collect(fake)

    assert max(len(batch.posts) for batch in batches) == MAX_BATCH
    assert sorted(ids(batches)) == sorted(wanted)  # and none twice in one run


FAULTS = ["reset", "half_body", "slow_consumer", "going_away", "timeout", "strange_body",
          "duplicate", "reorder", "clock_skew", "http_429", "http_5xx", "http_400",
          "strange_answer"]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "version"),
    [
        *((fault, 1) for fault in FAULTS),
        ("reset", 2),
        ("slow_consumer", 2),
        ("strange_body", 2),
    ],
)
def test_no_fault_loses_a_post(fault, version):
    with FakeBluesky(version) as fake:
        wanted = fake.seed(400)
        fake.fail(fault, 2)
        batches, notices = collect(fake)

    assert set(ids(batches)) == set(wanted)
    assert all(notice.isprintable() and "did:" not in notice for notice in notices)
    assert not any("missing" in notice for notice in notices)


@pytest.mark.parametrize("fault", ["reset", "reorder", "clock_skew"])
def test_a_kill_after_any_batch_loses_nothing(fault, monkeypatch):
    monkeypatch.setattr(stream, "MAX_EVENTS", 400)
    with FakeBluesky() as fake:
        wanted = fake.seed(700)
        kept, mark = set(), {}
        for number in range(6):
            if number % 3 == 1:
                fake.fail(fault)
            reading = fetch(settings(fake), mark, [].append, lambda: False)
            batch = next(reading, None)
            reading.close()
            if batch is None:
                break
            kept |= set(ids([batch]))
            mark = json.loads(json.dumps(batch.mark))
        kept |= set(ids(collect(fake, mark)[0]))

    assert kept == set(wanted)


def test_posts_deleted_while_they_are_replayed_are_taken_back():
    with FakeBluesky() as fake:
        wanted = fake.seed(100)
        fake.fail("delete_while_paging")
        batches, _ = collect(fake)

    taken_back = {gone.post_id for batch in batches for gone in batch.deleted}
    assert taken_back == fake.deleted
    assert len(taken_back) == 2
    assert set(ids(batches)) | taken_back == set(wanted)


def test_a_second_run_repeats_little_and_finds_what_is_new():
    with FakeBluesky() as fake:
        fake.seed(1500)
        first, _ = collect(fake)
        new = fake.seed(5)
        second, _ = collect(fake, first[-1].mark)

    assert set(new) <= set(ids(second))
    assert len(set(ids(second))) <= WINDOW + 5 + REWIND_US // STEP_US


def test_a_live_tail_survives_silence_and_broken_connections(monkeypatch):
    monkeypatch.setattr(stream, "SILENCE_S", 0.6)
    monkeypatch.setattr(stream, "FLUSH_S", 0.1)
    with FakeBluesky() as fake:
        first = fake.seed(20)
        fake.fail("reset")
        with following(fake) as (batches, notices):
            until(lambda: set(first) <= set(ids(batches)))
            until(lambda: any("fell silent" in notice for notice in notices))
            later = fake.seed(20)
            until(lambda: set(later) <= set(ids(batches)))

    assert fake.connections_n >= 3


def test_the_collector_holds_the_tail_without_once_and_leaves_it_with_once(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(stream, "FLUSH_S", 0.1)
    home, ended = Home(tmp_path), threading.Event()

    def landed():
        tables = [landing.read(file) for file in landing.files(home, "bluesky")]
        return {post_id for table in tables for post_id in table["post_id"].to_pylist()}

    with FakeBluesky() as fake:
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)
        first = set(fake.seed(20))
        once = collecting.collect(home, bluesky, True, [].append, lambda: False)
        opened_n = fake.connections_n
        with ThreadPoolExecutor(1) as pool:
            goes_on = pool.submit(
                collecting.collect, home, bluesky, False, [].append, ended.is_set
            )
            try:
                later = set(fake.seed(20))
                until(lambda: later <= landed())
                last = set(fake.seed(5))  # long after it had caught up
                until(lambda: last <= landed())
            finally:
                ended.set()

    assert (once.problem, goes_on.result().problem) == (None, None)
    assert first <= landed()
    assert fake.connections_n == opened_n + 1


def test_following_changes_nothing_but_whether_the_tail_is_held():
    settings = Settings(api="http://127.0.0.1:9", quiet_s=1, back_h=2)

    assert bluesky.following(settings) == replace(settings, follow=True)
    assert not settings.follow


def test_a_slice_ends_when_its_time_is_over_and_keeps_what_was_read():
    with FakeBluesky() as fake:
        fake.seed(50)
        end = time.monotonic() + 1
        batches, _ = collect(fake, stop=lambda: time.monotonic() > end, follow=True)

    assert set(ids(batches)) == fake.offered
    assert time.monotonic() - end < 5


def test_a_second_host_takes_over_from_the_checkpoint_of_the_first():
    with FakeBluesky() as good, FakeBluesky() as bad:
        wanted = good.seed(50)
        bad.fail("http_5xx", 9)
        batches, notices = collect(good, endpoints=(bad.url, good.url))

    assert set(ids(batches)) == set(wanted)
    assert "refused with status 503" in notices[0]


def test_what_two_hosts_give_at_their_own_times_is_handed_on_once(monkeypatch):
    monkeypatch.setattr(stream, "FIRST_WAIT_S", 0.001)
    with FakeBluesky() as first, FakeBluesky() as second:
        wanted = first.seed(300)
        second.events = [replace(one, time_us=one.time_us + 700_000) for one in first.events]
        first.fail("reset", 20)
        batches, _ = collect(first, endpoints=(first.url, second.url))

    assert second.connections_n > 0
    assert sorted(ids(batches)) == sorted(wanted)


def test_a_stop_is_heard_on_a_stream_of_few_events(monkeypatch):
    monkeypatch.setattr(stream, "LOOK_S", 0.1)

    def drip():
        while True:
            time.sleep(0.02)
            yield event().in_v1().encode()

    ended = threading.Event()
    tail = stream._Tail(
        Settings(follow=True), {}, [].append, ended.is_set, authors=None
    )  # it asks nobody before a batch is handed on
    ended.set()
    began_s = time.monotonic()

    assert list(tail._read(drip())) == []
    assert time.monotonic() - began_s < 1


def test_what_the_server_no_longer_has_is_told_and_kept_in_the_mark():
    with FakeBluesky(version=2) as fake:
        fake.seed(10)
        mark = {"cursors": {f"127.0.0.1:{fake.port}": now_us() - 3_600_000_000}}
        fake.keeps_since_us = fake.events[5].time_us
        batches, notices = collect(fake, mark)

    assert "OutdatedCursor" in notices[0]
    assert any("could not be replayed" in notice for notice in notices)
    assert len(batches[-1].mark["gaps"]) == 1


def test_no_host_at_all_is_one_plain_line(monkeypatch):
    monkeypatch.setattr(stream, "FIRST_WAIT_S", 0.001)
    with FakeBluesky() as fake:
        closed = settings(fake)
    with pytest.raises(
        stream.UnreachableError, match=r"could not be read.*run the command again"
    ):
        list(fetch(closed, {}, [].append, lambda: False))


def test_version_2_frames_may_come_packed():
    with FakeBluesky(version=2) as fake:
        wanted = fake.seed(50)
        batches, _ = collect(fake, compress=True)

    assert set(ids(batches)) == set(wanted)
    assert "zstdDictionary" in fake.asked[0]


def test_a_dictionary_that_is_none_is_no_end_of_the_program(monkeypatch):
    monkeypatch.setattr(stream, "FIRST_WAIT_S", 0.001)
    with FakeBluesky(version=2) as fake:
        fake.words = dictionary().as_bytes()[:8] + b"x" * 200
        with pytest.raises(stream.UnreachableError):
            collect(fake, compress=True)


def test_a_frame_that_would_unpack_to_more_than_is_read_is_not_unpacked():
    with FakeBluesky(version=2) as fake:
        _, unpack = wire._dictionary(fake.url)

    bomb = zstandard.ZstdCompressor().compress(bytes(MAX_FRAME + 1))

    assert unpack(bomb) == b""
    assert isinstance(parse(unpack(bomb)), Rejected)


def test_posts_of_authors_who_opted_out_before_are_not_handed_on():
    with FakeBluesky() as fake:
        wanted = set(fake.seed(62))
        fake.opted_out = {did(3)}
        batches, _ = collect(fake)

    assert set(ids(batches)) == {post_id for post_id in wanted if did(3) not in post_id}


def test_who_opts_out_while_we_listen_is_taken_back_and_stays_out():
    with FakeBluesky() as fake:
        fake.seed(31)
        profile = {"$type": PROFILE, "labels": self_labels(OPT_OUT)}
        fake.add(profile, did=did(3), collection=PROFILE)
        fake.seed(31)
        batches, _ = collect(fake)

    left = [gone for batch in batches for gone in batch.deleted]
    assert {(gone.author, gone.reason) for gone in left} == {(did(3), "opted_out")}
    assert not any(did(3) in post_id for post_id in ids(batches))


@pytest.mark.parametrize("fault", ["lookup_5xx", "lookup_strange"])
def test_look_ups_that_do_not_answer_lose_no_post_and_are_told_once(fault):
    with FakeBluesky() as fake:
        wanted = fake.seed(80)
        fake.fail(fault, 20)
        batches, notices = collect(fake)

    assert set(ids(batches)) == set(wanted)
    assert len([notice for notice in notices if "look-ups do not answer" in notice]) == 1


def test_the_sweep_finds_what_is_gone_and_who_opted_out():
    with FakeBluesky() as fake:
        wanted = fake.seed(60)
        fake.events = [one for one in fake.events if one.post_id != wanted[40]]
        fake.opted_out = {did(3)}
        fake.fail("lookup_429")
        gone = list(verify(settings(fake), wanted, [].append))

    assert {one.post_id for one in gone if one.reason == "deleted"} == {wanted[40]}
    assert {one.post_id for one in gone if one.reason == "opted_out"} == {wanted[3], wanted[34]}


@pytest.mark.parametrize("fault", ["lookup_empty", "lookup_bomb"])
def test_the_sweep_asks_again_before_it_believes_that_all_are_gone(fault):
    with FakeBluesky() as fake:
        wanted = fake.seed(20)
        fake.fail(fault)

        assert list(verify(settings(fake), wanted, [].append)) == []


def test_a_sweep_is_given_up_when_the_service_is_down(monkeypatch):
    monkeypatch.setattr(appview, "FIRST_WAIT_S", 0.001)
    with FakeBluesky() as fake:
        wanted = fake.seed(500)
        fake.fail("lookup_5xx", 60)
        with pytest.raises(appview.UnansweredError, match="Sweep again"):
            list(verify(settings(fake), wanted, [].append))

    assert fake.lookups_n == appview.OUTAGES * appview.TRIES


def test_while_the_look_ups_are_down_the_tail_goes_on_without_asking_each_time(monkeypatch):
    monkeypatch.setattr(stream, "MAX_EVENTS", 20)
    with FakeBluesky() as fake:
        wanted = fake.seed(200)
        fake.fail("lookup_5xx", 60)
        batches, _ = collect(fake)

    assert set(ids(batches)) == set(wanted)
    assert len(batches) > 5
    assert fake.lookups_n == appview.TRIES


def test_a_stop_is_heard_while_a_look_up_is_waited_for():
    with FakeBluesky() as fake:
        fake.fail("lookup_429", 9)
        began_s = time.monotonic()
        with appview.Authors(settings(fake), [].append, lambda: True) as authors:
            kept = authors.allowed([parse(event().in_v1())])

    assert len(kept) == 1
    assert fake.lookups_n == 1
    assert time.monotonic() - began_s < 5


def dripping():
    while True:
        time.sleep(0.01)
        yield b" "


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: httpx.Response(200, content=dripping()), httpx.ReadTimeout),
        (lambda: httpx.Response(200, content=b" " * 2_000), httpx.DecodingError),
        (
            lambda: httpx.Response(200, headers={"Content-Encoding": "zstd"}, content=b"x"),
            httpx.DecodingError,
        ),
    ],
)
def test_no_more_is_read_of_an_answer_than_so_many_bytes_and_seconds(
    answer, error, monkeypatch
):
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    monkeypatch.setattr(asking, "MAX_BYTES", 1_000)
    transport = httpx.MockTransport(lambda request: answer())

    with httpx.Client(transport=transport) as http, pytest.raises(error):
        asking.ask(http, "https://look-up.test/")


def test_the_sweep_takes_no_silence_for_a_deletion():
    notices = []
    with FakeBluesky() as fake:
        wanted = fake.seed(30)
        fake.fail("lookup_5xx", 3)
        fake.fail("lookup_strange", 3)
        gone = list(verify(settings(fake), wanted, notices.append))

    assert gone == []
    assert len(notices) == 1


def test_authors_are_remembered_within_bounds(monkeypatch):
    monkeypatch.setattr(appview, "MAX_KNOWN", 10)
    with FakeBluesky() as fake:
        with appview.Authors(settings(fake), [].append, lambda: False) as authors:
            for number in range(50):
                authors.left(did(number))

        assert len(authors._has_left) == 10


def test_the_settings_are_those_of_bluesky_unless_others_are_named():
    assert Settings.from_env({}) == Settings()
    assert Settings().endpoints == ENDPOINTS
    named = Settings.from_env({
        "GRAPEVINE_BLUESKY_URL": "ws://127.0.0.1:9/subscribe, wss://h.example/subscribe",
        "GRAPEVINE_BLUESKY_BACK_H": "2",
    })  # fmt: skip
    assert len(named.endpoints) == 2
    assert named.back_h == 2


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GRAPEVINE_BLUESKY_URL": ""}, "names no address"),
        ({"GRAPEVINE_BLUESKY_URL": "https://h.example/subscribe"}, "must start with wss"),
        ({"GRAPEVINE_BLUESKY_URL": "wss://h.example/other"}, "end in /subscribe"),
        ({"GRAPEVINE_BLUESKY_URL": "wss://me:s3cret@h.example/subscribe"}, "a password"),
        ({"GRAPEVINE_BLUESKY_URL": "wss://h:99999999/subscribe"}, "an address that is none"),
        ({"GRAPEVINE_BLUESKY_API": "ftp://h.example"}, "GRAPEVINE_BLUESKY_API"),
        ({"GRAPEVINE_BLUESKY_COMPRESS": "1"}, "version 2"),
        ({"GRAPEVINE_BLUESKY_BACK_H": "900"}, "from 0 to 36"),
        ({"GRAPEVINE_BLUESKY_QUIET_S": "soon"}, "must be a number"),
    ],
)
def test_settings_that_make_no_sense_are_one_plain_line(env, said):
    with pytest.raises(SettingsError, match=said) as told:
        Settings.from_env(env)

    assert "s3cret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_the_generated_stream_is_mostly_dropped():
    found = [parse(frame) for frame in frames(1000)]

    kept_n = sum(isinstance(one, Post) for one in found)
    assert 80 < kept_n < 180
    assert not any(isinstance(one, Rejected) for one in found)
