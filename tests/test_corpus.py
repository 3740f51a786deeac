"""The posts written for the project: labelled, varied, and pointing at nobody."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from classifiers.taxonomy import load_taxonomy
from warehouse.redact import mask

CORPUS = Path(__file__).parents[1] / "classifiers" / "corpus"
STANCES = {"promotes", "refutes", "asks", "mentions"}
ALIKE = 0.6


def posts(folder):
    return [
        json.loads(line)
        for file in sorted((CORPUS / folder).glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


@pytest.fixture(scope="module")
def everything():
    return posts("written") + posts("sample")


def pieces(text, length=4):
    text = " ".join(text.lower().split())
    return {text[n : n + length] for n in range(max(1, len(text) - length + 1))}


def pairs_alike(texts):
    """Index pairs whose pieces overlap (Jaccard) by `ALIKE` or more, by sparse counting."""
    columns = defaultdict(lambda: len(columns))
    held = [[columns[piece] for piece in pieces(text)] for text in texts]
    sizes = np.array([len(row) for row in held])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(texts), len(columns))
    matrix = sparse.csr_array((np.ones(ends[-1], np.int32), np.concatenate(held), ends), shape)
    for start in range(0, len(texts), 500):
        common = (matrix[start : start + 500] @ matrix.T).tocoo()
        first, second = common.row + start, common.col
        jaccard = common.data / (sizes[first] + sizes[second] - common.data)
        yield from zip(
            first[(jaccard >= ALIKE) & (first < second)].tolist(),
            second[(jaccard >= ALIKE) & (first < second)].tolist(),
            strict=True,
        )


def test_alike_posts_would_be_found():
    texts = [
        "raw milk cured my asthma",
        "raw milk cured my asthmas",
        "hay for sale by the road",
    ]

    assert list(pairs_alike(texts)) == [(0, 1)]


def test_no_two_posts_are_alike(everything):
    found = list(pairs_alike([post["text"] for post in everything]))

    assert [(everything[a]["id"], everything[b]["id"]) for a, b in found] == []


def test_every_id_stands_once(everything):
    assert [k for k, n in Counter(post["id"] for post in everything).items() if n > 1] == []


def test_labels_are_those_of_the_taxonomy(everything):
    taxonomy = load_taxonomy()

    for post in everything:
        assert list(post) == ["id", "lang", "text", "health", "themes", "signals"], post["id"]
        assert post["lang"] in {"en", "es"}, post["id"]
        assert isinstance(post["health"], bool), post["id"]
        assert post["themes"].keys() <= taxonomy.themes.keys(), post["id"]
        assert set(post["themes"].values()) <= STANCES, post["id"]
        assert set(post["signals"]) <= taxonomy.signals.keys(), post["id"]
        assert post["text"].strip(), post["id"]


def test_no_post_points_at_a_person(everything):
    pointing = [
        post["id"]
        for post in everything
        if mask(post["text"]) != " ".join(post["text"].split()) or "[link]" in post["text"]
    ]

    assert pointing == []


def test_the_sample_bank_is_large_and_covers_every_theme_stance_signal_and_language():
    bank = posts("sample")
    taxonomy = load_taxonomy()

    covered = {item for post in bank for item in post["themes"].items()}
    assert len(bank) >= 400
    assert covered >= {(theme, stance) for theme in taxonomy.themes for stance in STANCES}
    assert {signal for post in bank for signal in post["signals"]} == taxonomy.signals.keys()
    assert sum(post["lang"] == "es" for post in bank) >= len(bank) // 5
    assert sum(not post["themes"] for post in bank) >= len(bank) // 4


def test_the_written_corpus_shows_every_theme_in_every_stance_and_every_signal():
    written = posts("written")
    taxonomy = load_taxonomy()

    covered = {item for post in written for item in post["themes"].items()}
    assert covered >= {(theme, stance) for theme in taxonomy.themes for stance in STANCES}
    assert {signal for post in written for signal in post["signals"]} == taxonomy.signals.keys()


def test_most_written_posts_promote_nothing():
    written = posts("written")

    promoting = sum("promotes" in post["themes"].values() for post in written)
    assert promoting < len(written) / 2
