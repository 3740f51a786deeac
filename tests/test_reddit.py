import json
import time
from collections import deque
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prawcore.sessions import FiniteRetryStrategy

from flows.collecting import collect
from flows.sources import reddit
from flows.sources.collected import SettingsError
from flows.sources.reddit import bounded, sweep
from flows.sources.reddit.client import (
    Client,
    Page,
    RefusedError,
    UnansweredError,
    WaitError,
)
from flows.sources.reddit.gathering import gather
from flows.sources.reddit.pace import MAX_WAIT_S, WINDOW_S, Pace, StoppedError, told_wait
from flows.sources.reddit.reached import MAX_SEEN, OVERLAP_S, Reached
from tests.fakes import reddit as reddit_fake
from tests.fakes.reddit import CLIENT_SECRET, KINDS, FakeReddit, Made
from warehouse.errors import GrapevineError

ENV = {
    "GRAPEVINE_REDDIT_APPROVAL": "ticket-17",
    "GRAPEVINE_REDDIT_CLIENT_ID": "id-planted-1",
    "GRAPEVINE_REDDIT_CLIENT_SECRET": "secret-planted-2",
    "GRAPEVINE_REDDIT_STATES": "WY",
}


@pytest.fixture(autouse=True)
def short_rests(monkeypatch):
    """PRAW rests up to four seconds before it repeats a query; tests need not."""
    monkeypatch.setattr(FiniteRetryStrategy, "_sleep_seconds", lambda self: 0.01)


@pytest.fixture
def fake():
    with FakeReddit() as fake:
        yield fake


def never():
    return False


def only(fake, *communities, **changes):
    """The settings that read these communities of the fake."""
    told = {
        "approval_ref": "ticket-17",
        "client_id": fake.env["GRAPEVINE_REDDIT_CLIENT_ID"],
        "client_secret": CLIENT_SECRET,
        "communities": communities or ("casper",),
        "url": fake.url,
        "timeout_s": 0.5,
    }
    return reddit.Settings(**(told | changes))


def look(fake, mark=None, *communities, notice=lambda line: None, stop=never):
    """One round: its posts' ids in order, what was taken back, and the mark after it."""
    ids, gone, mark = [], [], mark or {}
    for batch in reddit.fetch(only(fake, *communities), mark, notice, stop):
        ids += [post.post_id for post in batch.posts]
        gone += batch.deleted
        mark = json.loads(json.dumps(batch.mark))
    return ids, gone, mark


def fill(fake, n, subreddit="casper", since=None):
    """`n` submissions a minute apart, the last one now."""
    last = since or time.time()
    return [
        fake.submit(subreddit, f"Road {i} is closed", created=last - 60 * (n - i))
        for i in range(n)
    ]


def test_every_post_is_handed_over_once_with_a_mark_that_is_plain_json(fake):
    fake.seed(300)

    ids, gone, mark = look(fake, None, "wyoming", "casper", "cheyenne", "gillette", "laramie",
                           "montana", "billings", "havre", "kalispell")  # fmt: skip

    assert sorted(ids) == sorted(made.post_id for made in fake.items)
    assert set(ids) == fake.offered
    assert gone == []
    assert mark["communities"].keys() == {made.subreddit for made in fake.items}


def test_a_second_look_finds_nothing_and_costs_one_query_a_listing(fake):
    fill(fake, 250)
    _, _, mark = look(fake)
    fake.asked.clear()

    ids, _, again = look(fake, mark)

    assert ids == []
    assert again == mark
    assert [path for _, path in fake.asked] == [
        "/api/v1/access_token",
        "/r/casper/new",
        "/r/casper/comments",
    ]


def test_what_came_since_is_found_page_by_page_and_oldest_first(fake):
    fill(fake, 5, since=time.time() - 2 * OVERLAP_S)
    _, _, mark = look(fake)
    new = fill(fake, 230, since=time.time())
    fake.questions.clear()

    ids, _, _ = look(fake, mark)

    assert ids == [made.post_id for made in new]
    pages = [asked for asked in fake.questions if asked["path"] == "/r/casper/new"]
    assert [asked["limit"] for asked in pages] == ["100", "100", "100"]
    assert not any("before" in asked for asked in pages)


