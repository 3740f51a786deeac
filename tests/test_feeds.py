"""What the Atom feeds promise to those who subscribe to a place or a theme."""

import re
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.county_page import CountyPages
from dashboards.feeds.atom import Entry, Feed, updated, urn, write_feed, xml_text
from dashboards.feeds.places import MOST_PAST, MOST_PAST_OF_COUNTY, Feeds
from dashboards.published import Release
from dashboards.rendering import page_environment
from dashboards.site import site_files, write_site
from tests.pages import pages_of
from tests.snapshots import TAXONOMY, Snapshot, county, edition, plenty
from tests.test_archive_pages import with_past

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert(1)</script> "O\'Brien" & ]]> \x00\x0b County'


def read(xml):
    """The root of a feed; raises when it is no XML."""
    return ElementTree.fromstring(xml.encode())


def texts(root, *path):
    return [found.text for found in root.findall("/".join(f"{ATOM}{step}" for step in path))]


def county_feed(made, fips="56025"):
    pages = CountyPages(made, page_environment(made))
    return dict(pages.files(made.numbers.counties[fips]))[f"feed/county/{fips}.xml"]


def feeds_of(made):
    """Every feed but those of counties, by name."""
    return dict(Feeds(made).others())


def release(week_end=date(2024, 3, 9), revision=1, **changes):
    known = {
        "release_id": f"2024-W10.{revision}",
        "week": "2024-W10",
        "week_start": date(2024, 3, 3),
        "week_end": week_end,
        "weeks_n": 12,
        "is_sample": False,
        **dict.fromkeys(("posts_n", "placed_n", "health_n", "no_author_n")),
        "sources": (),
        "versions": {},
        "content_sha256": "ab",
    }
    return Release(**(known | changes))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return edition(with_past(), tmp_path_factory.mktemp("feeds"))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("feed_county.xml", county_feed),
        ("feed_state.xml", lambda made: feeds_of(made)["feed/state/WY.xml"]),
        ("feed_theme.xml", lambda made: feeds_of(made)["feed/theme/raw_milk.xml"]),
    ],
)
def test_a_feed_is_the_one_a_person_looked_at(made, golden, name, write):
    golden(name, write(made))


def test_there_is_a_feed_for_every_county_state_and_theme_and_for_the_nation(made):
    names = {name for name, _ in site_files(made, lambda *_: None) if name.endswith(".xml")}

    assert names == {
        "feed/nation.xml",
        *(f"feed/county/{fips}.xml" for fips in made.numbers.counties),
        *(f"feed/state/{postal}.xml" for postal in made.states),
        *(f"feed/theme/{theme_id}.xml" for theme_id in TAXONOMY.themes),
    }


def test_a_feed_has_what_atom_asks_for(made):
    for name, xml in [*feeds_of(made).items(), ("county", county_feed(made))]:
        root = read(xml)
        assert root.tag == f"{ATOM}feed", name
        assert texts(root, "author", "name") == ["Grapevine"]
        for part in (root, *root.findall(f"{ATOM}entry")):
            assert len(texts(part, "title")) == len(texts(part, "id")) == 1, name
            (told,) = texts(part, "updated")
            assert datetime.fromisoformat(told).tzinfo == UTC, name
        links = [one.get("href") for one in root.iter(f"{ATOM}link")]
        assert all(links), name
        ids = [one.text for one in root.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids)), name
        assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids), name


def test_no_id_is_used_by_two_feeds(made):
    ids = [
        one.text
        for xml in [*feeds_of(made).values(), county_feed(made), county_feed(made, "56027")]
        for one in read(xml).iter(f"{ATOM}id")
    ]

    assert len(ids) == len(set(ids))


