"""What the pages of a card say to clinicians, and handouts to patients, in two languages."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.claims import ATTITUDE_ROOTS
from classifiers.taxonomy import load_taxonomy
from dashboards.cards import LANGS, load_cards
from dashboards.conversation.figures import figures
from dashboards.conversation.full_card import Fact
from dashboards.conversation.pages import card_pages, handout_page, sentences, theme_page
from dashboards.conversation.status import review_status
from dashboards.county_page import CountyPages
from dashboards.edition import Edition
from dashboards.language import ENGLISH, LANGUAGES
from dashboards.reference_pages import cards_page
from dashboards.rendering import page_environment
from tests.pages import Page
from tests.snapshots import TAXONOMY, Snapshot, card, edition, plenty

SIGNED = {
    "status": "reviewed",
    "reviewed_by": "A. Clinician, MD",
    "reviewed_on": date(2023, 6, 1),
    "review_due": date(2024, 3, 8),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An edition with plenty of figures and the small cards of the tests."""
    return edition(plenty(), tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def real(made):
    """The same figures with the project's own taxonomy and cards."""
    return Edition(made.numbers, load_taxonomy(), load_cards())


ENVIRONMENTS = {}


def environment(made):
    """The templates, compiled once a release: they know nothing of the cards."""
    name = made.numbers.release.release_id
    return ENVIRONMENTS.get(name) or ENVIRONMENTS.setdefault(name, page_environment(made))


def theme(made, card_id="raw_milk", lang="en"):
    return theme_page(made, environment(made), made.cards[card_id], lang)


def handout(made, card_id="raw_milk", lang="en"):
    return handout_page(made, environment(made), made.cards[card_id], lang)


def with_card(made, **changes):
    """The edition with another card of raw milk."""
    return replace(made, cards=made.cards | {"raw_milk": card("raw_milk", **changes)})


@pytest.mark.parametrize(
    ("name", "write", "lang"),
    [
        ("theme.html", theme, "en"),
        ("theme.es.html", theme, "es"),
        ("handout.html", handout, "en"),
        ("handout.es.html", handout, "es"),
    ],
)
def test_a_page_is_the_one_a_person_looked_at(made, golden, name, write, lang):
    golden(name, write(made, lang=lang))


def test_an_overdue_card_is_the_one_a_person_looked_at(made, golden):
    golden("theme_overdue.html", theme(with_card(made, **SIGNED)))


def test_every_card_has_two_pages_in_two_languages(made):
    names = [name for name, _ in card_pages(made, page_environment(made))]

    assert len(names) == len(set(names)) == 4 * len(made.cards)
    assert {"theme/hiv.html", "handout/hiv.es.html", "theme/portal_distress.es.html"} <= set(
        names
    )


def test_the_whole_card_is_on_its_page_in_the_order_of_the_conversation(real):
    for lang in LANGS:
        for card_id in ("vaccine_autism", "toxic_cures", "portal_distress"):
            words = real.cards[card_id].wording(lang)
            talk = words.talk
            said = [
                *filter(None, [talk.announce, talk.safety_first, words.ask, words.acknowledge]),
                *(text for _, text in talk.affirm),
                *(talk.kernel, talk.trick, words.explain),
                *(fact.en if lang == "en" else fact.es for fact in real.cards[card_id].facts),
                *(talk.recommendation, words.follow_up, talk.if_no, words.red_flag),
                *(talk.raise_when, talk.raise_not, *words.avoid),
            ]
            text = Page(theme(real, card_id, lang)).text
            places = [text.find(part) for part in said]

            assert -1 not in places
            assert all(first < then for first, then in pairwise(places)), (card_id, lang)


def test_a_vaccine_page_opens_with_the_announcement_and_says_when_that_is_enough(real):
    text = Page(theme(real, "vaccine_autism")).text

    assert text.index("it is time for your child's shots") < text.index("Open with")
    assert "If they say yes, you are done." in text
    assert "Say first" not in Page(theme(real, "masks")).text


def test_a_signals_page_speaks_of_a_complaint_and_not_of_a_claim(real):
    text = Page(theme(real, "portal_distress")).text

    assert "What is fair in it" in text
    assert "What lies behind it" in text
    assert "How it misleads" not in text
    assert "The claims, in our words" not in text
    assert "A worry you may have" in Page(handout(real, "portal_distress")).text


def test_the_claims_of_the_catalogue_are_listed_in_the_pages_language(real):
    claims = real.taxonomy.themes["raw_milk"].claims

    for lang in LANGS:
        text = Page(theme(real, lang=lang)).text
        assert all((c.text_es if lang == "es" else c.text_en) in text for c in claims)


def test_a_link_that_nobody_has_opened_says_so_and_one_that_was_says_when(made):
    facts = (
        Fact("One.", "Uno.", "WHO", "https://www.who.int/", None),
        Fact("Two.", "Dos.", "FDA", "https://www.fda.gov/", date(2024, 2, 29)),
    )
    both = with_card(made, facts=facts)

    english, spanish = (Page(theme(both, lang=lang)).text for lang in LANGS)

    assert "One. ( WHO ; link not yet checked by us)" in english
    assert "Two. ( FDA ; link checked by us 2024-02-29)" in english
    assert "Uno. ( WHO ; enlace aún no revisado por nosotros)" in spanish
    assert "Dos. ( FDA ; enlace revisado por nosotros 2024-02-29)" in spanish


@pytest.mark.parametrize("write", [theme, handout])
def test_a_draft_says_so_on_every_page(made, write):
    assert "raft wording, not yet clinically reviewed" in Page(write(made)).text
    assert "exto en borrador, aún sin revisión clínica" in Page(write(made, lang="es")).text


@pytest.mark.parametrize("write", [theme, handout])
def test_an_overdue_review_says_so_on_every_page(made, write):
    overdue = with_card(made, **SIGNED)

    assert (
        "eviewed by A. Clinician, MD, 2023-06-01; a new review was due 2024-03-08"
        in Page(write(overdue)).text
    )
    assert "tocaba una nueva revisión el 2024-03-08" in Page(write(overdue, lang="es")).text


@given(due=st.dates(date(2023, 6, 2), date(2030, 1, 1)), week_end=st.dates())
def test_a_review_is_overdue_from_the_first_release_that_ends_after_its_day(due, week_end):
    signed = card("raw_milk", **SIGNED | {"review_due": due})

    for lang, words in (("en", "was due"), ("es", "tocaba")):
        assert (words in review_status(signed, week_end, lang)) == (due < week_end)


def test_a_handout_holds_no_figure_of_the_week(made):
    later = edition_of_another_week(made)

    for lang in LANGS:
        assert handout(made, lang=lang) == handout(later, lang=lang)
        assert "2024" not in Page(handout(made, lang=lang)).text
        assert theme(made, lang=lang) != theme(later, lang=lang)


def edition_of_another_week(made):
    release = replace(
        made.numbers.release,
        release_id="2024-W11.1",
        week="2024-W11",
        week_start=date(2024, 3, 10),
        week_end=date(2024, 3, 16),
    )
    return replace(made, numbers=replace(made.numbers, release=release))


def test_a_handout_says_the_fact_first_and_the_claim_once_after_it(real):
    for card_id, found in real.cards.items():
        for lang in LANGS:
            page = found.wording(lang).handout
            text = Page(handout(real, card_id, lang)).text.split(page.title, 1)[1]

            assert text.count(page.claim) == 1, card_id
            assert text.index(page.fact) < text.index(page.claim) < text.index(page.why)


def test_a_handout_does_not_name_the_catalogues_claims(real):
    for card_id, found in real.taxonomy.themes.items():
        text = Page(handout(real, card_id)).text
        assert not any(claim.text_en in text for claim in found.claims)
        assert found.title not in text


def test_a_handout_has_a_line_for_the_clinics_telephone_and_gives_no_advice_of_its_own(made):
    assert "Questions? Call us:" in Page(handout(made)).text
    assert "does not take the place of a talk" in Page(handout(made)).text
    assert "¿Dudas? Llámenos:" in Page(handout(made, lang="es")).text


def test_a_page_names_its_language_and_leads_to_the_other_one(made):
    for write, folder in ((theme, "theme"), (handout, "handout")):
        for lang, other, end in (("en", "es", ".es.html"), ("es", "en", ".html")):
            page = Page(write(made, lang=lang))
            links = [a for a in page.all("a") if a.get("href") == f"raw_milk{end}"]

            assert page.all("html") == [{"lang": lang}], folder
            assert links == [{"href": f"raw_milk{end}", "hreflang": other, "lang": other}]


def test_a_spanish_page_is_in_spanish_all_round(real):
    english = re.compile(r"\b(the|and|with|week|health|not|this|what)\b", re.IGNORECASE)
    for write in (theme, handout):
        for card_id in real.cards:
            page = Page(write(real, card_id, "es"))
            english_parts = [found.title for found in real.cards[card_id].links]
            text = page.text
            for part in english_parts:
                text = text.replace(part, "")
            assert not english.search(text), (card_id, english.search(text))


def test_the_figures_are_said_in_words_for_the_nation_and_each_state_that_has_some(made):
    found = figures(made, "raw_milk")

    assert found.nation == (
        "Across all places we collected from, about 5 in 100 health voices (likely 4 to 5) "
        "passed such a claim on, about as many as in earlier weeks.",
        "About 1 in 100 health voices (likely 1 to 2) said that it is false.",
        "About 3 in 100 health voices (likely 2 to 3) asked about it.",
    )
    assert [(row.postal, row.direction) for row in found.states] == [("WY", "steady")]


def test_a_week_without_figures_says_that_this_is_a_gap(tmp_path):
    nothing = edition(Snapshot(), tmp_path)

    assert "That is a gap in what we see, not a sign that all is well." in theme(nothing)
    assert "Es un hueco en lo que vemos" in theme(nothing, lang="es")


def test_a_figure_that_is_too_uncertain_to_say_is_not_said(tmp_path):
    unsure = Snapshot().theme("nation US", "raw_milk", 12, 900)
    unsure.estimate("nation US", "raw_milk", (9.0, 0.1, 60.0), has_numbers=False)

    assert figures(edition(unsure, tmp_path), "raw_milk").nation == ()


def test_a_signals_figures_have_no_direction(made):
    text = Page(theme(made, "portal_distress")).text

    assert "about 3 in 100 health voices gave this sign." in text
    assert "Wyoming" in text
    assert "Direction" not in text


def test_hostile_words_in_a_card_stay_text(made):
    loud = "<script>alert(1)</script>"
    wording = replace(made.cards["raw_milk"].en, topic=loud, ask=loud, avoid=(loud,))
    wording = replace(wording, handout=replace(wording.handout, title=loud, do=loud))
    hostile = with_card(made, en=wording, **SIGNED | {"reviewed_by": loud})

    for write in (theme, handout):
        page = Page(write(hostile))
        assert page.problems == []
        assert not page.all("script")
        assert loud in page.text


@given(st.lists(st.sampled_from(["Call us.", "¿Dudas? Llame.", "Ask.", "Go now!"]), min_size=1))
def test_sentences_are_parted_and_none_is_lost(parts):
    assert sentences(" ".join(parts)) == parts


def test_an_abbreviation_or_an_address_does_not_part_a_sentence():
    assert sentences("See MedlinePlus.gov, free. Call 1-800-222-1222.") == [
        "See MedlinePlus.gov, free.",
        "Call 1-800-222-1222.",
    ]


@pytest.mark.parametrize("name", ["CHROME", "BRIEF", "THEME", "HANDOUT", "ROOTS", "REVIEW"])
def test_both_languages_have_the_same_labels(name):
    english, spanish = (getattr(LANGUAGES[lang].labels, name) for lang in LANGS)

    assert english.keys() == spanish.keys()
    assert all(text.strip() for text in (*english.values(), *spanish.values()))


def test_every_attitude_root_has_its_words():
    assert set(ENGLISH.labels.ROOTS) == set(ATTITUDE_ROOTS)


def test_county_and_cards_pages_lead_to_the_full_card_and_the_handout(made):
    pages = page_environment(made)
    files = dict(CountyPages(made, pages).files(made.numbers.counties["56025"]))

    for page, up in ((files["county/56025.html"], "../"), (cards_page(made, pages), "")):
        assert {
            f"{up}{kind}/raw_milk{end}"
            for kind in ("theme", "handout")
            for end in (".html", ".es.html")
        } <= set(Page(page).links)


def test_the_catalogues_title_stands_on_the_page_in_its_language(made):
    milk = TAXONOMY.themes["raw_milk"]

    assert milk.title in Page(theme(made)).text
    assert milk.title_es in Page(theme(made, lang="es")).text


def test_the_trend_of_the_nation_is_told_in_the_pages_language(made):
    english, spanish = (figures(made.in_language(lang), "raw_milk") for lang in LANGS)

    assert english.trend_label == (
        "Over 12 weeks: from about 4 in 100 to about 5 in 100. 6 weeks have no figure."
    )
    assert spanish.trend_label == (
        "En 12 semanas: de cerca de 4 de cada 100 a cerca de 5 de cada 100. "
        "6 semanas no tienen cifra."
    )
    assert spanish.trend == english.trend
    assert figures(made, "portal_distress").trend is None
