import contextlib
import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources import mastodon
from flows.sources.collected import SettingsError
from flows.sources.mastodon import Instance, client, fetching
from flows.sources.mastodon.client import InstanceError, PacedSession
from flows.sources.reading import Rejected
from tests.fakes.mastodon import FakeMastodon, Status
from warehouse import landing
from warehouse.records import Post

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
VALLEY = Instance("valley.example", "a note", "https://valley.example", (), "Wyoming, USA")


@pytest.fixture
def fake(monkeypatch):
    with FakeMastodon() as fake:
        use(fake.env, monkeypatch)
        yield fake


def use(env, monkeypatch):
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def never():
    return False


def collect(mark=None, notices=None, stop=never):
    said = notices if notices is not None else []
    settings = mastodon.Settings.from_env()
    return list(mastodon.fetch(settings, mark or {}, said.append, stop))


def ids(batches):
    return [post.post_id for batch in batches for post in batch.posts]


def entity(content="<p>Hello Casper</p>", **changes):
    number = int(NOW.timestamp() * 1000) << 16
    return Status(number, content).entity("https://valley.example", timedelta()) | changes


def by(**changes):
    """A status whose author is set so."""
    return entity(account=entity()["account"] | changes)


def test_a_public_status_is_a_post_of_its_instance():
    post = mastodon.parse(entity("<p>Ask @<span>jo</span> in Casper &amp; tell</p>"), VALLEY)

    assert post == Post(
        post_id=f"mastodon:valley.example/{int(NOW.timestamp() * 1000) << 16}",
        source="mastodon",
        posted_at=NOW,
        text="Ask @user in Casper & tell",
        author="ada@valley.example",
        community="valley.example",
        platform="mastodon",
        location="Wyoming, USA",
    )


def test_a_content_warning_is_read_with_what_it_covers():
    post = mastodon.parse(entity("<p>It burns.</p>", spoiler_text="Sunscreen, again"), VALLEY)

    assert post.text == "Sunscreen, again It burns."


@pytest.mark.parametrize(
    "status",
    [
        entity(visibility="unlisted"),
        entity(visibility="private"),
        entity(visibility="direct"),
        entity(visibility=None),
        entity(reblog=entity()),
        entity(local_only=True),
        by(bot=True),
        by(group=True),
        by(limited=True),
        by(suspended=True),
        by(noindex=True),
        by(noindex=None),
        by(acct="guest@elsewhere.example"),
        by(acct=None),
        by(note='<p>I sew. <a href="x">#<span>nobot</span></a></p>'),
        by(note="<p>#noindex</p>"),
        by(note="<p>#NoArchive</p>"),
        entity(account=None),
        entity(""),
        entity("<p></p>"),
    ],
)
def test_what_a_rule_leaves_out_gives_nothing(status):
    assert mastodon.parse(status, VALLEY) is None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        5,
        [],
        {},
        entity(id=None),
        entity(id="x1"),
        entity(id="-5"),
        entity(id="9" * 19),
        entity(created_at=None),
        entity(created_at="yesterday"),
        entity(created_at="2026-11-10T12:00:00"),
        entity(created_at="0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_cannot_be_read_is_rejected_in_plain_words(raw):
    found = mastodon.parse(raw, VALLEY)

    assert isinstance(found, Rejected)
    assert found.reason.startswith("valley.example: ")
    assert "Hello" not in found.reason


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(entity())), st.sampled_from(sorted(entity()["account"])), values)
def test_reading_a_status_never_fails_whatever_a_field_holds(key, account_key, value):
    for raw in (entity() | {key: value}, by(**{account_key: value}), value):
        assert isinstance(mastodon.parse(raw, VALLEY), Post | Rejected | None)


def test_every_post_that_may_be_kept_is_collected_and_no_other(fake):
    seeded = fake.seed(130)

    batches = collect()

    assert sorted(ids(batches)) == sorted(seeded)
    assert fake.withheld
    assert batches[-1].offered_n == len(fake.statuses)
    assert all("limit=40" in target for target, _ in fake.asked if "timelines" in target)


def test_a_second_look_asks_only_for_what_is_new(fake):
    fake.seed(90)
    mark = json.loads(json.dumps(collect()[-1].mark))
    fake.asked.clear()
    new = fake.say("New in Lander")

    batches = collect(mark)

    assert ids(batches) == [fake.post_id(new)]
    assert len([target for target, _ in fake.asked if "timelines" in target]) == 2


def test_a_post_that_shows_up_late_behind_the_watermark_is_not_lost(fake):
    fake.seed(5)
    last = fake.say("The last one so far")
    mark = collect()[-1].mark
    late = fake.say("Written at the same time", at=last.created_at - timedelta(seconds=20))

    assert ids(collect(mark)) == [fake.post_id(late)]


