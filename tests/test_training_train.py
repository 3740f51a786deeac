"""`grapevine train` for the heads: the same again, honest about its sources, useful at once."""

import json

import pytest

from classifiers.linear.weights import VERSION, load
from classifiers.stances import STANCES
from classifiers.tagger import load_tagger
from classifiers.taxonomy import load_taxonomy
from classifiers.training import gather as gathering
from classifiers.training.gather import Gathered, gather
from classifiers.training.rows import claim_rows
from classifiers.training.splits import rows_of
from classifiers.training.train import PARTS, train, train_linear
from classifiers.training.versions import libraries
from tests.tagging import plain_rows
from warehouse.errors import InputError

TAXONOMY = load_taxonomy()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with heads learnt from all rows in `one`, and in `two` from what is learnt."""
    folder = tmp_path_factory.mktemp("trained")
    rows = [*plain_rows(), *claim_rows(TAXONOMY)[::6]]
    for name, given_rows in (("one", rows), ("two", rows_of("learn", rows))):
        train_linear(Gathered(given_rows, []), TAXONOMY, {"command": "x"}, folder / name)
    assert len(rows_of("learn", rows)) < len(rows)
    return folder


def test_the_same_rows_give_the_same_bytes_and_rows_kept_out_change_none(trained):
    for name in ("tagger.npz", "tagger.json"):
        assert (trained / "one" / name).read_bytes() == (trained / "two" / name).read_bytes()


def test_heads_just_trained_find_what_they_were_shown(trained):
    (found,) = load_tagger(trained / "one").tag(["my neighbor says raw milk cures asthma"])

    assert "raw_milk" in found.themes


def test_the_record_says_how_the_heads_were_made(trained):
    record = json.loads((trained / "one" / "tagger.json").read_text())
    weights, digest = load(trained / "one" / "tagger.npz")

    assert record["sha256"] == digest
    assert record["version"] == VERSION
    assert record["command"] == "x"
    assert record["features_n"] == weights.vocabulary.size
    assert record["libraries"].keys() == {"python", "numpy", "scipy", "scikit-learn"}
    assert record["thresholds"].keys() == {
        head for head in weights.heads if head not in STANCES or head == "promotes"
    }


@pytest.fixture
def small_corpus(tmp_path, monkeypatch):
    """A written corpus small enough to learn in a second."""
    corpus = tmp_path / "corpus" / "written"
    corpus.mkdir(parents=True)
    keys = ("id", "text", "lang", "health", "themes", "signals")
    rows = [{key: getattr(row, key) for key in keys} for row in plain_rows()]
    (corpus / "plain.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr(
        "classifiers.training.train.gather",
        lambda *given: gather(*given, corpus=corpus),
    )
    monkeypatch.setattr(gathering, "claim_rows", lambda taxonomy: claim_rows(taxonomy)[::6])
    return corpus


def test_training_writes_the_parts_asked_for_and_says_what_it_does(small_corpus, tmp_path):
    labels, gold = tmp_path / "labels.jsonl", tmp_path / "gold.jsonl"
    labels.write_text('{"id": "x1", "text": "the bus is late", "dataset": "tweets_en"}\n')
    gold.write_text('{"id": "t0", "text": "measured"}\n')
    said = []

    train([labels], None, said.append, ["tfidf"], tmp_path / "out", [gold])

    record = json.loads((tmp_path / "out" / "tagger.json").read_text())
    assert said == ["tf-idf heads"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "tagger.json",
        "tagger.npz",
    ]
    assert record["command"] == (
        "grapevine train --labels labels.jsonl --besides gold.jsonl --part tfidf"
    )
    assert record["taxonomy"] == TAXONOMY.version
    by_name = {source["name"]: source for source in record["trained_on"]}
    assert by_name["plain.jsonl"]["posts_n"] == len(plain_rows()) - 1
    assert by_name["labels.jsonl"]["datasets"].keys() == {"tweets_en"}
    assert record["learnt_from_n"] <= sum(source["posts_n"] for source in by_name.values())


def test_reddit_text_stops_the_training_before_anything_is_written(small_corpus, tmp_path):
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "r1", "text": "x", "dataset": "reddit_vaccinemyths"}\n')

    with pytest.raises(InputError, match="post r1 comes from Reddit"):
        train([labels], None, print, ["tfidf"], tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_every_part_has_a_name_and_the_joining_comes_last():
    assert PARTS == ("tfidf", "english", "spanish", "calibration")


def test_libraries_are_named_with_their_versions():
    found = libraries("numpy")

    assert found.keys() == {"python", "numpy"}
    assert all(version[0].isdigit() for version in found.values())
