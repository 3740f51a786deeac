"""What the briefs of regions, districts, rural America and the nation say, and never say."""

import re
from dataclasses import replace

import pytest

from dashboards.brief import find, make_brief
from dashboards.districts import District
from dashboards.geo import NATION, RURAL, Geo, joined, page_of
from dashboards.place_page import NO_TOTAL, county_lines, inside, place_page, place_pages
from dashboards.rendering import page_environment
from dashboards.rural import rural_regions, rural_voices
from dashboards.sightings import questions, sightings
from dashboards.state_page import state_page
from tests.pages import Page
from tests.reading import flesch_kincaid_grade
from tests.snapshots import MONTANA, TAXONOMY, WYOMING, Snapshot, county, edition, plenty

WY_RURAL = Geo("region", "WY-rural")
DISTRICT = Geo("district", "platte-valley")
PARTS = [
    *("this-week", "themes", "questions", "trust", "do-not-raise", "limits", "method"),
]
"""The parts of a brief, in the order of the county's."""


def rural_too(**changes):
    """Wyoming and Montana with rural figures, and the estimates for all rural counties."""
    made = plenty(**changes)
    for region, raw_milk_n in (("WY-rural", 21), ("MT-rural", 12)):
        made.health(f"region {region}", 600, range(4)).band(f"region {region}", "500 or more")
        made.theme(f"region {region}", "raw_milk", raw_milk_n, 600)
        made.theme(f"region {region}", "raw_milk", 12, 600, "asks")
    for back in range(4):
        made.estimate("rural US-rural", "raw_milk", (27 - back, 18, 38), back=back)
        made.theme("region WY-rural", "raw_milk", 15, 600, back=back) if back else None
    made.estimate("rural US-rural", "hiv", (0.4, 0.1, 1.1))  # nobody was seen to say so
    for signal in ("access_barrier", "blame_insurers", "portal_distress"):
        made.signal("region WY-rural", signal, 30, 600)
        key = ("rural", "US-rural", made.week, "signal", signal)
        made.rows["pub_estimate_week"].append((*key, 50, 40, 60, "rural", 1, True))
    made.void("rural US-rural", "raw_milk")
    return made.change("rural US-rural", "raw_milk", "rising")


def with_district(made, *counties, name="Platte Valley"):
    district = District("platte-valley", name, counties or ("56025", "56027", "56039"))
    return replace(made, districts={district.slug: district})


def page(made, geo):
    return Page(place_page(made, page_environment(made), geo))


def brief(made, geo):
    named = made.by_name
    return make_brief(named, geo, find(named, named.telling(geo)))


@pytest.fixture
def made(tmp_path):
    return with_district(edition(rural_too(), tmp_path))


def test_a_wider_place_is_looked_up_where_it_lies(made):
    assert made.chain(WY_RURAL) == (WY_RURAL, Geo("state", "WY"), NATION)
    assert made.chain(RURAL) == (RURAL, NATION)
    assert made.chain(NATION) == (NATION,)
    assert [geo.type for geo in made.chain(DISTRICT)] == [
        *("district", "county", "county", "county", "region", "region", "state", "nation"),
    ]


def test_joined_chains_keep_each_place_once_and_the_finest_level_first():
    one = (Geo("county", "1"), Geo("state", "WY"), NATION)
    two = (Geo("county", "2"), Geo("region", "WY-rural"), NATION)

    assert [geo.type for geo in joined([one, two])] == [
        *("county", "county", "region", "state", "nation"),
    ]


def test_there_is_a_brief_for_every_region_and_district_for_rural_america_and_the_nation(made):
    names = [name for name, _ in place_pages(made, page_environment(made))]

    assert names == [
        *("region/MT-rural.html", "region/WY-rural.html", "region/WY-urban.html"),
        *("district/platte-valley.html", "rural.html", "nation.html"),
    ]


@pytest.mark.parametrize("geo", [WY_RURAL, DISTRICT, RURAL, NATION])
def test_every_place_has_the_parts_of_a_county_brief_in_their_order(made, geo):
    found = page(made, geo)

    assert [part for part in found.ids if part in PARTS] == PARTS
    assert found.problems == []
    assert "Evidence " in found.text
    assert "Open with" in found.text
    assert "draft wording, not yet clinically reviewed" in found.text