def test_the_first_look_goes_back_a_week_and_a_day(fake):
    day = 86_400
    old = fake.submit("casper", "Long ago", created=time.time() - 9 * day)
    new = fake.submit("casper", "Last week", created=time.time() - 7 * day)
    newest = fake.submit("casper", "Now")

    ids, _, _ = look(fake)

    assert ids == [new.post_id, newest.post_id]
    assert old.post_id in fake.offered


@pytest.mark.parametrize("cut_n", [1, 100, 180])
def test_a_listing_that_ends_before_what_was_known_is_read_again(fake, cut_n, monkeypatch):
    monkeypatch.setattr(reddit_fake, "DEEP_N", 1_000)
    fill(fake, 5, since=time.time() - 3 * OVERLAP_S)
    _, _, mark = look(fake)
    new = [made.post_id for made in fill(fake, 230)]
    notices = []

    monkeypatch.setattr(reddit_fake, "DEEP_N", cut_n)
    first, _, mark = look(fake, mark, notice=notices.append)
    monkeypatch.setattr(reddit_fake, "DEEP_N", 1_000)
    second, _, mark = look(fake, mark)

    assert first == new[-cut_n:]
    assert second == new[:-cut_n]
    assert any("ended before what was read last time" in line for line in notices)
    assert look(fake, mark)[0] == []


def test_a_community_that_lost_all_its_older_posts_is_read_on(fake):
    old = fill(fake, 3, since=time.time() - 3 * OVERLAP_S)
    _, _, mark = look(fake)
    for made in old:
        made.fate = "missing"
    fresh = [fake.submit("casper", "Fresh")]
    first, _, mark = look(fake, mark)
    fresh.append(fake.submit("casper", "Fresh again"))
    notices = []
    second, _, _ = look(fake, mark, notice=notices.append)

    assert first + second == [made.post_id for made in fresh]
    assert not any("not read to its end" in line for line in notices)


def test_a_quiet_community_gives_its_last_post_once(fake):
    made = fake.submit("casper", "A year ago", created=time.time() - 365 * 86_400)

    first, _, mark = look(fake)
    second, _, _ = look(fake, mark)

    assert (first, second) == ([made.post_id], [])


def test_a_post_let_through_late_is_still_found(fake):
    held = fake.submit("casper", "Held back by a filter", created=time.time() - 600)
    held.fate = "removed"
    fill(fake, 5)
    _, _, mark = look(fake)
    held.fate = None

    ids, _, _ = look(fake, mark)

    assert ids == [held.post_id]


def test_a_community_with_more_than_reddit_lists_says_that_some_was_missed(fake):
    fill(fake, 3, since=time.time() - 200_000)
    _, _, mark = look(fake)
    fill(fake, 1_100)
    notices = []

    ids, _, _ = look(fake, mark, notice=notices.append)

    assert len(ids) == 1_000
    assert "r/casper: more than Reddit lists since the last look; some was missed" in notices


def test_what_was_removed_before_the_look_is_taken_back(fake, monkeypatch):
    made = fake.submit("casper", "Gone soon")
    monkeypatch.setattr(Made, "thing", _as_removed)

    ids, (gone,), _ = look(fake)

    assert ids == []
    assert (gone.post_id, gone.reason) == (made.post_id, "removed")
    assert abs((gone.said_at - datetime.now(UTC)).total_seconds()) < 600


def _as_removed(made, skew_s=0):
    data = {"id": made.id36, "subreddit": made.subreddit, "created_utc": made.created}
    return {"kind": "t3", "data": data | {"title": made.title, "selftext": "[removed]"}}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_after_any_fault_and_a_second_look_nothing_is_lost_and_nothing_twice(fake, kind):
    fill(fake, 150)
    fake.comment("casper", "Same here")
    fake.fail(kind)

    first, _, mark = look(fake)
    again, _, mark = look(fake, mark)
    more = fill(fake, 2)
    last, _, _ = look(fake, mark)

    ids = first + again + last
    assert sorted(ids) == sorted(fake.offered)
    assert {made.post_id for made in more} <= set(ids)
    assert len(ids) == len(set(ids)) == 153


