import json
import os
import tracemalloc

import pytest
import zstandard

from flows.sources import archive
from flows.sources.archive import lines
from flows.sources.reading import MAX_LINE, Rejected
from tests.files import comment, pack, repeat

GOOD = b"".join(json.dumps(comment(n)).encode() + b"\n" for n in range(3))
MIB = 1024 * 1024


def read(file, content):
    """What comes out of an archive of these bytes: how many lines, and the reasons."""
    file.write_bytes(content)
    found = list(lines(file))
    return (
        sum(not isinstance(line, Rejected) for line in found),
        [(line.line, line.reason) for line in found if isinstance(line, Rejected)],
    )


@pytest.fixture
def file(tmp_path):
    return tmp_path / "posts.ndjson.zst"


@pytest.fixture
def small_bombs(monkeypatch):
    """Give up after 4 MiB, so that a test bomb is small."""
    monkeypatch.setattr(archive, "RATIO_FROM", 4 * MIB)


@pytest.mark.parametrize("byte", [b"0", b"\n", b"\0"])
def test_a_bomb_is_given_up_and_the_lines_before_it_are_kept(file, small_bombs, byte):
    lines_n, told = read(file, repeat(byte, 1000, before=GOOD))

    assert lines_n == 3
    assert [reason for _, reason in told] == ["the archive unpacks to over 200 times its size"]


def test_a_bomb_of_empty_lines_is_cut_into_few_lines_at_once(file, small_bombs):
    file.write_bytes(repeat(b"\n", 1000))

    pieces = list(archive._unpacked(file))

    assert len(pieces) > 4
    assert all(len(piece) <= MIB for piece in pieces[:-1])


def test_a_line_with_no_end_takes_little_memory(file, monkeypatch):
    monkeypatch.setattr(archive, "MAX_RATIO", 10**6)
    file.write_bytes(repeat(b"x", 1000, before=GOOD))
    tracemalloc.start()

    found = list(lines(file))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[-1] == Rejected(4, "the line is longer than 2 MiB")
    assert len(found) == 4
    assert peak < 64 * MIB


def test_empty_lines_are_counted(file):
    file.write_bytes(zstandard.compress(b"\n" * 5000 + b"last"))

    assert list(lines(file)) == [(5001, b"last")]


@pytest.mark.parametrize(
    ("content", "lines_n", "told"),
    [
        pytest.param(
            b"\x50\x2a\x4d\x18\x05\0\0\0hello" + zstandard.compress(GOOD), 3, None,
            id="a frame to be skipped",
        ),
        pytest.param(
            b"\x28\xb5\x2f\xfd\x20\0\x01\0\0" * 1000 + zstandard.compress(GOOD), 3, None,
            id="empty frames",
        ),
        pytest.param(
            b"\x50\x2a\x4d\x18\xf0\xff\xff\xff" + zstandard.compress(GOOD), 0,
            "the archive is cut short", id="a frame to be skipped that never ends",
        ),
        pytest.param(
            b"\x28\xb5\x2f\xfd\x00\xf8\x03\0\x10\0", 0, "too much memory",
            id="a window of 2 TiB",
        ),
        pytest.param(
            b"\x28\xb5\x2f\xfd\xe0" + (2**62).to_bytes(8, "little") + b"\x03\0\x10\0", 0,
            "too much memory", id="a size of 4 EiB",
        ),
    ],
)  # fmt: skip
def test_odd_frames_are_read_or_said_to_be_bad(file, content, lines_n, told):
    found_n, reasons = read(file, content)

    assert found_n == lines_n
    assert [told in reason for _, reason in reasons] == ([True] if told else [])


def test_an_archive_that_needs_a_dictionary_says_so(file):
    samples = [os.urandom(20).hex().encode() * 2 + GOOD for _ in range(200)]
    dictionary = zstandard.train_dictionary(2048, samples)
    packed = zstandard.ZstdCompressor(dict_data=dictionary).compress(GOOD)

    _, told = read(file, packed)

    assert told == [
        (1, "the archive is damaged here (Dictionary mismatch); nothing after it was read")
    ]


def test_rubbish_after_the_last_frame_costs_only_itself(file):
    lines_n, ((line, reason),) = read(file, zstandard.compress(GOOD) + b"rubbish here")

    assert (lines_n, line) == (3, 4)
    assert "damaged here" in reason


def test_an_archive_in_an_archive_is_no_bomb(file):
    lines_n, told = read(file, zstandard.compress(zstandard.compress(GOOD)))

    assert lines_n <= 2
    assert told == []


def test_an_ending_in_capitals_is_an_archive_too(tmp_path):
    file = pack(tmp_path / "POSTS.NDJSON.ZST", GOOD)

    assert len(list(lines(file))) == 3


def test_a_line_of_exactly_the_limit_is_read(tmp_path):
    file = tmp_path / "posts.ndjson"
    file.write_bytes(b"x" * MAX_LINE + b"\n" + b"y" * (MAX_LINE + 1) + b"\nlast")

    first, second, third = lines(file)

    assert first == (1, b"x" * MAX_LINE)
    assert isinstance(second, Rejected)
    assert third == (3, b"last")
