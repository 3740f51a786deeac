import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake import Window, find_intakes
from flows.sources import json_export
from flows.sources.atproto_export import items, parse
from flows.sources.dump import read_dump
from flows.sources.files import find, reader_of
from flows.sources.json_export import read_json
from flows.sources.reading import BadRowError, Rejected
from tests.files import comment, pack, submission
from warehouse.errors import InputError
from warehouse.records import Post
from warehouse.weeks import Week

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
POST = "app.bsky.feed.post"


def uri(number, did=DID, collection=POST):
    return f"at://{did}/{collection}/3k{number:05}"


def value(number=1, **changes):
    """What a post's author wrote; name only what the test is about."""
    return {
        "$type": POST,
        "text": f"The clinic in Casper, WY ran out of shots, {number} turned away.",
        "createdAt": "2024-03-04T12:00:00.000Z",
        "langs": ["en"],
    } | changes


def record(number=1, **changes):
    """One of listRecords."""
    return {"uri": uri(number), "cid": f"bafy{number}", "value": value(number, **changes)}


def view(number=1, **changes):
    """One of getPosts."""
    return {
        "uri": uri(number),
        "cid": f"bafy{number}",
        "author": {"did": DID, "handle": "reader.example.org", "displayName": "A Reader"},
        "record": value(number, createdAt="2020-01-01T00:00:00Z"),
        "indexedAt": "2024-03-04T12:00:01.250Z",
        "likeCount": 3,
        "labels": [],
    } | changes


def write(file, content):
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def ids(reading):
    return [post.post_id for post in reading if isinstance(post, Post)]


def rejected(reading):
    return [(row.line, row.reason) for row in reading if isinstance(row, Rejected)]


def encoded(item):
    return json.dumps(item).encode()


def test_a_record_becomes_a_post_of_the_account_in_its_address():
    post = parse(encoded(record()))

    assert post.post_id == f"import:{uri(1)}"
    assert (post.source, post.platform, post.community) == ("import", "bluesky", None)
    assert post.posted_at == datetime(2024, 3, 4, 12, tzinfo=UTC)
    assert post.author == DID
    assert post.text.startswith("The clinic in Casper")


def test_a_view_has_the_clock_of_the_service_and_not_of_the_author():
    post = parse(encoded(view()))

    assert post.posted_at == datetime(2024, 3, 4, 12, 0, 1, tzinfo=UTC)


def test_handles_and_links_are_masked_and_names_never_read():
    text = "@someone.bsky.social says https://example.org/cure is real"

    post = parse(encoded(view(record=value(text=text))))

    assert post.text == "@user says [link] is real"
    assert "reader.example.org" not in repr(post) + post.text
    assert DID not in repr(post).replace(post.post_id, "")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (record(text=""), "the text is empty"),
        (record(createdAt=""), "no date in the record"),
        (record(createdAt="soon"), "no time in a form that is known"),
        (record(**{"$type": "app.bsky.feed.like"}), "a Bluesky record that is no post"),
        (record() | {"uri": uri(1, collection="app.bsky.feed.like")}, "that is no post"),
        (record() | {"uri": "at://reader.example.org/x/1"}, "no address of a Bluesky post"),
        (record() | {"uri": "https://bsky.app/profile/x"}, "no address of a Bluesky post"),
        (record() | {"uri": f"at://{DID}/{POST}/{'k' * 300}"}, "an id of over 200 characters"),
        ({"uri": uri(1)}, "a Bluesky record that is no post"),
        (view(author={"did": "did:plc:another"}), "whose author is not the one"),
        (view(record=[]), "not a Bluesky record in JSON"),
    ],
)
def test_what_is_no_post_says_why(item, reason):
    with pytest.raises(BadRowError, match=reason):
        parse(encoded(item))


@pytest.mark.parametrize("label", ["!no-unauthenticated", "!hide", "!warn", "porn", "nudity"])
def test_what_authors_say_of_their_own_posts_is_honoured(label):
    own = [{"src": DID, "val": label}]
    in_record = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": label}]}

    for item in (
        view(labels=own),
        view(author={"did": DID, "labels": own}),
        view(record=value(labels=in_record)),
        record(labels=in_record),
    ):
        with pytest.raises(BadRowError, match=r"its author (asks not|marks it)"):
            parse(encoded(item))


@pytest.mark.parametrize(
    "label",
    [
        {"src": "did:plc:labeller", "val": "porn"},
        {"src": DID, "val": "!hide", "neg": True},
        {"src": DID, "val": "bot"},
    ],
)
def test_a_label_of_others_or_taken_back_keeps_nothing_out(label):
    assert parse(encoded(view(labels=[label]))).post_id == f"import:{uri(1)}"


