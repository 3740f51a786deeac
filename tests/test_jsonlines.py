"""`grapevine locate` over JSON-lines files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.jsonlines import (
    MAX_LINE,
    LocateLine,
    locate_file,
    read_lines,
    tag_file,
    write_lines,
)
from warehouse.errors import DataFolderError, InputError


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_line_gets_its_place_in_the_order_given(tmp_path):
    src, dst = tmp_path / "posts.jsonl", tmp_path / "places.jsonl"
    src.write_text(
        '{"id": "b", "text": "hello", "community": "Casper"}\n'
        '{"id": "a", "location": "Lander, WY", "likes": 3}\n'
        "\n"
        '{"id": 7, "text": null}\n'
    )

    assert locate_file(src, dst) == 3

    found = lines_of(dst)
    assert [row["id"] for row in found] == ["b", "a", 7]
    assert [row["fips"] for row in found] == ["56025", "56013", None]
    assert found[1] | {"score": None} == {
        "id": "a",
        "fips": "56013",
        "state": "WY",
        "level": "county",
        "basis": "declared",
        "score": None,
        "matched": "Lander, WY",
    }
    assert found[2]["level"] == "none"


def test_an_empty_file_gives_an_empty_file(tmp_path):
    src, dst = tmp_path / "posts.jsonl", tmp_path / "places.jsonl"
    src.write_text("")

    assert locate_file(src, dst) == 0
    assert dst.read_text() == ""


@pytest.mark.parametrize(
    "broken",
    [
        b"not json",
        b'{"text": "no id"}',
        b'{"id": [1]}',
        b'{"id": "1", "text": 5}',
        b'["id"]',
        b'{"id": "1", "text": "\xff\xfe"}',
        b'{"id": "1"',
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(tmp_path, broken):
    src, dst = tmp_path / "posts.jsonl", tmp_path / "places.jsonl"
    src.write_bytes(b'{"id": "1"}\n\n' + broken + b"\n")
    dst.write_text("kept\n")

    with pytest.raises(InputError, match=r"posts\.jsonl, line 3 is not a post: .*run again"):
        locate_file(src, dst)

    assert dst.read_text() == "kept\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["places.jsonl", "posts.jsonl"]


def test_a_line_without_end_is_refused_before_it_is_read_whole(tmp_path):
    src = tmp_path / "posts.jsonl"
    src.write_text('{"id": "' + "x" * (MAX_LINE + 10) + '"}')

    with pytest.raises(InputError, match=r"line 1 is longer than 1000000 bytes"):
        list(read_lines(src, LocateLine))


def test_a_missing_file_is_one_plain_line(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl cannot be read: No such file.*path"):
        locate_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl")


def test_an_output_that_cannot_be_written_is_one_plain_line(tmp_path):
    src = tmp_path / "posts.jsonl"
    src.write_text('{"id": 1}\n')

    with pytest.raises(DataFolderError, match="cannot be written"):
        locate_file(src, tmp_path / "no such folder" / "out.jsonl")


@given(rows=st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20)), max_size=5))
def test_what_is_written_reads_back(tmp_path_factory, rows):
    dst = tmp_path_factory.mktemp("lines") / "rows.jsonl"

    assert write_lines(dst, rows) == len(rows)
    assert [json.loads(line) for line in dst.read_bytes().splitlines()] == rows


@pytest.mark.parametrize("command", [locate_file, tag_file])
def test_a_file_is_never_written_over_itself(tmp_path, command):
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"id": "1", "text": "Hello"}\n')

    with pytest.raises(InputError, match="Name another file to write"):
        command(posts, posts)

    assert posts.read_text() == '{"id": "1", "text": "Hello"}\n'
