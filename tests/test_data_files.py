"""What the data files of the site promise to those who compute with them."""

import csv
import hashlib
import io
import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.delphi import SIGNAL_LEVELS, signal_file
from dashboards.dictionary import COMMON, HEADERS, SIGNAL_SHAPE, TABLES
from dashboards.package import data_package
from dashboards.site import write_site
from dashboards.tables import csv_file, json_file, parquet_file, safe_cell
from dashboards.words import size_of
from tests.pages import pages_of
from tests.snapshots import edition, plenty
from warehouse.build import MODELS, Model
from warehouse.headers import published, read

PUBLISHED = sorted(path.stem for path in MODELS.glob("published/*.sql"))
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1",
            "\u3000@A1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1", "\u200b=1", "\ufeff=1",
            " \t\uff1dHYPERLINK(1)"]  # fmt: skip


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """A small release with something in every table but that of releases."""
    made = plenty().outage(3).void("county 56025", "raw_milk")
    made.estimate("county 56025", "raw_milk", (45.0, 30.0, 62.9))
    made.estimate("county 56021", "raw_milk", (20.0, 1.0, 200.0), has_numbers=False)
    made.rows["pub_estimate_week"].append(
        (
            "rural",
            "US-rural",
            made.week,
            "signal",
            "blame_insurers",
            12.0,
            9.0,
            15.0,
            "rural",
            1.0,
            True,
        )
    )
    return edition(made, tmp_path_factory.mktemp("numbers")).numbers


def rows_of_csv(numbers, name):
    return list(csv.DictReader(io.StringIO(csv_file(numbers, name))))


def rows_of_json(numbers, name):
    body = json.loads(json_file(numbers, name))
    return [dict(zip(body["columns"], row, strict=True)) for row in body["rows"]]


def as_csv(cell):
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def test_there_are_three_files_of_every_published_table(numbers, tmp_path):
    write_site(edition(plenty(), tmp_path), tmp_path / "site")

    data = {file.name for file in (tmp_path / "site/data").iterdir()}

    assert sorted(f"pub_{name}" for name in TABLES) == PUBLISHED
    assert data == {
        *(f"{name}.{end}" for name in TABLES for end in ("csv", "parquet", "json")),
        *(f"signals_{level}.json" for level in SIGNAL_LEVELS),
        "county.schema.json",
        "datapackage.json",
        "index.html",
    }


@pytest.mark.parametrize("name", TABLES)
def test_all_three_formats_hold_the_same_figures(numbers, name):
    table = pq.read_table(io.BytesIO(parquet_file(numbers, name)))
    own = [column for column, _ in TABLES[name][1]]

    as_parquet = [{column: row[column] for column in own} for row in table.to_pylist()]
    as_json, as_text = rows_of_json(numbers, name), rows_of_csv(numbers, name)

    assert [
        {c: cell.isoformat() if isinstance(cell, date) else cell for c, cell in row.items()}
        for row in as_parquet
    ] == as_json
    assert [{c: as_csv(row[c]) for c in own} for row in as_json] == [
        {c: row[c].removeprefix("'") for c in own} for row in as_text
    ]


@pytest.mark.parametrize("name", TABLES)
def test_the_dictionary_is_what_the_header_of_the_model_says(numbers, name):
    model = Model.read(MODELS / "published" / f"pub_{name}.sql")

    columns = [column for column, _ in TABLES[name][1]]

    assert tuple(columns[-len(model.columns) :]) == model.columns
    assert HEADERS[name].grain == model.grain
    assert all(meaning.strip() for _, meaning in TABLES[name][1])


def test_a_meaning_of_several_lines_is_one_text(tmp_path):
    path = tmp_path / "pub_x.sql"
    path.write_text(
        "-- pub_x: things, counted\n-- twice.\n--\n-- More of them.\n--\n-- Grain: a\n"
        "-- Columns:\n--   a  first\n--      and more\n--   b  second\n\n"
        "select 1 as a, 2 as b\n"
    )

    found = read(path)

    assert found.what == "Things, counted twice."
    assert found.notes == ("More of them.",)
    assert found.columns == (("a", "first and more"), ("b", "second"))


def test_every_published_model_has_a_meaning_for_every_column():
    for header in published():
        assert header.names == Model.read(MODELS / "published" / f"{header.name}.sql").columns


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_might_run_gets_a_quote(text):
    assert safe_cell(text) == f"'{text}"