def test_an_entry_keeps_its_id_when_its_release_is_a_past_one(tmp_path):
    newest = edition(Snapshot(week="2024-W09", release={"content_sha256": "c" * 64}), tmp_path)
    (tmp_path / "marts.duckdb").unlink()
    later = Snapshot()
    later.past(1)
    row = list(later.rows["past_release"][0])
    row[4] = "c" * 64
    later.rows["past_release"][0] = tuple(row)
    now = edition(later, tmp_path)

    def ids(made, xml):
        return texts(read(xml), "entry", "id")

    assert ids(newest, county_feed(newest))[0] == ids(now, county_feed(now))[1]
    for name, xml in feeds_of(newest).items():
        assert ids(newest, xml)[0] == ids(now, feeds_of(now)[name])[1]
        assert texts(read(xml), "id") == texts(read(feeds_of(now)[name]), "id")


def test_other_figures_under_the_same_name_are_another_entry():
    one, other = (
        write_feed(Feed("nation", "a", "b"), [Entry(release(content_sha256=sha), "", "", "c")])
        for sha in ("ab", "cd")
    )

    assert texts(read(one), "id") == texts(read(other), "id")
    assert texts(read(one), "entry", "id") != texts(read(other), "entry", "id")


def test_a_county_s_feed_says_its_sentence_and_its_action_and_leads_to_its_page(made):
    root = read(county_feed(made))
    entry = root.find(f"{ATOM}entry")

    assert texts(root, "title") == ["Grapevine: Natrona County, Wyoming"]
    assert texts(entry, "title") == [
        "Week 10 of 2024: Raise this week: raw milk said to be safer or healing."
    ]
    (summary,) = texts(entry, "summary")
    assert "about 5 in 100 health voices (likely 3 to 7) passed this on" in summary
    assert "Do this: Ask patients it may concern" in summary
    assert entry.find(f"{ATOM}link").get("href") == "../../county/56025.html"


def test_past_releases_follow_newest_first_and_lead_to_the_archive(made):
    links = [
        one.find(f"{ATOM}link").get("href")
        for one in read(feeds_of(made)["feed/state/WY.xml"]).findall(f"{ATOM}entry")
    ]

    assert links == [
        "../../state/WY.html",
        *(f"../../archive/{name}.html" for name in ("2024-W09.2", "2024-W09.1", "2024-W07.1")),
    ]


def test_a_county_s_feed_names_no_theme_of_past_weeks(made):
    """A county's page holds back what is graded too low; its feed must not name it later."""
    past = read(county_feed(made)).findall(f"{ATOM}entry")[1:]

    told = " ".join(" ".join(one.itertext()) for one in past).lower()
    titles = [theme.title.lower() for theme in TAXONOMY.themes.values()]
    assert not [title for title in titles if title in told]


def test_a_theme_held_back_on_a_county_s_page_is_not_in_its_feed(tmp_path):
    found = edition(plenty(), tmp_path)

    xml = county_feed(found)

    assert "Plane trails" not in xml
    assert "HIV" not in xml


def test_a_state_s_past_entry_says_what_was_passed_on_most_and_what_rose(made):
    entry = read(feeds_of(made)["feed/state/WY.xml"]).findall(f"{ATOM}entry")[1]

    assert texts(entry, "title") == [
        "Week 9 of 2024: Passed on most: raw milk said to be safer or healing, about 6 in 100 "
        "(likely 5 to 7)."
    ]
    (summary,) = texts(entry, "summary")
    assert "Rising or new: raw milk said to be safer or healing." in summary
    assert summary.endswith("40 the same figures.")


def test_a_theme_s_feed_says_the_national_sentence_and_where_it_rose(made):
    entry = read(feeds_of(made)["feed/theme/raw_milk.xml"]).findall(f"{ATOM}entry")[1]

    (title,), (summary,) = texts(entry, "title"), texts(entry, "summary")
    assert "about 6 in 100 health voices (likely 5 to 7) passed such a claim on" in title
    assert summary.startswith("Rising or new in Wyoming.")


def test_a_place_without_figures_says_so(tmp_path):
    found = edition(Snapshot(), tmp_path)

    assert "We can say nothing about Teton County this week." in county_feed(found, "56039")
    assert "No figure can be shown" in feeds_of(found)["feed/theme/hiv.xml"]