def test_the_first_look_goes_back_a_week_and_no_further(fake):
    fake.say("Old", at=datetime.now(UTC) - timedelta(days=8))
    young = fake.say("Young", at=datetime.now(UTC) - timedelta(days=6))

    assert ids(collect()) == [fake.post_id(young)]


def test_hashtags_narrow_what_is_read_each_with_a_watermark(fake, monkeypatch):
    fake.hashtags = ["flu", "casper"]
    use(fake.list_instances(fake), monkeypatch)
    wanted = [fake.say("Sneezing #flu"), fake.say("Snow in #casper")]
    fake.say("No hashtag")

    batches = collect()

    assert sorted(ids(batches)) == sorted(map(fake.post_id, wanted))
    assert batches[-1].mark["valley.example"].keys() == {"#flu", "#casper"}
    assert all("local=1" in target for target, _ in fake.asked if "/tag/" in target)


def test_stopping_in_the_middle_loses_nothing(fake):
    seeded = fake.seed(130)
    looks = iter([False, False, True])

    first = collect(stop=lambda: next(looks))
    second = collect(first[-1].mark)

    assert 0 < len(ids(first)) < len(seeded)
    assert sorted(ids(first + second)) == sorted(seeded)


@pytest.mark.parametrize(
    "fault",
    ["reset", "half_body", "http_5xx", "strange_body", "not_json", "same_page", "duplicate",
     "reorder", "delete_while_paging"],
)  # fmt: skip
def test_what_passes_is_asked_again_and_nothing_is_lost_or_twice(fake, fault):
    seeded = fake.seed(50)
    fake.fail(fault, 2)

    notices = []
    found = ids(collect(notices=notices))

    assert sorted(found) == sorted(seeded)
    assert notices == []


def test_a_429_is_waited_out_for_as_long_as_told(fake):
    seeded = fake.seed(3)
    fake.retry_after = "2"
    fake.fail("http_429")

    started = time.monotonic()
    found = ids(collect())

    assert sorted(found) == sorted(seeded)
    assert time.monotonic() - started > 1.9


def test_when_the_headers_say_that_nothing_is_left_nothing_more_is_asked_until_the_reset(fake):
    fake.seed(50)
    fake.left_n, fake.reset_s = 2, 2.0

    def refill(left_s=fake.reset_s):
        fake.left_n = fake.left_n or 300
        return False

    started = time.monotonic()
    found = ids(collect(stop=refill))

    assert len(found) == 50
    assert time.monotonic() - started > 1.5


def test_an_instance_that_wants_us_away_for_long_is_left_for_the_next_run(fake):
    fake.seed(3)
    fake.retry_after = "3600"
    fake.fail("http_429")
    notices = []

    started = time.monotonic()
    batches = collect(notices=notices)

    assert ids(batches) == []
    assert "asks us to stay away" in notices[0]
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda fake: fake.fail("http_5xx", 9), "answered 503"),
        (lambda fake: fake.fail("not_json", 9), "is no list of posts"),
        (lambda fake: fake.fail("reset", 9), "broke off or cannot be reached"),
        (lambda fake: fake.fail("closed", 9), "not public"),
        (lambda fake: setattr(fake, "is_public", False), "not public"),
        (lambda fake: fake.fail("moved", 9), "sends us elsewhere"),
        (lambda fake: fake._server.server_close(), "broke off or cannot be reached"),
    ],
)
def test_one_bad_instance_is_named_and_never_stops_the_rest(fake, monkeypatch, break_it, said):
    with FakeMastodon("hills.example") as good:
        use(fake.list_instances(fake, good), monkeypatch)
        fake.seed(3)
        seeded = good.seed(50)
        break_it(fake)
        notices = []

        found = ids(collect(notices=notices))

    assert [one for one in found if "hills" in one] == found
    assert sorted(found) == sorted(seeded)
    assert len(notices) == 1
    assert notices[0].startswith("valley.example ")
    assert said in notices[0]
    assert "somebody" not in notices[0]


def test_a_redirect_is_never_followed(fake):
    fake.fail("moved", 9)

    collect()

    assert not any("latest" in target for target, _ in fake.asked)


def test_a_missing_answer_to_what_is_not_needed_costs_one_request_a_run(fake):
    fake.has_settings = False
    fake.seed(130)

    collect()

    assert len([target for target, _ in fake.asked if "instance" in target]) == 1


@pytest.mark.parametrize("body", [b"5", b'"x"', b"null", b"{}", b"[5]", b"[null]", b"[[]]",
                                  b'[{"id": []}]', b"[" * 5_000])  # fmt: skip
