"""What the explaining pages say, how plainly, and that it is true of the release."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboards.cards import read_cards
from dashboards.explaining import pages as explaining
from dashboards.explaining.citation import bibtex, citation_line, csl_json
from dashboards.explaining.gaps import gaps
from dashboards.explaining.pages import explaining_pages
from dashboards.rendering import page_environment
from dashboards.site import write_site
from tests.pages import Page, pages_of
from tests.reading import flesch_kincaid_grade
from tests.snapshots import CARDS, Snapshot, card, county, edition, plenty
from warehouse.retention import DEFAULT_H, MOST_H

PAGES = ("privacy.html", "who-we-miss.html", "cite.html", "review.html")


def files_of(made):
    return dict(explaining_pages(made, page_environment(made)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return edition(plenty(), tmp_path_factory.mktemp("explaining"))


@pytest.fixture(scope="module")
def files(made):
    return files_of(made)


def sentences_of(html):
    """The text of a page's paragraphs and list items, each a sentence or more; no code."""
    main = html[html.index("<header>") : html.index("<footer>")]
    main = re.sub(r"<pre>.*?</pre>|<code>.*?</code>", " ", main, flags=re.DOTALL)
    blocks = re.findall(r"<(?:p|li|dd)\b[^>]*>(.*?)</(?:p|li|dd)>", main, flags=re.DOTALL)
    said = [re.sub(r"<[^>]+>", "", block).strip() for block in blocks]
    return " ".join(one if one.endswith((".", "?")) else f"{one}." for one in said if one)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_one_a_person_looked_at(files, golden, name):
    golden(
        name, re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "", files[name], flags=re.DOTALL)
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_at_grade_eight_or_below(files, name):
    assert flesch_kincaid_grade(sentences_of(files[name])) <= 8


@pytest.mark.parametrize("name", PAGES)
def test_a_page_begins_with_what_matters_in_a_sentence_or_three(files, name):
    page = Page(files[name])

    assert "In short: " in page.text
    assert page.problems == []
    assert len(page.all("h2")) >= 3


def test_every_page_leads_to_them_from_its_foot(made, tmp_path):
    write_site(made, tmp_path / "site")

    pages = pages_of(tmp_path / "site").items()
    for name, page in ((n, p) for n, p in pages if not n.startswith("handout/")):
        up = "../" * name.count("/")
        wanted = ("archive/index.html", "who-we-miss.html", "privacy.html", "cite.html")
        assert {f"{up}{one}" for one in wanted} <= set(page.links), name
        foot = page.html[page.html.index("<footer>") :]
        assert foot.count("<a ") <= 9, name  # short enough to be read


# Privacy


def test_the_times_that_text_is_kept_are_those_of_the_program(files):
    text = Page(files["privacy.html"]).text

    assert f"kept for {MOST_H['reddit']} hours at most" in text
    assert f"kept for {DEFAULT_H // 24} days" in text


def test_privacy_says_how_to_be_forgotten_and_what_cannot_be_promised(files):
    page = Page(files["privacy.html"])

    assert {"collect", "show", "keep", "forget", "pages", "not"} <= set(page.ids)
    assert "fewer than 10 people" in page.text
    assert "method.html#hidden" in page.links


def test_the_pages_set_no_cookie_and_load_nothing_as_they_say(files):
    for name in PAGES:
        assert "default-src 'none'" in files[name]
        assert not Page(files[name]).all("script")


# Who we cannot see


def test_the_gaps_are_those_of_this_release(made):
    told = gaps(made)

    assert told[0] == (
        "4 of 5 counties (about 80 in 100) had fewer than 10 health voices in 12 weeks, or a "
        "number that must stay hidden."
    )
    assert told[1].startswith("3 of 3 rural counties (100 in 100)")
    assert told[2].startswith("In 1 of 5 counties a theme could be counted")
    assert told[3] == (
        "Posts came from imported files and local news. No source was silent in these weeks."
    )
    assert told[4].startswith("Of all posts read, about 60 in 100 named a place we know.")


def test_an_outage_and_missing_sources_are_told(tmp_path):
    made = Snapshot(release={"sources": "[]", "posts_n": None}).outage(2)

    told = " ".join(gaps(edition(made, tmp_path)))

    assert (
        "Posts came from no source of 10 people or more. No data, or hardly any, from" in told
    )
    assert "Of all posts read" not in told


def test_offline_households_are_weighted_by_residents_and_left_out_where_not_known(tmp_path):
    rows = [
        county("56001", "A County", "WY", "Wyoming", pop=3_000, no_internet_pct_2019=10.0),
        county("56003", "B County", "WY", "Wyoming", pop=1_000, no_internet_pct_2019=30.0),
        county("56005", "C County", "WY", "Wyoming", pop=9_000, no_internet_pct_2019=None),
    ]

    told = gaps(edition(Snapshot(counties=rows), tmp_path))

    assert "about 15 in 100 in rural counties have no internet" in told[-1]
    assert "urban" not in told[-1]


