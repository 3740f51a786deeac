from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import dump
from flows.sources.collected import Deleted
from flows.sources.reading import Rejected
from flows.sources.reddit import parse
from flows.sources.reddit.item import Thing, read
from warehouse.records import Post
from warehouse.redact import mask

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def submission(**changes):
    """A plain submission as Reddit lists it; name only what the test is about."""
    data = {
        "id": "1abc",
        "subreddit": "Wyoming",
        "author": "plain_reader",
        "created_utc": 1_795_000_000.0,
        "title": "Flu shots?",
        "selftext": "The pharmacy was out.",
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": data | changes}


def comment(**changes):
    data = {
        "id": "9xyz",
        "subreddit": "Wyoming",
        "author": "plain_reader",
        "created_utc": 1_795_000_000.0,
        "body": "Same here.",
    }
    return {"kind": "t1", "data": data | changes}


def test_a_submission_is_its_title_and_its_body():
    post = parse(submission(), NOW)

    assert isinstance(post, Post)
    assert post.post_id == "reddit:t3_1abc"
    assert post.source == post.platform == "reddit"
    assert post.text == "Flu shots? The pharmacy was out."
    assert post.posted_at == datetime.fromtimestamp(1_795_000_000, UTC)
    assert post.author == "plain_reader"
    assert post.location is None


def test_a_comment_is_its_body():
    post = parse(comment(), NOW)

    assert (post.post_id, post.text) == ("reddit:t1_9xyz", "Same here.")


def test_a_community_is_written_as_the_dump_reader_writes_it():
    line = b'{"id":"1abc","subreddit":"Wyoming","created_utc":1795000000,"title":"Flu shots?"}'

    assert parse(submission(), NOW).community == dump.parse(line).community == "Wyoming"


def test_a_submission_with_no_body_is_its_title():
    assert parse(submission(selftext=""), NOW).text == "Flu shots?"


def test_handles_links_and_numbers_are_masked():
    text = "ask u/someone or @other at https://x.test/a, 307-555-0142, a@b.com"

    shown = parse(comment(body=text), NOW).text

    assert not [part for part in ("someone", "other", "x.test", "0142", "a@b") if part in shown]


def test_what_looks_like_an_entity_was_typed_and_stays():
    assert parse(comment(body="write &amp;lt; for <"), NOW).text == "write &amp;lt; for <"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (submission(selftext="[deleted]"), "deleted"),
        (submission(selftext="[removed]"), "removed"),
        (submission(title="[deleted by user]", selftext="[deleted by user]"), "deleted"),
        (submission(removed_by_category="deleted"), "deleted"),
        (submission(removed_by_category="moderator"), "removed"),
        (submission(removed_by_category="copyright_takedown"), "removed"),
        (comment(body="[deleted]", author="[deleted]"), "deleted"),
        (comment(body="[removed]"), "removed"),
    ],
)
def test_what_was_taken_back_is_no_post_whatever_its_title_says(raw, reason):
    gone = parse(raw, NOW)

    name = f"{raw['kind']}_{raw['data']['id']}"
    assert gone == Deleted(f"reddit:{name}", None, NOW, reason)


@pytest.mark.parametrize("author", [None, "[deleted]"])
def test_an_account_that_is_gone_is_an_unknown_author(author):
    post = parse(comment(author=author), NOW)

    assert post.author is None
    assert post.text == "Same here."


def test_automoderator_is_no_person():
    assert parse(comment(author="AutoModerator"), NOW) is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"kind": "t5", "data": submission()["data"]}, "neither a submission nor a comment"),
        ({"kind": "more"}, "not a Reddit submission or comment"),
        ([], "not a Reddit submission or comment"),
        (submission(id="t3_1abc"), "an id that Reddit does not give"),
        (submission(id="1ABC"), "an id that Reddit does not give"),
        (submission(id="1" * 14), "an id that Reddit does not give"),
        (submission(created_utc=float("nan")), "no time that a calendar has"),
        (submission(created_utc=1e300), "no time that a calendar has"),
        (submission(created_utc=-62_135_596_800), "no time that a calendar has"),
        (submission(created_utc=253_402_300_799), "no time that a calendar has"),
        (submission(title="", selftext=""), "the text is empty"),
        (submission(title=None, selftext=None), "the text is empty"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_its_reason(raw, reason):
    rejected = parse(raw, NOW)

    assert isinstance(rejected, Rejected)
    assert reason in rejected.reason


def test_no_reason_repeats_what_a_person_wrote():
    rejected = parse(submission(created_utc="planted words"), NOW)

    assert isinstance(rejected, Rejected)
    assert "planted" not in rejected.reason


def test_half_a_sign_does_not_reach_a_file():
    post = parse(submission(title="\ud83d broken", author="a\udc00", subreddit="W\ud800"), NOW)

    for text in (post.text, post.author, post.community):
        text.encode("utf-8")


def test_ids_count_up():
    older, newer = read(submission(id="zz")), read(submission(id="100"))

    assert isinstance(older, Thing)
    assert older.number < newer.number


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(
    st.sampled_from([*submission()["data"], "body"]), anything | st.text(), max_size=9
)
things = st.builds(
    lambda kind, changes: {"kind": kind, "data": submission(**changes)["data"]},
    st.sampled_from(["t1", "t3", "t5"]),
    fields,
)


@given(raw=anything | st.binary() | things)
def test_anything_is_read_without_an_error_and_twice_alike(raw):
    first, second = parse(raw, NOW), parse(raw, NOW)

    assert first == second
    assert first is None or isinstance(first, Post | Deleted | Rejected)


@given(text=st.text(min_size=1))
def test_every_post_is_masked_and_can_be_written(text):
    post = parse(comment(body=text), NOW)

    if isinstance(post, Post):
        assert post.text == mask(post.text)
        post.text.encode("utf-8")
