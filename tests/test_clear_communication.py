"""Briefs hold to the CDC Clear Communication Index; and its scorer sees what is amiss."""

import re

import pytest

from dashboards.county_page import CountyPages
from dashboards.rendering import page_environment
from tests.clear_communication import ITEMS, Brief, is_passive, percent, score, words
from tests.pages import tree
from tests.releases import RELEASES, edition_of

BAR = 90
NEVER_JUDGED = {19}
"""Whether benefits and risks of what is recommended are told is for a clinician to say."""


def pages_of(name, folder):
    """Every county's page of a release, in English, by FIPS code."""
    made = edition_of(name, folder)
    pages = CountyPages(made, page_environment(made))
    return {
        fips: dict(pages.files(place))[f"county/{fips}.html"]
        for fips, place in made.numbers.counties.items()
    }


@pytest.fixture(scope="module")
def plenty(tmp_path_factory):
    """The page of a county with everything."""
    return pages_of("plenty", tmp_path_factory.mktemp("plenty"))["56025"]


@pytest.mark.parametrize("name", RELEASES)
def test_every_brief_scores_ninety_or_more(name, tmp_path):
    scores = {fips: score(page) for fips, page in pages_of(name, tmp_path).items()}

    low = {fips: [item for item, held in items.items() if not held]
           for fips, items in scores.items() if percent(items) < BAR}  # fmt: skip
    assert len(scores) == 5
    assert low == {}


def test_all_items_but_one_are_judged_where_they_apply(plenty, tmp_path):
    (bare,) = {frozenset(score(page)) for page in pages_of("none", tmp_path).values()}

    assert set(ITEMS) == set(range(1, 21)) - NEVER_JUDGED
    assert set(score(plenty)) == set(ITEMS)
    assert set(ITEMS) - bare == {16, 18, 20}


SPOILT = [
    (1, r'(<p class="main">[^<]*)', r"\1 Sunscreen matters too."),
    (2, r'(<section class="lead".*?</section>)(.*?)(</main>)', r"\2\1\3"),
    (4, r'aria-label="Over|Evidence A', "Level"),
    (5, "Do this: Ask", "Perhaps one could ask"),
    (6, "Raise this week:", "It is said this week by some that"),
    (7, "passed this on", "were promoters of the narrative"),
    (7, "A health voice is one person who posted about health in the week.", ""),
    (7, "Most people never post.", "NNT and ARR are low."),
    (8, r"</?(ul|li)\b[^>]*>", ""),
    (9, r"<h2[^>]*>[^<]*</h2>", ""),
    (9, "Most people never post.", f"Most people never post{' at all' * 40}."),
    (10, r'(<p class="main">).*?(<p class="do">)', r"\1Be ready.</p>\2"),
    (11, "Hardly seen here", "Seen everywhere"),
    (12, r"<dl>.*?</dl>", ""),
    (13, r'<ul class="parts".*?</ul>', ""),
    (14, r"[“”]", ""),
    (15, "about 6 in 100", "6.1 %"),
    (16, "passed this on", "promoted it"),
    (17, r"(Insurers blamed: about) \d+ in 100", r"\1 50 in 1,000"),
    (18, "Harm if believed", "Harm"),
    (20, r'likely|aria-label="[^"]*"', ""),
]


@pytest.mark.parametrize(("item", "sought", "put"), SPOILT)
def test_an_item_is_lost_when_what_it_asks_for_is_taken_away(plenty, item, sought, put):
    spoilt = re.sub(sought, put, plenty, flags=re.DOTALL)

    assert spoilt != plenty
    assert score(plenty)[item]
    assert not score(spoilt)[item]


def test_every_item_that_is_judged_can_be_lost():
    assert {item for item, *_ in SPOILT} == set(ITEMS) - {3}  # that is the style sheet's


def test_a_message_that_is_not_set_off_by_its_style_loses_the_visual_cue(plenty, monkeypatch):
    style = ".lead{padding: 0}.lead .main{font-size: 1.3rem;font-weight: 400}"
    monkeypatch.setattr("tests.clear_communication.read_style", lambda: style)

    assert not score(plenty)[3]


def test_without_a_message_nothing_sets_it_off(plenty):
    items = score(plenty.replace('<p class="main">', "<p>"))

    assert [items[number] for number in (1, 2, 3, 4)] == [False] * 4
    assert percent(items) < BAR


@pytest.mark.parametrize(
    ("sentence", "passive"),
    [
        ("Nothing can be said about Natrona County this week.", True),
        ("No figure can be shown for Ohio.", True),
        ("Small figures are not hidden.", True),
        ("We collected too few public posts.", False),
        ("Raw milk said to be safer or healing", False),
        ("Taking medicine every day is tiring.", False),
        ("You were worried.", False),
    ],
)
def test_a_passive_is_a_form_of_be_and_a_participle(sentence, passive):
    assert is_passive(sentence) == passive


def test_words_of_cards_in_spanish_are_not_judged(plenty):
    assert "En español" in plenty
    assert "En español" not in words(Brief(plenty).page)
    assert words(
        tree("<!doctype html><p>One <b>two</b><br> <i lang='es'>tres</i> four</p>")
    ) == ("One two four")


def test_a_saint_in_a_name_ends_no_sentence(tmp_path):
    html = pages_of("none", tmp_path)["56027"]
    named = html.replace("Niobrara County", "St. Johns County")

    assert named != html
    assert score(named) == score(html)
