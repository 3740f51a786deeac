"""The tagger that ships: what it promises on posts, and what it refuses to load."""

import json
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from classifiers.claims import CATALOGUE
from classifiers.claims.add import Draft, add_claim
from classifiers.encoder.files import MODELS, record_path, weights_path
from classifiers.jsonlines import tag_file
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import load, save
from classifiers.tagger import Tagger, load_tagger
from classifiers.tagger.calibration import of_linear
from classifiers.tagger.calibration_file import FILE, write_calibrations
from classifiers.taxonomy import TAXONOMY, load_taxonomy, read_taxonomy
from tests.rebuttals import REBUTTALS
from tests.tagging import calibration, small_weights
from warehouse.errors import GrapevineError, InputError


def tag(text, lang=None):
    (found,) = load_tagger().tag([text], [lang])
    return found


def promoted(found):
    return {theme for theme, tagged in found.themes.items() if tagged.stance == "promotes"}


PLAIN = [
    ("fluoride", "Fluoride lowers IQ and they keep putting that poison in our water"),
    ("emf_chemtrails", "Those 5G towers are making everybody on our street sick"),
    ("raw_milk", "Raw milk cured my asthma, pasteurized milk is dead food"),
    ("cancer_cure", "Cancer can't live in an alkaline body, chemo is what kills people"),
    ("vaccine_autism", "The MMR gave my nephew autism and every doctor knows it"),
    ("masks", "Masks don't stop a thing, they just make you breathe your own CO2"),
    ("ivermectin_hcq", "Ivermectin cures covid, horse paste saved my whole family"),
    ("sunscreen", "It's the sunscreen that gives you skin cancer, not the sun"),
    ("vaccine_injury", "They died suddenly because of the covid shot and the news hides it"),
    ("disease_hoax", "There never was a pandemic, they faked the death counts for money"),
]
"""Claims as people say them, with the theme each passes on."""


def test_nine_plain_claims_in_ten_are_found_and_two_in_three_promoted():
    found = load_tagger().tag([text for _, text in PLAIN])

    named = [theme in tags.themes for (theme, _), tags in zip(PLAIN, found, strict=True)]
    passed_on = [theme in promoted(tags) for (theme, _), tags in zip(PLAIN, found, strict=True)]
    assert sum(named) >= 0.9 * len(PLAIN)
    assert sum(passed_on) >= 0.66 * len(PLAIN)
    assert all((tags.lang, tags.health >= 0.5) == ("en", True) for tags in found)


def test_a_spanish_claim_is_found_too():
    found = tag("el fluoruro del agua es veneno, nos baja la inteligencia y nadie dice nada")

    assert "fluoride" in found.themes
    assert found.lang == "es"


def test_ordinary_posts_carry_nothing():
    posts = [
        "Road closed at the county line until Friday, take the old highway.",
        "Se vende una troca en buen estado, interesados manden mensaje",
        "Flu shots at the clinic Tuesday 9 to noon, bring your card.",
        "Anyone have hay for sale? Need about 40 bales",
        "Congrats to the girls team, state champs!!",
    ]

    assert [promoted(found) for found in load_tagger().tag(posts)] == [set()] * len(posts)


def test_at_most_one_rebuttal_in_ten_is_called_promotion():
    wrong = [theme_id for theme_id, text in REBUTTALS if promoted(tag(text))]

    assert len(wrong) <= len(REBUTTALS) / 10, wrong


def test_there_is_a_rebuttal_of_every_theme_and_none_says_myth():
    assert {theme_id for theme_id, _ in REBUTTALS} == set(load_taxonomy().themes)
    for _, text in REBUTTALS:
        for word in ("myth", "misinformation", "debunk", "fake news", "mito", "bulo"):
            assert word not in text.lower()