@pytest.mark.parametrize("kind", ["http_5xx", "reset", "strange_body", "half_body", "http_403"])
def test_a_listing_that_breaks_off_keeps_what_was_gathered_and_fetches_the_rest(fake, kind):
    made = fill(fake, 250)
    fake.cut = "/new"
    whole = Reached()
    with closing(Client(only(fake), pace())) as client:
        pages = FailingFrom(client, 2, lambda: fake.fail(kind, 3))
        part = gather(pages, "r/casper/new", whole)
        fake.mend()
        rest = gather(
            client, "r/casper/new", whole.partly(thing for thing, _ in part.new.values())
        )

    assert isinstance(part.problem, UnansweredError)
    assert len(part.new) == 100
    assert rest.problem is None
    assert part.new.keys() | rest.new.keys() == {one.name for one in made}
    assert not part.new.keys() & rest.new.keys()


class FailingFrom:
    """A client of which the `nth` query and those after it go wrong."""

    def __init__(self, client, nth, fail):
        self.client, self.left, self.fail = client, nth, fail

    def page(self, path, asked):
        self.left -= 1
        if not self.left:
            self.fail()
        return self.client.page(path, asked)


def pace(**changes):
    return Pace(**({"per_minute": 100, "notice": lambda line: None, "stop": never} | changes))


def test_a_page_asked_for_after_a_deleted_post_does_not_end_the_listing(fake):
    made = fill(fake, 250)
    fake.fail("delete_while_paging")

    ids, _, _ = look(fake)

    assert len(ids) == 250
    assert sum(one.fate == "deleted" for one in made) == 1


@pytest.mark.parametrize("times", [2, 3, 5, 9])
def test_a_listing_whose_anchors_all_vanish_is_read_again_and_not_taken_for_short(fake, times):
    fill(fake, 40)
    fake.fail("delete_while_paging", times)

    first, _, mark = look(fake)
    fake.mend()
    second, _, _ = look(fake, mark)

    kept = [made.post_id for made in fake.items if made.fate is None]
    assert not set(kept) - {*first, *second}
    assert len({*first, *second}) == len(first) + len(second)


def test_a_listing_that_never_ends_is_left_for_the_next_look():
    class Endless:
        def page(self, path, asked):
            number = int(asked.get("after", "t3_1000")[3:]) - 1
            data = {"id": f"{number}", "subreddit": "Casper", "created_utc": 1.7e9}
            return Page([{"kind": "t3", "data": data}], f"t3_{number}")

    gathered = gather(Endless(), "r/casper/new", Reached())

    assert isinstance(gathered.problem, UnansweredError)
    assert "broke off" in str(gathered.problem)


@pytest.mark.parametrize("skew_s", [7_200.0, -7_200.0, 3e9])
def test_a_clock_gone_wrong_hides_nothing_that_comes_later(fake, skew_s):
    fill(fake, 5)
    fake.skew_s = skew_s
    fake.fail("clock_skew", 2)
    first, _, mark = look(fake)
    second, _, mark = look(fake, mark)
    late = fake.submit("casper", "After the clock was mended")
    third, _, _ = look(fake, mark)

    assert sorted(first + second + third) == sorted(made.post_id for made in fake.items)
    assert third == [late.post_id]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("private", "it is private"),
        ("banned", "it is banned"),
        ("quarantined", "it is quarantined"),
        ("missing", "there is no such community"),
    ],
)
def test_a_closed_community_is_named_and_the_rest_is_read(fake, reason, said):
    fake.closed["gillette"] = reason
    fake.submit("gillette", "Nobody may read this")
    made = [fake.submit("casper", "First"), fake.submit("laramie", "Last")]
    notices = []

    ids, _, mark = look(fake, None, "casper", "gillette", "laramie", notice=notices.append)

    assert ids == [one.post_id for one in made]
    assert f"r/gillette is left out: {said}" in notices
    assert "gillette" not in mark["communities"]
    assert any(line.startswith("2 of 3 communities read") for line in notices)


