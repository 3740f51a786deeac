"""What a brief says of a place, and how it says it."""

import json
import re
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.access import access_facts
from dashboards.blocks import card_status, question_lines, said, trust_lines
from dashboards.brief import find, make_brief
from dashboards.county_page import CountyPages
from dashboards.edition import Edition
from dashboards.evidence import grade_evidence
from dashboards.frame import held_back, more_themes
from dashboards.geo import NATION, Geo, state_of
from dashboards.language import ENGLISH
from dashboards.published import Share
from dashboards.rendering import page_environment
from dashboards.risk import MOST_WITHOUT_LOCAL, grade
from dashboards.sightings import questions, sightings, trust_level
from dashboards.words import (
    BASES,
    common_base,
    count_of,
    frequency,
    kind_of,
    list_of,
    opening,
    rurality,
    sentence,
    week_dates,
    week_number,
)
from tests.reading import flesch_kincaid_grade
from tests.releases import RELEASES
from tests.snapshots import (
    CARDS,
    MONTANA,
    TAXONOMY,
    WYOMING,
    Snapshot,
    card,
    county,
    edition,
    plenty,
    rates,
    region_only,
)

NATRONA = Geo("county", "56025")
NIOBRARA = Geo("county", "56027")


def page(made, fips="56025"):
    """The county's page as HTML."""
    files = dict(CountyPages(made, page_environment(made)).files(made.numbers.counties[fips]))
    return files[f"county/{fips}.html"]


def text(html):
    """What a reader sees, as one line."""
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(body).split())


def brief(made, geo=NATRONA):
    return make_brief(made, geo, find(made, made.telling(geo)))


def ids(found):
    return [seen.theme.id for seen in found]


@st.composite
def shares(draw):
    of = draw(st.integers(10, 300_000))
    return rates(draw(st.integers(min(10, of), of)), of)


@given(shares())
def test_a_share_keeps_its_order_and_says_whole_numbers(share):
    said_share = frequency(*share)

    assert 1 <= said_share.low <= said_share.middle <= said_share.high <= said_share.base
    assert said_share.base in BASES
    assert "." not in str(said_share)


@given(shares())
def test_a_share_is_rounded_by_half_a_unit_at_most(share):
    said_share = frequency(*share)

    for whole, per_1000 in zip(
        (said_share.middle, said_share.low, said_share.high), share, strict=True
    ):
        assert abs(whole - per_1000 * said_share.base / 1_000) <= 0.5 + 1e-9


@given(shares())
def test_the_base_is_the_smallest_that_has_at_least_one_at_the_low_end(share):
    said_share = frequency(*share)
    smaller = [base for base in BASES if base < said_share.base]

    assert all(frequency(*share, base).low == 0 for base in smaller)


@given(st.lists(shares(), min_size=1))
def test_shares_of_one_list_have_one_base_and_none_is_said_to_be_zero(found):
    base = common_base(low for _, low, _ in found)

    said_shares = [frequency(*share, base) for share in found]

    assert base in (100, 1_000)
    assert all(not re.search(r"\b0\b", f"{each} {each.cell}") for each in said_shares)


@pytest.mark.parametrize(
    ("share", "words", "cell"),
    [
        ((30, 20, 50), "about 3 in 100 (likely 2 to 5)", "3 (2 to 5)"),
        ((8, 4, 15), "about 8 in 1,000 (likely 4 to 15)", "8 (4 to 15)"),
        ((31, 30.2, 31.9), "about 3 in 100", "3"),
        ((197, 6, 350), "about 20 in 100 (likely 1 to 35)", "20 (1 to 35)"),
        ((150, 2, 350), "about 15 in 100 (likely under 1 to 35)", "15 (under 1 to 35)"),
        ((1000, 787, 1000), "about 100 in 100 (likely 79 to 100)", "100 (79 to 100)"),
    ],
)
def test_a_share_reads_as_a_natural_frequency(share, words, cell):
    assert str(frequency(*share)) == words
    assert frequency(*share).cell == cell


