from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.sources import parquet_sheet
from flows.sources.export import read_export
from flows.sources.reading import Rejected
from warehouse.errors import InputError
from warehouse.records import Post

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


def write(file, settings=None, **columns):
    """A Parquet export of three good rows; name only the columns the test is about."""
    names = {"id": "Post ID", "when": "Date (UTC)", "text": "Text"}
    plain = {"id": ["1", "2", "3"], "when": [NOON] * 3, "text": ["a", "b", "c"]} | columns
    table = {names.get(name, name): column for name, column in plain.items()}
    pq.write_table(pa.table(table), file, **(settings or {}))
    return file


def rejected(reading):
    return [(row.line, row.reason) for row in reading if isinstance(row, Rejected)]


def posts(reading):
    return [row for row in reading if isinstance(row, Post)]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "export.parquet"


def test_parquet_is_read_like_csv(file):
    write(file, id=[1, 2, 3], text=["Hello", None, "Bye"])

    reading = list(read_export(file))

    assert [post.post_id for post in posts(reading)] == ["import:1", "import:3"]
    assert rejected(reading) == [(2, "the text is empty")]


@pytest.mark.parametrize(
    "when",
    [
        pa.array([NOON] * 3, pa.timestamp("us", "America/Denver")),
        pa.array([NOON] * 3, pa.timestamp("us", "Nowhere/Else")),
        pa.array([NOON.replace(tzinfo=None)] * 3, pa.timestamp("ms")),
        pa.array([1_709_553_600_000_000_001] * 3, pa.timestamp("ns", "UTC")),
        pa.array([1_709_553_600] * 3),
        pa.array([1_709_553_600_000] * 3),
        pa.array([1_709_553_600.0] * 3),
        pa.array(["2024-03-04 12:00:00"] * 3).dictionary_encode(),
    ],
    ids=str,
)
def test_times_of_every_kind_are_the_same_time(file, when):
    assert [p.posted_at for p in posts(read_export(write(file, when=when)))] == [NOON] * 3


def test_times_as_old_tools_write_them_are_read(file):
    when = pa.array([NOON.replace(tzinfo=None)] * 3, pa.timestamp("ns"))
    write(file, {"use_deprecated_int96_timestamps": True}, when=when)

    assert [post.posted_at for post in posts(read_export(file))] == [NOON] * 3


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_days_are_read_as_their_midnight(file, kind):
    write(file, when=pa.array([date(2024, 3, 4)] * 3, kind))

    assert {post.posted_at for post in posts(read_export(file))} == {NOON.replace(hour=0)}


@pytest.mark.parametrize(
    "when",
    [
        pa.array([2**62, 1_709_553_600_000_000, -(2**62)], pa.timestamp("us", "UTC")),
        pa.array([2**31 - 1, 19_786, -(2**31)], pa.int32()).cast(pa.date32()),
    ],
    ids=["timestamp", "date"],
)
def test_a_time_that_no_calendar_has_costs_its_row(file, when):
    reading = list(read_export(write(file, when=when)))

    assert [post.post_id for post in posts(reading)] == ["import:2"]
    assert rejected(reading) == [
        (line, "no text, number or date in column 'Date (UTC)'") for line in (1, 3)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pa.array(["a", "b", "c"], pa.large_string()),
        pa.array(["a", "b", "c"], pa.string_view()),
        pa.array([b"a", b"b", b"c"], pa.binary()),
        pa.array(["a", "b", "c"]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type)[:12],
)
def test_texts_of_every_kind_are_text(file, text):
    assert [post.text for post in posts(read_export(write(file, text=text)))] == ["a", "b", "c"]


def test_bytes_that_are_no_utf_8_cost_their_row(file):
    buffers = pa.array([b"ok", b"\xff\xfe", b"ok"], pa.binary()).buffers()
    write(file, text=pa.Array.from_buffers(pa.string(), 3, buffers))

    reading = list(read_export(file))

    assert len(posts(reading)) == 2
    assert rejected(reading) == [(2, "no text, number or date in column 'Text'")]


