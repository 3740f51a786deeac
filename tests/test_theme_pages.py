"""What the drawings on a theme's page show: a year of weeks, and the states."""

from dataclasses import replace

import pytest

from dashboards.cards import LANGS, load_cards
from dashboards.conversation.figures import YEAR, figures
from dashboards.conversation.pages import theme_page
from dashboards.conversation.where import states_map
from dashboards.geo import NATION
from dashboards.language import LANGUAGES
from dashboards.maps import SHADE_WORDS
from dashboards.rendering import page_environment
from dashboards.state_page import state_page
from dashboards.trend import SMALL, WIDE, trend
from tests.pages import Page
from tests.snapshots import Snapshot, edition, plenty


def words_of(lang):
    return LANGUAGES[lang].labels.THEME


def page(made, card_id="raw_milk", lang="en"):
    return Page(theme_page(made, page_environment(made), made.cards[card_id], lang))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return edition(plenty(), tmp_path_factory.mktemp("themes"))


def weeks_of(count, held):
    """A release of so many weeks, the last `held` of them with a national figure."""
    made = Snapshot(weeks_n=count).health("nation US", 9_000, range(count))
    for back in range(held):
        made.theme("nation US", "raw_milk", 300 + back, 9_000, back=back)
    return made


def test_the_drawing_shows_as_many_weeks_as_the_release_holds_and_says_how_many(made):
    found, text = figures(made, "raw_milk"), page(made).text

    assert len(found.drawn) == 12
    assert "Week 51 of 2023 Week 10 of 2024" in text
    assert "12 weeks, all places we collected from." in text
    assert "This release holds 12 weeks, so there is no whole year to draw yet." in text


def test_of_a_longer_release_a_year_is_drawn(tmp_path):
    made = edition(weeks_of(60, 60), tmp_path)

    found, text = figures(made, "raw_milk"), page(made).text

    assert len(found.drawn) == YEAR == 52
    assert len(found.trend.dots) == 52
    assert "52 weeks, all places" in text
    assert "no whole year" not in text


def test_the_drawing_is_wide_has_its_band_and_says_where_it_ends(made):
    found = figures(made, "raw_milk")
    (svg,) = [one for one in page(made).all("svg") if "wide" in (one.get("class") or "")]

    assert found.trend.size == WIDE
    assert svg["viewbox"] == f"0 0 {WIDE.width} {WIDE.height}"
    assert svg["role"] == "img"
    assert found.trend.band
    points = [tuple(map(int, p.split(","))) for line in found.trend.band for p in line.split()]
    assert min(y for _, y in points) == WIDE.margin  # the top is the highest end of the band
    assert "goes from zero to about 5 in 100 health voices" in page(made).text


def test_a_line_in_a_sentence_stays_as_small_as_it_was(made):
    numbers = made.numbers

    line = trend(numbers.themes[NATION], made.weeks, "raw_milk")

    assert line.size == SMALL
    assert max(x for x, _ in line.dots) <= SMALL.width


def test_too_few_weeks_draw_nothing_and_say_so(tmp_path):
    made = edition(weeks_of(12, 2), tmp_path)

    text = page(made).text

    assert "Too few weeks have a figure to draw a line." in text
    assert not [one for one in page(made).all("svg") if one.get("class") == "trend wide"]


def test_a_state_is_shaded_by_what_may_be_told_of_this_theme(tmp_path):
    release = plenty().change("state WY", "fluoride", "rising").band("state MT", "10 to 19")
    made = edition(release.theme("state MT", "measles", 20, 900), tmp_path)

    def shades(tag_id):
        return {area.name: area.shade for area in states_map(made, tag_id).areas}

    assert shades("fluoride") == {"Montana": "voices", "Wyoming": "rising"}
    assert shades("raw_milk") == {"Montana": "voices", "Wyoming": "seen"}
    assert shades("measles") == {"Montana": "seen", "Wyoming": "seen"}
    assert shades("portal_distress")["Wyoming"] == "seen"


def test_a_share_too_uncertain_to_say_is_not_called_counted(tmp_path):
    release = plenty().estimate("state WY", "raw_milk", (9.0, 0.1, 90.0), has_numbers=False)
    made = edition(release, tmp_path)

    shades = {area.name: area.shade for area in states_map(made, "raw_milk").areas}

    assert shades["Wyoming"] == "voices"


@pytest.mark.parametrize("lang", LANGS)
def test_the_map_has_a_legend_in_the_page_s_language_and_a_table_says_the_same(made, lang):
    found, shown = states_map(made.in_language(lang), "raw_milk"), page(made, lang=lang)

    assert [words for _, words in found.legend] == [
        words_of(lang)["seen"],
        words_of(lang)["few"],
    ]
    assert all(words in shown.text for _, words in found.legend)
    assert words_of(lang)["map"] in shown.text
    on_map = {a["href"] for a in shown.all("a") if a.get("tabindex") == "-1"}
    listed = {a.get("href") for a in shown.all("a") if "tabindex" not in a}
    counted = {area.href for area in found.areas if area.shade in ("seen", "rising")}
    assert on_map == {area.href for area in found.areas}
    assert counted <= listed


def test_a_theme_counted_in_no_state_has_no_map(tmp_path):
    made = edition(weeks_of(12, 12), tmp_path)

    assert not page(made).all("pattern")


def test_other_maps_say_what_they_said(made):
    assert list(SHADE_WORDS) == ["rising", "seen", "voices", "few"]


def test_tables_lead_to_the_theme_s_page(made):
    links = Page(state_page(made, page_environment(made), "WY")).links

    assert "../theme/raw_milk.html" in links
    assert not [link for link in links if "cards.html#" in link]


def test_a_signal_has_no_feed_and_no_trend_but_a_map(made):
    shown = page(made, "portal_distress")

    assert not shown.all("link")
    assert shown.all("pattern")
    assert "Too few weeks" not in shown.text


def test_a_theme_page_stays_small(made):
    real = replace(made, cards=load_cards())

    for lang in LANGS:
        html = theme_page(real, page_environment(real), real.cards["raw_milk"], lang)
        assert len(html.encode()) < 100_000
