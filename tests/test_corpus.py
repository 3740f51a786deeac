"""The posts written for the project: labelled, varied, and pointing at nobody."""

import csv
import json
import re
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


@pytest.fixture(scope="module")
def written():
    return posts("written")


def test_the_written_corpus_has_at_least_3000_posts_900_of_them_spanish(written):
    assert len(written) >= 3000
    assert sum(post["lang"] == "es" for post in written) >= 900


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_theme_is_written_of_in_every_stance_in_both_languages(written, lang):
    covered = {
        item for post in written if post["lang"] == lang for item in post["themes"].items()
    }

    assert covered == {
        (theme, stance) for theme in load_taxonomy().themes for stance in STANCES
    }


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_signal_is_written_of_in_both_languages(written, lang):
    shown = Counter(
        signal for post in written if post["lang"] == lang for signal in post["signals"]
    )

    assert shown.keys() == load_taxonomy().signals.keys()
    assert min(shown.values()) >= 20


def test_at_least_45_in_100_written_posts_promote_nothing(written):
    bare = sum("promotes" not in post["themes"].values() for post in written)

    assert bare >= 0.45 * len(written)


def test_hard_negatives_are_about_health_and_some_name_a_theme_without_promoting_it(written):
    bare = [post for post in written if "promotes" not in post["themes"].values()]

    assert sum(post["health"] for post in bare) >= len(bare) / 2
    assert sum(bool(post["themes"]) for post in bare) >= len(bare) / 4


def test_every_file_has_its_line_in_the_readme(written):
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")

    for file in [*(CORPUS / "written").glob("*.jsonl"), *(CORPUS / "labels").glob("*")]:
        assert f"`{file.name}`" in readme


@pytest.fixture(scope="module")
def labels():
    with (CORPUS / "labels" / "dev_posts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_at_least_3000_public_posts_are_labelled_each_once(labels):
    ids = [label["row_id"] for label in labels]

    assert len(ids) >= 3000
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


def test_labels_hold_no_text(labels):
    for label in labels:
        assert label.keys() == {"row_id", "health", "themes", "signals", "sure"}
        assert re.fullmatch(r"[A-Z]\d+", label["row_id"])
        assert re.fullmatch(r"[a-z_= ]*", label["themes"] + label["signals"]), label["row_id"]


def test_labels_of_public_posts_are_those_of_the_taxonomy(labels):
    taxonomy = load_taxonomy()

    for label in labels:
        themes = [theme.split("=") for theme in label["themes"].split()]
        assert {theme_id for theme_id, _ in themes} <= taxonomy.themes.keys(), label["row_id"]
        assert {stance for _, stance in themes} <= STANCES, label["row_id"]
        assert len(dict(themes)) == len(themes), label["row_id"]
        assert set(label["signals"].split()) <= taxonomy.signals.keys(), label["row_id"]
        assert label["health"] in {"yes", "no"}, label["row_id"]
        assert label["sure"] in {"1", "2", "3"}, label["row_id"]


def test_a_labelled_post_with_a_theme_is_about_health(labels):
    assert [one["row_id"] for one in labels if one["themes"] and one["health"] == "no"] == []


def test_the_sample_bank_shares_no_post_with_what_is_learnt_from(written):
    bank = posts("sample")

    assert not {post["id"] for post in bank} & {post["id"] for post in written}
    assert not {post["text"] for post in bank} & {post["text"] for post in written}
