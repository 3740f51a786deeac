import json
from datetime import UTC, datetime

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import archive
from flows.sources.archive import lines
from flows.sources.dump import parse, read_dump
from flows.sources.reading import MAX_LINE, BadRowError, Rejected
from tests.files import comment, dump, pack, submission
from warehouse.records import Post


def rejected(reading):
    return [(row.line, row.reason) for row in reading if isinstance(row, Rejected)]


def posts(reading):
    return [row for row in reading if isinstance(row, Post)]


def test_a_submission_is_its_title_and_text():
    post = parse(json.dumps(submission(1)).encode())

    assert post.post_id == "import:t3_s1"
    assert post.text == "Road 1 is closed Snow again."
    assert post.community == "Wyoming"
    assert post.posted_at == datetime.fromtimestamp(1_709_500_001, UTC)
    assert post.platform == "reddit"


def test_a_comment_has_its_own_kind_of_id():
    assert parse(json.dumps(comment(1)).encode()).post_id == "import:t1_c1"


def test_a_time_written_as_text_is_read_as_in_old_dumps():
    row = submission(1, created_utc="1709500001")

    assert parse(json.dumps(row).encode()).posted_at.year == 2024


def test_a_deleted_author_is_unknown_and_not_a_voice_called_deleted():
    assert parse(json.dumps(comment(1, author="[deleted]")).encode()).author is None


def test_a_removed_text_leaves_the_title():
    row = submission(1, selftext="[removed]")

    assert parse(json.dumps(row).encode()).text == "Road 1 is closed"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (comment(1, body="[deleted]"), "removed, deleted or empty"),
        (comment(1, author="AutoModerator"), "no person"),
        ({"id": "x"}, "not a Reddit submission or comment"),
        (comment(1, created_utc="yesterday"), "not a Reddit submission or comment"),
        (comment(1, created_utc=1e30), "no time"),
    ],
)
def test_a_row_that_is_no_post_is_rejected_with_its_reason(row, reason):
    with pytest.raises(BadRowError, match=reason):
        parse(json.dumps(row).encode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
        (b'{"id":"a","subreddit":"W","created_utc":1,"body":"\\ud800"}', "not JSON in UTF-8"),
        (
            b'{"id":"a","subreddit":"W","created_utc":1,"body":"\xed\xa0\x80"}',
            "not JSON in UTF-8",
        ),
        (b'{"id":"a","subreddit":"W","created_utc":NaN,"body":"x"}', "not JSON in UTF-8"),
        (b'{"id":"a","subreddit":"W","created_utc":"nan","body":"x"}', "no time"),
        (b'{"id":"a","subreddit":"W","created_utc":"inf","body":"x"}', "no time"),
        (b'{"id":"a","subreddit":"W","created_utc":-1e18,"body":"x"}', "no time"),
        (b"null", "not a Reddit submission or comment"),
        (b"[1]", "not a Reddit submission or comment"),
    ],
    ids=[
        "deep",
        "half a pair",
        "half a pair in bytes",
        "NaN",
        "nan",
        "inf",
        "past",
        "null",
        "list",
    ],
)
def test_json_that_is_no_post_is_rejected_in_one_line(line, reason):
    with pytest.raises(BadRowError, match=reason) as told:
        parse(line)

    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    ("native_id", "reason"),
    [
        ("", "no id"),
        ("x" * 100_000, "over 200 characters"),
        ("a\nb", "signs that do not print"),
    ],
)
def test_an_id_that_is_none_is_rejected(native_id, reason):
    with pytest.raises(BadRowError, match=reason):
        parse(json.dumps(comment(1, id=native_id)).encode())


def test_names_as_long_as_a_book_are_cut():
    row = comment(1, subreddit="y" * 100_000, author="z" * 100_000)

    post = parse(json.dumps(row).encode())

    assert (len(post.community), len(post.author)) == (500, 500)


def test_a_key_that_comes_twice_counts_as_json_readers_have_it():
    line = b'{"id":"a","subreddit":"W","created_utc":1,"body":"one","body":"two"}'

    assert parse(line).text == "two"


def test_signs_that_reddit_writes_as_entities_are_read_as_signs():
    row = comment(
        1, body="Tom &amp; me &lt;3&amp;#x200B; &amp;amp; AT&amp;T &gt; ask&amp;#64;bob"
    )

    assert parse(json.dumps(row).encode()).text == "Tom & me <3 & AT&T > ask@user"


