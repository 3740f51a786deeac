"""The shipped encoders: what training said of them, windows, and no neighbour's influence."""

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from classifiers.encoder import Encoder
from classifiers.encoder.encoder import MAX_CHARACTERS, MAX_PIECES, MAX_WINDOWS
from classifiers.encoder.files import reference_path, vouched, weights_path
from classifiers.jsonlines import read_lines
from classifiers.normalise import readable
from classifiers.scores import Scores
from classifiers.training.rows import CORPUS, Row
from tests.tagging import SIGNALS, THEMES

NAMES = ["english", "spanish"]
TRAINED_PIECES = 112
"""Longer posts were cut there when the reference was kept, so they are not comparable."""

TYPICAL, LARGEST, LIKE = 0.3, 1.2, 0.99
"""Log-odds by which int8 may differ from what training said, on average and for all but one
score in a hundred, and the least correlation. Scores spread by about 3."""


@cache
def encoder(name):
    return Encoder(name)


@cache
def written():
    """The text of every written post, by its id."""
    rows = [row for file in sorted(CORPUS.glob("*.jsonl")) for row in read_lines(file, Row)]
    return {row.id: readable(row.text) for row in rows}


def short_enough(name, texts):
    files = vouched(name)
    tokenizer = Tokenizer.from_str(files.tokenizer)
    return [len(tokenizer.encode(files.prefix + text).ids) <= TRAINED_PIECES for text in texts]


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_model_gives_the_scores_that_training_kept(name):
    reference = json.loads(reference_path(name).read_text())
    texts = [written()[post_id] for post_id in reference]
    kept = np.flatnonzero(short_enough(name, texts))
    expected = np.array([[*row["themes"], *row["others"]] for row in reference.values()])

    scores = encoder(name).read([texts[post] for post in kept]).scores

    found = np.concatenate([scores.themes, scores.signals, scores.health], axis=1)
    apart = np.abs(found - expected[kept])
    assert len(kept) >= 30
    assert apart.mean() < TYPICAL
    assert np.quantile(apart, 0.99) < LARGEST
    assert np.corrcoef(found.ravel(), expected[kept].ravel())[0, 1] > LIKE


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_a_score(name):
    found = encoder(name).read(["raw milk cured my asthma", "", "el fluoruro es veneno"])

    assert found.scores.themes.shape == (3, len(THEMES))
    assert found.scores.signals.shape == (3, len(SIGNALS))
    assert found.scores.health.shape == (3, 1)
    assert found.scores.stances.shape == (3, len(THEMES), 4)
    assert found.meaning.shape == (3, 384)
    assert np.linalg.norm(found.meaning, axis=1) == pytest.approx(np.ones(3), abs=1e-4)
    assert all(np.isfinite(scores).all() for scores in fields_of(found.scores))


def fields_of(scores):
    return [getattr(scores, name) for name in Scores.__slots__]


ODD = ["", "?", "😀", "\u0301", "a" * 200, "1 2 3", "שלום", "毒", "raw milk", "no es verdad"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=6))
def test_the_posts_beside_it_do_not_change_a_posts_scores(texts):
    together = encoder("english").read(texts).scores

    for number, text in enumerate(texts):
        alone = encoder("english").read([text]).scores
        for ours, theirs in zip(fields_of(alone), fields_of(together), strict=True):
            assert ours[0].tolist() == theirs[number].tolist()


CHATTER = "we drove to the lake and the road was dusty and the dog slept. "


@pytest.mark.parametrize("before", [0, 900, 2_500])
def test_a_claim_in_a_long_post_scores_as_high_as_the_window_it_stands_in(before):
    claim = "vaccines cause autism and they know it. "
    text = (CHATTER * 60)[:before] + claim + CHATTER * 30
    autism = THEMES.index("vaccine_autism")

    found = encoder("english").read([text, CHATTER * 90])

    assert found.scores.themes[0, autism] > found.scores.themes[1, autism]
    assert len(found.meaning) > 4


def test_each_theme_comes_with_the_stance_of_the_window_it_is_strongest_in():
    text = CHATTER * 20 + "vaccines cause autism. " + CHATTER * 20 + "is raw milk safe? " * 20

    found = encoder("english").read([text])

    assert found.where.shape == (1, len(THEMES))
    assert 0 <= found.where.min() <= found.where.max() < len(found.meaning)


def pieces_n(name, text):
    """(pieces of each window, windows) that a text is cut into."""
    windows, owners = encoder(name)._windows([text])
    assert owners == [0] * len(windows)
    return [len(window) for window in windows]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["😀 " * 500_000, "a b " * 300_000, "x" * 1_000_000])
def test_no_post_is_cut_into_more_windows_than_are_allowed(name, text):
    found = pieces_n(name, readable(text))

    assert 1 <= len(found) <= MAX_WINDOWS
    assert max(found) <= MAX_PIECES


@pytest.mark.parametrize("name", NAMES)
def test_forty_thousand_characters_are_read_to_the_end(name):
    text = ("we drove to the lake " * 2_000)[:39_990] + " fluoride"
    tokenizer = Tokenizer.from_str(vouched(name).tokenizer)
    last = tokenizer.encode("fluoride", add_special_tokens=False).ids

    windows, _ = encoder(name)._windows([text])

    assert len(text) < MAX_CHARACTERS
    assert windows[-1][-1 - len(last) : -1] == last


@pytest.mark.parametrize("name", NAMES)
def test_the_record_names_its_base_its_recipe_and_its_data(name):
    record = json.loads(weights_path(name).with_suffix(".json").read_text())

    assert record["base"].keys() == {"source", "terms", "sha256"}
    assert record["recipe"].keys() >= {"epochs", "rate", "batch", "seed"}
    assert record["libraries"].keys() >= {"torch", "transformers", "onnxruntime"}
    assert record["command"].startswith("grapevine train ")
    assert record["rows_n"] > 1000