@pytest.mark.parametrize(
    "content",
    [
        [record(1), record(2)],
        [view(1), view(2)],
        {"cursor": "3k2", "records": [record(1), record(2)]},
        {"posts": [view(1), view(2)]},
        [{"records": [record(1)]}, {"records": [record(2)]}],
    ],
    ids=["records", "views", "listRecords reply", "getPosts reply", "several replies"],
)
def test_a_json_file_is_read_however_the_answers_were_saved(tmp_path, content):
    file = write(tmp_path / "bluesky.json", content)

    assert ids(read_json(file)) == [f"import:{uri(1)}", f"import:{uri(2)}"]


@pytest.mark.parametrize("name", ["b.ndjson", "b.jsonl", "b.json", "b.ndjson.zst"])
def test_one_record_or_reply_a_line_is_read_under_each_ending(tmp_path, name):
    rows = [record(1), view(2), {"records": [record(3)], "cursor": "x"}, {"posts": []}]
    content = "\n".join(map(json.dumps, rows)) + "\n"
    file = tmp_path / name
    if name.endswith(".zst"):
        pack(file, content.encode())
    else:
        write(file, content)

    assert ids(reader_of(file, None)(file)) == [f"import:{uri(n)}" for n in (1, 2, 3)]


def test_lines_of_reddit_and_of_bluesky_may_stand_in_one_file(tmp_path):
    rows = [submission(1), record(1), comment(2, body='they said "at://did:plc:x" works')]
    file = write(tmp_path / "mixed.ndjson", "\n".join(map(json.dumps, rows)))

    assert ids(read_dump(file)) == ["import:t3_s1", f"import:{uri(1)}", "import:t1_c2"]


def test_an_array_of_reddit_posts_is_read_too(tmp_path):
    file = write(tmp_path / "reddit.json", [submission(1), comment(2)])

    assert ids(read_json(file)) == ["import:t3_s1", "import:t1_c2"]


def test_a_bad_item_costs_itself_and_is_numbered(tmp_path):
    file = write(tmp_path / "b.json", [record(1), {"uri": 7}, record(2, text=""), 5, record(3)])

    reading = list(read_json(file))

    assert ids(reading) == [f"import:{uri(n)}" for n in (1, 3)]
    assert [line for line, _ in rejected(reading)] == [2, 3, 4]
    assert "the text is empty" in dict(rejected(reading))[3]


def test_an_object_that_holds_no_posts_is_listed_and_not_fatal(tmp_path):
    file = write(tmp_path / "package.json", {"name": "x", "version": "1.0"})

    ((line, reason),) = rejected(read_json(file))

    assert line == 1
    assert "not a Reddit submission or comment" in reason


@pytest.mark.parametrize(
    "content", ["", "[", "[{]", "{", "plain words", '{"uri": "at://', "\x00\x01", "[" * 10_000]
)
def test_a_file_that_is_no_json_is_refused_in_one_line(tmp_path, content):
    file = write(tmp_path / "b.json", content)

    with pytest.raises(InputError, match=r"b\.json line 1: is no whole JSON") as told:
        list(read_json(file))

    assert str(told.value).isprintable()


def test_a_byte_order_mark_is_no_part_of_it(tmp_path):
    file = tmp_path / "b.json"
    file.write_text(json.dumps([record(1)]), encoding="utf-8-sig")

    assert ids(read_json(file)) == [f"import:{uri(1)}"]


def test_a_file_too_large_to_be_held_says_how_to_save_it(tmp_path, monkeypatch):
    monkeypatch.setattr(json_export, "MAX_JSON", 1024**2)
    file = write(tmp_path / "b.json", "[" + " " * 1024**2 + "]")

    with pytest.raises(InputError, match=r"is over 1 MiB\. Save it as NDJSON"):
        list(read_json(file))


def test_json_files_are_found_under_from_and_read_by_a_run(tmp_path):
    file = write(tmp_path / "bluesky.json", [record(1), record(2, text="")])
    window = Window(Week(2024, 10), 1)

    (one,) = find_intakes(window, [str(tmp_path)], None)
    posts = list(one.posts(window))

    assert find([tmp_path]).files == (file,)
    assert (len(posts), one.rejected_n) == (1, 1)


def test_what_is_nothing_of_bluesky_holds_no_items():
    for content in (b"{}", b"[]", b"7", b"{", b'{"uri": "https://x"}', b"\xff"):
        assert items(content) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["uri", "value", "record", "text", "author", "did", "labels", "posts"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(content=st.lists(anything, max_size=5))
def test_any_json_is_read_to_its_end(content, tmp_path_factory):
    file = write(tmp_path_factory.mktemp("any") / "b.json", content)

    assert all(isinstance(row, Rejected) for row in read_json(file))


moments = st.datetimes(
    datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2026-01-01")
)


@settings(deadline=None)
@given(text=st.text(max_size=300), when=moments)
def test_any_text_comes_through_or_is_said_to_be_empty(text, when):
    item = encoded(record(text=text, createdAt=f"{when.isoformat()}Z"))
    try:
        post = parse(item)
    except BadRowError as error:
        assert str(error) == "the text is empty"  # noqa: PT017 what is left of it may be nothing
    else:
        assert post.posted_at == when.replace(tzinfo=UTC, microsecond=0)
