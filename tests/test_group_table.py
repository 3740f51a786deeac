"""What the tables for public-health staff hold, hide and hand over as files."""

import csv
import io
import re
from dataclasses import replace

import pytest

from dashboards.geo import NATION, RURAL, Geo, state_of
from dashboards.group_table import COLUMNS, table_csv, table_files, table_lines
from dashboards.rendering import TEMPLATES, page_environment
from tests.pages import Page
from tests.snapshots import TAXONOMY, Snapshot, county, edition, plenty, theme

WYOMING_GROUPS = [state_of("WY"), Geo("region", "WY-rural"), Geo("region", "WY-urban")]


@pytest.fixture
def made(tmp_path):
    found = (
        plenty().health("region WY-rural", 600).theme("region WY-rural", "raw_milk", 12, 600)
    )
    found.estimate("rural US-rural", "raw_milk", (20, 12, 30))
    row = ("state", "WY", found.week, "theme", "raw_milk", "c2", 67, 15.0, 20.0, 0.001, True)
    found.rows["pub_alarm_week"].append(row)
    row = ("state", "WY", found.week, "theme", "measles", "c2", 45, 30.0, 40.0, 0.5, False)
    found.rows["pub_alarm_week"].append(row)
    return edition(found, tmp_path)


def files(made):
    return dict(table_files(made, page_environment(made)))


def rows(made, name="state/WY-table.csv"):
    return list(csv.DictReader(io.StringIO(files(made)[name])))


def row(made, theme_id, place, name="state/WY-table.csv"):
    (found,) = [
        one
        for one in rows(made, name)
        if (one["theme_id"], one["geo_value"]) == (theme_id, place)
    ]
    return found


def test_every_state_and_the_nation_have_a_table_and_its_file(made):
    assert list(files(made)) == [
        *("state/MT-table.html", "state/MT-table.csv"),
        *("state/WY-table.html", "state/WY-table.csv"),
        *("nation-table.html", "nation-table.csv"),
    ]


def test_every_theme_has_a_line_in_every_group(made):
    found = [(line.theme.id, line.geo) for line in table_lines(made, WYOMING_GROUPS)]

    assert found == [(i, geo) for i in TAXONOMY.themes for geo in WYOMING_GROUPS]
    assert {one["geo_value"] for one in rows(made, "nation-table.csv")} == {"US", "US-rural"}


def test_a_line_says_counts_share_range_change_and_alarm(made):
    assert row(made, "raw_milk", "WY") == {
        "week": "2024-W10",
        "theme_id": "raw_milk",
        "theme": "Raw milk said to be safer or healing",
        "geo_type": "state",
        "geo_value": "WY",
        "place": "Wyoming",
        "figure": "shown",
        "promotes_n": "67",
        "health_voices_n": "1500",
        "share_per_1000": "44.667",
        "low_per_1000": "36.683",
        "high_per_1000": "54.29",
        "rests_on": "",
        "direction": "steady",
        "alarm": "unusual",
        "times_expected": "2.98",
        "issue": "2024-W10.1",
        "is_sample": "false",
        "notice": "",
    }
    shown = Page(files(made)["state/WY-table.html"]).text
    assert (
        "Raw milk said to be safer or healing Wyoming 67 1,500 45 37 to 54 steady "
        "unusual: about 3 times as often as expected" in shown
    )


def test_an_alarm_is_unusual_usual_or_not_judged(made):
    found = [row(made, i, "WY")["alarm"] for i in ("raw_milk", "measles", "fluoride")]

    assert found == ["unusual", "usual", ""]
    assert "not judged" in Page(files(made)["state/WY-table.html"]).text


def test_a_hidden_figure_says_not_shown_and_leaves_its_cells_empty(made):
    hidden = row(made, "measles", "WY-rural")
    shown = Page(files(made)["state/WY-table.html"]).text

    assert hidden["figure"] == "not shown"
    assert {hidden[name] for name in ("promotes_n", "share_per_1000", "low_per_1000")} == {""}
    assert hidden["health_voices_n"] == "600"
    assert (
        "Measles said to be harmless Rural counties of Wyoming not shown 600 not shown not "
        "shown not shown not judged" in shown
    )