def test_a_state_has_the_parts_of_a_county_brief_too_with_cards(made):
    found = Page(state_page(made, page_environment(made), "WY"))

    assert [part for part in found.ids if part in PARTS] == PARTS
    assert "Open with “Part question of measles?”" in found.text
    assert {"../region/WY-rural.html", "../district/platte-valley.html"} <= set(found.links)


def test_a_state_names_no_theme_that_it_holds_back(made):
    found = Page(state_page(made, page_environment(made), "WY"))

    assert "Plane trails" not in found.text
    assert "1 theme seen this week" in found.text


@pytest.mark.parametrize(
    ("geo", "title", "facts", "main", "where"),
    [
        (
            WY_RURAL,
            "Rural counties of Wyoming",
            "2 counties · 25,612 residents",
            "Raise this week: measles said to be harmless.",
            "In Wyoming, about 3 in 100",
        ),
        (
            RURAL,
            "Rural United States",
            "3 counties in 2 states · 37,957 residents",
            "Be ready for: raw milk said to be safer or healing.",
            "Across all rural counties we collected from, about 3 in 100",
        ),
        (
            NATION,
            "United States",
            "5 counties in 2 states, 3 rural · 218,882 residents",
            "Be ready for: raw milk said to be safer or healing.",
            "Across all places we collected from, about 5 in 100",
        ),
        (
            DISTRICT,
            "Platte Valley, Wyoming",
            "3 counties, 2 rural · 105,553 residents",
            "Raise this week: raw milk said to be safer or healing.",
            "In Natrona County, about 5 in 100",
        ),
    ],
)
def test_the_top_says_which_place_and_where_its_first_theme_was_seen(
    made, geo, title, facts, main, where
):
    found = page(made, geo)

    assert f"{title} Week of March 3 to 9, 2024" in found.text
    assert facts in found.text
    assert brief(made, geo).lead.main == main
    assert brief(made, geo).lead.detail.startswith(where)


def test_rural_america_shows_the_estimate_its_direction_and_its_trend(made):
    (seen,) = [one for one in brief(made, RURAL).themes if one.geo == RURAL]

    assert seen.theme.id == "raw_milk"
    assert seen.promotes.said == (27, 18, 38)
    assert seen.direction == "rising"
    assert len(made.numbers.themes[RURAL]) == 4
    assert '<svg class="trend"' in page(made, RURAL).html


def test_rural_america_names_only_what_was_counted_in_rural_places(made):
    assert "hiv" not in made.numbers.themes_now(RURAL)


def test_rural_america_has_no_counts_and_says_so(made):
    share = made.numbers.themes_now(RURAL)["raw_milk"]["promotes"]
    gap = {part.name: part for part in brief(made, RURAL).themes[0].risk.parts}["gap"]

    assert (share.author_n, share.health_author_n) == (None, None)
    assert gap.reason == "not counted"
    assert "not known: answers are not counted here" in page(made, RURAL).text
    assert "No count of people is made for them as one" in page(made, RURAL).text


def test_rural_america_tells_what_is_asked_and_what_keeps_people_from_care(made):
    text = page(made, RURAL).text

    assert "about 3 in 100 health voices asked across all rural counties we collected" in text
    assert "More ask than before, and few answer." in text
    assert "Care out of reach: about 5 in 100 (likely 4 to 6)" in text


def test_the_voices_of_rural_america_are_the_published_ones_added_up(tmp_path):
    one = Snapshot().health("region WY-rural", 40, (0, 1)).health("county 56027", 12, (0, 2))
    numbers = edition(one.health("county 56025", 500).health("region WY-urban", 600), tmp_path)

    assert (
        rural_voices(numbers.numbers) == 40 + 40 + 12
    )  # week 2 of the hidden region: its county
    assert numbers.numbers.bands_of(RURAL).health_voices == "50 to 99"
    assert rural_regions(numbers.numbers) == [Geo("region", "MT-rural"), WY_RURAL]


def test_without_rural_posts_the_page_says_so_and_lets_the_nation_speak(tmp_path):
    found = page(edition(plenty(), tmp_path), RURAL)

    assert "No figure can be shown for all rural counties we collected from." in found.text
    assert "Evidence D (none of its own)" in found.text


