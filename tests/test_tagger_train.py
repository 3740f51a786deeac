"""Training: deterministic, honest about its sources, and never on Reddit text."""

import json

import numpy as np
import pytest

from classifiers.tagger import Tagger
from classifiers.tagger.fitting import best_threshold, fold_of
from classifiers.tagger.ordinary import TAKEN, ordinary_posts
from classifiers.tagger.rows import read_rows
from classifiers.tagger.train import train
from classifiers.tagger.weights import KINDS, load
from classifiers.taxonomy import load_taxonomy
from warehouse.errors import InputError

SAID = [
    "Raw milk {}",
    "raw milk from my cows {}",
    "we drink raw milk, it {}",
    "raw milk always {}",
]
DOES = ["cures asthma", "heals the gut", "builds immunity", "is safer than store milk"]
CHAT = [
    "The road to {} is closed",
    "hay for sale near {}",
    "lost dog by {}",
    "rain again in {}",
]
PLACES = ["Casper", "Butte", "Taos", "Logan"]


def posts():
    promoting = [said.format(does) for said in SAID for does in DOES]
    plain = [chat.format(place) for chat in CHAT for place in PLACES]
    themed = [
        {"id": f"a{n}", "text": text, "health": True, "themes": {"raw_milk": "promotes"}}
        for n, text in enumerate(promoting)
    ]
    return themed + [{"id": f"b{n}", "text": t, "health": False} for n, t in enumerate(plain)]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A tagger learnt from 32 posts and the claims, twice, with its folder."""
    folder = tmp_path_factory.mktemp("trained")
    corpus = folder / "corpus"
    corpus.mkdir()
    labels = write(folder / "labels.jsonl", posts())
    for name in ("one", "two"):
        train([labels], folder / f"{name}.npz", corpus)
    return folder


def test_the_same_posts_give_the_same_bytes(trained):
    assert (trained / "one.npz").read_bytes() == (trained / "two.npz").read_bytes()
    assert (trained / "one.json").read_bytes() == (trained / "two.json").read_bytes()


def test_a_trained_model_finds_what_it_was_shown(trained):
    tagger = Tagger(*load(trained / "one.npz"), load_taxonomy())

    (found,) = tagger.tag(["my neighbor says raw milk cures everything"], ["en"])

    assert "raw_milk" in found.themes


def test_the_record_says_what_was_learnt_from(trained):
    record = json.loads((trained / "one.json").read_text())

    (source,) = record["trained_on"]
    assert (source["file"], source["posts_n"], source["with_theme_n"]) == (
        "labels.jsonl",
        32,
        16,
    )
    assert len(source["sha256"]) == 64
    assert record["command"] == "grapevine train --labels labels.jsonl"
    assert record["taxonomy"] == load_taxonomy().version
    assert "scikit-learn" in record["libraries"]


def test_the_weights_hold_numbers_and_ids_but_no_text(trained):
    with np.load(trained / "one.npz", allow_pickle=False) as file:
        words = {word for name in file for word in _strings(file[name])}

    taxonomy = load_taxonomy()
    stances = {"promotes", "refutes", "asks", "mentions"}
    assert words == {*taxonomy.themes, *taxonomy.signals, *KINDS, *stances}


def _strings(array):
    return array.tolist() if array.dtype.kind == "U" else []


@pytest.mark.parametrize(
    "origin",
    [
        {"dataset": "policyposse_state_subreddit_posts_en"},
        {"dataset": "h5n1_us_local_subreddits_en"},
        {"dataset": "reddit_vaccinemyths"},
        {"platform": "Reddit comment"},
    ],
)
def test_reddit_text_stops_the_training_with_a_plain_line(tmp_path, origin):
    labels = write(tmp_path / "labels.jsonl", [{"id": "r1", "text": "x", **origin}])

    with pytest.raises(InputError, match="post r1 comes from Reddit") as refused:
        train([labels], tmp_path / "tagger.npz")

    assert "\n" not in str(refused.value)
    assert not (tmp_path / "tagger.npz").exists()


@pytest.mark.parametrize(
    "label",
    [{"themes": {"moon": "promotes"}}, {"themes": {"masks": "likes"}}, {"signals": ["sad"]}],
)
def test_an_unknown_label_is_named(tmp_path, label):
    labels = write(tmp_path / "labels.jsonl", [{"id": "p1", "text": "x", **label}])

    with pytest.raises(InputError, match=r"post p1 has the label '(moon|likes|sad)'"):
        read_rows([labels], load_taxonomy())


def test_copies_of_a_post_fall_into_one_fold():
    assert len(set(fold_of(["raw milk cures"] * 5).tolist())) == 1
    assert set(fold_of([f"post {n}" for n in range(100)]).tolist()) == {0, 1, 2, 3, 4}


def test_a_threshold_that_weighs_precision_is_higher():
    sure = np.array([0.9, 0.8, 0.6, 0.55, 0.5, 0.3])
    is_yes = np.array([True, True, False, True, False, False])
    candidates = np.array([0.52, 0.7])

    assert best_threshold(sure, is_yes, candidates, beta=2.0) == 0.52
    assert best_threshold(sure, is_yes, candidates, beta=0.2) == 0.7


def test_ordinary_posts_come_from_no_reddit_set_and_leave_out_measured_ones(tmp_path):
    import duckdb

    path = tmp_path / "posts.parquet"
    duckdb.execute(
        "copy (select 'D' || i as row_id, 'post ' || i as text, 'en' as lang, "
        "unnest(['tweeteval_general_negatives_en', 'policyposse_state_subreddit_posts_en']) "
        f"as dataset from range(5) t(i)) to '{path}' (format parquet)"
    )

    found = ordinary_posts(path, besides=["D3"])

    assert sorted(row["id"] for row in found) == ["D0", "D1", "D2", "D4"]
    assert {row["dataset"] for row in found} <= TAKEN.keys()
    assert all(row["assumed"] for row in found)
