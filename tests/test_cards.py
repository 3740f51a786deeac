"""What a conversation card promises to the person who reads it aloud."""

import re
from dataclasses import FrozenInstanceError
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import load_cards, read_cards
from tests.agencies import AGENCY_HOSTS
from tests.card_files import SIGNED, written
from tests.reading import (
    english_syllables,
    fernandez_huerta,
    flesch_kincaid_grade,
    spanish_syllables,
)
from warehouse.errors import GrapevineError

SIGNAL_CARDS = {
    *("portal_distress", "conceals_treatment", "access_barrier", "hostility"),
    *("blame_insurers", "blame_pharma", "blame_government", "blame_clinicians"),
}
VACCINE_CARDS = sorted(card_id for card_id in load_cards() if card_id.startswith("vaccine_"))
POISON_CONTROL = "1-800-222-1222"
HARDEST_GRADE = 8
HARDEST_EASE = 60  # Fernández Huerta's "normal": grade 7 to 8
each_card = pytest.mark.parametrize("card", load_cards().values(), ids=lambda card: card.id)


def spoken(wording):
    """The three parts that are said, in order."""
    return " ".join([wording.acknowledge, wording.explain, wording.follow_up])


def test_every_theme_in_use_has_a_card():
    in_use = {theme.id for theme in load_taxonomy().themes.values() if theme.retired is None}

    assert in_use <= load_cards().keys()


def test_the_eight_signals_that_need_words_have_a_card():
    assert load_cards().keys() >= SIGNAL_CARDS


def test_every_card_is_of_a_theme_or_a_signal():
    taxonomy = load_taxonomy()

    assert load_cards().keys() <= taxonomy.themes.keys() | taxonomy.signals.keys()


@each_card
def test_a_card_takes_at_most_sixty_words_in_each_language(card):
    assert len(spoken(card.en).split()) <= 60
    assert len(spoken(card.es).split()) <= 60


@each_card
def test_what_is_said_in_english_reads_at_grade_eight_or_below(card):
    said = f"{spoken(card.en)} {card.en.ask}"

    assert flesch_kincaid_grade(said) <= HARDEST_GRADE


@each_card
def test_what_is_said_in_spanish_reads_at_grade_eight_or_below(card):
    said = f"{spoken(card.es)} {card.es.ask}"

    assert fernandez_huerta(said) >= HARDEST_EASE


@each_card
def test_the_warning_signs_read_at_grade_eight_or_below(card):
    if card.en.red_flag:
        assert flesch_kincaid_grade(card.en.red_flag) <= HARDEST_GRADE
        assert fernandez_huerta(card.es.red_flag) >= HARDEST_EASE


@each_card
def test_the_question_is_one_short_open_question(card):
    for question in (card.en.ask, card.es.ask):
        assert question.endswith("?")
        assert question.count("?") == 1
        assert len(question.split()) <= 15
    assert card.en.ask.split()[0].rstrip(",") in {"What", "Which", "Who", "How", "When"}


@each_card
def test_the_question_makes_sense_on_its_own(card):
    for question in (card.en.ask, card.es.ask):
        assert not re.search(r"\b(this|these|those|esto|eso)\b", question.lower())


@each_card
def test_links_lead_to_agencies_over_https_only(card):
    for link in card.links:
        assert urlsplit(link.url).scheme == "https"
        assert urlsplit(link.url).hostname in AGENCY_HOSTS
        assert not urlsplit(link.url).query


@each_card
def test_a_spanish_page_is_marked_as_spanish(card):
    for link in card.links:
        assert ("/spanish/" in link.url) == (link.lang == "es")


@each_card
def test_a_card_that_no_clinician_has_reviewed_says_it_is_a_draft(card):
    assert card.is_draft == (not card.reviewed_by)
    assert card.is_draft == (card.reviewed_on is None) == (card.review_due is None)


@each_card
def test_both_languages_warn_of_the_same_things(card):
    assert bool(card.en.red_flag) == bool(card.es.red_flag)
    for number in ("911", "988", POISON_CONTROL):
        assert (number in card.en.red_flag) == (number in card.es.red_flag)


