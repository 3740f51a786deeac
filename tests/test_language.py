"""Telling English from Spanish from anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.language import detect

CORPUS = Path(__file__).parents[1] / "classifiers" / "corpus"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The clinic is closed and they won't say when it opens.", "en"),
        ("fluoride is a poison", "en"),
        ("Second dose done!!", "en"),
        ("La clínica está cerrada y no dicen cuándo abre.", "es"),
        ("gracias doctora", "es"),
        ("oigan alguien sabe si es sierto lo de la leche cruda", "es"),
    ],
)
def test_short_posts_get_their_language(text, lang):
    assert detect([text]) == [lang]


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour mes amis, la vaccination est dangereuse pour les enfants",
        "O leite cru faz bem para a saúde das crianças e não faz mal",
        "Il latte crudo fa bene ai bambini e alla salute",
        "Die Impfung ist gefährlich und niemand sagt es",
        "De vaccinatie is gevaarlijk voor onze kinderen zeggen ze",
        "Ang bakuna ay delikado sa mga bata",
        "Вакцины вызывают аутизм",
        "疫苗导致自闭症",
        "اللقاح يسبب التوحد",
    ],
)
def test_a_neighbour_language_is_neither_english_nor_spanish(text):
    assert detect([text]) == ["other"]


@pytest.mark.parametrize(
    "text", ["", "  \n", "😀😀", "12345", "@user [link]", "https://a.test/b"]
)
def test_a_text_without_words_tells_nothing(text):
    assert detect([text]) == ["und"]


def test_a_post_that_mixes_both_goes_to_the_one_it_holds_more_of():
    posts = [
        "El doctor told me que no más pills y ya, el señor said",
        "I think my abuela said that the shot is fine, mijo, and you know what they think",
    ]

    assert detect(posts) == ["es", "en"]


def test_masks_do_not_count_as_words():
    assert detect(["@user [link] [link] la leche cruda no cura nada"]) == ["es"]


def test_the_written_posts_get_the_language_they_were_written_in():
    rows = [
        json.loads(line)
        for file in sorted(CORPUS.rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]

    found = detect([row["text"] for row in rows])

    right_n = sum(lang == row["lang"] for lang, row in zip(found, rows, strict=True))
    assert right_n >= 0.99 * len(rows)


@given(st.lists(st.text(st.characters(), max_size=80), max_size=4))
def test_any_text_gets_one_answer_and_always_the_same(texts):
    found = detect(texts)

    assert len(found) == len(texts)
    assert set(found) <= {"en", "es", "other", "und"}
    assert detect(texts) == found
