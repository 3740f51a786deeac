"""Every kind of page can be read and used by everybody, at every width, light and dark."""

import pytest

from tests.browser.audit import SCHEMES, WIDTHS
from tests.browser.chromium import tab

pytestmark = pytest.mark.timeout(900)  # a browser on a busy machine takes its time


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_wrong_at_any_width(audit, scheme):
    assert audit.axe(scheme) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(audit, width):
    assert audit.overflow(width) == {}


def test_no_page_is_wider_when_a_reader_spaces_its_text_out(audit):
    assert audit.overflow(320, is_spaced=True) == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(audit, width):
    assert audit.keyboard(width) == {}


def test_nothing_moves(audit):
    assert audit.moving() == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_on_the_screen_and_on_paper(audit, scheme):
    assert audit.faint(scheme) == {}


def test_the_first_stop_of_the_keyboard_skips_to_what_the_page_says(browser, pages):
    with tab(browser) as one:
        for page in pages:
            one.open(page.file, 320)
            one.page.keyboard.press("Tab")
            first = one.page.evaluate("document.activeElement.getBoundingClientRect().left")
            one.page.keyboard.press("Enter")
            at = one.page.evaluate("document.activeElement.id")
            one.page.keyboard.press("Tab")
            inside = one.page.evaluate(
                "!document.activeElement.matches('.crumbs *, body > header *, .skip')"
            )

            assert (first >= 0, at, inside) == (True, "main", True), page


def test_every_kind_of_page_of_the_site_is_looked_at(sites, pages):
    seen = {page.kind for page in pages}

    assert seen >= {"index.html", "cards.html", "method.html", "data/index.html"}
    assert seen >= {"county/*.html", "state/*.html", "theme/*.es.html", "handout/*.html"}
    assert seen >= {"county/*.es.html", "region/*.html", "district/*.html"}
    assert {page.release for page in pages if page.kind == "county/*.html"} == set(sites)
