"""What the tagger is measured on and was made from: read, checked, and kept apart."""

import json

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from classifiers.evaluation.gold import BANK, Gold, held_back, ordinary_texts, read_gold
from classifiers.evaluation.gold import sample_bank as read_bank
from classifiers.evaluation.intervals import Interval
from classifiers.evaluation.leave_out import (
    FIGURES,
    MIN_POSTS,
    LeftOut,
    alone,
    keep,
    kept,
    leave_each_out,
    refit,
)
from classifiers.evaluation.records import linear_record, model_files
from classifiers.evaluation.sources import SOURCES, read_collections
from classifiers.linear.examples import Examples
from classifiers.normalise import normalise
from classifiers.stances import STANCES
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import CORPUS, Row, claim_rows, read_rows
from classifiers.training.splits import part_of
from flows.cli import main
from tests.tagging import plain_rows, small_weights
from warehouse.errors import GrapevineError, InputError

POST = {"id": "a", "text": "x", "lang": "en"}


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def parquet(path, rows):
    """A Parquet file of (row_id, dataset, text)."""
    values = ", ".join(f"('{row_id}', '{name}', '{text}')" for row_id, name, text in rows)
    duckdb.execute(
        f"copy (from (values {values}) as posts (row_id, dataset, text))"
        f" to '{path}' (format parquet)"
    )
    return path


def test_a_labelled_post_keeps_what_its_reader_was_unsure_of(tmp_path):
    line = POST | {
        "dataset": "one",
        "platform": "twitter",
        "health": True,
        "themes": {"masks": "asks"},
        "signals": ["hostility"],
        "theme_only": ["fluoride"],
        "unsure": ["raw_milk"],
        "signals_unsure": ["blame_pharma"],
        "sure": 1,
    }

    (post,) = read_gold(write(tmp_path / "gold.jsonl", [line]), load_taxonomy())

    assert post == Gold(**line)


def test_a_labelled_post_needs_no_more_than_an_id_a_text_and_a_language(tmp_path):
    (post,) = read_gold(write(tmp_path / "gold.jsonl", [POST]), load_taxonomy())

    assert (post.health, post.themes, post.signals, post.sure) == (None, {}, [], 3)


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        ({"themes": {"moon_landing": "asks"}}, "moon_landing"),
        ({"themes": {"masks": "believes"}}, "believes"),
        ({"theme_only": ["flat_earth"]}, "flat_earth"),
        ({"signals": ["grumpiness"]}, "grumpiness"),
    ],
)
def test_a_label_that_the_taxonomy_does_not_know_is_a_plain_error(tmp_path, labels, wrong):
    file = write(tmp_path / "gold.jsonl", [POST | labels])

    with pytest.raises(InputError, match=rf"post a has the label '{wrong}'.*again"):
        read_gold(file, load_taxonomy())


def test_a_line_that_is_no_post_is_named_by_its_number(tmp_path):
    file = write(tmp_path / "gold.jsonl", [POST, {"id": "b"}])

    with pytest.raises(InputError, match=r"gold\.jsonl, line 2"):
        read_gold(file, load_taxonomy())


def test_only_posts_of_state_subreddits_are_ordinary_and_their_order_is_fixed(tmp_path):
    file = parquet(
        tmp_path / "posts.parquet",
        [
            ("S2", "policyposse_state_subreddit_posts_en", "second"),
            ("S3", "osome_antivax_tweets_en", "not this"),
            ("S1", "policyposse_state_subreddit_comments_en", "first"),
        ],
    )

    assert ordinary_texts(file) == ["first", "second"]


def test_a_file_without_ordinary_posts_says_what_is_missing(tmp_path):
    file = parquet(tmp_path / "posts.parquet", [("S1", "another", "text")])

    with pytest.raises(InputError, match=r"posts\.parquet holds no post of .*policyposse"):
        ordinary_texts(file)


@pytest.mark.parametrize("content", [b"", b"not parquet", b"PAR1" + bytes(40) + b"PAR1"])
def test_a_file_that_is_not_parquet_is_a_plain_error(tmp_path, content):
    file = tmp_path / "posts.parquet"
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"posts\.parquet cannot be read as Parquet"):
        ordinary_texts(file)


def test_a_file_that_is_not_there_is_a_plain_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        ordinary_texts(tmp_path / "none.parquet")


def test_what_is_held_back_is_what_training_leaves_out():
    taxonomy = load_taxonomy()
    rows = {row.id: row for row in read_rows(sorted(CORPUS.glob("*.jsonl")), taxonomy)}

    posts = held_back(taxonomy)

    assert {post.id for post in posts} == {
        row.id for row in rows.values() if part_of(row) == "held_back"
    }
    for post in posts:
        row = rows[post.id]
        assert (post.text, post.themes, post.signals) == (row.text, row.themes, row.signals)
        assert post.health == row.health


def test_no_held_back_post_is_in_the_sample_bank():
    bank = {normalise(post.text) for post in read_bank(load_taxonomy())}

    assert not [post.id for post in held_back(load_taxonomy()) if normalise(post.text) in bank]


def test_the_sample_bank_is_read_from_every_file(tmp_path):
    write(tmp_path / "b.jsonl", [POST | {"text": "the well in {place}"}])
    write(tmp_path / "a.jsonl", [POST | {"id": "first"}])

    posts = read_bank(load_taxonomy(), tmp_path)

    assert [post.id for post in posts] == ["first", "a"]
    assert posts[1].text == "the well in town"
    assert len(list(BANK.glob("*.jsonl"))) > 1


