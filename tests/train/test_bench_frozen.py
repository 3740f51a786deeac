"""Heads on frozen encoders, which the benchmark sets beside the tagger (`[train]` extra)."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the [train] extra is not installed")

from classifiers.bench.frozen import Heads, Meanings, nothing_like
from classifiers.bench.frozen_fit import fit
from classifiers.bench.frozen_gold import FrozenTagger
from classifiers.encoder.pretrained import MINILM, open_minilm
from classifiers.taxonomy import load_taxonomy
from classifiers.training.joining import join
from classifiers.training.rows import CORPUS, read_rows


def test_heads_on_frozen_meanings_learn_what_can_be_learnt(tmp_path):
    taxonomy = load_taxonomy()
    rows = read_rows(sorted(CORPUS.glob("*.jsonl")), taxonomy)[:300]
    theme_ids, wanted = list(taxonomy.themes), np.zeros((300, 384), np.float32)
    for number, row in enumerate(rows):
        for theme_id in row.themes:
            wanted[number, theme_ids.index(theme_id)] = 1

    heads = fit(rows, wanted, taxonomy)
    heads.save(tmp_path)
    scores = Heads.open(tmp_path).scores(wanted)

    assert ((scores.themes > 0) == (wanted[:, : len(theme_ids)] > 0)).all()
    assert scores.stances.shape == (300, len(theme_ids), 4)
    assert scores.signals.shape == (300, len(taxonomy.signals))
    assert not nothing_like(scores).stances.any()


TEXTS = ["raw milk cured her asthma", "the road is closed", "raw milk helps against asthma"]


@pytest.fixture(scope="module")
def meanings():
    return Meanings(*open_minilm(), MINILM.prefix, MINILM.pad)


def test_texts_of_like_meaning_lie_near_each_other(meanings):
    found = meanings.of(TEXTS)

    assert np.linalg.norm(found, axis=1) == pytest.approx(1)
    assert found[0] @ found[2] > found[0] @ found[1]


def test_a_meaning_depends_little_on_the_company(meanings):
    assert np.abs(meanings.of(TEXTS)[1] - meanings.of(TEXTS[1:2])[0]).max() < 1e-5


def test_what_is_saved_reads_the_same_when_opened(meanings, tmp_path):
    meanings.save(tmp_path)

    assert np.allclose(Meanings.open(tmp_path).of(TEXTS), meanings.of(TEXTS), atol=1e-6)


def test_a_frozen_tagger_gives_tags_of_the_taxonomy(meanings):
    taxonomy = load_taxonomy()
    rows = read_rows(sorted(CORPUS.glob("*.jsonl")), taxonomy)[::40]
    read = meanings.of([row.text for row in rows])
    heads = fit(rows, read, taxonomy)
    scores = heads.scores(read)
    calibration = join(rows, nothing_like(scores), scores, taxonomy)

    tagger = FrozenTagger(meanings, heads, calibration, taxonomy)
    tags = tagger.tag([row.text for row in rows], [row.lang for row in rows])

    hits = [
        bool(row.themes.keys() & found.themes) for row, found in zip(rows, tags, strict=True)
    ]
    assert sum(hits) > 0.5 * sum(bool(row.themes) for row in rows)
    assert all(0 <= found.health <= 1 for found in tags)
    assert [found.lang for found in tags] == [row.lang for row in rows]