@given(st.text())
def test_no_text_cell_starts_a_formula_and_no_other_text_is_touched(text):
    safe = safe_cell(text)

    assert safe in (text, f"'{text}")
    shown = safe.strip().strip("\u200b\ufeff").strip()
    assert shown[:1] not in tuple("=+-@\uff1d\uff0b\uff0d\uff20") or not shown
    if text[:1].isalnum():
        assert safe == text


@pytest.mark.parametrize("text", ["Natrona County", "WY-rural", "2024-W10", "<b>", "", "a=1"])
def test_ordinary_text_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_a_hostile_county_name_reaches_no_spreadsheet_as_a_formula(tmp_path):
    counties = [row | {"name": "\uff1dcmd|' /C calc'!A0"} for row in plenty().counties]
    numbers = edition(plenty(counties=counties), tmp_path).numbers

    names = {row["name"] for row in rows_of_csv(numbers, "county")}

    assert names == {"'\uff1dcmd|' /C calc'!A0"}
    assert {row["name"] for row in rows_of_json(numbers, "county")} == {
        "\uff1dcmd|' /C calc'!A0"
    }


def test_parquet_says_what_each_column_means(numbers):
    schema = pq.read_schema(io.BytesIO(parquet_file(numbers, "theme_week")))

    meaning = schema.field("author_n").metadata[b"meaning"].decode()

    assert meaning == dict(TABLES["theme_week"][1])["author_n"]
    assert schema.field("author_n").type == pa.int64()


def test_every_line_says_its_release_and_whether_it_is_a_sample(tmp_path):
    numbers = edition(plenty(is_sample=True), tmp_path).numbers

    for name in TABLES:
        for row in rows_of_csv(numbers, name):
            assert (row["issue"], row["is_sample"]) == ("2024-W10.1-sample", "true")
            assert row["notice"] == COMMON[2][1].split("”")[0].removeprefix("“")


def test_the_package_describes_every_file_its_columns_and_its_digest(numbers):
    files = {f"{name}.csv": csv_file(numbers, name).encode() for name in TABLES}

    package = json.loads(data_package(numbers, files))

    assert package["profile"] == "tabular-data-package"
    assert [one["name"] for one in package["resources"]] == list(TABLES)
    for one in package["resources"]:
        data = files[one["path"]]
        header = next(csv.reader(io.StringIO(data.decode())))
        assert one["bytes"] == len(data)
        assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert [field["name"] for field in one["schema"]["fields"]] == header
        assert set(one["schema"]["primaryKey"]) <= set(header)


def test_an_estimate_has_the_standard_error_of_its_posterior(numbers):
    rows = {
        (row["geo_value"], row["signal"]): row
        for row in json.loads(signal_file(numbers, "county"))["epidata"]
        if row["time_value"] == 202410
    }

    found = rows["56025", "estimated_promotes_raw_milk"]

    assert list(found) == [name for name, _ in SIGNAL_SHAPE]
    assert (found["value"], found["se"], found["sample_size"]) == (45.0, 10.001, 400)
    assert rows["56025", "promotes_raw_milk"]["se"] == 10.365  # as seen: chance alone


def test_where_there_are_too_few_posts_to_say_there_is_no_signal(numbers):
    rows = json.loads(signal_file(numbers, "county"))["epidata"]

    assert not [
        row for row in rows if row["geo_value"] == "56021" and "estimated" in row["signal"]
    ]


def test_the_rural_nation_has_a_file_of_its_own(numbers):
    (row,) = json.loads(signal_file(numbers, "rural"))["epidata"]

    assert row["signal"] == "estimated_trust_blame_insurers"
    assert (row["geo_type"], row["geo_value"], row["sample_size"]) == (
        "rural",
        "us-rural",
        None,
    )


def test_pages_load_no_data_file_and_say_how_large_each_is(tmp_path):
    write_site(edition(plenty(), tmp_path), tmp_path / "site")

    page = pages_of(tmp_path / "site")["data/index.html"]
    links = [link["href"] for link in page.all("a") if "." in link.get("href", "")]

    assert page.html.count(" kB)") == 3 * len(TABLES) + len(SIGNAL_LEVELS) + 1
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "img")]
    assert "theme_week.parquet" in links


@pytest.mark.parametrize(
    ("bytes_n", "said"), [(1, "1 kB"), (12_400, "12 kB"), (1_240_000, "1.2 MB")]
)
def test_a_size_is_said_in_kilobytes_or_megabytes(bytes_n, said):
    assert size_of(bytes_n) == said