def test_a_share_that_is_nearly_all_is_not_said_to_be_all(tmp_path):
    rows = [county(f"{n:05}", f"{n} County", "WY", "Wyoming") for n in range(1, 301)]
    made = Snapshot(counties=rows).band("county 00001", "10 to 19")

    assert "299 of 300 counties (more than 99 in 100)" in gaps(edition(made, tmp_path))[0]


# How to cite


def test_a_citation_names_the_release_the_week_and_the_digest(made):
    release = replace(made.numbers.release, content_sha256="0123456789abcdef" * 4)

    line = citation_line(release)

    assert line == (
        "Grapevine. Health claims in public posts, by US county and week: week 10 of 2024 "
        "(March 3 to 9, 2024). Release 2024-W10.1, sha256 0123456789abcdef. 2024."
    )
    assert "2024-W10.1" in bibtex(release)


def test_the_machine_readable_citations_say_the_same(made, files):
    (item,) = json.loads(files["citation.csl.json"])
    release = made.numbers.release

    assert item["type"] == "dataset"
    assert item["version"] == release.release_id
    assert item["issued"] == {"date-parts": [[2024]]}
    assert csl_json(release) == files["citation.csl.json"]
    bib = dict(re.findall(r"(\w+) += \{(.*)\},", files["citation.bib"]))
    assert bib["title"] == f"{{{item['title']}}}"
    assert bib["note"] == item["note"]
    assert bib["version"] == item["version"]
    assert files["citation.bib"].count("{") == files["citation.bib"].count("}")


def test_a_week_across_new_year_is_cited_by_its_last_day(tmp_path):
    found = edition(Snapshot(week="2025-W01"), tmp_path).numbers.release

    assert found.week_start.year == 2024
    assert citation_line(found).endswith(" 2025.")


def test_a_citation_of_the_sample_says_so(tmp_path):
    found = files_of(edition(plenty(is_sample=True), tmp_path))

    for name in ("cite.html", "citation.bib", "citation.csl.json"):
        assert "Sample data" in found[name], name


# How to review a card


def four_lines(html):
    (lines,) = re.findall(r"<pre><code>(.*?)</code></pre>", html, flags=re.DOTALL)
    return tomllib.loads(lines.replace("&#34;", '"'))


def test_the_four_lines_sign_a_real_card(tmp_path, files):
    from dashboards.cards import CARDS as FOLDER

    lines = four_lines(files["review.html"])
    source = (FOLDER / "raw_milk.toml").read_text(encoding="utf-8")
    for key, value in lines.items():
        source = re.sub(rf'^{key} = ".*"$', f'{key} = "{value}"', source, flags=re.MULTILINE)
    (tmp_path / "raw_milk.toml").write_text(source, encoding="utf-8")

    signed = read_cards(tmp_path)["raw_milk"]

    assert list(lines) == ["status", "reviewed_by", "reviewed_on", "review_due"]
    assert (signed.status, signed.reviewed_by) == ("reviewed", explaining.REVIEWER)
    assert signed.review_due - signed.reviewed_on == timedelta(days=365)


def test_the_file_named_in_the_example_is_there(tmp_path):
    from dashboards.cards import CARDS as FOLDER
    from dashboards.cards import load_cards

    html = files_of(replace(edition(plenty(), tmp_path), cards=load_cards()))["review.html"]

    (name,) = re.findall(r"<code>dashboards/cards/(\w+\.toml)</code>", html)
    assert (FOLDER / name).exists()


def test_what_pages_say_before_after_and_when_overdue_is_what_they_do_say(files):
    text = Page(files["review.html"]).text

    assert "“draft wording, not yet clinically reviewed”" in text
    assert f"“reviewed by {explaining.REVIEWER}, 2024-03-09”" in text
    assert "; a new review was due 2025-03-09”" in text


def test_the_standing_of_the_cards_is_counted(tmp_path):
    signed = {"status": "reviewed", "reviewed_by": "A", "reviewed_on": date(2023, 1, 1)}
    cards = dict(CARDS)
    cards["raw_milk"] = card("raw_milk", **signed, review_due=date(2024, 3, 8))
    cards["fluoride"] = card("fluoride", **signed, review_due=date(2024, 3, 9))
    made = replace(edition(plenty(), tmp_path), cards=cards)

    text = Page(files_of(made)["review.html"]).text

    assert "Of 7 cards in this release, 5 are drafts." in text
    assert "Past the day when they had to be looked at again: 1." in text