def test_many_closed_communities_in_a_row_do_not_end_the_round(fake):
    names = [f"closed_{n}" for n in range(8)]
    fake.closed = dict.fromkeys(names, "private")
    made = fake.submit("casper", "Still here")

    ids, _, _ = look(fake, None, *names, "casper")

    assert ids == [made.post_id]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("http_5xx", "Reddit answers with error 503"),
        ("reset", "Reddit cannot be reached"),
        ("timeout", "Reddit cannot be reached"),
        ("half_body", "Reddit cannot be reached"),
        ("strange_body", "a shape we do not know"),
        ("not_json", "a shape we do not know"),
        ("http_403", "error 403"),
    ],
)
def test_a_community_that_gives_no_answer_is_named_and_the_next_one_is_read(fake, kind, said):
    fill(fake, 3, "casper")
    made = fill(fake, 3, "laramie")
    fake.cut = "/r/casper/new"
    fake.fail(kind, 3 if kind in {"http_5xx", "reset", "timeout", "half_body"} else 1)
    notices = []

    ids, _, mark = look(fake, None, "casper", "laramie", notice=notices.append)

    assert ids == [one.post_id for one in made]
    assert [
        line
        for line in notices
        if line.startswith("r/casper is not read to its end") and said in line
    ]
    assert len(look(fake, mark, "casper", "laramie")[0]) == 3


@pytest.mark.parametrize("kind", ["deep_json", "drip", "bomb"])
def test_an_answer_made_to_hold_us_up_is_no_answer_and_ends_nothing_else(
    fake, kind, monkeypatch
):
    monkeypatch.setattr(bounded, "SECONDS", 0.3)
    monkeypatch.setattr(bounded, "MAX_BYTES", 1_000_000)
    fill(fake, 3, "casper")
    made = fill(fake, 3, "laramie")
    fake.cut = "/r/casper/new"
    fake.fail(kind, 3)
    notices, began_s = [], time.monotonic()

    ids, _, mark = look(fake, None, "casper", "laramie", notice=notices.append)

    assert ids == [one.post_id for one in made]
    assert any("r/casper is not read to its end" in line for line in notices)
    assert time.monotonic() - began_s < 10
    fake.mend()
    assert len(look(fake, mark, "casper", "laramie")[0]) == 3


def test_a_reddit_that_fails_for_everyone_ends_the_round_and_keeps_what_was_read(fake):
    fake.submit("casper", "Before the outage")
    names = ("casper", "laramie", "gillette", "cheyenne", "wyoming")
    batches = reddit.fetch(only(fake, *names), {}, print, never)
    kept = next(batches)
    fake.fail("not_json", 20)

    with pytest.raises(UnansweredError, match="5 times in a row; 2 communities left"):
        next(batches)

    fake.mend()
    assert [post.post_id for post in kept.posts] == [fake.items[0].post_id]
    assert look(fake, kept.mark, *names)[0] == []


def test_429_is_waited_out_as_told_and_the_round_goes_on(fake):
    made = fill(fake, 3)
    fake.retry_after = "1"
    fake.fail("http_429", 2)
    started = time.monotonic()

    ids, _, _ = look(fake)

    assert ids == [one.post_id for one in made]
    assert 2.0 <= time.monotonic() - started < 6
    paths = [path for _, path in fake.asked]
    assert paths.count("/r/casper/new") == 3


def test_a_wait_longer_than_a_round_ends_it_and_says_how_long(fake):
    fake.retry_after = "7200"
    fake.fail("http_429")

    with pytest.raises(WaitError, match="wait 7200 s more"):
        look(fake)


def test_a_token_that_expired_is_replaced_and_nothing_is_lost(fake):
    made = fill(fake, 3)
    _, _, mark = look(fake)
    fake.fail("expired_token")
    more = fill(fake, 1)

    ids, _, _ = look(fake, mark)

    assert ids == [one.post_id for one in more]
    assert len(made) == 3
    assert fake.tokens_n == 3


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_a_client_that_reddit_does_not_know_is_refused_and_told_what_to_check(fake, name):
    with pytest.raises(RefusedError, match="GRAPEVINE_REDDIT_CLIENT_ID") as refused:
        list(reddit.fetch(only(fake, **{name: "planted-wrong"}), {}, print, never))

    assert "planted" not in str(refused.value)
    assert len(fake.asked) == 1


def test_tokens_that_never_hold_end_the_round(fake):
    fake.fail("expired_token", 9)

    with pytest.raises(RefusedError, match="401"):
        look(fake)


@pytest.mark.parametrize("kind", ["token_5xx", "token_strange"])
def test_an_outage_of_the_token_service_is_no_refusal(fake, kind):
    fake.fail(kind, 20)

    with pytest.raises(UnansweredError):
        look(fake, None, "casper", "laramie", "gillette")