@pytest.mark.parametrize(
    ("geo", "said"),
    [
        (WY_RURAL, "placed in rural Wyoming counties or Wyoming."),
        (RURAL, "placed in rural counties."),
        (NATION, "placed in the United States."),
        (DISTRICT, "placed in Platte Valley or Wyoming."),
    ],
)
def test_an_empty_week_says_that_nothing_can_be_said_and_still_gives_something_to_do(
    tmp_path, geo, said
):
    empty = with_district(edition(Snapshot(), tmp_path))

    lead = brief(empty, geo).lead

    assert lead.main.startswith("We can say nothing about ")
    assert said in lead.detail
    assert "Ask openly" in lead.action
    assert "No claim was counted that is worth preparing for, in " in page(empty, geo).text


def test_nothing_but_the_nation_speaks_for_the_nation(tmp_path):
    lead = brief(edition(plenty(), tmp_path), NATION).lead

    assert "No figure can be shown" not in lead.detail


def test_near_copies_across_the_nation_are_told_on_its_own_page(tmp_path):
    flagged = Snapshot().band("nation US", "500 or more", copies="10 names or more")

    assert (
        "Some health posts across all places" in page(edition(flagged, tmp_path), NATION).text
    )


def test_what_is_unusual_in_rural_america_is_told_state_by_state(tmp_path):
    made = rural_too()
    for region in ("WY-rural", "MT-rural"):
        made.alarm(f"region {region}", "raw_milk", author_n=21, expected=10.0)

    text = page(edition(made, tmp_path), RURAL).text

    assert (
        "Unusual this week: raw milk said to be safer or healing (up to about 4 times as often "
        "as expected) in rural Montana counties and rural Wyoming counties." in text
    )


def test_an_unusual_fringe_claim_stays_unnamed_in_rural_america(tmp_path):
    made = rural_too().alarm("region WY-rural", "trails", author_n=21, expected=10.0)

    text = page(edition(made, tmp_path), RURAL).text

    assert "Unusual this week: 1 claim not named here." in text
    assert "Plane trails" not in text


def test_a_district_speaks_by_its_gravest_county(tmp_path):
    made = Snapshot()
    for fips, share in (("56025", 20), ("56027", 40)):
        made.health(f"county {fips}", 400).theme(f"county {fips}", "raw_milk", share, 400)
    found = with_district(edition(made, tmp_path))

    (seen,) = brief(found, DISTRICT).themes

    assert seen.geo == Geo("county", "56027")


def test_the_gravest_of_several_places_of_a_level_speaks_and_the_one_that_asks_most(tmp_path):
    made = Snapshot().theme("county 56025", "raw_milk", 12, 900)
    made.theme("county 56027", "raw_milk", 90, 900).theme(
        "county 56025", "hiv", 20, 900, "asks"
    )
    made.theme("county 56027", "hiv", 30, 900, "asks").theme("state WY", "raw_milk", 300, 900)
    numbers = edition(made, tmp_path).numbers
    chain = [Geo("county", "56025"), Geo("county", "56027"), Geo("state", "WY")]

    (seen,) = sightings(numbers, TAXONOMY, chain)
    (asked,) = questions(numbers, TAXONOMY, chain)

    assert (seen.geo.value, asked.geo.value) == ("56027", "56027")


def test_a_district_says_why_it_has_no_total_and_sets_its_counties_in_a_table(made):
    text = page(made, DISTRICT).text

    assert NO_TOTAL in text
    assert (
        "Natrona County Raw milk said to be safer or healing 45 (31 to 65) rising raise it"
        in text
    )
    assert "No figure of these can be shown for: Niobrara County and Teton County." in text
    assert (
        "Rural counties of Wyoming Raw milk said to be safer or healing 35 (25 to 50)" in text
    )
    assert "this county" not in text


def test_a_district_without_counties_of_its_own_figures_leans_on_what_lies_around(made):
    found = with_district(made, "56027", "56039")

    lead = brief(found, DISTRICT).lead

    assert lead.detail.startswith("In Wyoming, about 3 in 100")
    assert lead.detail.endswith("No figure can be shown for Platte Valley itself.")
    assert page(found, DISTRICT).text.count("No figure of these claims can be shown") == 1