@each_card
def test_the_only_numbers_said_are_telephone_numbers_and_names_of_things(card):
    for wording in (card.en, card.es):
        numbers = set(re.findall(r"\S*\d\S*", spoken(wording)))
        assert {number.strip(".,") for number in numbers} <= {"H5N1", POISON_CONTROL}


@each_card
def test_what_is_to_be_avoided_is_not_said(card):
    for wording in (card.en, card.es):
        said = f"{spoken(wording)} {wording.ask}".lower()
        for words in wording.avoid:
            assert not re.search(rf"\b{re.escape(words.lower())}\b", said)


@each_card
def test_a_card_names_no_party_and_no_politician(card):
    text = f"{spoken(card.en)} {card.en.ask} {card.en.red_flag}".lower()

    assert not re.search(r"\b(republican|democrat|president|secretary|trump|kennedy)", text)


@pytest.mark.parametrize("card_id", VACCINE_CARDS)
def test_a_vaccine_card_announces_the_vaccine_first_where_one_is_due(card_id):
    card = load_cards()[card_id]

    assert re.match(r"If (a vaccine is|shots are) due, we'll ", card.en.follow_up)
    assert re.match(r"Si le toca(n vacunas| una vacuna), ", card.es.follow_up)


@pytest.mark.parametrize("card_id", ["ivermectin_hcq", "toxic_cures", "cancer_cure"])
def test_a_dangerous_remedy_begins_with_safety(card_id):
    card = load_cards()[card_id]

    assert re.search(r"\bsafe(ty)?\b", card.en.acknowledge)
    assert "seguridad" in card.es.acknowledge


@pytest.mark.parametrize("card_id", ["ivermectin_hcq", "toxic_cures"])
def test_what_can_poison_names_poison_control(card_id):
    card = load_cards()[card_id]

    assert POISON_CONTROL in card.en.red_flag
    assert any(link.url == "https://www.poison.org/" for link in card.links)


def test_the_raw_milk_card_names_bird_flu():
    card = load_cards()["raw_milk"]

    assert "H5N1" in card.en.explain
    assert "H5N1" in card.es.explain


def test_the_sunscreen_card_says_who_regulates_it():
    assert "FDA, which regulates sunscreen" in load_cards()["sunscreen"].en.explain


def test_the_portal_card_sets_a_time_to_talk():
    card = load_cards()["portal_distress"]

    assert "set a time" in card.en.follow_up
    assert "Fijemos una hora" in card.es.follow_up


def test_a_mind_medicine_card_says_not_to_stop_at_once_and_names_the_crisis_line():
    card = load_cards()["mental_health_meds"]

    assert "don't stop all at once" in card.en.follow_up
    assert "988" in card.en.red_flag


def test_the_cards_are_read_once():
    assert load_cards() is load_cards()


def test_a_card_cannot_be_changed_once_read():
    card = load_cards()["masks"]

    with pytest.raises(FrozenInstanceError):
        card.status = "reviewed"
    with pytest.raises(FrozenInstanceError):
        card.en.explain = "Something else"


def test_a_draft_has_no_reviewer_and_no_dates(tmp_path):
    card = read_cards(written(tmp_path))["masks"]

    assert card.is_draft
    assert (card.reviewed_by, card.reviewed_on, card.review_due) == ("", None, None)


def test_a_signed_card_is_no_draft_and_says_who_and_when(tmp_path):
    card = read_cards(written(tmp_path, **SIGNED))["masks"]

    assert not card.is_draft
    assert card.reviewed_by == "A. Clinician, MD"
    assert card.reviewed_on == date(2026, 12, 1)
    assert card.review_due == date(2027, 6, 1)