def test_a_share_too_small_for_its_list_is_under_one():
    small = frequency(0.3, 0.1, 0.6, 1_000)

    assert str(small) == "fewer than 1 in 1,000"
    assert small.cell == "under 1"
    assert frequency(0.7, 0.3, 1.6, 1_000).likely == "likely under 1 to 2"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2024, 3, 3), date(2024, 3, 9), "March 3 to 9, 2024"),
        (date(2024, 3, 31), date(2024, 4, 6), "March 31 to April 6, 2024"),
        (date(2024, 12, 29), date(2025, 1, 4), "December 29, 2024 to January 4, 2025"),
    ],
)
def test_a_week_is_said_by_its_days(start, end, words):
    assert week_dates(start, end) == words


def test_small_words():
    assert week_number("2024-W05") == "week 5 of 2024"
    assert [count_of(n, "theme") for n in (0, 1, 1_200)] == [
        "no themes",
        "1 theme",
        "1,200 themes",
    ]
    assert [list_of(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert sentence("be ready") == "Be ready."
    assert sentence("who knows?") == "Who knows?"
    assert opening("HIV said not to exist") == "HIV said not to exist"
    assert opening("Raw milk") == "raw milk"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Natrona County", "county"),
        ("Orleans Parish", "parish"),
        ("Denali Borough", "borough"),
        ("Baltimore city", "city"),
        ("Chugach Census Area", "census area"),
        ("Capitol Planning Region", "planning region"),
        ("District of Columbia", "district"),
    ],
)
def test_a_county_is_called_what_its_state_calls_it(name, kind):
    assert kind_of(name) == kind


def test_rurality_is_said_in_words_without_its_code():
    said_of = rurality(9, True)

    assert said_of == "Rural (fewer than 5,000 people in towns, not next to a metro area)"
    assert rurality(None, False) == "Urban"


def share(author_n=30, of=1_000):
    return Share(author_n, of, *rates(author_n, of))


@given(
    harm=st.integers(0, 2),
    months=st.lists(st.integers(1, 12), unique=True),
    month=st.integers(1, 12),
    level=st.sampled_from(["county", "region", "state", "nation"]),
    promotes=st.integers(10, 1_000),
    refutes=st.none() | st.integers(10, 1_000),
    direction=st.sampled_from(["rising", "falling", "steady", "new", None]),
)
def test_a_grade_is_the_sum_of_its_shown_parts(
    harm, months, month, level, promotes, refutes, direction
):
    risk = grade(
        harm, months, month, level, share(promotes), refutes and share(refutes), direction
    )
    total = sum(part.points for part in risk.parts)

    assert len(risk.parts) == 5
    assert all(0 <= part.points <= 2 and ENGLISH.brief.reason(part) for part in risk.parts)
    assert risk.score == (min(total, MOST_WITHOUT_LOCAL) if level == "nation" else total)
    assert risk.verdict == (
        "leave it" if risk.score <= 3 else "be ready" if risk.score <= 6 else "raise it"
    )


def parts(**changes):
    given_values = {
        "harm": 1,
        "season_months": (6,),
        "month": 6,
        "level": "county",
        "promotes": share(30),
        "refutes": share(30),
        "direction": "steady",
    }
    risk = grade(**(given_values | changes))
    words = ENGLISH.brief
    return {
        words.RISK_PARTS[part.name]: (part.points, words.reason(part)) for part in risk.parts
    }


def test_spread_grows_with_the_share_and_with_a_rise():
    points = [parts(promotes=share(n), direction=None)["Spread"][0] for n in (9, 10, 29, 30)]

    assert points == [0, 1, 1, 2]
    assert parts(promotes=share(9), direction="rising")["Spread"][0] == 1
    assert parts(promotes=share(9), direction="new")["Spread"][0] == 1
    assert parts(promotes=share(9), direction="falling")["Spread"][0] == 0
    assert parts(promotes=share(90), direction="rising")["Spread"][0] == 2


def test_people_act_soon_in_season_and_the_month_before():
    assert parts(season_months=(6, 7), month=6)["Acting soon"] == (2, "in season")
    assert parts(season_months=(6, 7), month=5)["Acting soon"] == (1, "season next month")
    assert parts(season_months=(1,), month=12)["Acting soon"] == (1, "season next month")
    assert parts(season_months=(6, 7), month=8)["Acting soon"] == (0, "out of season")
    assert parts(season_months=(), month=8)["Acting soon"] == (1, "all year")