def test_no_count_below_ten_stands_in_any_table(made):
    for name in files(made):
        if name.endswith(".csv"):
            counts = [
                one[c] for one in rows(made, name) for c in ("promotes_n", "health_voices_n")
            ]
            assert all(int(count) >= 10 for count in counts if count), name


def test_rural_america_has_a_share_and_says_that_nobody_was_counted(made):
    found = row(made, "raw_milk", "US-rural", "nation-table.csv")
    shown = Page(files(made)["nation-table.html"]).text

    assert (found["promotes_n"], found["share_per_1000"], found["rests_on"]) == (
        "",
        "20.0",
        "rural",
    )
    assert "Rural United States not counted not counted 20 12 to 30" in shown
    assert "No count of people is made for them as one" in shown


def test_too_few_posts_to_say_is_said_with_the_count(tmp_path):
    unsure = Snapshot().health("state WY", 40).theme("state WY", "raw_milk", 12, 40)
    unsure.estimate("state WY", "raw_milk", (300, 10, 700), has_numbers=False)
    made = edition(unsure, tmp_path)

    found = row(made, "raw_milk", "WY")

    assert (found["figure"], found["promotes_n"], found["share_per_1000"]) == (
        *("too few posts to say", "12", ""),
    )


def test_the_file_has_the_same_shares_as_the_page_says(made):
    html = files(made)["state/WY-table.html"]

    for found in rows(made):
        if found["share_per_1000"]:
            said = f">{int(float(found['share_per_1000']) + 0.5)}<"
            assert said in html


def test_cells_that_a_spreadsheet_might_run_have_a_quote_before_them(tmp_path):
    hostile = county("56027", "=cmd|' /C calc'!A0", "WY", "+Wyoming")
    made = edition(Snapshot(counties=[hostile]), tmp_path)
    loud = theme("raw_milk", '=HYPERLINK("http://evil.example")', 2)
    made = replace(made, taxonomy=replace(TAXONOMY, themes={"raw_milk": loud}))

    (first, *_) = csv.reader(io.StringIO(table_csv(made, table_lines(made, [state_of("WY")]))))
    found = rows(made)

    assert tuple(first) == COLUMNS
    assert {one["theme"][0] for one in found} == {"'"}
    assert found[0]["place"] == "'+Wyoming"


def test_hostile_names_stay_text_in_the_table(tmp_path):
    hostile = county("56027", "x", "WY", '"><script>alert(1)</script>')
    made = edition(Snapshot(counties=[hostile]), tmp_path)

    page = Page(files(made)["state/WY-table.html"])

    assert page.problems == []
    assert [one.get("src") for one in page.all("script")] == ["../table.js"]
    assert '"><script>alert(1)</script>: all themes' in page.text


def test_a_sample_says_so_in_its_table_and_in_every_line_of_its_file(tmp_path):
    made = edition(plenty(is_sample=True), tmp_path)

    assert {one["notice"] for one in rows(made)} == {"Sample data, written for demonstration"}
    assert "(sample data)" in files(made)["state/WY-table.html"]


def test_the_page_reads_without_its_script_and_leads_to_its_file(made):
    page = Page(files(made)["state/WY-table.html"])
    values = re.findall(r'data-value="([^"]*)"', page.html)

    assert "WY-table.csv" in page.links
    assert "../state/WY.html" in page.links
    assert not page.all("button")  # the script makes them
    assert len(values) == 7 * len(TAXONOMY.themes) * len(WYOMING_GROUPS)
    assert "data:" not in page.html


def test_a_theme_that_is_retired_has_no_line(made):
    gone = replace(TAXONOMY.themes["raw_milk"], retired=TAXONOMY.themes["raw_milk"].added)
    themes = {**TAXONOMY.themes, "raw_milk": gone}
    without = replace(made, taxonomy=replace(TAXONOMY, themes=themes))

    assert "raw_milk" not in {line.theme.id for line in table_lines(without, [NATION, RURAL])}


def test_the_sorting_script_writes_text_and_fetches_nothing():
    script = (TEMPLATES / "table.js").read_text(encoding="utf-8")

    for way in ("innerHTML", "document.write", "eval(", "fetch(", "XMLHttpRequest", "http"):
        assert way not in script
    assert "aria-sort" in script
