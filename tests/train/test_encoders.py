"""Training an encoder from rows to files, and joining it with the heads, on a tiny network."""

import json
from collections import Counter

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder import Encoder  # noqa: E402
from classifiers.encoder.files import keep, reference_path, weights_path  # noqa: E402
from classifiers.encoder.learning import SEED, Recipe  # noqa: E402
from classifiers.normalise import readable  # noqa: E402
from classifiers.tagger import load_tagger  # noqa: E402
from classifiers.tagger.calibration_file import FILE, read_calibrations  # noqa: E402
from classifiers.taxonomy import load_taxonomy  # noqa: E402
from classifiers.training.calibrate import calibrate  # noqa: E402
from classifiers.training.encoders import (  # noqa: E402
    ASSUMED_SHARE,
    BORROWED,
    RECIPES,
    rows_for,
    train_encoder,
)
from classifiers.training.gather import Gathered  # noqa: E402
from classifiers.training.rows import Row, claim_rows  # noqa: E402
from classifiers.training.splits import part_of  # noqa: E402
from classifiers.training.train import train_linear  # noqa: E402
from tests.tagging import THEMES, plain_rows  # noqa: E402
from tests.train.tiny import one_claim_each, tiny_encoder, tiny_network, tiny_tokenizer  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # the exporter warns of itself

TAXONOMY = load_taxonomy()


def kinds(count=2000):
    """Rows of every kind the encoders choose from, by the name of the kind."""
    themes = {"masks": "asks"}
    return {
        "english": [Row(f"e{n}", "x", "en", themes=themes) for n in range(count)],
        "english bare": [Row(f"b{n}", "x", "en") for n in range(count)],
        "english assumed": [Row(f"a{n}", "x", "en", assumed=True) for n in range(count)],
        "spanish": [Row(f"s{n}", "x", "es") for n in range(count)],
        "spanish assumed": [Row(f"t{n}", "x", "es", assumed=True) for n in range(count)],
    }


def share(name, kind):
    rows = kinds()[kind]
    return len(rows_for(name, rows)) / len(rows)


def test_an_encoder_sees_all_read_rows_of_its_language_and_a_share_of_the_unread():
    assert share("english", "english") == share("english", "english bare") == 1
    assert share("spanish", "spanish") == 1
    assert share("english", "english assumed") == pytest.approx(ASSUMED_SHARE, abs=0.08)
    assert share("spanish", "spanish assumed") == pytest.approx(ASSUMED_SHARE, abs=0.08)


def test_the_spanish_encoder_borrows_english_rows_and_the_english_one_none():
    assert share("spanish", "english") == pytest.approx(BORROWED[True], abs=0.08)
    assert share("spanish", "english bare") == pytest.approx(BORROWED[False], abs=0.05)
    assert share("spanish", "english assumed") == 0
    assert share("english", "spanish") == share("english", "spanish assumed") == 0


def test_both_encoders_see_every_claim_in_both_languages():
    claims = claim_rows(TAXONOMY)

    assert rows_for("english", claims) == rows_for("spanish", claims) == claims


def test_the_rows_chosen_do_not_change_when_rows_are_added():
    rows = [row for of_kind in kinds(200).values() for row in of_kind]

    few, many = rows_for("spanish", rows[::3]), rows_for("spanish", rows)

    assert set(map(id, few)) == set(map(id, many)) & set(map(id, rows[::3]))


def rows():
    """Plain rows under several ids each, so that every part has some of both languages."""
    return [
        Row(f"{row.id}-{copy}", row.text, row.lang, row.health, row.themes, row.signals)
        for copy in range(6)
        for row in plain_rows()
    ] + one_claim_each()


@pytest.fixture(scope="module")
def gathered():
    found = Gathered(rows(), [])
    parts = Counter((part_of(row), row.lang) for row in found.rows)
    assert min(parts.values()) >= 5
    return found


@pytest.fixture(scope="module")
def trained(gathered, tmp_path_factory):
    """A folder with an English encoder, trained from a tiny one as the real one is."""
    folder = tmp_path_factory.mktemp("trained")
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "classifiers.training.encoders.open_minilm",
            lambda: (tiny_encoder(), tiny_tokenizer()),
        )
        patch.setitem(RECIPES, "english", Recipe(layers=2, epochs=2, rate=1e-3))
        train_encoder("english", gathered, TAXONOMY, {"command": "x"}, folder, said.append)
    return folder, said


def test_a_trained_encoder_is_written_with_its_record(trained):
    folder, said = trained
    record = json.loads(weights_path("english", folder).with_suffix(".json").read_text())

    assert record["command"] == "x"
    expected = {"layers": 2, "epochs": 2, "rate": 1e-3, "batch": 16, "seed": SEED}
    assert record["recipe"] == expected
    assert record["base"]["terms"] == "Apache-2.0"
    assert record["device"] in {"CPU", "GPU"}
    assert record["libraries"].keys() >= {"torch", "transformers", "onnxruntime"}
    assert said[0].startswith("english encoder: ")


def test_the_written_encoder_gives_the_scores_kept_for_reference(trained, gathered):
    folder, _ = trained
    reference = json.loads(reference_path("english", folder).read_text())
    by_id = {row.id: row for row in gathered.rows if not row.is_claim}

    found = Encoder("english", folder).read([readable(by_id[one].text) for one in reference])

    assert {part_of(by_id[one]) for one in reference} == {"held_back"}
    assert {by_id[one].lang for one in reference} == {"en"}
    expected = np.array([row["themes"] for row in reference.values()])
    assert np.abs(found.scores.themes - expected).mean() < 0.1


def test_the_written_encoder_learnt_the_theme_it_was_shown(trained):
    folder, _ = trained

    scores = Encoder("english", folder).read(["raw milk cures asthma", "lost dog by butte"])

    milk = scores.scores.themes[:, THEMES.index("raw_milk")]
    assert milk[0] > milk[1] + 1


def test_the_tokenizer_that_is_written_cuts_nothing_off(trained):
    folder, _ = trained

    windows, _ = Encoder("english", folder)._windows(["raw milk " * 400])

    assert len(windows) > 3


def test_joined_with_the_heads_the_encoders_are_a_tagger(trained, gathered, tmp_path):
    folder, _ = trained
    spanish = (tiny_tokenizer().to_str(), {"prefix": ""}, tmp_path)
    keep("spanish", weights_path("english", folder).read_bytes(), *spanish)
    for file in folder.glob("english*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    train_linear(gathered, TAXONOMY, {}, tmp_path)

    calibrate(gathered, TAXONOMY, {"command": "x"}, tmp_path)

    record = json.loads((tmp_path / FILE).read_text())
    assert record["command"] == "x"
    assert record["rows_n"].keys() == {"english", "spanish"}
    assert sum(record["rows_n"].values()) == sum(
        part_of(row) == "calibrate" for row in gathered.rows
    )
    assert read_calibrations(tmp_path, ["english", "spanish"])
    tagger = load_tagger(tmp_path)
    assert tagger.name.startswith("tfidf+english+spanish-")
    milk, chat = tagger.tag(["we drink raw milk, it cures asthma", "hay for sale near Butte"])
    assert "raw_milk" in milk.themes
    assert chat.themes == {}


def test_a_network_is_the_same_whenever_it_is_made():
    first, second = tiny_network(), tiny_network()

    assert all(
        torch.equal(ours, theirs)
        for ours, theirs in zip(first.parameters(), second.parameters(), strict=True)
    )