def test_the_answer_gap_is_wide_when_few_answer_and_unknown_when_answers_are_hidden():
    gaps = [parts(refutes=share(n))["Answer gap"][0] for n in (30, 29, 10)]

    assert gaps == [0, 1, 1]
    assert parts(promotes=share(31), refutes=share(10))["Answer gap"] == (2, "seldom answered")
    assert parts(refutes=None)["Answer gap"] == (1, "not known: too few answers to show")


@pytest.mark.parametrize(
    ("rests_on", "band", "sources", "letter"),
    [
        ("county 56025", "100 to 499", ["import", "news"], "A"),
        ("county 56025", "100 to 499", ["import"], "B"),
        ("county 56025", "50 to 99", ["import", "news"], "B"),
        ("region WY-urban", "500 or more", ["import"], "B"),
        ("region WY-urban", "20 to 49", ["import", "news"], "C"),
        ("state WY", "500 or more", ["import", "news"], "C"),
        ("nation US", "500 or more", ["import", "news"], "D"),
    ],
)
def test_evidence_is_graded_by_level_voices_and_sources(
    tmp_path, rests_on, band, sources, letter
):
    made = edition(
        Snapshot(release={"sources": json.dumps(sources)}).band(rests_on, band), tmp_path
    )

    found = grade_evidence(made.numbers, NATRONA, Geo(*rests_on.split()), "there")

    assert found.letter == letter
    assert f"{band} health voices in 12 weeks" in found.reason


def test_no_theme_at_all_is_grade_d(tmp_path):
    made = edition(Snapshot(), tmp_path)

    assert grade_evidence(made.numbers, NATRONA, None, "").letter == "D"


def test_a_place_with_voices_but_no_theme_says_how_many_were_heard(tmp_path):
    numbers = edition(Snapshot().band("county 56025", "20 to 49"), tmp_path).numbers

    heard = grade_evidence(numbers, NATRONA, None, "")

    assert (heard.letter, heard.reason) == (
        "D",
        "20 to 49 health voices here in 12 weeks, too few on any one theme this week; "
        "posts came from 2 sources (imported files and local news)",
    )


def test_the_evidence_line_names_every_source_the_release_rests_on(tmp_path):
    live = {"sources": json.dumps(["bluesky", "mastodon", "news", "reddit", "new_one"])}
    county, bare = (
        edition(made, tmp_path / name).numbers
        for name, made in (
            ("county", Snapshot(release=live).band("county 56025", "100 to 499")),
            ("bare", Snapshot(release={"sources": "[]"})),
        )
        if not (tmp_path / name).mkdir()
    )

    told = grade_evidence(county, NATRONA, NATRONA, "there").reason
    untold = grade_evidence(bare, NATRONA, None, "").reason

    assert told.endswith("5 sources (Bluesky, Mastodon, local news, Reddit and New one)")
    assert untold == "too few posts to say anything; posts came from no sources"


def copies(made, fips="56025"):
    """What the county's evidence line says of near-copies, on the page and in its file."""
    html = page(made, fips)
    line = re.search(r"<strong>Evidence .*</p>", html)[0]
    files = dict(CountyPages(made, page_environment(made)).files(made.numbers.counties[fips]))
    told = line.partition("Some health posts ")[2].removesuffix("</p>")
    return told, json.loads(files[f"county/{fips}.json"])["copies"]


@pytest.mark.parametrize(
    ("flagged", "where"),
    [
        ("county 56025", "in this county"),
        ("region WY-urban", "in urban Wyoming counties"),
        ("state WY", "in Wyoming"),
    ],
)
def test_the_evidence_line_tells_of_near_copies_and_where(tmp_path, flagged, where):
    kind, value = flagged.split()
    made = edition(Snapshot().band(flagged, "100 to 499", copies="10 names or more"), tmp_path)

    told, record = copies(made)

    assert told == (
        f"{where} in these 12 weeks were near-copies put up under 10 or more names. They may "
        "be a campaign, or news passed on. They are in no figure here."
    )
    assert record == {"geo_type": kind, "geo_value": value}
    assert flesch_kincaid_grade(f"Some health posts {told}") <= 8


