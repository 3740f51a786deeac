"""A weights file is the one its record vouches for, holds no text, and reads back."""

import hashlib
import json
import os

import numpy as np
import pytest

from classifiers.linear.weights import KINDS, LOG_ODDS, WEIGHTS, load, record_path, save
from classifiers.normalise import normalise
from classifiers.stances import STANCES
from classifiers.taxonomy import load_taxonomy
from tests.tagging import small_weights
from warehouse.errors import GrapevineError


@pytest.fixture
def saved(tmp_path):
    save(small_weights(), tmp_path / "models" / "tagger.npz", {"version": "test"})
    return tmp_path / "models" / "tagger.npz"


def test_a_saved_model_reads_back_within_a_step_of_its_scale(saved):
    weights = small_weights()

    found, digest = load(saved)

    step = np.abs(weights.weights).max(axis=0) / 127
    assert (np.abs(found.weights - weights.weights) <= step).all()
    assert found.heads == weights.heads
    assert found.kinds == weights.kinds
    assert found.threshold.tolist() == weights.threshold.tolist()
    assert found.curves.tolist() == weights.curves.tolist()
    assert found.cue_weights.tolist() == weights.cue_weights.tolist()
    assert digest == json.loads(record_path(saved).read_text())["sha256"]


def test_a_model_read_back_sees_the_same_features(saved):
    tokens = [normalise("trust me, raw milk always cures asthma")]

    ours = small_weights().vocabulary.features(tokens)
    theirs = load(saved)[0].vocabulary.features(tokens)

    assert ours.indices.tolist() == theirs.indices.tolist()
    assert theirs.data == pytest.approx(ours.data, rel=2e-3)


def test_the_same_numbers_give_the_same_bytes(saved, tmp_path):
    save(small_weights(), tmp_path / "again.npz", {"version": "test"})

    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()
    assert record_path(tmp_path / "again.npz").read_text() == record_path(saved).read_text()


def test_the_file_holds_numbers_and_ids_but_no_text(saved):
    with np.load(saved, allow_pickle=False) as file:
        words = {word for name in file for word in _strings(file[name])}

    taxonomy = load_taxonomy()
    assert words == {*taxonomy.themes, *taxonomy.signals, *KINDS, *STANCES}


def _strings(array):
    return array.tolist() if array.dtype.kind == "U" else []


def test_heads_of_a_kind_are_found_in_the_taxonomys_order():
    weights, taxonomy = small_weights(), load_taxonomy()

    assert [weights.heads[n] for n in weights.columns("theme")] == list(taxonomy.themes)
    assert [weights.heads[n] for n in weights.columns("signal")] == list(taxonomy.signals)
    assert [weights.heads[n] for n in weights.columns("stance")] == list(STANCES)
    assert weights.columns("health") == [0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_higher_score_never_means_a_lower_probability(kind):
    weights = small_weights()
    heads_n = len(weights.columns(kind))
    scores = np.repeat(np.linspace(-20, 20, 81, dtype=np.float32)[:, None], heads_n, axis=1)

    sure = np.interp(weights.log_odds(scores, kind), LOG_ODDS, weights.curve(kind))

    assert (np.diff(sure, axis=0) >= 0).all()
    assert sure.min() >= 0
    assert sure.max() <= 1


def test_a_file_that_was_changed_is_refused_in_one_plain_line(saved):
    saved.write_bytes(saved.read_bytes()[:-1] + b"x")

    with pytest.raises(GrapevineError, match="not the file its record vouches for") as refused:
        load(saved)

    assert "\n" not in str(refused.value)
    assert "grapevine train" in str(refused.value)


def test_a_file_of_another_version_is_refused_in_one_plain_line(saved):
    with np.load(saved) as file:
        kept = {name: file[name] for name in file if name != "gate_weights"}
    np.savez_compressed(saved, **kept)
    digest = hashlib.sha256(saved.read_bytes()).hexdigest()
    record_path(saved).write_text(json.dumps({"sha256": digest}))

    with pytest.raises(GrapevineError, match="another version of Grapevine") as refused:
        load(saved)

    assert "\n" not in str(refused.value)
    assert "gate_weights" in str(refused.value)


@pytest.mark.parametrize("missing", ["tagger.npz", "tagger.json"])
def test_a_missing_file_is_refused_in_one_plain_line(saved, missing):
    saved.with_name(missing).unlink()

    with pytest.raises(GrapevineError, match="cannot be read") as refused:
        load(saved)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("record", ["", "[]", "not json", '"text"'])
def test_a_broken_record_is_refused_in_one_plain_line(saved, record):
    record_path(saved).write_text(record)

    with pytest.raises(GrapevineError, match="cannot be read"):
        load(saved)


@pytest.mark.parametrize("record", ["{}", '{"sha256": null}', '{"sha256": 3}'])
def test_a_record_that_vouches_for_nothing_is_refused(saved, record):
    record_path(saved).write_text(record)

    with pytest.raises(GrapevineError, match="not the file its record vouches for"):
        load(saved)


def test_the_shipped_weights_are_vouched_for_and_small():
    weights, _ = load()

    assert WEIGHTS.stat().st_size <= 12_000_000
    assert {weights.heads[n] for n in weights.columns("theme")} == set(load_taxonomy().themes)


class MakesAFolder:
    """What a pickle can do when it is loaded."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_a_pickle_among_the_numbers_is_never_loaded_even_if_its_record_vouches(saved, tmp_path):
    with np.load(saved, allow_pickle=False) as file:
        arrays = dict(file)
    arrays["heads"] = np.array([MakesAFolder(tmp_path / "made")], dtype=object)
    np.savez(saved, allow_pickle=True, **arrays)
    record = json.loads(record_path(saved).read_text())
    record["sha256"] = hashlib.sha256(saved.read_bytes()).hexdigest()
    record_path(saved).write_text(json.dumps(record))

    with pytest.raises(GrapevineError, match="train again"):
        load(saved)

    assert not (tmp_path / "made").exists()
