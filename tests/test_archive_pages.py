"""What the archive's pages tell of every published release."""

import re

import pytest

from dashboards.archive.figures import main_figures
from dashboards.archive.pages import archive_pages
from dashboards.edition import Edition
from dashboards.rendering import page_environment
from tests.pages import Page
from tests.snapshots import CARDS, TAXONOMY, Snapshot, edition, plenty

CHECKED = "Checks before publication: 12 held."
CHANGED = "Since release 2024-W09.1: 3 new, 0 gone, 2 changed, 40 the same figures."


def with_past(**changes):
    """Three earlier releases, two of them of one week, told in one order and not the other."""
    made = plenty(**changes)
    second = made.past(1, revision=2, changed=CHANGED, checked=CHECKED)
    oldest = made.past(3, checked=CHECKED)
    first = made.past(1, checked=CHECKED)
    for name, share in ((first, 40), (second, 60), (oldest, 20)):
        made.past_theme(name, "nation US", "raw_milk", share, 1_000, "steady")
        made.past_theme(name, "state WY", "raw_milk", share, 1_000, "rising")
        made.past_theme(name, "state WY", "fluoride", 15, 1_000, "too few posts to say")
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return edition(with_past(), tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def files(made):
    return dict(archive_pages(made, page_environment(made)))


def plain(html):
    return re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "", html, flags=re.DOTALL)


def test_the_list_is_the_one_a_person_looked_at(files, golden):
    golden("archive.html", plain(files["archive/index.html"]))


def test_a_past_release_s_page_is_the_one_a_person_looked_at(files, golden):
    golden("archived.html", plain(files["archive/2024-W09.2.html"]))


def test_every_release_has_a_page_and_a_place_in_the_list_newest_first(files):
    names = ["2024-W10.1", "2024-W09.2", "2024-W09.1", "2024-W07.1"]
    listed = Page(files["archive/index.html"])

    assert set(files) == {f"archive/{name}.html" for name in [*names, "index"]}
    assert [one for one in listed.ids if "." in one] == names
    assert [one for one in listed.links if "W" in one] == [f"{name}.html" for name in names]


def test_releases_of_one_week_stand_under_one_heading(files):
    listed = Page(files["archive/index.html"])

    assert len(listed.all("h2")) == 3 + 1
    assert "Week 9 of 2024: February 25 to March 2, 2024" in listed.text


def test_the_list_says_what_changed_what_the_checks_found_and_which_is_shown(files):
    text = Page(files["archive/index.html"]).text

    assert text.count("The first release of its week.") == 3
    assert text.count(CHANGED) == 1
    assert text.count(CHECKED) == 3
    assert text.count("shown on this site") == 1
    assert "Release 2024-W10.1 , shown on this site" in text


def test_a_page_says_the_figures_of_its_own_release_in_words(files):
    text = Page(files["archive/2024-W09.2.html"]).text

    assert "Raw milk said to be safer or healing 6 (5 to 7) steady Wyoming" in text
    assert "raw milk said to be safer or healing, 6 (5 to 7); fluoride in water" in text
    assert "A past release. This site shows release 2024-W10.1." in text
    assert "grapevine brief --as-of 2024-W09.2" in text


def test_the_release_that_is_shown_has_a_page_of_the_same_kind(files):
    text = Page(files["archive/2024-W10.1.html"]).text

    assert "This is the release that this site shows." in text
    assert "Raw milk said to be safer or healing 45 (42 to 49) steady no state" in text


def test_a_theme_that_rises_in_a_state_stands_there_without_a_national_figure(tmp_path):
    made = Snapshot()
    name = made.past(1)
    made.past_theme(name, "state WY", "raw_milk", 40, 900, "rising")
    (past,) = edition(made, tmp_path).numbers.past

    found = main_figures(Edition(past, TAXONOMY, CARDS))

    (row,) = found.themes
    assert (row.theme.id, row.share, row.states) == ("raw_milk", "not shown", ("Wyoming",))


def test_a_past_estimate_is_said_and_the_share_as_counted_is_not(tmp_path):
    made = Snapshot()
    name = made.past(1)
    made.past_theme(name, "nation US", "raw_milk", 40, 1_000, "steady")
    made.past_estimate(name, "nation US", "raw_milk", (80.0, 70.0, 90.0))
    made.past_theme(name, "nation US", "fluoride", 12, 1_000, "steady")
    made.past_estimate(name, "nation US", "fluoride", (9.0, 0.1, 80.0), has_numbers=False)

    (past,) = edition(made, tmp_path).numbers.past
    (row,) = main_figures(Edition(past, TAXONOMY, CARDS)).themes

    assert (row.theme.id, row.share) == ("raw_milk", "8 (7 to 9)")


def test_a_release_that_could_tell_nothing_says_that_this_is_a_gap(tmp_path):
    found = edition(Snapshot(), tmp_path)

    text = Page(
        dict(archive_pages(found, page_environment(found)))["archive/2024-W10.1.html"]
    ).text

    assert "That is a gap in what we see" in text
    assert "No state had a figure that can be shown." in text


def test_a_sample_says_so_in_every_heading(tmp_path):
    found = edition(with_past(is_sample=True), tmp_path)

    pages = dict(archive_pages(found, page_environment(found)))

    listed = Page(pages["archive/index.html"])
    assert listed.text.count("(sample data)") == 1 + 4
    for name, html in pages.items():
        assert "(sample data)</title>" in html, name


def test_hostile_words_of_a_reason_stay_text(tmp_path):
    made = plenty()
    made.past(1, changed="<script>alert(1)</script>", checked='"><img src=x>')
    found = edition(made, tmp_path)

    for name, html in archive_pages(found, page_environment(found)):
        assert "<script>alert" not in html, name
        assert not Page(html).all("img"), name
        assert Page(html).problems == [], name


def test_no_county_is_named_in_the_archive(files):
    for name, html in files.items():
        assert "County" not in Page(html).text, name


def test_the_archive_grows_by_no_more_than_a_page_a_release(files):
    assert max(len(html.encode()) for html in files.values()) < 40_000
