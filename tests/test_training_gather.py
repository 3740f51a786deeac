"""All that the tagger learns from, with where it came from, and nothing it is measured on."""

import hashlib
import json

import duckdb
import pytest

from classifiers.taxonomy import load_taxonomy
from classifiers.training.gather import gather
from classifiers.training.ordinary import TAKEN, ordinary_posts
from classifiers.training.rows import claim_rows
from warehouse.errors import InputError

TAXONOMY = load_taxonomy()
CHATTER = "tweeteval_general_negatives_en"


def write(path, *rows):
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def collection(path, *rows):
    """A Parquet file of posts: (row_id, dataset, text) each."""
    with duckdb.connect() as con:
        con.execute("create table posts (row_id text, dataset text, text text, lang text, "
                    "platform text)")  # fmt: skip
        con.executemany("insert into posts values (?, ?, ?, 'en', 'X')", rows)
        con.execute(f"copy posts to '{path}' (format parquet)")
    return path


@pytest.fixture
def corpus(tmp_path):
    """A written corpus of two files, with labels of posts beside it."""
    folder = tmp_path / "corpus" / "written"
    folder.parent.mkdir()
    write(folder / "b.jsonl", {"id": "w2", "text": "hay for sale", "lang": "en"})
    write(
        folder / "a.jsonl",
        {"id": "w1", "text": "la leche", "lang": "es", "themes": {"raw_milk": "asks"}},
    )
    labels = folder.with_name("labels") / "dev.csv"
    labels.parent.mkdir()
    labels.write_text("row_id,health,themes,signals,sure\nD1,yes,masks=asks,,3\nD2,no,,,3\n")
    return folder


@pytest.fixture
def posts(tmp_path):
    """The labelled collection, with chatter and Reddit posts that nobody labelled."""
    return collection(
        tmp_path / "posts.parquet",
        ["D1", "vaccines_en", "do masks work"],
        ["D2", CHATTER, "lunch"],
        ["D3", CHATTER, "monday again"],
        ["D4", CHATTER, "the senate votes"],
        ["D5", "policyposse_state_subreddit_posts_en", "the road is closed"],
    )


def ids(gathered):
    return [row.id for row in gathered.rows if not row.is_claim]


def test_corpus_labels_and_claims_are_gathered_in_this_order(corpus, tmp_path):
    labels = write(tmp_path / "more.jsonl", {"id": "x1", "text": "y", "dataset": "tweets_en"})

    found = gather([labels], None, TAXONOMY, corpus=corpus)

    assert ids(found) == ["w1", "w2", "x1"]
    assert found.rows[3:] == claim_rows(TAXONOMY)
    assert [source["name"] for source in found.sources] == [
        "a.jsonl",
        "b.jsonl",
        "more.jsonl",
        "claims of the catalogue",
    ]


def test_with_the_collection_its_labels_and_ordinary_posts_come_too(corpus, posts):
    found = gather([], posts, TAXONOMY, corpus=corpus)

    assert sorted(ids(found)) == ["D1", "D2", "D3", "D4", "w1", "w2"]
    by_id = {row.id: row for row in found.rows}
    assert by_id["D1"].themes == {"masks": "asks"}
    assert not by_id["D2"].assumed  # labelled, hence not taken as ordinary
    assert by_id["D3"].assumed
    assert by_id["D3"].health is None


def test_posts_measured_on_are_left_out_wherever_they_turn_up(corpus, posts, tmp_path):
    labels = write(
        tmp_path / "more.jsonl", {"id": "x1", "text": "y"}, {"id": "x2", "text": "z"}
    )
    gold = write(
        tmp_path / "gold.jsonl",
        *({"id": one, "text": "?", "unsure": ["masks"]} for one in ("D1", "D3", "w2", "x1")),
    )

    found = gather([labels], posts, TAXONOMY, [gold], corpus)

    assert sorted(ids(found)) == ["D2", "D4", "w1", "x2"]


def test_each_source_says_what_came_from_it(corpus, posts):
    found = gather([], posts, TAXONOMY, corpus=corpus)

    by_name = {source["name"]: source for source in found.sources}
    spanish = by_name["a.jsonl"]
    assert (spanish["posts_n"], spanish["with_theme_n"], spanish["spanish_n"]) == (1, 1, 1)
    content = (corpus / "a.jsonl").read_bytes()
    assert spanish["sha256"] == hashlib.sha256(content).hexdigest()
    assert by_name["dev.csv"]["datasets"].keys() == {CHATTER, "vaccines_en"}
    assert sum(by_name["dev.csv"]["datasets"].values()) == by_name["dev.csv"]["posts_n"]
    assert by_name["ordinary posts of posts.parquet"]["assumed_n"] == 2
    assert by_name["claims of the catalogue"]["sha256"] == TAXONOMY.version


def test_a_labelled_post_from_reddit_is_refused(corpus, tmp_path):
    posts = collection(
        tmp_path / "posts.parquet",
        ["D1", "h5n1_us_local_subreddits_en", "the birds"],
        ["D2", CHATTER, "lunch"],
    )

    with pytest.raises(InputError, match=r"dev\.csv: post D1 comes from Reddit"):
        gather([], posts, TAXONOMY, corpus=corpus)


def test_a_label_the_taxonomy_does_not_know_is_refused(corpus, posts):
    labels = corpus.with_name("labels") / "dev.csv"
    labels.write_text(labels.read_text().replace("masks=asks", "moon=asks"))

    with pytest.raises(InputError, match="post D1 has the label 'moon'"):
        gather([], posts, TAXONOMY, corpus=corpus)


def test_a_missing_label_file_is_one_plain_line(corpus, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        gather([tmp_path / "none.jsonl"], None, TAXONOMY, corpus=corpus)


def test_ordinary_posts_come_from_no_reddit_set_and_leave_out_those_named(posts):
    found = ordinary_posts(posts, besides=["D3"])

    assert sorted(row["id"] for row in found) == ["D2", "D4"]
    assert {row["dataset"] for row in found} <= TAKEN.keys()
    assert all(row["assumed"] for row in found)


def test_no_more_ordinary_posts_are_taken_than_are_asked_for_and_always_the_same(
    tmp_path, monkeypatch
):
    posts = collection(
        tmp_path / "many.parquet", *([f"D{n}", CHATTER, f"post {n}"] for n in range(30))
    )
    monkeypatch.setitem(TAKEN, CHATTER, 10)

    first, second = ordinary_posts(posts, []), ordinary_posts(posts, [])

    assert len(first) == 10
    assert first == second