def test_any_body_is_an_answer_or_a_named_failure(fake, monkeypatch, body):
    monkeypatch.setattr(fetching, "TRIES_N", 1)
    real = fake.answer

    def strange(target, headers):
        answer, fault = real(target, headers)
        if "timelines" in target:
            answer.body = body
        return answer, fault

    fake.answer = strange
    notices = []

    assert ids(collect(notices=notices)) == []
    assert len(notices) == 1


def test_a_forged_number_from_the_future_does_not_move_the_watermark(fake):
    fake.say("From the year 2100", at=datetime(2100, 1, 1, tzinfo=UTC))
    now = fake.say("From now")

    batches = collect()

    assert ids(batches) == [fake.post_id(now)]
    later = fake.say("From a little later", at=now.created_at + timedelta(seconds=1))
    assert ids(collect(batches[-1].mark)) == [fake.post_id(later)]


def test_no_more_than_300_requests_go_out_in_five_minutes():
    clock = [0.0]
    session = PacedSession(1.0, clock=lambda: clock[0])
    for _ in range(300):
        session._pace.asked.append(clock[0])
        clock[0] += 0.1

    assert session.wait_s() == pytest.approx(270)
    with pytest.raises(InstanceError, match="left alone"):
        session.request("GET", "https://valley.example/")
    clock[0] = 300.0
    assert session.wait_s() == 0


@pytest.mark.parametrize(
    ("told", "headers", "wait_s"),
    [
        ("7", {}, 7),
        ("2026-11-10T12:05:00.123Z", {"Date": "Tue, 10 Nov 2026 12:00:00 GMT"}, 300),
        ("Tue, 10 Nov 2026 12:00:09 GMT", {"Date": "Tue, 10 Nov 2026 12:00:00 GMT"}, 9),
        ("2020-01-01T00:00:00Z", {}, 1),
        ("soon", {}, 5),
        ("", {}, 5),
        ("²", {}, 5),
    ],
)
def test_a_wait_is_read_by_the_clock_of_whoever_asks_for_it(told, headers, wait_s):
    assert client._told_s(told, headers) == pytest.approx(wait_s, abs=0.2)


@pytest.mark.parametrize("together", [True, False])
def test_a_sweep_finds_what_is_gone_and_who_opted_out(fake, together):
    fake.batches_lookups = together
    seeded = fake.seed(30)
    fake.delete(seeded[2])
    fake.delete(seeded[5], code=410)
    hidden = next(one for one in fake.statuses if fake.post_id(one) == seeded[8])
    hidden.noindex = True
    notices = []

    found = list(mastodon.verify(mastodon.Settings.from_env(), seeded, notices.append))

    assert {one.post_id: one.reason for one in found} == {
        seeded[2]: "deleted",
        seeded[5]: "removed",
        seeded[8]: "opted_out",
    }
    assert all(one.said_at.tzinfo and one.author is None for one in found)
    assert notices == []
    assert len(fake.asked) < 10 or not together


@pytest.mark.parametrize("fault", ["http_5xx", "reset", "strange_body", "not_json", "closed"])
def test_a_sweep_takes_nothing_for_gone_because_an_instance_fails(fake, fault):
    seeded = fake.seed(3)
    fake.fail(fault, 99)
    notices = []

    found = list(mastodon.verify(mastodon.Settings.from_env(), seeded, notices.append))

    assert found == []
    assert len(notices) == 1
    assert "stay until it can be asked" in notices[0]


def test_a_sweep_tells_of_posts_whose_instance_left_the_list(fake):
    notices = []

    found = list(
        mastodon.verify(
            mastodon.Settings.from_env(), ["mastodon:gone.example/5"], notices.append
        )
    )

    assert found == []
    assert notices[0].startswith("1 posts of gone.example")