@pytest.mark.parametrize(
    "column", [pa.array([["a"]] * 3), pa.array([{"a": 1}] * 3)], ids=["list", "record"]
)
def test_a_column_of_lists_is_refused_when_it_is_needed(file, column):
    with pytest.raises(InputError, match=r"line 1: its column 'Text' holds lists or records"):
        list(read_export(write(file, text=column)))

    assert len(posts(read_export(write(file, other=column)))) == 3


@pytest.mark.parametrize("column", ["id", "when", "text"])
def test_a_column_of_nothing_costs_every_row_and_no_more(file, column):
    reading = list(read_export(write(file, **{column: pa.nulls(3)})))

    assert [line for line, _ in rejected(reading)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("ids", "read"),
    [
        (pa.array([1.0, 2.0, 3.0]), ["1", "2", "3"]),
        (pa.array([1.0, 1.367097428785000451e18, float("nan")]), ["1"]),
        (pa.array([Decimal("1.00"), Decimal("2.00"), None]), ["1", "2"]),
        (pa.array([2**64 - 1, 1, 2], pa.uint64()), ["18446744073709551615", "1", "2"]),
    ],
    ids=["float", "rounded", "decimal", "unsigned"],
)
def test_ids_written_as_numbers_are_whole_or_set_aside(file, ids, read):
    reading = posts(read_export(write(file, id=ids)))

    assert [post.post_id for post in reading] == [f"import:{native_id}" for native_id in read]


def test_an_export_without_rows_or_columns_is_said_to_be_one(file):
    assert list(read_export(write(file, id=pa.array([], pa.string()), when=[], text=[]))) == []
    pq.write_table(pa.table({}), file)

    with pytest.raises(InputError, match=r"no column map fits \(columns: 0, known.*: none\)"):
        list(read_export(file))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-20],
        lambda content: content[:100],
        lambda content: content[:-4] + b"XXXX",
        lambda content: content[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1",
        lambda content: b"",
        lambda content: b"Post ID,Text\n1,a\n",
    ],
)
def test_a_file_that_is_cut_or_no_parquet_says_so(file, spoil):
    file.write_bytes(spoil(write(file).read_bytes()))

    with pytest.raises(InputError, match=r"export.parquet line 1: is no Parquet file"):
        list(read_export(file))


def test_a_damaged_group_of_rows_costs_itself_and_what_follows(file):
    rows_n = 2000
    columns = {
        "id": [str(n) for n in range(rows_n)],
        "when": [NOON] * rows_n,
        "text": [f"text number {n}" for n in range(rows_n)],
    }
    write(file, {"row_group_size": 1000, "compression": "none"}, **columns)
    content = bytearray(file.read_bytes())
    start = content.index(b"text number 1500") - 4
    content[start : start + 4] = b"\xff\xff\xff\x7f"
    file.write_bytes(content)

    reading = list(read_export(file))

    assert len(posts(reading)) >= 1000
    ((line, reason),) = rejected(reading)
    assert line == len(posts(reading)) + 1
    assert reason == "the file is damaged here; nothing after it was read"


def test_a_text_repeated_by_a_dictionary_is_refused_before_it_unpacks(file):
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 3), pa.array(["x" * 2_000_000]))
    for text in (repeated, repeated.cast(pa.string())):
        reading = list(read_export(write(file, text=text)))

        assert rejected(reading) == [
            (1, "the rows from here on are too large; nothing was read")
        ]


@pytest.mark.parametrize(
    ("text", "read_n"), [(["x" * 50_000, "b", "c"], 0), (["x" * 5_000] * 3, 1)]
)
def test_a_file_that_unpacks_to_far_more_than_its_size_is_given_up(
    file, text, read_n, monkeypatch
):
    monkeypatch.setattr(parquet_sheet, "RATIO_FROM", 1000)
    monkeypatch.setattr(parquet_sheet, "MAX_RATIO", 6)

    reading = list(read_export(write(file, {"compression": "zstd"}, text=text)))

    ((line, reason),) = rejected(reading)
    assert (len(posts(reading)), line) == (read_n, read_n + 1)
    assert reason == "the file unpacks to over 6 times its size"