def test_a_slice_that_ends_goes_on_where_it_ended(fake):
    names = ("casper", "laramie", "gillette")
    made = [fake.submit(name, "Snow") for name in names]
    calls = iter([True, False, False, False])

    first, _, mark = look(fake, None, *names, stop=lambda: next(calls))
    fake.asked.clear()
    second, _, _ = look(fake, mark, *names)

    assert first == [made[0].post_id]
    assert mark["next"] == "laramie"
    assert second == [made[1].post_id, made[2].post_id]
    assert next(path for _, path in fake.asked if "/r/" in path) == "/r/laramie/new"


@pytest.mark.parametrize("kept_n", range(5))
def test_a_kill_after_any_batch_loses_nothing_and_repeats_nothing_that_was_marked(fake, kept_n):
    names = ("casper", "laramie")
    for name in names:
        fill(fake, 130, name)
        fake.comment(name, "Same here")
    mark, ids = {}, []
    with closing(reddit.fetch(only(fake, *names), {}, lambda line: None, never)) as batches:
        for _, batch in zip(range(kept_n), batches, strict=False):
            ids += [post.post_id for post in batch.posts]
            mark = batch.mark

    ids += look(fake, mark, *names)[0]

    assert sorted(ids) == sorted(made.post_id for made in fake.items)


def test_a_batch_never_holds_more_than_a_thousand(fake):
    fill(fake, 1_000)
    for number in range(40):
        fake.comment("casper", f"Same here {number}")

    sizes = [len(b.posts) for b in reddit.fetch(only(fake), {}, lambda line: None, never)]

    assert sizes == [1_000, 40]


def test_offered_counts_posts_kept_and_not(fake):
    fake.submit("casper", "Kept")
    fake.submit("casper", "Rules of the house", author="AutoModerator")
    fake.submit("casper", "", "")

    (batch,) = reddit.fetch(only(fake), {}, lambda line: None, never)

    assert (len(batch.posts), len(batch.rejected), batch.offered_n) == (1, 1, 3)
    assert [one.reason for one in batch.rejected] == ["the text is empty"]


def test_the_log_shows_the_rate_and_its_limit(fake):
    fill(fake, 3)
    notices = []

    look(fake, notice=notices.append)

    assert notices[0] == "1 communities, at most 80 queries a minute"
    assert notices[-1] == (
        "1 of 1 communities read, 3 queries, at most 3 in a minute (limit 80)"
    )


def test_no_secret_handle_or_text_is_in_notices_errors_or_reprs(fake):
    fake.submit("casper", "planted words of a title", author="planted_author")
    fake.closed["gillette"] = "private"
    said = []
    for kind in sorted(KINDS):
        fake.fail(kind)
        with suppress(GrapevineError):
            look(fake, None, "casper", "gillette", notice=said.append)
    for wrong in ({"client_secret": "planted-secret"}, {"client_id": "planted-id"}):
        made = only(fake, **wrong)
        said.append(repr(made))
        with pytest.raises(RefusedError) as refused:
            list(reddit.fetch(made, {}, said.append, never))
        said.append(f"{refused.value!r} {refused.value.__cause__!r}")

    text = "\n".join(said)
    assert "planted" not in text
    assert CLIENT_SECRET not in text
    assert not [token for token in fake._tokens if token in text]


def test_the_user_agent_names_the_program_and_who_runs_it(fake):
    list(reddit.fetch(only(fake, contact="u/county_nurse"), {}, lambda line: None, never))

    (agent,) = fake.agents
    assert "grapevine:" in agent
    assert "(by u/county_nurse)" in agent