def test_feeds_hold_a_bounded_number_of_releases(tmp_path):
    made = Snapshot()
    for back in range(1, 40):
        made.past(back)
    found = edition(made, tmp_path)

    assert len(read(county_feed(found)).findall(f"{ATOM}entry")) == 1 + MOST_PAST_OF_COUNTY
    for xml in feeds_of(found).values():
        assert len(read(xml).findall(f"{ATOM}entry")) == 1 + MOST_PAST


def test_a_county_s_feed_stays_under_two_kilobytes(tmp_path):
    name = "Prince of Wales-Hyder Census Area"
    rows = [county("56025", name, "WY", "the District of Columbia and Alaska")]
    made = with_past(counties=rows, is_sample=True)

    assert len(county_feed(edition(made, tmp_path)).encode()) <= 2_000


def test_a_sample_says_so_in_every_title(tmp_path):
    found = edition(with_past(is_sample=True), tmp_path)

    for xml in [*feeds_of(found).values(), county_feed(found)]:
        titles = [one.text for one in read(xml).iter(f"{ATOM}title")]
        assert all(title.endswith("(sample data)") for title in titles)


def test_a_sample_s_feed_and_a_real_one_are_two_feeds(tmp_path):
    real = edition(plenty(), tmp_path)
    (tmp_path / "marts.duckdb").unlink()
    sample = edition(plenty(is_sample=True), tmp_path)

    assert texts(read(county_feed(real)), "id") != texts(read(county_feed(sample)), "id")


def test_hostile_names_stay_text(tmp_path):
    row = county("56027", HOSTILE, "WY", "Wy\"><link href='x'/>")
    found = edition(with_past(counties=[row]), tmp_path)

    for xml in (county_feed(found, "56027"), feeds_of(found)["feed/state/WY.xml"]):
        root = read(xml)
        assert "<script" not in xml
        assert {one.tag for one in root.iter()} <= {
            f"{ATOM}{tag}" for tag in
            ("feed", "title", "id", "updated", "author", "name", "link", "entry", "summary")
        }  # fmt: skip
    assert "<script>alert(1)</script>" in texts(read(county_feed(found, "56027")), "title")[0]


@given(st.text(), st.text())
def test_any_text_at_all_is_read_back_by_an_xml_parser(title, summary):
    xml = write_feed(Feed("nation", title, title), [Entry(release(), summary, summary, title)])

    root = read(xml)

    kept = xml_text(title).replace("&lt;", "<").replace("&gt;", ">")
    kept = kept.replace("&quot;", '"').replace("&amp;", "&").replace("\r\n", "\n")
    assert texts(root, "title") == [f"Grapevine: {kept}".replace("\r", "\n")]


def test_when_a_release_counts_as_made_orders_weeks_and_revisions_without_a_clock():
    told = [
        updated(release()),
        updated(release(revision=2)),
        updated(release(revision=61)),
        updated(release(week_end=date(2024, 3, 16))),
    ]

    assert told[0] == "2024-03-10T00:00:00Z"
    assert told[1] == "2024-03-10T00:01:00Z"
    assert told == sorted(told)
    assert datetime.fromisoformat(told[2]) == datetime(2024, 3, 10, 1, tzinfo=UTC)


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8")), min_size=1))
def test_an_id_is_the_same_for_the_same_parts(parts):
    assert urn(*parts) == urn(*parts)
    assert urn(*parts, "x") != urn(*parts)


def test_pages_name_their_feed_and_readers_can_see_a_link_to_it(tmp_path):
    write_site(edition(with_past(), tmp_path), tmp_path / "site")
    pages = pages_of(tmp_path / "site")

    for name, feed in (
        ("county/56025.html", "../feed/county/56025.xml"),
        ("state/WY.html", "../feed/state/WY.xml"),
        ("theme/raw_milk.html", "../feed/theme/raw_milk.xml"),
        ("index.html", "feed/nation.xml"),
    ):
        (link,) = pages[name].all("link")
        assert link == {"rel": "alternate", "type": "application/atom+xml", "href": feed}, name
        assert feed in [a.get("href") for a in pages[name].all("a")], name
    assert not pages["method.html"].all("link")
