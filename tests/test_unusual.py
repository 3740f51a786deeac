"""What pages say of alarms: in plain words, and never the name of a theme held back."""

import pytest

from dashboards.brief import find, make_brief
from dashboards.county_page import CountyPages
from dashboards.geo import NATION, Geo, state_of
from dashboards.language import ENGLISH
from dashboards.rendering import page_environment
from dashboards.unusual import unusual_anywhere, unusual_line
from tests.snapshots import Snapshot, edition
from warehouse.alarms.weekly import LEAST_WEEKS

NATRONA = Geo("county", "56025")
SAID = ENGLISH.brief
PAST = range(12)


@pytest.fixture
def seen():
    """A county, its state and the nation with twelve weeks of 1,000 health voices."""
    made = Snapshot()
    for geo in ("county 56025", "region WY-urban", "state WY", "nation US"):
        made.health(geo, 1_000, PAST)
    return made


def test_an_alarm_is_told_with_how_many_times_as_often_it_was_seen(seen, tmp_path):
    made = edition(seen.alarm("county 56025", "sunscreen"), tmp_path)

    line = unusual_line(made, NATRONA, {"sunscreen"})

    title = made.taxonomy.themes["sunscreen"].title
    assert line.startswith("Unusual this week: ")
    assert title[1:] in line
    assert "(about 3 times as often as expected) in this county." in line


@pytest.mark.parametrize(
    ("author_n", "words"),
    [
        (32, "about one and a half times"),
        (40, "about twice"),
        (99, "about 5 times"),
        (500, "(more than 10 times as often"),
    ],
)
def test_multiples_are_said_in_words(seen, tmp_path, author_n, words):
    made = edition(seen.alarm("county 56025", "sunscreen", author_n), tmp_path)

    assert words in unusual_line(made, NATRONA, {"sunscreen"})


def test_of_places_around_the_finest_is_told_once(seen, tmp_path):
    for geo in ("nation US", "state WY", "county 56025"):
        seen.alarm(geo, "sunscreen")
    made = edition(seen, tmp_path)

    assert unusual_line(made, NATRONA, {"sunscreen"}).count("as often") == 1
    assert "in this county" in unusual_line(made, NATRONA, {"sunscreen"})
    assert "in Wyoming" in unusual_line(made, state_of("WY"), {"sunscreen"})


def test_a_theme_held_back_is_counted_and_not_named(seen, tmp_path):
    made = edition(seen.alarm("county 56025", "sunscreen"), tmp_path)

    line = unusual_line(made, NATRONA, set())

    assert line == "Unusual this week: 1 claim not named here."


def test_a_signal_is_named_by_its_title(seen, tmp_path):
    signal = "portal_distress"
    made = edition(seen.alarm("state WY", signal, kind="signal"), tmp_path)

    line = unusual_line(made, NATRONA, set())

    assert made.taxonomy.signals[signal].title[1:] in line
    assert "in Wyoming" in line


def test_a_count_that_is_no_alarm_is_not_told(seen, tmp_path):
    made = edition(seen.alarm("county 56025", "sunscreen", is_alarm=False), tmp_path)

    assert unusual_line(made, NATRONA, {"sunscreen"}) == SAID.NOTHING_UNUSUAL


def test_with_too_few_weeks_the_page_says_why(tmp_path):
    made = edition(Snapshot().health("state WY", 1_000, range(6)), tmp_path)

    # of these six weeks the present one and the two before it are no baseline
    assert unusual_line(made, NATRONA, set()) == SAID.too_early(3, LEAST_WEEKS)


def test_without_posts_this_week_the_page_says_so(tmp_path):
    made = edition(Snapshot().health("state WY", 1_000, range(1, 12)), tmp_path)

    assert unusual_line(made, NATRONA, set()) == SAID.TOO_FEW


def test_in_a_week_of_outage_the_page_says_so(seen, tmp_path):
    assert unusual_line(edition(seen.outage(0), tmp_path), NATRONA, set()) == SAID.MIX_CHANGED


def test_weeks_of_outage_are_no_baseline(seen, tmp_path):
    for back in (4, 5, 6):
        seen.outage(back)

    line = unusual_line(edition(seen, tmp_path), NATRONA, set())
    assert line == SAID.too_early(6, LEAST_WEEKS)


def test_the_front_page_names_the_places_of_each_alarm(seen, tmp_path):
    for geo in ("state WY", "region WY-urban", "state MT"):
        made = seen.health("state MT", 1_000) if "MT" in geo else seen
        made.alarm(geo, "sunscreen")
    lines = unusual_anywhere(edition(made, tmp_path))

    assert len(lines) == 1
    assert "in Montana and Wyoming." in lines[0]


def test_the_front_page_says_the_nation_and_where_in_it_a_theme_is_most_unusual(seen, tmp_path):
    seen.alarm("nation US", "sunscreen")
    for geo, author_n in (("state WY", 100), ("region WY-urban", 180)):
        seen.alarm(geo, "sunscreen", author_n)

    (line,) = unusual_anywhere(edition(seen, tmp_path))

    assert line.startswith("Sunscreen said to cause cancer")
    assert line.endswith(
        "(about 3 times as often as expected) across all places we collected from, "
        "most in urban Wyoming counties (about 9 times)."
    )


def test_what_is_unusual_only_across_all_places_names_no_other(seen, tmp_path):
    (line,) = unusual_anywhere(edition(seen.alarm("nation US", "sunscreen"), tmp_path))

    assert line.endswith("across all places we collected from.")


def test_without_alarms_the_front_page_says_nothing_of_them(seen, tmp_path):
    made = edition(seen, tmp_path)

    assert unusual_anywhere(made) == []
    assert NATION not in made.numbers.alarms


def test_a_countys_page_and_its_brief_carry_the_sentence(seen, tmp_path):
    made = edition(seen.alarm("county 56025", "sunscreen"), tmp_path)
    place = made.numbers.counties["56025"]

    pages = dict(CountyPages(made, page_environment(made)).files(place))
    brief = make_brief(made, NATRONA, find(made, made.telling(NATRONA)))

    assert brief.unusual in pages["county/56025.html"]
