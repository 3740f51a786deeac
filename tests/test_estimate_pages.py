"""Hold the pages to the corrected share: its number, what it rests on, and its silences."""

import pytest

from classifiers.taxonomy import Theme
from dashboards.blocks import question_lines, theme_block, trust_lines
from dashboards.brief import find, make_brief
from dashboards.geo import Geo
from dashboards.language import ENGLISH
from dashboards.published import Estimate, Share
from dashboards.sightings import sighting
from dashboards.trend import trend
from tests.snapshots import TAXONOMY, Snapshot, edition

COUNTY = Geo("county", "56025")
MILK: Theme = TAXONOMY.themes["raw_milk"]


def seen(snapshot, folder, geo=COUNTY):
    made = edition(snapshot, folder)
    return made, sighting(made.numbers, MILK, geo)


def counted():
    return Snapshot().health("county 56025", 400).theme("county 56025", "raw_milk", 40, 400)


def test_a_page_says_the_corrected_share_and_not_the_one_counted(tmp_path):
    made, found = seen(counted().estimate("county 56025", "raw_milk", (60, 40, 80)), tmp_path)

    block = theme_block(made, found)

    assert str(block.share) == "about 6 in 100 (likely 4 to 8)"
    assert block.borrowed == ""


@pytest.mark.parametrize(
    ("level", "words"),
    [("region", "urban Wyoming counties"), ("state", "Wyoming")],
)
def test_a_borrowed_share_says_from_where(tmp_path, level, words):
    made, found = seen(
        counted().estimate("county 56025", "raw_milk", (60, 40, 80), rests_on=level), tmp_path
    )

    assert theme_block(made, found).borrowed == words


def test_too_few_posts_to_say_means_the_next_wider_place_speaks(tmp_path):
    made = counted().estimate("county 56025", "raw_milk", (60, 1, 400), has_numbers=False)
    made.health("state WY", 900).theme("state WY", "raw_milk", 50, 900)
    held, found = seen(made, tmp_path)

    (only,) = find(held, (COUNTY, Geo("state", "WY"))).seen

    assert found is None
    assert only.geo == Geo("state", "WY")


def test_without_an_estimate_the_share_counted_is_said(tmp_path):
    made, found = seen(counted(), tmp_path)

    assert theme_block(made, found).share.about == "about 10 in 100"


def test_signals_are_said_corrected_and_in_their_order(tmp_path):
    made = Snapshot().health("county 56025", 400)
    for signal, count in (
        ("blame_insurers", 40),
        ("access_barrier", 20),
        ("portal_distress", 30),
    ):
        made.signal("county 56025", signal, count, 400)
    for signal, rates, has in (
        ("blame_insurers", (20, 10, 30), True),
        ("access_barrier", (50, 40, 60), True),
        ("portal_distress", (70, 1, 400), False),
    ):
        key = ("county", "56025", made.week, "signal", signal)
        made.rows["pub_estimate_week"].append((*key, *rates, "county", 0.5, has))
    held = edition(made, tmp_path)

    lines = trust_lines(held, find(held, (COUNTY,)).trust)

    assert [title for title, _ in lines.signals] == ["Care out of reach", "Insurers blamed"]
    assert lines.signals[0][1] == "about 5 in 100 (likely 4 to 6)"


def test_a_void_is_told_beside_its_question(tmp_path):
    made = counted().theme("county 56025", "raw_milk", 30, 400, "asks")
    made.void("county 56025", "raw_milk")
    held = edition(made, tmp_path)

    (line,) = question_lines(held, find(held, (COUNTY,)).questions)

    assert line.is_void


def test_no_line_is_drawn_across_a_week_of_outage():
    weeks = [f"2024-W0{n}" for n in range(1, 8)]
    share = Share(20, 400, 50, 40, 60, Estimate(45, 30, 60, "county", True))
    by_week = {week: {"raw_milk": {"promotes": share}} for week in weeks}

    whole, broken = (trend(by_week, weeks, "raw_milk", out) for out in ((), ("2024-W04",)))

    assert (len(whole.lines), len(broken.lines)) == (1, 2)
    assert len(broken.dots) == 6
    assert "1 weeks have no figure" in ENGLISH.figures.trend(
        broken.ends, broken.weeks_n, broken.hidden_n
    )


def test_a_week_with_too_few_posts_is_a_gap_in_the_line():
    weeks = [f"2024-W0{n}" for n in range(1, 6)]
    sure = Share(20, 400, 50, 40, 60, Estimate(45, 30, 60, "county", True))
    unsure = Share(10, 30, 333, 100, 600, Estimate(100, 1, 400, "state", False))
    by_week = {
        week: {"raw_milk": {"promotes": unsure if week == "2024-W03" else sure}}
        for week in weeks
    }

    assert len(trend(by_week, weeks, "raw_milk").lines) == 2


@pytest.mark.parametrize(
    ("level", "letter"), [("county", "A"), ("state", "C"), ("nation", "C")]
)
def test_the_first_lines_say_how_sure_a_share_is_and_who_lends_to_it(tmp_path, level, letter):
    share = counted().estimate("county 56025", "raw_milk", (550, 420, 710), rests_on=level)
    made = edition(share.band("county 56025", "100 to 499"), tmp_path)

    found = make_brief(made, COUNTY, find(made, made.telling(COUNTY)))

    assert "about 55 in 100 health voices (likely 42 to 71)" in found.lead.detail
    assert ("the figure rests mainly on" in found.lead.detail) == (level != "county")
    assert ("rests on this county" in found.evidence.reason) == (level == "county")
    assert found.evidence.letter == letter