def test_a_mark_at_the_start_of_a_file_costs_no_line(tmp_path):
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(comment(1)).encode() + b"\r\n\r\n")

    (post,) = read_dump(file)

    assert post.post_id == "import:t1_c1"


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.none(), max_size=2),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*comment(1), "title", "selftext"]), values))
def test_any_object_at_all_gives_a_post_or_a_reason(changes):
    said = reason_or_text(json.dumps(comment(1) | changes).encode())

    assert said.encode()


def reason_or_text(line):
    try:
        return parse(line).text
    except BadRowError as reason:
        return str(reason)


def test_a_broken_line_costs_one_line(tmp_path):
    good = json.dumps(comment(1)).encode()
    file = pack(tmp_path / "c.ndjson.zst", good + b'\n{"id": \n\xff\xfe\n' + good + b"\n")

    reading = list(read_dump(file))

    assert len(posts(reading)) == 2
    assert rejected(reading) == [(2, "not JSON in UTF-8"), (3, "not JSON in UTF-8")]


def test_a_plain_file_is_read_as_an_archive_is(tmp_path):
    file = tmp_path / "c.ndjson"
    file.write_text(json.dumps(comment(1)) + "\n\n" + json.dumps(comment(2)))

    assert len(posts(read_dump(file))) == 2


def test_an_empty_archive_says_so(tmp_path):
    file = tmp_path / "c.ndjson.zst"
    file.write_bytes(b"")

    assert rejected(read_dump(file)) == [(1, "the archive is empty")]


def test_a_file_that_is_no_archive_says_so(tmp_path):
    file = tmp_path / "c.ndjson.zst"
    file.write_bytes(b"PK not an archive")

    ((line, reason),) = rejected(read_dump(file))

    assert line == 1
    assert "damaged" in reason


def test_a_cut_archive_gives_what_came_before_the_cut(tmp_path):
    packer = zstandard.ZstdCompressor().compressobj()
    first = packer.compress(
        b"".join(json.dumps(comment(n)).encode() + b"\n" for n in range(50))
    )
    first += packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    rest = packer.compress(json.dumps(comment(51)).encode()) + packer.flush()
    file = tmp_path / "c.ndjson.zst"
    file.write_bytes(first + rest[:5])

    reading = list(read_dump(file))

    assert len(posts(reading)) == 50
    assert rejected(reading) == [(51, "the archive is cut short; what came before was read")]


def test_several_frames_are_one_archive(tmp_path):
    one = zstandard.ZstdCompressor().compress(json.dumps(comment(1)).encode() + b"\n")
    two = zstandard.ZstdCompressor().compress(json.dumps(comment(2)).encode() + b"\n")
    file = tmp_path / "c.ndjson.zst"
    file.write_bytes(one + two)

    assert [post.post_id for post in read_dump(file)] == ["import:t1_c1", "import:t1_c2"]


def test_a_bomb_is_given_up_and_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FROM", 1024 * 1024)
    file = pack(tmp_path / "bomb.ndjson.zst", b"0" * 200 * 1024 * 1024)

    ((_, reason),) = rejected(read_dump(file))

    assert "unpacks to over 200 times its size" in reason


def test_a_line_too_long_is_passed_over_and_the_next_one_read(tmp_path):
    long = b'{"body": "' + b"ab" * MAX_LINE + b'"}\n'
    file = tmp_path / "c.ndjson"
    file.write_bytes(long + json.dumps(comment(1)).encode())

    reading = list(read_dump(file))

    assert rejected(reading) == [(1, "the line is longer than 2 MiB")]
    assert len(posts(reading)) == 1


def test_reading_twice_gives_the_same(tmp_path):
    file = dump(tmp_path / "c.ndjson.zst", [comment(n) for n in range(20)])

    assert list(read_dump(file)) == list(read_dump(file))


@given(content=st.binary(max_size=300))
def test_any_bytes_at_all_give_posts_or_reasons(content, tmp_path_factory):
    file = tmp_path_factory.mktemp("any") / "c.ndjson.zst"
    file.write_bytes(content)

    assert all(isinstance(row, Rejected) for row in read_dump(file))


@given(parts=st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=20))
def test_every_line_that_holds_anything_comes_out_once_with_its_number(parts, tmp_path_factory):
    file = pack(tmp_path_factory.mktemp("lines") / "x.zst", b"\n".join(parts))
    expected = [(number, part) for number, part in enumerate(parts, 1) if part]

    assert list(lines(file)) == expected