def test_a_praw_ini_in_the_working_folder_and_praws_own_variables_change_nothing(
    fake, tmp_path, monkeypatch
):
    planted = "client_id=x\nclient_secret=y\nusername=u\npassword=p\nrefresh_token=r\n"
    url = "http://127.0.0.1:9"
    (tmp_path / "praw.ini").write_text(
        f"[DEFAULT]\n{planted}reddit_url={url}\noauth_url={url}\nuser_agent=planted\n"
        "comment_kind=t9\n[site]\nclient_id=z\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("username", "password", "refresh_token", "client_id", "oauth_url"):
        monkeypatch.setenv(f"praw_{name}", "planted")
    monkeypatch.setenv("praw_site", "site")
    made = fake.submit("casper", "Read from the fake all the same")

    ids, _, _ = look(fake)

    assert ids == [made.post_id]
    assert not any("planted" in agent for agent in fake.agents)


def test_a_netrc_does_not_take_the_place_of_the_token(fake, tmp_path, monkeypatch):
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login planted password planted\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    made = fake.submit("casper", "Read with the token")

    assert look(fake)[0] == [made.post_id]


def test_without_an_address_it_is_reddit_itself_that_is_asked():
    with closing(Client(reddit.Settings("a", "b", "c", ()), pace())) as client:
        config = client._reddit.config

    assert config.reddit_url == "https://www.reddit.com"
    assert config.oauth_url == "https://oauth.reddit.com"


def test_the_collector_lands_every_post_once(fake, home, monkeypatch):
    for name, value in fake.env.items():
        monkeypatch.setenv(name, value)
    fake.seed(60)
    fake.fail("http_5xx", 2)
    notices = []

    first = collect(home, reddit, True, notices.append, never)
    second = collect(home, reddit, True, notices.append, never)

    assert (first.problem, second.problem) == (None, None)
    assert (first.landed_n, second.landed_n) == (len(fake.offered), 0)
    assert len(fake.offered) == 60
    assert all(line.startswith("reddit: ") for line in notices)
    assert list(home.landing.rglob("*.parquet"))


def test_what_is_gone_is_found_in_questions_of_a_hundred(fake):
    made = fill(fake, 250)
    fake.delete(made[0])
    fake.remove(made[101])
    made[102].fate = "missing"
    fake.drop_account(made[249].author)

    gone = list(reddit.verify(only(fake), [one.post_id for one in made], print))

    assert [(one.post_id, one.reason) for one in gone] == [
        (made[0].post_id, "deleted"),
        (made[101].post_id, "removed"),
        (made[102].post_id, "missing"),
        (made[249].post_id, "account_deleted"),
    ]
    assert [len(asked["id"].split(",")) for asked in fake.questions] == [100, 100, 50]
    assert {one.said_at.tzinfo for one in gone} == {UTC}


def test_a_sweep_of_nothing_asks_nothing(fake):
    assert list(reddit.verify(only(fake), [], print)) == []
    assert fake.asked == []


def test_an_id_that_is_none_is_told_and_does_not_reach_the_address(fake):
    notices = []
    ids = ["reddit:t3_1a&id=t3_1b", "import:t3_1a", "reddit:t5_1a"]

    assert list(reddit.verify(only(fake), ids, notices.append)) == []

    assert fake.asked == []
    assert notices[0] == "3 ids are none of Reddit's and cannot be asked for"


def test_an_empty_answer_for_many_is_asked_for_twice_before_it_is_believed(fake):
    ids = ["reddit:t3_1a", "reddit:t3_1b"]

    gone = list(reddit.verify(only(fake), ids, print))

    assert [one.reason for one in gone] == ["missing", "missing"]
    assert len(fake.questions) == 2


@pytest.mark.parametrize("kind", ["strange_body", "not_json", "http_403"])
def test_a_sweep_that_gets_no_answer_says_so_and_takes_nothing_back(fake, kind):
    made = fill(fake, 3)
    fake.fail(kind)

    with pytest.raises(UnansweredError):
        list(reddit.verify(only(fake), [one.post_id for one in made], print))


def test_a_sweep_in_slices_and_a_collector_stay_below_the_limit_together(fake):
    made = only(fake, per_minute=10, client_id="fake-client-id")
    sent = sweep._SENT.setdefault((made.url, made.client_id), deque())
    ids = [one.post_id for one in fill(fake, 2)]

    list(reddit.verify(made, ids, print))  # a token and a question

    assert (made.collect_per_minute, made.sweep_per_minute) == (8, 2)
    assert len(sent) == 2
    held = pace(per_minute=2, sent=sent, stop=lambda: True)
    with pytest.raises(StoppedError):  # the next slice waits for its minute
        held.wait_turn()


@pytest.mark.parametrize("per_minute", range(2, 101))
def test_collecting_and_sweeping_share_the_limit(per_minute):
    made = reddit.Settings("a", "b", "c", (), per_minute=per_minute)

    assert made.collect_per_minute >= 1
    assert made.collect_per_minute + made.sweep_per_minute == per_minute


def test_a_change_of_shape_at_reddit_does_not_empty_the_lake(fake, monkeypatch):
    made = fill(fake, 3)
    monkeypatch.setattr(Made, "thing", lambda self, skew_s=0: {"type": "post", "v": 2})

    with pytest.raises(UnansweredError, match="shape"):
        list(reddit.verify(only(fake), [one.post_id for one in made], print))


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def timed(per_minute, **changes):
    clock = Clock()
    return clock, pace(per_minute=per_minute, clock=clock, sleep=clock.sleep, **changes)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(per_minute=st.integers(1, 30), rests=st.lists(st.floats(0, 30), max_size=120))
def test_no_minute_ever_has_more_queries_than_the_limit(per_minute, rests):
    clock, turn = timed(per_minute)
    sent = []
    for rest in rests:
        clock.now += rest / 10
        turn.wait_turn()
        sent.append(clock.now)

    for index, first in enumerate(sent):
        assert sum(first <= when < first + 60 for when in sent[index:]) <= per_minute
    assert turn.query_n == len(rests)
    assert turn.most_n <= per_minute
    assert turn.most_n == max(
        (
            sum(last - 60 < when <= last for when in sent[: index + 1])
            for index, last in enumerate(sent)
        ),
        default=0,
    )


def test_a_long_wait_is_told_with_its_reason():
    notices = []
    clock, turn = timed(2, notice=notices.append)

    for _ in range(3):
        turn.wait_turn()

    assert clock.now == pytest.approx(1_000 + WINDOW_S)
    assert notices == ["waiting 60 s: the limit of 2 queries a minute"]


def test_a_counter_at_zero_holds_the_next_query_until_reddit_starts_anew():
    clock, turn = timed(100)

    turn.heed({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "37"})
    turn.wait_turn()

    assert clock.now == pytest.approx(1_037)


def test_a_counter_that_starts_anew_in_years_holds_for_an_hour_at_most():
    clock, turn = timed(100)

    turn.heed({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1e12"})
    turn.wait_turn()

    assert clock.now == pytest.approx(1_000 + MAX_WAIT_S)


@pytest.mark.parametrize("left", ["", "many", "nan", "-1"])
def test_a_counter_that_is_no_number_holds_nothing(left):
    clock, turn = timed(100)

    turn.heed({"x-ratelimit-remaining": left, "x-ratelimit-reset": "37"})
    turn.wait_turn()

    assert clock.now == 1_000


def test_a_wait_ends_when_the_slice_is_over():
    clock, turn = timed(100)
    turn.stop = lambda: clock.now > 1_003

    with pytest.raises(StoppedError):
        turn.hold(600)

    assert clock.now < 1_005


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "Thu, 01 Jan 1998 00:00:00 GMT"}, 1),
        ({"retry-after": "soon"}, 60),
        ({"retry-after": "-5"}, 60),
        ({"retry-after": "inf"}, 60),
        ({"x-ratelimit-reset": "99"}, 99),
        ({}, 60),
    ],
)
def test_how_long_a_429_asks_to_wait(headers, seconds):
    assert told_wait(headers) == seconds


