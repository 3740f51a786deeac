"""What a full card and a handout promise to those who read them aloud or take them home."""

import re
from dataclasses import astuple
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import LANGS, load_cards, read_cards
from tests.agencies import AGENCY_HOSTS
from tests.card_files import written
from tests.reading import fernandez_huerta, flesch_kincaid_grade
from warehouse.errors import GrapevineError

HARDEST_GRADE, HARDEST_EASE = 8, 62
POISON_CONTROL, NO_SMOKING = "1-800-222-1222", "1-800-784-8669"
NUMBERS = {"911", "988", POISON_CONTROL, "1-800-662-4357", NO_SMOKING}
DANGEROUS = [
    *("cancer_cure", "chronic_cure", "ivermectin_hcq", "mental_health_meds", "raw_milk"),
    *("remedies_detox", "reproductive", "substance_use", "toxic_cures"),
]
POLITICS = r"\b(republican|democrat|president|secretary|trump|kennedy|biden|fauci)"
BLAME = r"\b(stupid|foolish|ignorant|gullible|anti-vaxxer|quack|crazy|nonsense|you refuse)\b"
A_RECIPE = r"\b\d+\s?(mg|mcg|ml|drops|drop|gotas|cucharad\w+|spoons?|teaspoons?|cups?|tazas?)\b"

each_card = pytest.mark.parametrize("card", load_cards().values(), ids=lambda card: card.id)
each_lang = pytest.mark.parametrize("lang", LANGS)


def talk_of(card, lang):
    """All of a full card's words in one language."""
    return " ".join([spoken(card, lang), to_clinicians(card, lang)])


def spoken(card, lang):
    """What is said to the patient, with the facts."""
    talk = card.wording(lang).talk
    first = (talk.announce, talk.safety_first, talk.kernel, talk.trick)
    facts = (getattr(fact, lang) for fact in card.facts)
    affirmed = (text for _, text in talk.affirm)
    return " ".join([*first, talk.recommendation, talk.if_no, *affirmed, *facts]).strip()


def to_clinicians(card, lang):
    return f"{card.wording(lang).talk.raise_when} {card.wording(lang).talk.raise_not}"


def handout(card, lang):
    return " ".join(astuple(card.wording(lang).handout))


def reads_easily(text, lang):
    if lang == "en":
        return flesch_kincaid_grade(text) <= HARDEST_GRADE
    return fernandez_huerta(text) >= HARDEST_EASE


def numbers_in(text):
    return set(re.findall(r"1-800-[\w-]+|\b9\d\d\b", text))


@each_card
@each_lang
def test_a_full_card_takes_at_most_250_words(card, lang):
    assert len(talk_of(card, lang).split()) <= 250


@each_card
@each_lang
def test_a_full_card_reads_at_grade_eight_or_below(card, lang):
    assert reads_easily(spoken(card, lang), lang)


@each_card
@each_lang
def test_a_handout_fits_one_page_and_reads_at_grade_eight_or_below(card, lang):
    assert 90 <= len(handout(card, lang).split()) <= 230
    assert reads_easily(handout(card, lang), lang)


@each_card
def test_two_to_four_facts_each_stand_on_an_agencys_page(card):
    assert 2 <= len(card.facts) <= 4
    for fact in card.facts:
        assert urlsplit(fact.url).hostname in AGENCY_HOSTS
        assert not urlsplit(fact.url).query
        assert fact.en.endswith(".")
        assert fact.es.endswith(".")


@each_card
def test_affirmations_answer_the_roots_of_the_themes_claims(card):
    roots = [root for root, _ in card.en.talk.affirm]
    theme = load_taxonomy().themes.get(card.id)

    assert 2 <= len(roots) == len(set(roots)) <= 4
    assert [root for root, _ in card.es.talk.affirm] == roots
    if theme:
        assert set(roots) <= {claim.attitude_root for claim in theme.claims}


