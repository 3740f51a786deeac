import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.sources.columns import fitting, parse_map, ready_maps
from flows.sources.export import read_export
from flows.sources.reading import native_id
from warehouse.errors import InputError

HEADERS = {
    "brandwatch": "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,"
    "Author,Full Text,Resource Id,Thread Id,Location Name,Country",
    "meltwater": "Date,Time,Document ID,URL,Input Name,Keywords,Information Type,Source Type,"
    "Source Name,Content Type,Author Name,Author Handle,Title,Opening Text,Hit Sentence,"
    "State,City",
    "meltwater_classic": "Date,Headline,URL,Opening Text,Hit Sentence,Source,Influencer,"
    "Country,Subregion,State,City,Language,Reach,Sentiment,Key Phrases,Input Name,Keywords",
    "talkwalker": "url,indexed,published,title,content,lang,source_type,reach,engagement,"
    "extra_author_attributes.name,extra_author_attributes.world_data.region",
    "junkipedia": "id,type,attributes.published_at,attributes.url,attributes.post_uid,"
    "attributes.search_data_fields.description,attributes.search_data_fields.channel_name,"
    "attributes.search_data_fields.platform_name",
    "4cat": "id,thread_id,created_at,author,subject,body,timestamp,subreddit",
}
"""Headers as the tools write them; README.md of the sources says how each is known."""

WRITTEN = {
    "brandwatch": ("2024-03-04 12:00:00.0", "7"),
    "meltwater": ("04-Mar-2024 12:00PM", "1709553600000_abc"),
    "meltwater_classic": ("04-Mar-2024 12:00PM", "https://news.test/story/7"),
    "talkwalker": ("1709553600000", "https://news.test/story/7"),
    "junkipedia": ("2024-03-04T12:00:00.000Z", "434229051"),
    "4cat": ("2024-03-04 12:00:00", "t3_1b6"),
}
"""(time, id) as each tool writes them."""


def filled(name):
    """A row of this tool: column → cell."""
    columns, (when, native) = ready_maps()[name], WRITTEN[name]
    cells = dict.fromkeys(HEADERS[name].split(","), "")
    cells |= {columns.posted_at: when, columns.id: native}
    cells |= {text: f"{text} of the clinic" for text in columns.text}
    known = {"author": "a_reader", "location": "Wyoming", "platform": "X", "community": "r/x"}
    return cells | {getattr(columns, k): v for k, v in known.items() if getattr(columns, k)}


def as_csv(folder, name):
    file = folder / f"{name}.csv"
    row = filled(name)
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([list(row), list(row.values())])
    return file


def as_parquet(folder, name):
    file = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist([filled(name)]), file)
    return file


@pytest.mark.parametrize("name", HEADERS)
def test_each_tool_s_header_is_known_without_a_map(name):
    assert fitting(HEADERS[name].split(","), None).name == name


@pytest.mark.parametrize("written", [as_csv, as_parquet])
@pytest.mark.parametrize("name", HEADERS)
def test_each_tool_s_export_gives_its_post(tmp_path, name, written):
    columns = ready_maps()[name]

    (post,) = read_export(written(tmp_path, name))

    assert post.posted_at.isoformat() == "2024-03-04T12:00:00+00:00"
    assert post.post_id == f"import:{native_id(WRITTEN[name][1])}"
    assert post.text == " ".join(f"{text} of the clinic" for text in columns.text)
    assert (post.author == "a_reader") == bool(columns.author)
    assert (post.location == "Wyoming") == bool(columns.location)


@pytest.mark.parametrize("asked", HEADERS)
@pytest.mark.parametrize("name", HEADERS)
def test_the_wrong_tool_s_map_says_which_columns_the_file_has(tmp_path, name, asked):
    columns = parse_map(asked)
    file = as_csv(tmp_path, name)
    if fitting(HEADERS[name].split(","), columns):
        pytest.skip("that tool's columns are there too")

    with pytest.raises(InputError) as told:
        list(read_export(file, columns))

    said, header = str(told.value), HEADERS[name].split(",")
    read = {column.casefold() for each in ready_maps().values() for column in each.used}
    assert f"{name}.csv line 1: has no column '" in said
    assert f"columns: {len(header)}, " in said
    assert all(column in said for column in header if column.casefold() in read)
    assert any(f"'{column}'" in said for column in columns.needed)


def test_columns_that_are_called_by_the_keys_of_a_map_need_no_map(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("text,posted_at,location,id\nMy shot hurt,2024-03-04T12:00:00Z,Casper,7\n")

    (post,) = read_export(file)

    assert (post.post_id, post.text, post.location) == ("import:7", "My shot hurt", "Casper")
    assert post.posted_at.isoformat() == "2024-03-04T12:00:00+00:00"


@pytest.mark.parametrize(
    ("header", "lacks"),
    [
        ("text,posted_at,location", "the id"),
        ("text,when,name", "the posted_at or the id"),
        ("Post ID,Date (UTC)", "the text"),
    ],
)
def test_what_a_header_lacks_is_said(tmp_path, header, lacks):
    file = tmp_path / "mine.csv"
    file.write_text(f"{header}\n")

    with pytest.raises(InputError, match=rf"no column is {lacks} \(columns: "):
        list(read_export(file))


def test_a_link_taken_for_an_id_is_kept_as_a_hash_that_names_nobody():
    link = f"https://x.test/some_person/status/{'1' * 400}"

    assert native_id(link) == native_id(f" {link} ")
    assert len(native_id(link)) == 32
    assert "some_person" not in native_id(link)
    assert native_id(link) != native_id(f"{link}2")