def test_the_finest_place_with_near_copies_is_named_and_the_nation_never(tmp_path):
    made = Snapshot().band("nation US", "500 or more", copies="10 names or more")
    (tmp_path / "both").mkdir()
    both = Snapshot()
    for geo in ("county 56025", "state WY"):
        both.band(geo, "100 to 499", copies="10 names or more")

    assert copies(edition(made, tmp_path)) == ("", None)
    found = edition(both, tmp_path / "both")
    assert copies(found)[0].startswith("in this county")
    assert copies(found, "56027")[0].startswith("in Wyoming")
    assert copies(found, "30049") == ("", None)


def test_the_evidence_line_names_clinics_where_their_counts_are_shown(tmp_path):
    made = Snapshot().band("county 56025", "100 to 499").clinic("county 56025", "raw_milk", 12)
    told = edition(made, tmp_path)

    heard, elsewhere = (
        make_brief(told, geo, find(told, (geo,))).evidence.reason
        for geo in (NATRONA, Geo("county", "30049"))
    )
    rested = grade_evidence(told.numbers, NATRONA, NATRONA, "there", has_clinics=True)
    without = grade_evidence(told.numbers, NATRONA, NATRONA, "there")

    apart = ", and reports from clinics, counted apart"
    assert heard.endswith(f"2 sources (imported files and local news){apart}")
    assert "clinics" not in elsewhere
    assert (rested.letter, rested.reason) == (without.letter, without.reason + apart)


def test_a_theme_is_taken_at_the_finest_level_that_shows_its_promoters(tmp_path):
    made = Snapshot()
    for geo in ("county 56025", "region WY-urban", "state WY", "nation US"):
        made.theme(geo, "raw_milk", 20, 400)
    made.theme("county 56025", "fluoride", 20, 400, "asks")  # asked here, promoted in the state
    made.theme("state WY", "fluoride", 20, 400).theme("nation US", "fluoride", 20, 400)
    made.theme("region WY-rural", "sunscreen", 20, 400)  # another region
    made.theme("county 56021", "sunscreen", 20, 400)  # another county
    made.theme("nation US", "measles", 20, 400, back=1)  # another week
    found = edition(made, tmp_path)

    seen = sightings(found.numbers, TAXONOMY, found.chain(NATRONA))

    assert {s.theme.id: s.geo for s in seen} == {
        "raw_milk": NATRONA,
        "fluoride": state_of("WY"),
    }


def test_of_two_claims_to_be_ready_for_the_one_said_nearby_comes_first(tmp_path):
    made = Snapshot()
    made.health("region WY-urban", 900).theme("region WY-urban", "sunscreen", 12, 900)
    made.health("nation US", 9_000).theme("nation US", "measles", 900, 9_000)
    made.change("nation US", "measles", "rising")
    published = edition(made, tmp_path)

    found = sightings(published.numbers, TAXONOMY, published.chain(NATRONA))

    assert [seen.theme.id for seen in found] == ["sunscreen", "measles"]
    assert {seen.risk.verdict for seen in found} == {"be ready"}
    assert found[0].risk.score < found[1].risk.score


def test_the_chain_of_a_county_leads_through_its_own_region(tmp_path):
    made = edition(Snapshot(), tmp_path)

    assert [geo.value for geo in made.chain(NATRONA)] == ["56025", "WY-urban", "WY", "US"]
    assert [geo.value for geo in made.chain(NIOBRARA)] == ["56027", "WY-rural", "WY", "US"]


def test_leaving_out_places_without_figures_changes_no_finding(tmp_path):
    made = edition(plenty(), tmp_path)

    for fips in made.numbers.counties:
        geo = Geo("county", fips)

        assert find(made, made.telling(geo)) == find(made, made.chain(geo))


