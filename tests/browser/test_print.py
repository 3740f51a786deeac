"""What is printed: a brief on one side of Letter where it can, in type that can be read."""

import pytest

from tests.browser.audit import LETTER_PX, printed_pages
from tests.browser.chromium import tab
from tests.pages import Page

LEAST_POINTS = 8.0
POINTS_A_PIXEL = 0.75

pytestmark = pytest.mark.timeout(900)


def themes_n(file):
    """Themes laid out on a county's page."""
    articles = Page(file.read_text(encoding="utf-8")).all("article")
    return sum(found.get("class") == "theme" for found in articles)


@pytest.fixture
def sheet(browser):
    """A tab that prints."""
    with tab(browser) as one:
        yield one


def counties(sites):
    return [file for site in sites.values() for file in sorted(site.glob("county/*.html"))]


def test_a_county_brief_takes_two_sides_of_letter_at_most_and_one_with_two_themes(sheet, sites):
    sheet.open("about:blank")
    is_narrow = sheet.probe("has_font", "Arial")
    wrong = {}
    for file in counties(sites):
        sheet.open(file)
        sides, themes = printed_pages(sheet), themes_n(file)
        if sides > (1 if themes < 3 and is_narrow else 2):
            wrong[str(file)] = (sides, themes)

    assert wrong == {}


def test_every_handout_is_one_side_of_letter(sheet, sites):
    handouts = sorted(sites["sample"].glob("handout/*.html"))
    sides = {}
    for file in handouts:
        sheet.open(file)
        sides[file.name] = printed_pages(sheet)

    assert len(handouts) > 60
    assert {name: n for name, n in sides.items() if n != 1} == {}


def test_no_printed_word_is_smaller_than_eight_points(sheet, pages):
    smallest = {}
    sheet.page.emulate_media(media="print")
    for page in pages:
        sheet.open(page.file, LETTER_PX)
        pixels, words = sheet.probe("smallest")
        smallest[str(page)] = (round(pixels * POINTS_A_PIXEL, 2), words)

    assert {name: one for name, one in smallest.items() if one[0] < LEAST_POINTS} == {}


def test_fewer_themes_are_printed_in_larger_type(sheet, sites):
    sheet.page.emulate_media(media="print")
    sizes = []
    for release in ("none", "one theme", "two themes", "plenty"):
        sheet.open(sites[release] / "county/56025.html", LETTER_PX)
        sizes.append(sheet.probe("type_size"))

    assert sizes[0] == sizes[1] > sizes[2] > sizes[3]
