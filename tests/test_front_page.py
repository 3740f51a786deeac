"""What the front page and the list of counties say first, and how one finds a county there."""

import gzip
import re
from dataclasses import replace

import pytest

from dashboards.county_list import county_list
from dashboards.districts import District
from dashboards.front_page import front_page, rising
from dashboards.geo import NATION, RURAL
from dashboards.rendering import TEMPLATES, page_environment
from tests.pages import Page
from tests.snapshots import Snapshot, county, edition, plenty


def front(made):
    return Page(front_page(made, page_environment(made)))


def listed(made):
    return Page(county_list(made, page_environment(made)))


def rural_snapshot():
    made = plenty().health("region WY-rural", 600).theme("region WY-rural", "raw_milk", 12, 600)
    made.theme("region WY-rural", "fluoride", 15, 600)
    made.estimate("rural US-rural", "raw_milk", (20, 12, 30))
    return made.estimate("rural US-rural", "fluoride", (25, 14, 36))


def test_the_front_page_begins_with_what_rises_in_rural_america(tmp_path):
    made = rural_snapshot().change("rural US-rural", "raw_milk", "rising")
    page = front(edition(made.change("region WY-rural", "fluoride", "new"), tmp_path))
    headings = re.findall(r"<h2[^>]*>([^<]+)<", page.html)

    assert headings[:2] == ["Find your county", "What is rising in rural America this week"]
    assert "Raw milk said to be safer or healing 2 (1 to 3) rising no state" in page.text
    assert (
        "Fluoride in water said to be poison 3 (1 to 4) too few posts to say Wyoming"
        in page.text
    )
    assert "across all rural counties we collected from" in page.text
    assert "region/WY-rural.html" in page.links


def test_where_nothing_rises_it_says_what_was_seen(tmp_path):
    page = front(edition(rural_snapshot(), tmp_path))

    assert "What was seen in rural America this week" in page.text
    assert "No theme is rising, or there are too few posts to say." in page.text


def test_when_nothing_can_be_said_of_rural_america_it_says_so_and_shows_all_places(tmp_path):
    page = front(edition(plenty(), tmp_path))

    assert (
        "This week nothing can be said of all rural counties together: too few public posts "
        "could be placed there. Shown instead: all places we collected from." in page.text
    )
    assert "across all places we collected from, about how many" in page.text
    assert "Raw milk said to be safer or healing 45 (42 to 49) steady" in page.text


def test_rising_in_rural_counties_looks_at_rural_counties_and_not_at_their_states(tmp_path):
    made = rural_snapshot().change("state WY", "measles", "rising")
    found = edition(made, tmp_path)

    assert not rising(found, RURAL).is_rising
    assert rising(found, NATION).is_rising


def test_the_ways_to_every_brief_are_always_there(tmp_path):
    page = front(edition(plenty(), tmp_path))
    hidden = re.search(r"<section[^>]*hidden>.*?</section>", page.html, re.DOTALL)[0]

    for way in ("counties.html", "rural.html", "nation.html"):
        assert way in page.links
        assert way not in hidden
    assert "noscript" not in page.html
    assert "All 5 counties, A to Z" in page.text


def test_every_county_is_in_the_list_by_state_with_its_letter(tmp_path):
    made = edition(plenty(), tmp_path)
    page = listed(made)
    counties = [link for link in page.links if link.startswith("county/")]

    assert counties == [
        f"county/{place.fips}.html"
        for postal in made.states
        for place in made.counties_of[postal]
    ]
    assert {"#MT", "#WY"} <= set(page.links)
    assert {"MT", "WY"} <= set(page.ids)
    assert page.problems == []
    assert not page.all("script")


def test_a_letter_leads_to_the_first_of_its_states(tmp_path):
    rows = [
        county("19001", "Adair County", "IA", "Iowa"),
        county("17001", "Adams County", "IL", "Illinois"),
    ]

    assert '<a href="#IL">I</a>' in listed(edition(Snapshot(counties=rows), tmp_path)).html


def test_districts_stand_in_the_list_too(tmp_path):
    made = edition(plenty(), tmp_path)
    district = District("corner", "<b>Corner</b>", ("56027",))

    page = listed(replace(made, districts={"corner": district}))

    assert "district/corner.html" in page.links
    assert "<b>Corner</b>" in page.text
    assert '<h2 id="districts">' not in listed(made).html


def test_a_county_with_a_hostile_name_stays_text_in_the_list(tmp_path):
    rows = [county("56027", '<img src=x onerror="alert(1)">', "WY", "Wyoming")]

    page = listed(edition(Snapshot(counties=rows), tmp_path))

    assert not page.all("img")
    assert '<img src=x onerror="alert(1)">' in page.text


@pytest.mark.parametrize("word", ["towns:", '"town-"', "zips:", "counties:"])
def test_the_search_script_takes_what_the_index_hands_over(word):
    assert word in (TEMPLATES / "search.js").read_text(encoding="utf-8")


def test_the_front_page_stays_far_below_sixty_kilobytes(tmp_path):
    html = front(edition(rural_snapshot(), tmp_path)).html

    assert len(gzip.compress(html.encode())) < 20_000


def test_a_theme_that_rises_in_many_states_names_a_few_and_counts_the_rest(tmp_path):
    rows = [
        county(f"{number:02}001", "First County", f"{letter}A", f"State {letter}")
        for number, letter in enumerate("BCDEFGHIJK", 1)
    ]
    made = Snapshot(counties=rows).theme("nation US", "raw_milk", 90, 900)
    for row in rows:
        made.change(f"state {row['state']}", "raw_milk", "rising")

    page = front(edition(made, tmp_path))

    assert "State I and 2 more" in page.text


def test_a_revision_names_themes_by_title(tmp_path):
    told = "The largest change: Natrona County, WY, 2024-W10, theme, raw_milk: from 6 to 5."
    made = edition(Snapshot(release={"changed": told}), tmp_path)

    assert made.titled(told) == (
        "The largest change: Natrona County, WY, 2024-W10, raw milk said to be safer or "
        "healing: from 6 to 5."
    )
