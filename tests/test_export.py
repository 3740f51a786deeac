import codecs
import csv
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.columns import choose, parse_map, ready_maps
from flows.sources.export import read_export
from flows.sources.files import fingerprint
from flows.sources.reading import Rejected, as_read
from tests.files import HEADER, export, export_row
from warehouse.errors import GrapevineError, InputError
from warehouse.records import Post
from warehouse.redact import mask


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


def test_a_header_no_map_fits_says_what_is_known_in_it(tmp_path):
    file = tmp_path / "cities.csv"
    file.write_text("name,text,size\nCasper,,60000\n")

    with pytest.raises(
        InputError, match=r"cities.csv line 1.*\(columns: 3, known.*: text\).*--map"
    ):
        list(read_export(file))


@pytest.mark.parametrize("columns", [None, parse_map("text=Text,posted_at=Date,id=Post ID")])
def test_of_a_file_that_begins_with_a_post_no_word_is_told(tmp_path, columns):
    file = tmp_path / "bare.csv"
    file.write_text("2024-03-04,my shot hurt,@someone\n2024-03-05,so did mine,@other\n")

    with pytest.raises(InputError, match=r"bare.csv line 1") as told:
        list(read_export(file, columns))

    assert not {"shot", "someone", "2024"} & set(re.findall(r"\w+", str(told.value)))


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


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_an_export_is_read_in_the_encodings_and_separators_there_are(
    tmp_path, encoding, separator
):
    file = export(tmp_path / "export.csv", [export_row(1, Text="El niño; está, bien")])
    cells = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    with file.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=separator).writerows(cells)
    marked = file.read_bytes()
    if encoding == "utf-32-le":
        file.write_bytes(codecs.BOM_UTF32_LE + marked)

    (post,) = read_export(file)

    assert post.text == "El niño; está, bien"


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\n\n", "\r\n   \r\n", "\n,,,,,\n", ",,\n"]
)
def test_lines_may_end_in_any_way_and_blank_ones_count_for_nothing(tmp_path, end):
    file = export(tmp_path / "export.csv", [export_row(n) for n in range(1, 4)])
    file.write_text(file.read_text().replace("\n", end), newline="")

    assert list(map(str, ids(read_export(file)))) == ["import:1", "import:2", "import:3"]


@pytest.mark.parametrize(
    "above",
    ["sep=,\n", "\n\n", "Report:,Clinics\nFrom:,2024-01-01\n\n", 'A title; with "signs"\n'],
)
def test_lines_above_the_header_are_passed_over_and_counted(tmp_path, above):
    file = export(tmp_path / "export.csv", [export_row(1), export_row(2, Text="")])
    file.write_text(above + file.read_text())

    reading = list(read_export(file))

    assert ids(reading) == ["import:1"]
    assert rejected(reading) == [(above.count("\n") + 3, "the text is empty")]


@pytest.mark.parametrize(
    "header",
    [
        "POST ID,date (utc),text",
        " Post ID , Date  (UTC) ,Text ",
        "\ufeffPost ID,Date (UTC),Text,,",
    ],
)
def test_a_header_may_be_spelled_otherwise(tmp_path, header):
    file = tmp_path / "export.csv"
    file.write_text(f"{header}\n1,2024-03-04,Hello\n", encoding="utf-8-sig")

    assert ids(read_export(file)) == ["import:1"]


def test_of_two_columns_that_differ_in_case_the_one_asked_for_is_read(tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("id,when,TEXT,text\n1,2024-03-04,loud,quiet\n")

    (post,) = read_export(file, parse_map("id=id,posted_at=when,text=text"))

    assert post.text == "quiet"


def test_two_columns_of_one_name_are_refused_when_the_map_needs_them(tmp_path):
    header = [*HEADER[:4], "Text", "Platform"]
    file = export(tmp_path / "export.csv", [export_row(1)], header)

    with pytest.raises(InputError, match=r"line 1: has two columns called 'Text'\. Rename"):
        list(read_export(file))


def test_a_column_named_by_hand_must_be_there_even_if_it_is_optional(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1)])
    columns = parse_map("text=Text,posted_at=Date (UTC),id=Post ID,location=Author locaton")

    with pytest.raises(InputError, match=r"'Author locaton'.*Did you mean 'Author location'\?"):
        list(read_export(file, columns))


def test_a_header_no_map_fits_is_said_even_when_no_row_follows(tmp_path):
    file = tmp_path / "cities.csv"
    file.write_text("name;size\n")

    with pytest.raises(InputError, match=r"no column map fits \(columns: 2, known.*: none\)"):
        list(read_export(file))


def test_a_header_alone_is_an_export_of_no_posts(tmp_path):
    assert list(read_export(export(tmp_path / "export.csv", []))) == []