def test_questions_are_local_first_and_say_when_they_are_asked_more_than_answered(tmp_path):
    made = Snapshot()
    made.theme("state WY", "raw_milk", 90, 900, "asks")
    made.theme("state WY", "raw_milk", 40, 900, "refutes")
    made.theme("county 56025", "fluoride", 12, 400, "asks")
    made.theme("nation US", "hiv", 12, 9_000, "asks").theme(
        "nation US", "hiv", 20, 9_000, "refutes"
    )
    found = edition(made, tmp_path)

    asked = questions(found.numbers, TAXONOMY, found.chain(NATRONA))

    assert [(q.theme.id, q.is_unanswered) for q in asked] == [
        ("fluoride", False),  # its answers are hidden, which is not the same as none
        ("raw_milk", True),
        ("hiv", False),
    ]


def test_trust_signals_all_come_from_one_level(tmp_path):
    made = Snapshot().signal("county 56025", "blame_insurers", 12, 400)
    for signal in ("blame_insurers", "access_barrier", "portal_distress"):
        made.signal("state WY", signal, 30, 900)
    found = edition(made, tmp_path)

    assert trust_level(found.numbers, found.chain(NATRONA)) == state_of("WY")
    assert trust_level(found.numbers, [NATRONA]) == NATRONA
    assert trust_level(found.numbers, [NIOBRARA]) is None
    assert trust_level(found.numbers, []) is None


def test_shares_in_one_list_are_said_at_one_base(tmp_path):
    made = Snapshot().signal("county 56025", "blame_insurers", 50, 2_000)
    made.signal("county 56025", "access_barrier", 11, 2_000)
    found = edition(made, tmp_path)

    lines = trust_lines(found, brief(found).trust)

    assert [words for _, words in lines.signals] == [
        "about 25 in 1,000 (likely 20 to 31)",
        "about 6 in 1,000 (likely 3 to 9)",
    ]
    assert question_lines(found, ()) == []


def test_the_parts_come_in_the_fixed_order(tmp_path):
    html = page(edition(plenty(), tmp_path))

    headings = re.findall(r'<h2 id="([\w-]+)"', html)

    assert headings == [
        "this-week",
        "themes",
        "questions",
        "trust",
        "do-not-raise",
        "limits",
        "method",
    ]


def test_a_card_is_spoken_in_the_order_of_the_article_and_says_that_it_is_a_draft(tmp_path):
    seen = text(page(edition(plenty(), tmp_path)))

    spoken = [seen.index(f"Part {part} of raw_milk") for part in ("one", "two", "three")]

    assert spoken == sorted(spoken)
    assert "Conversation card: draft wording, not yet clinically reviewed" in seen


def test_a_reviewed_card_names_its_reviewer_and_says_when_the_review_has_run_out(tmp_path):
    made = edition(Snapshot(), tmp_path)
    signed = {
        "status": "reviewed",
        "reviewed_by": "A. Reader, MD",
        "reviewed_on": date(2023, 5, 1),
    }

    fresh = card_status(made, card("raw_milk", **signed, review_due=date(2024, 5, 1)))
    stale = card_status(made, card("raw_milk", **signed, review_due=date(2024, 3, 1)))

    assert fresh == "reviewed by A. Reader, MD, 2023-05-01"
    assert stale == f"{fresh}; a new review was due 2024-03-01"


def test_at_most_three_themes_are_laid_out_and_the_rest_is_named_or_counted(tmp_path):
    made = Snapshot()
    for theme_id in TAXONOMY.themes:
        made.theme("county 56025", theme_id, 30, 400)
    held = edition(made, tmp_path)
    found = brief(held)

    assert ids(found.themes) == ["measles", "hiv", "raw_milk"]
    assert ids(found.more) == ["fluoride", "sunscreen", "trails"]
    assert more_themes(found.more, held).startswith("fluoride in water said to be poison; sun")


def test_a_theme_graded_too_low_is_counted_but_named_nowhere(tmp_path):
    made = Snapshot().theme("nation US", "trails", 30, 90_000)
    made.theme("county 56025", "raw_milk", 30, 400)
    found = edition(made, tmp_path)

    html = page(found)

    assert brief(found).held_back_n == 1
    assert "trails" not in html.lower()
    assert "1 theme seen this week, here or elsewhere, graded too low" in text(html)
    assert "trails" not in json.dumps(list(CountyPages(found, page_environment(found)).files(
        found.numbers.counties["56025"]))[1]).lower()  # fmt: skip


def test_nothing_held_back_is_said_too():
    assert held_back(0).startswith("Nothing is held back this week.")


