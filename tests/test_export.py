from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.columns import choose, parse_map, ready_maps
from flows.sources.export import read_export
from flows.sources.files import find, fingerprint
from flows.sources.reading import Rejected
from tests.files import HEADER, export, export_row
from warehouse.errors import GrapevineError, InputError
from warehouse.records import Post


def rejected(reading):
    return [(row.line, row.reason) for row in reading if isinstance(row, Rejected)]


def ids(reading):
    return [row.post_id for row in reading if isinstance(row, Post)]


def test_a_row_becomes_a_post_by_the_map_that_fits_the_header(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])

    (post,) = read_export(file)

    assert post.post_id == "import:1"
    assert post.posted_at == datetime(2024, 3, 4, 12, tzinfo=UTC)
    assert post.location == "Casper, WY"
    assert post.author is None
    assert post.platform == "X"


def test_columns_can_be_named_on_the_command_line(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text('key,when,"what, said"\n7,2024-03-04 08:00:00,Hello there\n')
    columns = parse_map('id=key,posted_at=when,text="what, said"')

    (post,) = read_export(file, columns)

    assert (post.post_id, post.text) == ("import:7", "Hello there")


def test_the_issue_s_own_example_of_a_map_is_understood():
    written = 'text=Text,posted_at="Date (UTC)",location="Author location",id="Post ID"'

    columns = parse_map(written)

    assert columns.posted_at == "Date (UTC)"
    assert columns == parse_map(written.replace('"', ""))


def test_a_ready_map_can_be_asked_for_by_name():
    assert parse_map("brandwatch") is ready_maps()["brandwatch"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hootsuite", "no column map 'hootsuite'.*listening"),
        ("text=Text,id=Id", "which column is the posted_at"),
        ("text=Text,id=Id,when=Date", "cannot use 'when=Date'"),
        ('text="Text,id=Id', "quote is not closed"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(written, said):
    with pytest.raises(GrapevineError, match=said):
        parse_map(written)


def test_a_missing_column_names_the_file_and_the_nearest_column(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    columns = parse_map("text=Txt,posted_at=Date (UTC),id=Post ID")

    with pytest.raises(InputError, match=r"export.csv line 1: has no column 'Txt'.*'Text'\?"):
        list(read_export(file, columns))


def test_a_header_no_map_fits_says_what_the_file_has(tmp_path):
    file = tmp_path / "cities.csv"
    file.write_text("name,size\nCasper,60000\n")

    with pytest.raises(InputError, match=r"cities.csv line 1.*name, size.*--map"):
        list(read_export(file))


def test_the_map_that_fits_most_columns_wins(tmp_path):
    chosen = choose(tmp_path / "x.csv", HEADER, None)

    assert chosen.name == "listening"


def test_a_row_with_columns_missing_costs_one_row(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1), export_row(2)])
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1], "3,oops", lines[2]]))

    reading = list(read_export(file))

    assert ids(reading) == ["import:1", "import:2"]
    assert rejected(reading) == [(3, "has 2 columns where the header has 6")]


def test_a_quote_left_open_costs_one_row_and_not_the_rest(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(n) for n in range(1, 6)])
    lines = file.read_text().splitlines()
    lines[2] = '2,2024-03-04T12:00:00Z,"the quote never ends,Casper,en,X'
    file.write_text("\n".join(lines) + "\n")

    reading = list(read_export(file))

    assert ids(reading) == ["import:1", "import:3", "import:4", "import:5"]
    ((line, reason),) = rejected(reading)
    assert line == 3
    assert "cannot be cut into columns" in reason


def test_two_quotes_left_open_cost_two_rows(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(n) for n in range(1, 7)])
    lines = file.read_text().splitlines()
    lines[2] = '2,2024-03-04T12:00:00Z,"never ends,Casper,en,X'
    lines[5] = '5,2024-03-04T12:00:00Z,"never ends,Casper,en,X'
    file.write_text("\n".join(lines) + "\n")

    reading = list(read_export(file))

    assert ids(reading) == ["import:1", "import:3", "import:4", "import:6"]
    assert [line for line, _ in rejected(reading)] == [3, 6]


