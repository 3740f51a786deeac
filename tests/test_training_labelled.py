"""The project's labels of public posts meet the posts' texts again."""

import duckdb
import pytest

from classifiers.training.labelled import labelled_rows
from classifiers.training.rows import Row
from warehouse.errors import InputError

HEADER = "row_id,health,themes,signals,sure\n"


@pytest.fixture
def posts(tmp_path):
    """A collection of three posts."""
    path = tmp_path / "posts.parquet"
    with duckdb.connect() as con:
        con.execute("create table posts (row_id text, dataset text, text text, lang text, "
                    "platform text, created_at text)")  # fmt: skip
        con.executemany(
            "insert into posts values (?, ?, ?, ?, ?, null)",
            [
                ["D1", "news_en", "raw milk, they say", "en", "X"],
                ["D2", "news_es", "el fluoruro", "es", None],
                ["D3", "news_en", "hay for sale", "en", "X"],
            ],
        )
        con.execute(f"copy posts to '{path}' (format parquet)")
    return path


def labels(folder, *lines):
    path = folder / "labels.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines))
    return path


def test_labels_and_texts_are_joined_by_the_row_id(posts, tmp_path):
    file = labels(
        tmp_path, "D2,no,,,2", "D1,yes,raw_milk=promotes masks=asks,hostility blame_pharma,1"
    )

    found = labelled_rows(posts, file)

    assert found == [
        Row(
            id="D1",
            text="raw milk, they say",
            lang="en",
            health=True,
            themes={"raw_milk": "promotes", "masks": "asks"},
            signals=["hostility", "blame_pharma"],
            dataset="news_en",
            platform="X",
            picked=True,
            sure=1,
        ),
        Row("D2", "el fluoruro", "es", health=False, dataset="news_es", picked=True, sure=2),
    ]


def test_posts_nobody_labelled_are_left_out(posts, tmp_path):
    assert [row.id for row in labelled_rows(posts, labels(tmp_path, "D3,no,,,3"))] == ["D3"]


def test_the_order_is_that_of_the_ids_whatever_the_files_have(posts, tmp_path):
    file = labels(tmp_path, "D3,no,,,3", "D1,yes,,,3", "D2,no,,,3")

    assert [row.id for row in labelled_rows(posts, file)] == ["D1", "D2", "D3"]


def test_no_labels_give_no_rows(posts, tmp_path):
    assert labelled_rows(posts, labels(tmp_path)) == []


def test_labels_whose_posts_are_missing_are_refused_in_a_plain_line(posts, tmp_path):
    file = labels(tmp_path, "D1,yes,,,3", "D9,no,,,3", "D8,no,,,3")

    with pytest.raises(InputError, match="no text for 2 of the posts") as refused:
        labelled_rows(posts, file)

    assert "labelled in labels.csv, the first is D8" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_parquet_is_refused_in_a_plain_line(tmp_path):
    broken = tmp_path / "posts.parquet"
    broken.write_text("row_id,text\nD1,hello\n")

    with pytest.raises(
        InputError, match=r"posts\.parquet cannot be read as Parquet"
    ) as refused:
        labelled_rows(broken, labels(tmp_path, "D1,no,,,3"))

    assert "\n" not in str(refused.value)