@each_card
def test_only_routine_vaccines_are_announced(card):
    is_vaccine = card.id.startswith("vaccine_")

    assert bool(card.en.talk.announce) == bool(card.es.talk.announce) == is_vaccine
    if is_vaccine:
        assert re.search(r"\b(due|time for)\b", card.en.talk.announce)
        assert re.search(r"\ble tocan?\b", card.es.talk.announce)


@pytest.mark.parametrize("card_id", DANGEROUS)
def test_a_dangerous_remedy_puts_safety_first_and_says_whom_to_call(card_id):
    card = load_cards()[card_id]

    assert card.en.talk.safety_first
    assert card.es.talk.safety_first
    assert "911" in f"{card.en.talk.safety_first} {card.en.handout.help}"


@each_card
def test_both_languages_name_the_same_telephone_numbers(card):
    for part in ("safety_first", "if_no", "recommendation"):
        in_english, in_spanish = (
            numbers_in(getattr(card.wording(lang).talk, part)) for lang in LANGS
        )
        assert in_english == in_spanish, part
    helps = [numbers_in(card.wording(lang).handout.help) for lang in LANGS]
    assert helps[0] == helps[1]


@each_card
@each_lang
def test_no_telephone_number_is_wrong(card, lang):
    said = numbers_in(f"{talk_of(card, lang)} {handout(card, lang)}")

    assert said <= NUMBERS | {"1-800-QUIT-NOW"}


@each_card
def test_spanish_says_to_press_two_wherever_it_sends_someone_to_988(card):
    for text in (*astuple(card.es.handout), card.es.talk.safety_first, card.es.red_flag):
        assert text.count("988") == len(re.findall(r"988[^.]*oprim\w+ (el )?2", text))


@each_card
@each_lang
def test_the_handouts_title_and_first_words_are_facts_and_not_the_claim(card, lang):
    page = card.wording(lang).handout

    assert not page.title.endswith(("?", "."))
    assert not re.search(r"\b(myth|mito|false|falso|hoax|lie|mentira)\b", page.title.lower())
    assert not re.search(r"you may hear|quizá oiga", page.fact.lower())


@each_card
@each_lang
def test_a_claim_is_marked_as_false_where_it_is_named(card, lang):
    marks = {
        "en": r"not so|not true|is false|false claim",
        "es": r"no es así|no es cierto|no son ciertas|falso",
    }
    if card.id in load_taxonomy().themes:
        assert re.search(marks[lang], card.wording(lang).handout.claim.lower())


@each_card
@each_lang
def test_a_handout_gives_a_few_things_to_do_and_says_when_to_get_help(card, lang):
    page = card.wording(lang).handout

    assert 3 <= len(re.findall(r"[.!?](?=\s|$)", page.do)) <= 7
    assert "911" in page.help or POISON_CONTROL in page.help


@each_card
@each_lang
def test_nothing_blames_ridicules_or_names_a_party(card, lang):
    text = f"{talk_of(card, lang)} {handout(card, lang)}".lower()

    assert not re.search(BLAME, text)
    assert not re.search(POLITICS, text)


@each_card
@each_lang
def test_no_dose_or_recipe_is_given(card, lang):
    assert not re.search(A_RECIPE, f"{talk_of(card, lang)} {handout(card, lang)}".lower())


@each_card
@each_lang
def test_a_topic_is_short_and_claims_nothing(card, lang):
    topic = card.wording(lang).topic

    assert len(topic.split()) <= 9
    assert not re.search(r"[.?!]$|\b(said to|dicen|causes?|causan?)\b", topic)


@each_card
def test_the_spanish_is_with_usted(card):
    text = f"{talk_of(card, 'es')} {handout(card, 'es')}".lower()

    assert not re.search(r"\b(tú|tienes|puedes|quieres|llama al|tus|contigo)\b", text)