def test_cards_come_in_order_of_id(tmp_path):
    for name in ("sunscreen", "fluoride", "masks"):
        written(tmp_path, name)

    assert list(read_cards(tmp_path)) == ["fluoride", "masks", "sunscreen"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": '"done"'}, "masks.toml: 'status' is 'done'. Use one of: draft, reviewed"),
        ({"status": None}, "masks.toml: 'status' is missing"),
        ({"reviewed_by": '"Someone"'}, "masks.toml: a draft names no reviewer"),
        (SIGNED | {"reviewed_by": '""'}, "masks.toml: a reviewed card needs reviewed_by"),
        (
            SIGNED | {"reviewed_on": '"June"'},
            "masks.toml: 'reviewed_on' is 'June'. Write a date",
        ),
        (SIGNED | {"review_due": '"2026-01-01"'}, "masks.toml: review_due is not after"),
        ({"links": '"none"'}, "masks.toml: 'links' is not a list of entries"),
        (
            {"links": '[{title = "A", url = "http://a.gov", lang = "en"}]'},
            "masks.toml, links 1: 'http://a.gov' does not start with https://",
        ),
        (
            {"links": '[{title = "A", url = "https://a.gov", lang = "fr"}]'},
            "masks.toml, links 1: 'lang' is 'fr'",
        ),
        ({"author": '"me"'}, "masks.toml: there is no 'author' here"),
        ({"english": {"ask": None}}, "masks.toml, [en]: 'ask' is missing"),
        ({"english": {"explain": '" "'}}, "masks.toml, [en]: 'explain' is empty"),
        ({"english": {"avoid": "[]"}}, "masks.toml, [en]: 'avoid' is missing or empty"),
        ({"english": {"title": '"x"'}}, "masks.toml, [en]: there is no 'title' here"),
        (
            {"english": {"ask": f'"{"why " * 16}?"'}},
            "masks.toml, [en]: too long: 'ask', 17 words. Cut to 15.",
        ),
        ({"name": "tea"}, "tea.toml: no theme or signal has this name"),
    ],
)
def test_a_broken_card_is_named_in_one_plain_line(tmp_path, changes, said):
    folder = written(tmp_path, **changes)

    with pytest.raises(GrapevineError) as refusal:
        read_cards(folder)

    assert str(refusal.value).startswith(said)
    assert "\n" not in str(refusal.value)


def test_a_card_without_spanish_is_refused(tmp_path):
    file = written(tmp_path) / "masks.toml"
    file.write_text(file.read_text().split("[es]")[0])

    with pytest.raises(GrapevineError, match=r"masks\.toml: the part \[es\] is missing"):
        read_cards(tmp_path)


@given(words=st.integers(1, 120))
def test_a_card_is_read_if_and_only_if_it_fits_sixty_words(tmp_path_factory, words):
    long = {"acknowledge": '"Yes."', "explain": f'"{"so " * words}"', "follow_up": '"Come."'}
    folder = written(tmp_path_factory.mktemp("cards"), english=long)

    if words + 2 <= 60:
        assert len(spoken(read_cards(folder)["masks"].en).split()) == words + 2
    else:
        with pytest.raises(GrapevineError, match=f"parts, {words + 2} words"):
            read_cards(folder)


@pytest.mark.parametrize(
    ("words", "syllables"),
    [
        ("cat cake walked won't", 1),
        ("table vaccine people useless measles wanted", 2),
        ("diseases medicine serious idea pregnancy", 3),
        ("radiation", 4),
        ("infertility", 5),
    ],
)
def test_english_syllables_are_counted_as_spoken(words, syllables):
    assert {english_syllables(word) for word in words.split()} == {syllables}


@pytest.mark.parametrize(
    ("words", "syllables"),
    [
        ("que hoy muy y", 1),
        ("día ciudad guerra miedo país", 2),
        ("vacuna médico pingüino poeta oído estudios", 3),
        ("enfermedad inyecciones", 4),
    ],
)
def test_spanish_syllables_are_counted_as_spoken(words, syllables):
    assert {spanish_syllables(word) for word in words.split()} == {syllables}


def test_the_english_grade_is_the_published_formula():
    assert flesch_kincaid_grade("The cat sat on the mat.") == pytest.approx(-1.45)


def test_the_spanish_ease_is_the_published_formula():
    assert fernandez_huerta("El gato come pan.") == pytest.approx(112.76)


def test_long_words_in_a_long_sentence_read_harder():
    hard = (
        "Immunization recommendations necessitate individualized consideration of comorbidity"
    )

    assert flesch_kincaid_grade(hard) > HARDEST_GRADE
    assert fernandez_huerta("Las recomendaciones inmunológicas necesitan consideración") < 60