def test_the_shipped_list_is_empty_and_says_what_to_do(monkeypatch):
    monkeypatch.delenv("GRAPEVINE_MASTODON_INSTANCES", raising=False)

    with pytest.raises(SettingsError, match=r"No Mastodon instance.*note of its terms"):
        mastodon.Settings.from_env()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('["valley.example"]\n', "note is missing"),
        ('["valley.example"]\nnote = " "\n', "note is missing"),
        ('[valley]\nnote = "x"\n', "no domain"),
        ('["127.0.0.1"]\nnote = "x"\n', "no domain"),
        ('["valley.example"]\nnote = "x"\nurl = "http://valley.example"\n', "neither https"),
        ('["valley.example"]\nnote = "x"\nurl = "http://127.0.0.1:9"\n', "neither https"),
        ('["valley.example"]\nnote = "x"\nurl = "https://u:p@valley.example"\n', "neither"),
        ('["valley.example"]\nnote = "x"\nhashtags = "flu"\n', "no list"),
        ('["valley.example"]\nnote = "x"\nhashtags = ["a/../b"]\n', "letters, digits"),
        ('["valley.example"]\nnote = "x"\ntoken = "s"\n', "there is no key 'token'"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(tmp_path, monkeypatch, written, said):
    file = tmp_path / "instances.toml"
    file.write_text(written)
    use({"GRAPEVINE_MASTODON_INSTANCES": str(file)}, monkeypatch)
    monkeypatch.setenv("GRAPEVINE_MASTODON_LOOPBACK", "127.0.0.1:8123")

    with pytest.raises(SettingsError, match=said):
        mastodon.Settings.from_env()


@pytest.mark.parametrize(
    "mark",
    [
        {"valley.example": 5},
        {"valley.example": {"local": []}},
        {"valley.example": {"local": {"last": "x", "recent": 3}}},
    ],
)
def test_a_mark_that_makes_no_sense_starts_anew(fake, mark):
    seeded = fake.seed(3)

    assert sorted(ids(collect(mark))) == sorted(seeded)


def test_the_mark_of_an_instance_off_the_list_is_kept(fake):
    fake.seed(3)
    before = {"old.example": {"local": {"last": "5", "recent": []}}}

    assert collect(before)[-1].mark["old.example"] == before["old.example"]


class Dripping:
    """A server of one answer: what it sends at once, and what it repeats for seconds."""

    def __init__(self, head, piece, pause_s=0.0, most_n=2_000):
        self.sent_n = 0
        self._said = (head, piece, pause_s, most_n)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self):
        self._thread.start()
        host, port = self._socket.getsockname()
        return Instance("valley.example", "a note", f"http://{host}:{port}")

    def __exit__(self, *_):
        self._socket.close()
        self._thread.join(30)

    def _answer(self):
        head, piece, pause_s, most_n = self._said
        with self._socket.accept()[0] as to, contextlib.suppress(OSError):
            to.recv(65_536)
            to.sendall(head)
            for _ in range(most_n):
                to.sendall(piece)
                self.sent_n += len(piece)
                time.sleep(pause_s)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5;",
    ],
    ids=["headers", "sized", "unsized", "chunks"],
)
def test_an_answer_that_drips_is_ended_in_time(head):
    with Dripping(head, b" ", pause_s=0.1, most_n=100) as instance:
        asked = client.Client(instance, timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(InstanceError, match="did not answer in time") as failed:
            asked.status(5)

    assert failed.value.is_passing
    assert time.monotonic() - started < 4


def test_of_an_answer_that_sends_us_elsewhere_the_endless_body_is_not_read():
    head = b"HTTP/1.1 302 Found\r\nLocation: /more\r\nConnection: close\r\n\r\n"
    server = Dripping(head, b"a" * 65_536)

    with server as instance, pytest.raises(InstanceError, match="sends us elsewhere"):
        client.Client(instance, timeout_s=10).status(5)

    assert server.sent_n < 50_000_000


def test_half_a_sign_in_a_status_is_stored_as_a_question_mark(fake, home):
    fake.say("Fever \ud83d in Casper")
    (batch,) = collect()

    landing.put(home, "mastodon", batch.posts)

    assert [post.text for post in batch.posts] == ["Fever ? in Casper"]
    assert mastodon.parse(by(acct="\ud83d"), VALLEY) is None


def test_a_post_from_the_future_alone_on_a_page_is_the_end_and_no_failure(fake):
    fake.say("From now")
    fake.say("From the year 2100", at=datetime(2100, 1, 1, tzinfo=UTC))
    notices = []

    assert len(ids(collect(notices=notices))) == 1
    assert notices == []


def test_what_is_met_and_left_out_moves_the_mark_too(fake, monkeypatch):
    monkeypatch.setattr(fetching, "OFFERED_N", 80)
    for number in range(130):
        fake.say("I am a bot", bot=True, at=datetime.now(UTC) - timedelta(hours=1 + number))

    batches = collect()

    assert ids(batches) == []
    assert len(batches) > 1
    assert sum(batch.offered_n for batch in batches) == 130


def test_the_next_look_keeps_the_pace_and_the_wait_of_the_one_before(fake):
    fake.seed(3)
    fake.retry_after = "3600"
    fake.fail("http_429")
    collect()
    fake.asked.clear()
    notices = []

    assert collect(notices=notices) == []
    assert fake.asked == []
    assert "asks us to stay away" in notices[0]