@pytest.mark.parametrize("before", [0, 300, 3000])
def test_a_claim_is_seen_wherever_it_stands_in_a_long_post(before):
    claim = "MMR vaccines cause autism, they are poisoning our babies with it. "
    chatter = "We drove to the lake and the road was dusty and the dog slept. "

    found = tag(chatter * (before // 13) + claim + chatter * 100)

    assert "vaccine_autism" in found.themes


def test_tagging_is_the_same_again_and_in_any_company():
    texts = [text for _, text in REBUTTALS]

    tags = load_tagger().tag(texts)

    assert load_tagger().tag(texts[::-1]) == tags[::-1]
    assert load_tagger().tag([texts[0]] * 3) == [tags[0]] * 3


def test_the_name_says_which_models_are_in_it():
    digest = json.loads((MODELS / "tagger.json").read_text())["sha256"]

    name = load_tagger().name

    assert name.startswith("tfidf+english+spanish-")
    assert len(name.rpartition("-")[2]) == 8
    assert digest[:8] not in name  # the name stands for all files together


def test_the_files_that_ship_are_at_most_60_megabytes():
    assert sum(file.stat().st_size for file in MODELS.iterdir()) <= 60_000_000


@pytest.mark.parametrize("name", ["tagger", "english", "spanish"])
def test_every_record_says_how_its_model_was_made(name):
    record = json.loads((MODELS / f"{name}.json").read_text())

    assert record["command"].startswith("grapevine train ")
    assert record["libraries"].keys() >= {"python"}
    assert all(len(source["sha256"]) in (12, 64) for source in record["trained_on"])


@pytest.fixture
def folder(tmp_path):
    """A folder of models with small tf-idf heads and no encoder."""
    save(small_weights(), tmp_path / "tagger.npz", {"version": "test"})
    return tmp_path


def test_without_encoders_the_heads_work_alone_and_the_name_says_so(folder):
    tagger = load_tagger(folder)

    assert tagger.name.startswith("tfidf-")
    (found,) = tagger.tag(["Trust me, raw milk cures asthma"])
    assert "raw_milk" in found.themes


def test_the_name_is_in_every_line_of_a_file_of_tags(tmp_path):
    src, dst = tmp_path / "posts.jsonl", tmp_path / "tags.jsonl"
    src.write_text(
        '{"id": "b", "text": "MMR vaccines cause autism, they poison our babies"}\n'
        '{"id": 7, "text": "hola", "lang": "es", "likes": 3}\n'
    )

    assert tag_file(src, dst) == 2

    first, second = [json.loads(line) for line in dst.read_text().splitlines()]
    assert first.keys() >= {"id", "lang", "health", "themes", "signals", "model"}
    assert first["model"] == second["model"] == load_tagger().name
    assert set(first["themes"]["vaccine_autism"]) == {
        "score",
        "stance",
        "stance_score",
        "claim_id",
    }
    assert (second["id"], second["lang"], second["themes"]) == (7, "es", {})


def test_other_weights_have_another_name(folder, tmp_path_factory):
    weights = small_weights()
    other = tmp_path_factory.mktemp("other")
    changed = replace(weights, bias=weights.bias + np.float32(0.5))
    save(changed, other / "tagger.npz", {"version": "test"})

    assert load_tagger(other).name != load_tagger(folder).name


def test_weights_learnt_for_other_themes_are_refused_in_one_plain_line(folder):
    weights = small_weights()
    heads = list(weights.heads)
    heads[2], heads[3] = heads[3], heads[2]
    save(replace(weights, heads=tuple(heads)), folder / "tagger.npz", {})

    with pytest.raises(GrapevineError, match="other themes and signals") as refused:
        load_tagger(folder)

    assert "\n" not in str(refused.value)
    assert "grapevine train" in str(refused.value)


def test_missing_weights_are_refused(folder):
    (folder / "tagger.npz").unlink()

    with pytest.raises(GrapevineError, match="cannot be read"):
        load_tagger(folder)


def with_english(folder):
    for file in MODELS.glob("english*"):
        shutil.copy(file, folder)
    return folder


def test_an_encoder_that_was_changed_is_refused(folder):
    path = weights_path("english", with_english(folder))
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(GrapevineError, match="not the file its record vouches for"):
        load_tagger(folder)


def test_an_encoder_without_its_record_is_refused(folder):
    record_path("english", with_english(folder)).unlink()

    with pytest.raises(GrapevineError, match="The encoder 'english' cannot be read"):
        load_tagger(folder)


def test_an_encoder_without_its_calibration_is_refused(folder):
    with_english(folder)

    with pytest.raises(GrapevineError, match=r"calibration\.json cannot be read"):
        load_tagger(folder)

    write_calibrations({"spanish": calibration()}, folder, {"claims": []})
    with pytest.raises(GrapevineError, match=r"calibration\.json cannot be read"):
        load_tagger(folder)


def test_one_encoder_alone_is_named_and_used(folder):
    write_calibrations({"english": calibration()}, with_english(folder), {"claims": []})

    tagger = load_tagger(folder)

    assert tagger.name.startswith("tfidf+english-")
    assert (folder / FILE).exists()
    english, spanish = tagger.tag(["Fluoride is poison in our water", "El fluoruro es veneno"])
    assert (english.lang, spanish.lang) == ("en", "es")


def test_a_claim_added_to_the_catalogue_is_named_without_training(tmp_path):
    claims = tmp_path / "claims.toml"
    claims.write_bytes(CATALOGUE.read_bytes())
    en = "Raw milk from Jersey cows stops asthma attacks."
    es = "La leche cruda de vaca Jersey quita los ataques de asma."
    added = add_claim(Draft("raw_milk", en, es), date(2026, 11, 23), claims)
    weights, _ = load()
    taxonomy = read_taxonomy(TAXONOMY, claims)
    tagger = Tagger("tfidf", taxonomy, LinearModel(weights), of_linear(weights), {})

    found = tagger.tag(
        [
            "Our Jersey cows raw milk stopped my boys asthma attacks for good",
            "desde que toma leche cruda de las vacas jersey ya no le dan ataques de asma",
        ]
    )

    assert [one.themes["raw_milk"].claim_id for one in found] == [added.id] * 2


def test_a_line_without_text_is_named(tmp_path):
    src = tmp_path / "posts.jsonl"
    src.write_text('{"id": 1, "text": "x"}\n{"id": 2}\n')

    with pytest.raises(InputError, match="line 2 is not a post"):
        tag_file(src, tmp_path / "tags.jsonl")