def test_a_district_has_no_figure_but_those_published_of_other_places(made):
    numbers = made.numbers

    seen = brief(made, DISTRICT)

    assert DISTRICT not in {*numbers.themes, *numbers.signals, *numbers.volume, *numbers.bands}
    for one in (*seen.themes, *seen.more):
        assert one.promotes is numbers.themes_now(one.geo)[one.theme.id]["promotes"]
    for one in seen.questions:
        assert one.asks is numbers.themes_now(one.geo)[one.theme.id]["asks"]


def test_a_district_is_graded_by_the_county_it_rests_on(made):
    evidence = brief(made, DISTRICT).evidence

    assert evidence.letter == "B"
    assert evidence.reason.startswith("rests on Natrona County: 100 to 499 health voices")


def test_a_district_over_a_border_names_both_states(made):
    found = with_district(made, "56025", "30049")

    text = page(found, DISTRICT).text

    assert made.heading(NATION) == "United States"
    assert "Platte Valley, Montana, Wyoming" in text
    assert "2 counties in 2 states, 1 rural" in text


def test_a_county_that_the_release_lacks_is_left_out_of_its_district(made):
    found = with_district(made, "56025", "46102")

    assert [place.fips for place in found.counties_in("platte-valley")] == ["56025"]


def test_a_district_for_paper_and_mail_says_its_table_line_by_line(made):
    named = made.by_name

    lines = list(county_lines(named, brief(made, DISTRICT)))

    assert lines[0] == NO_TOTAL
    assert (
        "Natrona County: Raw milk said to be safer or healing. Of 1,000 health voices: "
        "45 (31 to 65); rising; raise it, 8 of 10." in lines
    )


def test_the_words_that_are_new_read_at_grade_eight():
    assert flesch_kincaid_grade(NO_TOTAL) <= 9


def test_the_links_of_a_brief_lead_to_the_places_inside(made):
    assert [page_of(geo) for geo in inside(made, RURAL)] == [
        "region/MT-rural.html",
        "region/WY-rural.html",
    ]
    assert [page_of(geo) for geo in inside(made, NATION)] == ["state/MT.html", "state/WY.html"]
    assert [geo.value for geo in inside(made, WY_RURAL)] == ["56027", "56039"]


def test_hostile_names_stay_text_on_every_brief(tmp_path):
    loud = '<script>alert(1)</script> "{{ 7 * 7 }}" & =1+1'
    row = county("56027", loud, "WY", 'Wy"><img src=x onerror=alert(1)>')
    snapshot = Snapshot(counties=[row]).health("county 56027", 400)
    snapshot.theme("county 56027", "raw_milk", 30, 400).band("county 56027", "100 to 499")
    found = with_district(edition(snapshot, tmp_path), "56027", name=loud)

    for name, html in place_pages(found, page_environment(found)):
        shown = Page(html)
        assert shown.problems == [], name
        assert not shown.all("img"), name
        assert not shown.all("script"), name
    assert loud in page(found, DISTRICT).text


@pytest.mark.parametrize(
    ("name", "geo"),
    [
        ("place_region.html", WY_RURAL),
        ("place_rural.html", RURAL),
        ("place_nation.html", NATION),
        ("place_district.html", DISTRICT),
    ],
)
def test_a_brief_is_the_one_a_person_looked_at(made, golden, name, geo):
    html = page(made, geo).html

    golden(name, re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "", html, flags=re.DOTALL))


@pytest.mark.parametrize("geo", [WY_RURAL, DISTRICT, RURAL, NATION])
def test_no_brief_prints_a_bare_decimal_or_a_percentage(made, geo):
    text = re.sub(r"release \S+|code \S+", "", page(made, geo).text)

    assert not re.search(r"\d\.\d|%|per 1,000", text)


def test_the_same_edition_gives_the_same_bytes(made):
    again = replace(made)

    assert dict(place_pages(made, page_environment(made))) == dict(
        place_pages(again, page_environment(again))
    )


def test_fixture_counties_lie_in_two_states():
    assert {row["state"] for row in WYOMING + MONTANA} == {"WY", "MT"}