class Listing:
    """A listing in memory, newest first; `breaks` holds the queries that fail."""

    def __init__(self):
        self.things, self.breaks, self.left = [], set(), 0

    def add(self, number, created):
        data = {"id": Made("t3", number, "", None, 0, "").id36, "subreddit": "Casper"}
        self.things.append(
            {"kind": "t3", "data": data | {"created_utc": created, "title": "Snow"}}
        )

    def page(self, path, asked):
        self.left += 1
        if self.left in self.breaks:
            raise UnansweredError("down")
        names = [f"t3_{thing['data']['id']}" for thing in reversed(self.things)]
        first = names.index(asked["after"]) + 1 if "after" in asked else 0
        page = list(reversed(self.things))[first : first + 7]
        return Page(page, names[first + 6] if first + 7 < len(names) else None)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    looks=st.lists(
        st.tuples(st.integers(0, 25), st.floats(0, 7_000), st.sets(st.integers(1, 4))),
        min_size=1,
        max_size=8,
    ),
    drift=st.floats(-5_000, 5_000),
)
def test_whatever_breaks_and_however_clocks_drift_every_item_is_new_once(looks, drift):
    listing, reached, found, now = Listing(), Reached(), [], 1_700_000_000.0
    for index, (arrived_n, passed_s, breaks) in enumerate([*looks, (0, 0.0, set())]):
        now += passed_s
        for _ in range(arrived_n):
            number = 1_000 + len(listing.things)
            listing.add(number, now + (drift if index % 2 else 0))
        listing.breaks, listing.left = breaks, 0
        gathered = gather(listing, "r/casper/new", reached)
        found += gathered.new
        met = list(reversed(gathered.met.values()))
        reached = (
            reached.partly(thing for thing, _ in gathered.new.values())
            if gathered.problem
            else reached.wholly(met, now)
        )
        reached = Reached.from_json(json.loads(json.dumps(reached.as_json())))

    assert sorted(found) == sorted(f"t3_{thing['data']['id']}" for thing in listing.things)