@pytest.mark.parametrize(
    ("fips", "made", "main", "detail"),
    [
        (
            "56025",
            plenty(),
            "Raise this week: raw milk said to be safer or healing.",
            "In Natrona County, about 5 in 100 health voices (likely 3 to 7) passed this on, "
            "more than in earlier weeks.",
        ),
        (
            "56027",
            region_only(),
            "Be ready for: raw milk said to be safer or healing.",
            "In rural Wyoming counties, about 3 in 100 health voices (likely 2 to 4) passed "
            "this on, with too few posts to compare with earlier weeks. No figure can be shown "
            "for Niobrara County itself.",
        ),
        (
            "30049",
            region_only(),
            "Be ready for: raw milk said to be safer or healing.",
            "Across all places we collected from, about 3 in 100 health voices (likely 2 to 3) "
            "passed this on, with too few posts to compare with earlier weeks. No figure can "
            "be shown for Lewis and Clark County or Montana.",
        ),
        (
            "56027",
            Snapshot(),
            "We can say nothing about Niobrara County this week.",
            "We collected too few public posts that could be placed in Niobrara County or "
            "Wyoming. That is a gap in what we see, not a sign that all is well.",
        ),
        (
            "56025",
            Snapshot().theme("nation US", "trails", 30, 90_000),
            "Nothing needs raising this week.",
            "1 theme could be counted; none needs action.",
        ),
    ],
)
def test_the_lead_says_what_is_known_and_where_it_was_seen(tmp_path, fips, made, main, detail):
    lead = brief(edition(made, tmp_path), Geo("county", fips)).lead

    assert (lead.main, lead.detail) == (main, detail)


def test_there_is_always_one_thing_to_do(tmp_path):
    actions = []
    for made in (plenty(), region_only(), Snapshot()):
        folder = tmp_path / str(len(actions))
        folder.mkdir()
        actions.append(brief(edition(made, folder)).lead.action)

    assert actions == [
        "Ask patients it may concern, before they ask you: “Part question of raw_milk?”",
        "Do not bring it up yourself. When a patient does, start with: "
        "“Part question of raw_milk?”",
        "Ask openly, and listen first: “What have you heard or read about this?”",
    ]


@pytest.mark.parametrize("made", [plenty(), region_only(), Snapshot(), plenty(is_sample=True)])
def test_no_page_prints_a_bare_decimal_or_a_percentage(tmp_path, made):
    seen = text(page(edition(made, tmp_path)))
    without_names = re.sub(r"release \S+|code \S+", "", seen)

    assert not re.search(r"\d\.\d|%|per 1,000", without_names)


def test_words_are_seen_in_posts_and_never_believed_in_the_county(tmp_path):
    seen = text(page(edition(plenty(), tmp_path)))

    assert "Seen in public posts we collected; it is not what people in Natrona" in seen
    assert "believed in" not in seen


def test_the_limits_say_what_went_in(tmp_path):
    seen = text(page(edition(plenty(), tmp_path)))

    assert "Of 6,646 posts in 12 weeks, 4,020 could be placed in a state or county." in seen
    assert "1,204 named no author" in seen
    assert "(about 17 in 100 households in this place)" in seen


def test_counts_too_small_to_tell_are_left_out(tmp_path):
    hidden = {"posts_n": None, "placed_n": None, "no_author_n": None, "sources": "[]"}

    seen = text(page(edition(Snapshot(release=hidden), tmp_path)))

    assert "None" not in seen
    assert "Posts came from: no source of 10 people or more" in seen


def test_a_missing_card_leaves_the_theme_and_an_open_question(tmp_path):
    made = edition(plenty(), tmp_path)
    without = {key: value for key, value in CARDS.items() if key != "raw_milk"}
    bare = Edition(made.numbers, made.taxonomy, without)

    assert brief(bare).lead.action.endswith("“What have you heard or read about this?”")
    assert "Part two of raw_milk" not in page(bare)


def facts(tmp_path, **changes):
    row = county("56027", "Niobrara County", "WY", "Wyoming", **changes)
    made = edition(Snapshot(counties=[row]), tmp_path)
    return access_facts(made.numbers.counties["56027"])