@pytest.mark.parametrize(
    "content", [b"\0" * 5000, bytes(range(256)) * 40, b"PK\x03\x04\x1b[31m"]
)
def test_a_file_that_is_no_csv_is_refused_in_one_line_without_control_signs(tmp_path, content):
    file = tmp_path / "export.csv"
    file.write_bytes(content)

    with pytest.raises(InputError) as told:
        list(read_export(file))

    assert str(told.value).isprintable()


def test_a_byte_in_another_encoding_in_a_column_nobody_reads_costs_nothing(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1, Language="español")])
    file.write_bytes(file.read_bytes().replace("ñ".encode(), b"\xf1"))

    assert ids(read_export(file)) == ["import:1"]


@pytest.mark.parametrize(
    ("native_id", "reason"),
    [
        ("1.3671E+18", "an id that a spreadsheet has rounded"),
        ("1,3671e+18", "an id that a spreadsheet has rounded"),
        ("a\nb", "an id with signs that do not print"),
        ("x" * 201, "an id of over 200 characters"),
    ],
)
def test_an_id_that_would_name_the_wrong_post_is_set_aside(tmp_path, native_id, reason):
    rows = [export_row(1, **{"Post ID": native_id}), export_row(2)]
    file = export(tmp_path / "export.csv", rows)

    reading = list(read_export(file))

    assert ids(reading) == ["import:2"]
    assert rejected(reading) == [(2, f"{reason} in column 'Post ID'")]


def test_an_id_of_letters_and_digits_is_not_taken_for_a_rounded_one(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1, **{"Post ID": "1e18"})])

    assert ids(read_export(file)) == ["import:1e18"]


def test_a_location_as_long_as_a_book_is_cut_and_put_in_one_line(tmp_path):
    row = export_row(1, **{"Author location": "Casper,\n WY " * 5000})
    file = export(tmp_path / "export.csv", [row])

    (post,) = read_export(file)

    assert post.location.startswith("Casper, WY Casper")
    assert len(post.location) == 500


def test_signs_written_as_entities_are_read_as_signs(tmp_path):
    file = export(tmp_path / "export.csv", [export_row(1, Text="Tom &amp; me &lt;3 &#64;bob")])

    (post,) = read_export(file)

    assert post.text == "Tom & me <3 @user"


@pytest.mark.parametrize("text", ["x" * 3_000_000, "x," * 1_500_000, "word " * 400_000])
def test_a_line_of_megabytes_costs_one_row(tmp_path, text):
    lines = export(tmp_path / "export.csv", [export_row(n) for n in range(1, 4)])
    header, first, *rest = lines.read_text().splitlines()
    lines.write_text("\n".join([header, first, f"2,2024-03-04,{text}", *rest]))

    reading = list(read_export(lines))

    assert ids(reading) == ["import:1", "import:2", "import:3"]
    assert [line for line, _ in rejected(reading)] == [3]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param('a","b', id="every line closes a quote and opens one"),
        pytest.param('1,2024-03-04,"never ends,Casper,en,X', id="every line opens a quote"),
        pytest.param('"', id="nothing but quotes"),
        pytest.param('1,"', id="a quote at the end"),
    ],
)
def test_a_file_of_open_quotes_takes_no_longer_than_its_length(tmp_path, line):
    file = tmp_path / "export.csv"
    file.write_text(",".join(HEADER) + "\n" + f"{line}\n" * 100_000)

    assert all(isinstance(row, Rejected) for row in read_export(file))


def test_after_many_open_quotes_rows_of_several_lines_are_still_read(tmp_path):
    rows = [export_row(n, Text="one\ntwo") for n in range(1, 400)]
    file = export(tmp_path / "export.csv", rows)
    lines = file.read_text().splitlines(keepends=True)
    lines[1:1] = ['0,2024-03-04,"never ends,Casper,en,X\n'] * 400
    file.write_text("".join(lines))

    reading = list(read_export(file))

    assert len(ids(reading)) == 399
    assert len(rejected(reading)) == 400


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


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(texts=st.lists(cells, min_size=1, max_size=5), separator=st.sampled_from(",;\t|"))
def test_what_a_csv_writer_wrote_comes_back(texts, separator, tmp_path_factory):
    file = tmp_path_factory.mktemp("any") / "export.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=separator)
        writer.writerow(["id", "when", "text"])
        writer.writerows(
            (f"{n}", "2024-03-04", f"said: {text}") for n, text in enumerate(texts)
        )
    columns = parse_map("id=id,posted_at=when,text=text")

    posts = list(read_export(file, columns))

    assert [post.text for post in posts] == [mask(as_read(f"said: {text}")) for text in texts]


@given(content=st.binary(max_size=300))
def test_any_bytes_at_all_give_posts_or_reasons(content, tmp_path_factory):
    file = tmp_path_factory.mktemp("any") / "export.csv"
    file.write_bytes(",".join(HEADER).encode() + b"\n" + content)

    assert all(isinstance(row, Post | Rejected) for row in read_export(file))