def test_a_mark_does_not_grow_for_ever():
    reached = Reached()
    listing = Listing()
    for number in range(MAX_SEEN + 500):
        listing.add(number + 1, 1_700_000_000)
    things = gather_all(listing)

    assert len(reached.partly(things).seen) == MAX_SEEN
    assert len(reached.wholly(things, 1_700_000_000).seen) == MAX_SEEN


def gather_all(listing):
    from flows.sources.reddit.item import read

    return [read(raw) for raw in listing.things]


@pytest.mark.parametrize(
    "mark", [None, [], {}, {"until": "x"}, {"until": 1, "newest": None, "seen": []}, 5]
)
def test_a_mark_of_another_shape_begins_anew(mark):
    assert Reached.from_json(mark).is_first


def test_the_settings_come_from_the_environment():
    made = reddit.Settings.from_env(ENV)

    assert made.client_id == "id-planted-1"
    assert made.communities[:2] == ("wyoming", "casper")
    assert (made.url, made.per_minute, made.timeout_s) == (None, 100, 16.0)
    assert "planted" not in repr(made)
    assert "ticket" not in repr(made)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"APPROVAL": ""}, "GRAPEVINE_REDDIT_APPROVAL is not set.*by approval only"),
        ({"APPROVAL": "   "}, "GRAPEVINE_REDDIT_APPROVAL is not set"),
        ({"CLIENT_ID": ""}, "GRAPEVINE_REDDIT_CLIENT_ID is not set"),
        ({"CLIENT_SECRET": ""}, "CLIENT_SECRET .or GRAPEVINE_REDDIT_SECRET_BLOCK.*not set"),
        ({"CLIENT_SECRET": "two words"}, "CLIENT_SECRET is no key"),
        ({"CONTACT": "me\r\nX-Planted: 1"}, "CONTACT must be one word"),
        ({"STATES": "WY,Mars"}, "'MARS', which is no state"),
        ({"PER_MINUTE": "101"}, "from 2 to 100"),
        ({"PER_MINUTE": "1"}, "from 2 to 100"),
        ({"PER_MINUTE": "0.5"}, "from 2 to 100"),
        ({"PER_MINUTE": "many"}, "must be a number"),
        ({"TIMEOUT_S": "nan"}, "must be a number"),
        ({"URL": "http://mirror.example"}, "must be https"),
        ({"URL": "ftp://127.0.0.1"}, "must be https"),
        ({"URL": "https://a:b@mirror.example"}, "scheme, host and port"),
        ({"URL": "https://mirror.example/r/"}, "scheme, host and port"),
        ({"URL": "https://[::1"}, "scheme, host and port"),
        ({"URL": "reddit"}, "scheme, host and port"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named_in_one_line(changes, said):
    env = ENV | {f"GRAPEVINE_REDDIT_{name}": value for name, value in changes.items()}

    with pytest.raises(SettingsError, match=said) as refused:
        reddit.Settings.from_env(env)

    assert "\n" not in str(refused.value)
    assert "planted" not in str(refused.value).lower()


@pytest.mark.parametrize(
    "url", ["https://mirror.example:8443", "http://localhost:1", "http://[::1]:1"]
)
def test_a_mirror_and_a_fake_are_allowed_only_where_the_secret_is_safe(url):
    assert reddit.Settings.from_env(ENV | {"GRAPEVINE_REDDIT_URL": f"{url}/"}).url == url


def test_a_name_that_is_no_subreddit_is_refused():
    with pytest.raises(SettingsError, match=r"'\.\./api' is no name"):
        reddit.Settings("a", "b", "c", ("casper", "../api"))