def test_access_is_told_with_its_year(tmp_path):
    assert facts(tmp_path) == [
        "One primary care physician for about 1,500 residents (2021).",
        "The whole county is a federal shortage area for primary care (2023).",
        "About 12 in 100 residents have no health insurance (2014–18).",
    ]


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"has_pcp_2021": False, "pop_per_pcp_2021": None}, "No primary care physician was"),
        ({"has_pcp_2021": None, "pop_per_pcp_2021": None}, "There is no firm figure"),
        ({"pcp_quality_2021": 3}, "There is no firm figure"),
        ({"pop_per_pcp_2021": 846}, "One primary care physician for about 850 residents"),
    ],
)
def test_a_shaky_physician_figure_is_never_printed_as_a_good_one(tmp_path, changes, first):
    assert facts(tmp_path, **changes)[0].startswith(first)


def test_missing_access_facts_are_left_out(tmp_path):
    found = facts(tmp_path, hpsa_primary_care_2023=None, uninsured_pct_2018=None)

    assert len(found) == 1


def test_a_parish_is_called_a_parish(tmp_path):
    row = county("22071", "Orleans Parish", "LA", "Louisiana", rucc_2023=1)
    made = Snapshot(counties=[row]).theme("county 22071", "raw_milk", 30, 400)

    seen = text(page(edition(made, tmp_path), "22071"))

    assert "In this parish, about 8 in 100 health voices" in seen
    assert "The whole parish is a federal shortage area" in seen


def test_the_county_file_says_what_the_page_says(tmp_path):
    made = edition(plenty(is_sample=True), tmp_path)
    files = dict(
        CountyPages(made, page_environment(made)).files(made.numbers.counties["56025"])
    )

    record, lead = json.loads(files["county/56025.json"]), brief(made).lead

    assert record["notice"] == "Sample data, written for demonstration"
    assert (record["main"], record["action"]) == (lead.main, lead.action)
    assert record["main_es"].startswith("Saque el tema esta semana: leche cruda")
    assert record["action_es"].startswith("Pregunte a los pacientes")
    assert [row["theme_id"] for row in record["themes"]] == ids(brief(made).themes)
    assert record["themes"][0]["share_per_1000"] == 45.0
    assert sum(record["themes"][0]["risk_parts"].values()) == record["themes"][0]["risk_score"]
    assert len(files["county/56025.json"]) < 8_000


def test_a_state_is_read_like_a_county_one_level_up(tmp_path):
    found = brief(edition(plenty(), tmp_path), state_of("WY"))

    assert found.lead.detail.startswith("In Wyoming, about 3 in 100 health voices")
    assert found.evidence.letter == "A"


def test_the_district_is_named_as_a_sentence_wants_it(tmp_path):
    row = county("11001", "District of Columbia", "DC", "District of Columbia", rucc_2023=1)
    made = edition(Snapshot(counties=[row]), tmp_path)

    assert made.within(state_of("DC")) == "in the District of Columbia"
    assert made.within(Geo("county", "11001")) == "in this district"
    assert made.within(NATION) == "across all places we collected from"


def test_said_takes_a_share_as_published():
    assert str(said(share(30))) == "about 3 in 100 (likely 2 to 4)"


@pytest.mark.parametrize(
    ("name", "made", "fips"),
    [
        ("county_plenty.html", plenty(), "56025"),
        ("county_none.html", Snapshot(), "56027"),
        ("county_region_only.html", region_only(), "56027"),
        ("county_sample.html", plenty(is_sample=True, week="2026-W46"), "56039"),
        ("county_hidden.html", RELEASES["hidden"](), "56027"),
        ("county_outage.html", RELEASES["outage"](), "56025"),
        ("county_alarm.html", plenty().alarm("county 56025", "raw_milk"), "56025"),
    ],
)
def test_a_county_page_is_the_one_a_person_looked_at(tmp_path, golden, name, made, fips):
    html = page(edition(made, tmp_path), fips)

    golden(name, re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "", html, flags=re.DOTALL))


def test_fixture_counties_are_on_both_sides_of_the_rural_line():
    assert {row["is_rural"] for row in WYOMING + MONTANA} == {True, False}