@each_card
def test_spanish_names_poison_control_in_one_way(card):
    text = f"{talk_of(card, 'es')} {handout(card, 'es')}"

    assert not re.search(r"Control de Envenenamiento\b", text)


def test_no_link_has_been_called_checked_that_nobody_has_opened():
    checked = [fact for card in load_cards().values() for fact in card.facts if fact.checked_on]

    assert all(fact.checked_on <= date(2100, 1, 1) for fact in checked)


def test_a_fact_says_when_its_page_was_opened(tmp_path):
    folder = written(tmp_path, fact={"checked_on": '"2026-12-01"'})
    (fact,) = read_cards(folder)["masks"].facts

    assert fact.checked_on == date(2026, 12, 1)


def test_what_only_some_cards_have_may_be_left_out(tmp_path):
    talk = read_cards(written(tmp_path))["masks"].en.talk

    assert (talk.announce, talk.safety_first) == ("", "")
    assert talk.affirm[0] == ("distrust", "Good question.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"english": {"kernel": None}}, "masks.toml, [en]: 'kernel' is missing"),
        ({"english": {"trick": '""'}}, "masks.toml, [en]: 'trick' is empty"),
        ({"english": {"topic": None}}, "masks.toml, [en]: 'topic' is missing"),
        (
            {"english": {"announce": '"Now."'}},
            "masks.toml: 'announce' is in one language only. Write it in the other too.",
        ),
        (
            {"english": {"safety_first": '"Now."'}},
            "masks.toml: 'safety_first' is in one language only.",
        ),
        (
            {"affirm": {"distrust": None}},
            "masks.toml: [en.affirm] and [es.affirm] name other roots. Name the same ones.",
        ),
        ({"affirm": {"anger": '"Yes."'}}, "masks.toml, [en], [affirm]: there is no 'anger'"),
        ({"affirm": {"distrust": "3"}}, "masks.toml, [en], [affirm]: 'distrust' is missing or"),
        ({"handout": {"do": None}}, "masks.toml, [en], [handout]: 'do' is missing"),
        ({"handout": {"dose": '"x"'}}, "masks.toml, [en], [handout]: there is no 'dose' here"),
        (
            {"handout": {"why": f'"{"so " * 231}"'}},
            "masks.toml, [en], [handout]: too long: the handout, 248 words. Cut to 230.",
        ),
        (
            {"english": {"trick": f'"{"so " * 250}"'}},
            "masks.toml, [en]: too long: the full card, ",
        ),
        ({"facts": '"none"'}, "masks.toml: 'facts' is not a list of entries"),
        ({"fact": {"es": None}}, "masks.toml, facts 1: 'es' is missing"),
        ({"fact": {"url": '"http://a.gov"'}}, "masks.toml, facts 1: 'http://a.gov' does not"),
        (
            {"fact": {"checked_on": '"May"'}},
            "masks.toml, facts 1: 'checked_on' is 'May'. Write a date like 2027-03-31.",
        ),
        ({"fact": {"by": '"me"'}}, "masks.toml, facts 1: there is no 'by' here"),
    ],
)
def test_a_broken_full_card_is_named_in_one_plain_line(tmp_path, changes, said):
    folder = written(tmp_path, **changes)

    with pytest.raises(GrapevineError) as refusal:
        read_cards(folder)

    assert str(refusal.value).startswith(said)
    assert "\n" not in str(refusal.value)


@given(words=st.integers(1, 300))
def test_a_handout_is_read_if_and_only_if_it_fits_230_words(tmp_path_factory, words):
    others = dict.fromkeys(("title", "fact", "claim", "do", "help"), '"Yes."')
    long = others | {"why": f'"{"so " * words}"'}
    folder = written(tmp_path_factory.mktemp("cards"), handout=long)

    if words + 5 <= 230:
        assert len(handout(read_cards(folder)["masks"], "en").split()) == words + 5
    else:
        with pytest.raises(GrapevineError, match=f"the handout, {words + 5} words"):
            read_cards(folder)