def test_collections_are_named_once_and_in_order():
    names = [line[1:-1] for line in SOURCES.read_text().splitlines() if line.startswith("[")]

    assert names == sorted(set(names))
    assert list(read_collections()) == names


def test_no_terms_are_left_open():
    for collection in read_collections().values():
        is_open = "not passed on" not in collection.terms and "MIT" not in collection.terms
        assert not is_open, collection


def collection(name, posts_n, assumed=False):
    """Rows of a collection that are learnt from, then rows kept for calibration."""
    parts = {"learn": [], "calibrate": []}
    number = 0
    while min(map(len, parts.values())) < posts_n:
        row = Row(
            f"{name}{number}",
            f"raw milk cures the {number} quux of {name}",
            "en",
            health=True,
            themes={} if assumed else {"raw_milk": STANCES[number % 2]},
            dataset=name,
            assumed=assumed,
        )
        parts[part_of(row)].append(row)
        number += 1
    return parts["learn"][:posts_n] + parts["calibrate"][:posts_n]


def left_out(rows, gold=()):
    said = []
    every = [*plain_rows(), *claim_rows(load_taxonomy()), *rows]
    return leave_each_out(every, gold, small_weights(), load_taxonomy(), said.append), said


def test_a_collection_is_measured_on_what_was_kept_for_calibration_and_on_gold():
    rows = collection("town", MIN_POSTS)
    gold = Gold(id="g", text="raw milk heals", lang="en", dataset="town")

    (one,), said = left_out(rows, [gold])

    assert (one.dataset, one.learnt_n, one.posts_n) == ("town", MIN_POSTS, MIN_POSTS + 1)
    assert said == ["without town"]
    assert "theme_micro_f1" in one.knowing
    assert "signal_micro_f1" not in one.knowing  # nothing there to measure
    assert one.knowing.keys() <= set(FIGURES)


def test_a_collection_with_few_posts_to_measure_on_is_passed_over():
    assert left_out(collection("town", MIN_POSTS - 1)) == ([], [])


def test_a_collection_that_nobody_read_is_not_left_out():
    assert left_out(collection("town", MIN_POSTS, assumed=True)) == ([], [])


def test_heads_learnt_without_a_collection_know_none_of_its_words():
    rows = [row for row in collection("town", 8) if part_of(row) == "learn"]
    every = [*plain_rows(), *claim_rows(load_taxonomy())]

    without = refit(Examples.of(every), small_weights(), load_taxonomy())
    knowing = refit(Examples.of([*every, *rows]), small_weights(), load_taxonomy())

    def words_known(weights):
        return weights.vocabulary.features(["quux"])[
            :, : len(weights.vocabulary.word_hashes)
        ].nnz

    assert words_known(without) == 0
    assert words_known(knowing) == 1
    assert np.array_equal(without.threshold, knowing.threshold)
    assert np.array_equal(without.curves, knowing.curves)


def test_refitted_heads_tag_like_heads_learnt_the_long_way():
    every = [*plain_rows(), *claim_rows(load_taxonomy())]
    again = alone(refit(Examples.of(every), small_weights(), load_taxonomy()), load_taxonomy())
    before = alone(small_weights(), load_taxonomy())
    texts = [
        "Raw milk cures asthma, trust me",
        "hay for sale near Butte",
        "Does raw milk help?",
    ]

    for ours, theirs in zip(again.tag(texts), before.tag(texts), strict=True):
        assert ours.themes.keys() == theirs.themes.keys()
        assert ours.health == pytest.approx(theirs.health, abs=1e-3)


def test_results_are_kept_in_a_folder_that_was_not_there(tmp_path):
    found = [LeftOut("town", 5, 25, {"promotes_f1": Interval(0.5, 0.4, 0.6)}, {})]
    file = tmp_path / "new" / "left_out.json"

    keep(found, "0ff1ce", file)

    assert kept(file) == (found, "0ff1ce")
    assert json.loads(file.read_text())["left_out"][0]["dataset"] == "town"


def test_nothing_is_kept_before_anything_was_left_out(tmp_path):
    assert kept(tmp_path / "none.json") == ([], "")


def test_a_model_file_stands_with_its_size(tmp_path):
    (tmp_path / "tagger.npz").write_bytes(b"12345")

    (file,) = model_files(tmp_path)

    assert (file.name, file.bytes_n, len(file.sha256)) == ("tagger.npz", 5, 64)


@pytest.mark.parametrize("content", ["", "{", "not json"])
def test_a_broken_record_is_a_plain_error(tmp_path, content):
    (tmp_path / "tagger.json").write_text(content)

    with pytest.raises(GrapevineError, match=r"tagger\.json cannot be read.*Restore it"):
        linear_record(tmp_path)


@pytest.mark.parametrize("option", ["--gold", "--posts"])
def test_the_command_asks_for_what_it_needs(option):
    said = CliRunner().invoke(main, ["evaluate"])
    named = CliRunner().invoke(main, ["evaluate", option, "x"])

    assert said.exit_code == named.exit_code == 2
    assert "Missing option '--gold'" in said.output


def test_the_command_says_in_one_line_that_there_is_no_such_file(tmp_path):
    gold = tmp_path / "none.jsonl"

    said = CliRunner().invoke(main, ["evaluate", "--gold", str(gold), "--posts", "x.parquet"])

    assert said.exit_code == 1
    assert said.output.startswith(f"Error: {gold} cannot be read")
    assert said.output.count("\n") == 1


def test_the_command_has_an_option_for_each_thing_it_may_be_told():
    said = CliRunner().invoke(main, ["evaluate", "--help"]).output

    for option in ("--gold", "--posts", "--labels", "--models", "--out", "--leave-out"):
        assert option in said