def test_a_text_of_several_lines_is_one_row_and_lines_still_count(tmp_path):
    rows = [export_row(1, Text="first\nsecond\nthird"), export_row(2, **{"Post ID": ""})]
    file = export(tmp_path / "export.csv", rows)

    reading = list(read_export(file))

    assert ids(reading) == ["import:1"]
    assert rejected(reading) == [(5, "no id in column 'Post ID'")]


def test_a_row_in_another_encoding_is_set_aside_and_the_rest_read(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1), export_row(2, Text="niño")])
    file.write_bytes(file.read_bytes().replace("ñ".encode(), b"\xf1"))

    reading = list(read_export(file))

    assert ids(reading) == ["import:1"]
    assert rejected(reading) == [(3, "not UTF-8; save the export as UTF-8")]


def test_an_export_in_utf_16_as_spreadsheets_write_it_is_read(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1, Text="El niño está bien")])
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-16")

    (post,) = read_export(file)

    assert post.text == "El niño está bien"


@pytest.mark.parametrize("when", ["yesterday", "", "31/31/2024", "9" * 40])
def test_a_row_with_no_date_is_set_aside(tmp_path, when):
    file = export(tmp_path / "export.csv", [export_row(1, **{"Date (UTC)": when})])

    assert rejected(read_export(file)) == [(2, "no date in column 'Date (UTC)'")]


@pytest.mark.parametrize(
    "when",
    ["2024-03-04T12:00:00Z", "2024-03-04 12:00:00", "2024-03-04T05:00:00-07:00", "1709553600",
     "2024-03-04 12:00:00 UTC"],
)  # fmt: skip
def test_dates_are_understood_in_the_ways_exports_write_them(tmp_path, when):
    file = export(tmp_path / "export.csv", [export_row(1, **{"Date (UTC)": when})])

    (post,) = read_export(file)

    assert post.posted_at == datetime(2024, 3, 4, 12, tzinfo=UTC)


def test_an_empty_file_says_so(tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("")

    with pytest.raises(InputError, match=r"export.csv line 1: is empty"):
        list(read_export(file))


def test_parquet_is_read_like_csv(tmp_path):
    file = tmp_path / "export.parquet"
    when = datetime(2024, 3, 4, 12, tzinfo=UTC)
    table = {"Post ID": [1, 2], "Date (UTC)": [when, when], "Text": ["Hello", None]}
    pq.write_table(pa.table(table), file)

    reading = list(read_export(file))

    assert ids(reading) == ["import:1"]
    assert rejected(reading) == [(2, "the text is empty")]


def test_a_cut_parquet_file_says_so(tmp_path):
    file = tmp_path / "export.parquet"
    pq.write_table(pa.table({"Post ID": ["1"]}), file)
    file.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(InputError, match=r"export.parquet line 1: is no Parquet file"):
        list(read_export(file))


def test_a_folder_gives_what_can_be_read_and_says_what_was_left(tmp_path):
    export(tmp_path / "export.csv", [export_row(1)])
    (tmp_path / "notes.txt").write_text("not posts")

    found = find([tmp_path, tmp_path / "export.csv"])

    assert [file.name for file in found.files] == ["export.csv"]
    assert [file.name for file in found.left] == ["notes.txt"]


def test_a_path_that_is_not_there_says_so(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv does not exist"):
        find([tmp_path / "nowhere.csv"])


def test_a_changed_file_or_map_has_another_fingerprint(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    before = fingerprint(file, None)

    with_map = fingerprint(file, ready_maps()["listening"])
    export(file, [export_row(2)])

    assert len({before, with_map, fingerprint(file, None)}) == 3


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=8)
)
def test_any_texts_come_through_an_export_or_are_listed(texts, tmp_path_factory):
    rows = [export_row(n, Text=text) for n, text in enumerate(texts)]
    file = export(tmp_path_factory.mktemp("any") / "export.csv", rows)

    reading = list(read_export(file))

    assert len(reading) == len(texts)
