"""What the built site promises to those who read it, host it, copy it or attack it."""

import base64
import csv
import gzip
import hashlib
import io
import itertools
import json
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.taxonomy import load_taxonomy
from dashboards import county_page
from dashboards import folder as folders
from dashboards.cards import load_cards
from dashboards.delphi import SIGNAL_LEVELS, signal_file
from dashboards.dictionary import COMMON, SAMPLE_NOTICE, SIGNAL_SHAPE, TABLES
from dashboards.edition import Edition
from dashboards.folder import Folder
from dashboards.front_page import front_page
from dashboards.reference_pages import cards_page
from dashboards.rendering import TEMPLATES, page_environment, read_style
from dashboards.site import build_site, write_site
from dashboards.snapshot import read_snapshot
from dashboards.spanish import SAMPLE_NOTICE_ES
from dashboards.state_page import state_page
from dashboards.tables import csv_file, safe_cell
from tests import snapshots
from tests.pages import Page, colours, contrast, dead_links, pages_of
from tests.snapshots import MONTANA, WYOMING, Snapshot, county, edition, plenty, region_only
from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.marts import build_marts
from warehouse.reference import load_counties
from warehouse.release import freeze
from warehouse.snapshot import publish_snapshot
from warehouse.weeks import Week

HOSTILE = '<script>alert(1)</script> "O\'Brien" & =1+1 County'
FRAMEWORK = {
    *("index.html", "method.html", "cards.html", "data/index.html", "archive/index.html"),
    *("privacy.html", "who-we-miss.html", "cite.html", "review.html", "counties.html"),
    *("rural.html", "nation.html", "nation-table.html", "archive/2024-W10.1-sample.html"),
}
REGIONS = {f"region/{region}.html" for region in ("MT-rural", "WY-rural", "WY-urban")}
SCRIPTS = {"index.html": "search.js", "nation-table.html": "table.js"}
TABLES_OF_STATES = {"state/WY-table.html", "state/MT-table.html"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small sample site, built from a snapshot file with the project's own taxonomy."""
    folder = tmp_path_factory.mktemp("site")
    snapshot = plenty(is_sample=True).write(folder / "marts.duckdb")
    build_site(snapshot, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def whole_country(tmp_path_factory):
    """An edition with every county, some figures, and the project's own taxonomy and cards."""
    rows = [asdict(place) | {"region": place.region} for place in load_counties().values()]
    folder = tmp_path_factory.mktemp("country")
    made = plenty(counties=rows, is_sample=True).write(folder / "marts.duckdb")
    return Edition(read_snapshot(made), load_taxonomy(), load_cards())


def csv_rows(file):
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def content(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_there_is_a_page_for_every_county_and_state_and_for_what_explains_them(built):
    names = set(pages_of(built))

    counties = {
        f"county/{row['fips']}{end}"
        for row in WYOMING + MONTANA
        for end in (".html", ".es.html")
    }
    cards = {
        f"{kind}/{card_id}{end}"
        for kind in ("theme", "handout")
        for card_id in load_cards()
        for end in (".html", ".es.html")
    }
    states = {"state/WY.html", "state/MT.html"} | TABLES_OF_STATES
    assert names == counties | states | REGIONS | FRAMEWORK | cards


def test_a_build_reports_what_it_did_and_how_far_it_is(tmp_path):
    steps = []
    report = write_site(
        edition(plenty(), tmp_path), tmp_path / "site", lambda *s: steps.append(s)
    )

    assert (report.release_id, report.counties_n, report.states_n) == ("2024-W10.1", 5, 2)
    assert report.files_n == report.written_n == len(content(tmp_path / "site")) - 1
    assert steps[:2] == [("state pages", 1, 2), ("state pages", 2, 2)]
    assert steps[2:] == [("county pages", done, 5) for done in range(1, 6)]


def test_the_same_snapshot_gives_the_same_bytes_and_a_second_build_writes_nothing(tmp_path):
    made = edition(plenty(), tmp_path)
    write_site(made, tmp_path / "one")
    before = content(tmp_path / "one")
    times = {name: (tmp_path / "one" / name).stat().st_mtime_ns for name in before}

    again = write_site(made, tmp_path / "one")
    write_site(Edition(made.numbers, made.taxonomy, made.cards), tmp_path / "two")

    assert again.written_n == again.removed_n == 0
    assert content(tmp_path / "one") == before == content(tmp_path / "two")
    changed = [n for n in before if (tmp_path / "one" / n).stat().st_mtime_ns != times[n]]
    assert changed in ([], [folders.LIST])


def test_pages_made_side_by_side_are_those_made_one_by_one(tmp_path, monkeypatch):
    made = edition(plenty(), tmp_path)
    write_site(made, tmp_path / "one by one")

    monkeypatch.setattr(county_page, "CHUNK", 1)
    write_site(made, tmp_path / "side by side")

    assert content(tmp_path / "one by one") == content(tmp_path / "side by side")


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path):
    site = tmp_path / "site"
    write_site(edition(plenty(), tmp_path), site)
    (site / "CNAME").write_text("briefs.example.org")
    (tmp_path / "marts.duckdb").unlink()

    report = write_site(edition(plenty(counties=WYOMING), tmp_path), site)

    assert not (site / "county/30049.html").exists()
    assert not (site / "state/MT.html").exists()
    assert report.removed_n > 2
    assert (site / "CNAME").read_text() == "briefs.example.org"
    assert 0 < report.written_n < report.files_n


def test_a_build_killed_half_way_is_mended_by_the_next_one(tmp_path):
    made = edition(plenty(), tmp_path)
    write_site(made, tmp_path / "whole")

    def die(what, done, of):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_site(made, tmp_path / "site", die)
    (tmp_path / "site" / folders.PART).write_bytes(b"half a pa")
    write_site(made, tmp_path / "site")

    assert content(tmp_path / "site") == content(tmp_path / "whole")


def test_two_builds_never_write_one_folder_at_once(tmp_path):
    with Folder(tmp_path / "site"), pytest.raises(DataFolderError, match="Another run is"):
        Folder(tmp_path / "site").__enter__()

    with Folder(tmp_path / "site") as free:
        free.write("page.html", "free again")


def test_a_list_of_files_that_was_tampered_with_removes_nothing_outside(tmp_path):
    outside = tmp_path / "precious.txt"
    outside.write_text("mine")
    site = tmp_path / "site"
    site.mkdir()
    (site / folders.LIST).write_text(f"../precious.txt\n{outside}\n")

    write_site(edition(Snapshot(), tmp_path), site)

    assert outside.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_one_plain_line(tmp_path):
    (tmp_path / "site").write_text("a file stands here")

    with pytest.raises(DataFolderError, match="cannot be read or written"):
        write_site(edition(Snapshot(), tmp_path), tmp_path / "site")


def test_a_missing_snapshot_says_what_to_run(tmp_path):
    with pytest.raises(DataFolderError, match=r"no published numbers at .*grapevine run"):
        build_site(tmp_path / "marts.duckdb", tmp_path / "site")


def test_a_file_that_is_no_snapshot_says_what_to_run(tmp_path):
    (tmp_path / "text.duckdb").write_text("not a database, but longer than a header" * 999)
    with duckdb.connect(str(tmp_path / "other.duckdb")) as con:
        con.execute("create table other (a integer)")

    for name in ("text", "other"):
        with pytest.raises(DataFolderError, match="not a snapshot this version can read"):
            read_snapshot(tmp_path / f"{name}.duckdb")


def test_a_snapshot_without_its_release_is_refused(tmp_path):
    made = Snapshot().write(tmp_path / "marts.duckdb")
    with duckdb.connect(str(made)) as con:
        con.execute("delete from pub_release")

    with pytest.raises(DataFolderError, match="holds no release"):
        read_snapshot(made)


def test_the_tests_tables_are_those_the_warehouse_publishes(tmp_path):
    home = Home(tmp_path / "data")
    week = Week.parse("2024-W10")
    build_marts(home, week, 2, False, theme_ids=["raw_milk"], signal_ids=[])
    made_by = {"code": "1", "taxonomy": "2", "model": "3", "reference": "4"}
    publish_snapshot(home, freeze(home, week, 2, False, made_by).release_id)
    numbers = read_snapshot(home.snapshot)

    with duckdb.connect(str(home.snapshot), read_only=True) as con:
        (tables,) = zip(*con.execute("show tables").fetchall(), strict=True)
        columns = {name: con.table(name).columns for name in tables}

    assert {k: sorted(v) for k, v in columns.items()} == {
        name: sorted(snapshots.column_names(name)) for name in snapshots.TABLES
    }
    assert len(numbers.counties) == 3_144
    assert numbers.release.versions["reference"] == "4"


def test_nothing_but_the_snapshot_is_read(tmp_path):
    home = Home(tmp_path / "data")
    for file in (
        home.posts / "source=import" / "posts.parquet",
        home.database,
        home.keys / "k",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("canary-7351")
    home.snapshot.parent.mkdir(parents=True)
    plenty().write(home.snapshot)
    with duckdb.connect(str(home.snapshot)) as con:
        con.execute("create table stg_posts as select 'canary-7351' as text, '@someone' as who")
    opened = watch_files(lambda: build_site(home.snapshot, home.site))

    ours = {path for path in opened if path.startswith(str(tmp_path))}
    assert all(Path(path).is_relative_to(home.site) or path == str(home.root) for path in ours)
    assert not any(
        b"canary-7351" in data or b"@someone" in data for data in content(home.site).values()
    )


def watch_files(act):
    """Paths that Python opens while `act` runs (an audit hook cannot be taken off again)."""
    opened, is_watching = [], [True]

    def note(event, arguments):
        if is_watching[0] and event == "open" and isinstance(arguments[0], str):
            opened.append(arguments[0])

    sys.addaudithook(note)
    act()
    is_watching[0] = False
    return opened


def test_no_link_of_the_site_is_dead(built, tmp_path):
    assert dead_links(built) == []

    write_site(edition(region_only(), tmp_path), tmp_path / "site")
    assert dead_links(tmp_path / "site") == []


def test_links_that_leave_the_site_are_https_and_tell_nothing_of_the_reader(built):
    for page in pages_of(built).values():
        outside = [a for a in page.all("a") if "://" in (a.get("href") or "")]

        assert all(
            a["href"].startswith("https://") and "noreferrer" in a["rel"] for a in outside
        )


def test_every_page_and_file_of_a_sample_says_so(built):
    for name, page in pages_of(built).items():
        notice = SAMPLE_NOTICE_ES if name.endswith(".es.html") else SAMPLE_NOTICE
        assert page.text.count(notice) >= 2, name
        assert {"name": "robots", "content": "noindex"} in page.all("meta"), name
    for file in built.rglob("*.csv"):
        rows = csv_rows(file)
        assert {row["notice"] for row in rows} <= {SAMPLE_NOTICE}
        assert {row["is_sample"] for row in rows} <= {"true"}
    for file in built.rglob("*.json"):
        if file.name == "citation.csl.json":
            assert json.loads(file.read_text())[0]["note"].startswith(SAMPLE_NOTICE)
        else:
            assert json.loads(file.read_text())["notice"] == SAMPLE_NOTICE
    for file in built.rglob("*.xml"):
        assert file.read_text().count("(sample data)</title>") >= 2, file.name
    assert SAMPLE_NOTICE in (built / "citation.bib").read_text()


def test_a_real_release_never_says_sample(tmp_path):
    write_site(edition(plenty(), tmp_path), tmp_path / "site")

    pages = pages_of(tmp_path / "site")
    assert not any(
        notice in page.text
        for name, page in pages.items()
        for notice in (SAMPLE_NOTICE, SAMPLE_NOTICE_ES)
        if "data" not in name
    )
    rows = csv_rows(tmp_path / "site/data/theme_week.csv")
    assert {(row["notice"], row["is_sample"]) for row in rows} == {("", "false")}


def test_pages_are_well_formed_and_reachable_without_a_mouse(built):
    for name, page in pages_of(built).items():
        assert page.problems == [], name
        assert len(page.ids) == len(set(page.ids)), name
        lang = "es" if name.endswith(".es.html") else "en"
        assert page.all("html") == [{"lang": lang}], name
        assert len(page.all("h1")) == len(page.all("main")) == 1, name
        assert len(re.findall("<title>[^<]+</title>\n<style>", page.html)) == 1, name
        assert all(page.all(landmark) for landmark in ("nav", "header", "footer")), name
        assert page.all("a")[0] == {"class": "skip", "href": "#main"}, name
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        steps = itertools.pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), name
        labels = {a["aria-labelledby"] for _, a in page.tags if a.get("aria-labelledby")}
        assert labels <= set(page.ids), name


def test_hidden_maps_keep_the_keyboard_out_and_a_list_stands_behind_them(built):
    page = Page((built / "state/WY.html").read_text())
    on_map = [a for a in page.all("a") if a.get("tabindex") == "-1"]
    listed = {a.get("href") for a in page.all("a") if "tabindex" not in a}

    assert len(on_map) == 4
    assert {a["href"] for a in on_map} <= listed


def test_pages_are_locked_down_and_carry_their_own_style(built):
    digest = hashlib.sha256(read_style().encode()).digest()
    for name, page in pages_of(built).items():
        (policy,) = [m["content"] for m in page.all("meta") if "http-equiv" in m]
        scripts = [s.get("src") for s in page.all("script")]

        assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert f"<style>{read_style()}</style>" in page.html
        script = SCRIPTS.get(name, "../table.js" if name in TABLES_OF_STATES else None)
        assert scripts == ([script] if script else [])
        assert ("script-src 'self'" in policy) == bool(script)
        assert not [t for t, _ in page.tags if t in ("img", "iframe", "form", "base")]
        assert all(link["rel"] == "alternate" for link in page.all("link")), name
        assert not [a for _, a in page.tags for key in a if key == "style" or key[:2] == "on"]


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_pair_of_colours_can_be_told_apart(scheme):
    found = colours((TEMPLATES / "style.css").read_text())[scheme]
    pairs = [
        *(("ink", "page"), ("quiet", "page"), ("accent", "page"), ("ink", "panel")),
        *(("quiet", "panel"), ("accent", "panel"), ("on-warn", "warn")),
    ]

    assert {pair: contrast(*(found[name] for name in pair)) >= 4.5 for pair in pairs} == (
        dict.fromkeys(pairs, True)
    )
    assert contrast(found["mark"], found["page"]) >= 3  # shapes on maps and in trends


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_names_that_are_code_stay_text_everywhere(tmp_path):
    row = county("56027", HOSTILE, "WY", "Wy\"><img src=x onerror=alert(1)>'")
    made = Snapshot(counties=[row]).theme("county 56027", "raw_milk", 30, 400)
    write_site(edition(made.band("county 56027", "10 to 19"), tmp_path), tmp_path / "site")

    pages = pages_of(tmp_path / "site")
    for name, page in pages.items():
        assert page.problems == [], name
        assert not page.all("img"), name
        assert all("alert" not in str(a.get("src")) for a in page.all("script")), name
    assert len(pages["index.html"].all("script")) == 1
    assert HOSTILE in pages["counties.html"].text
    assert HOSTILE in pages["county/56027.html"].text
    index = (tmp_path / "site/search/counties.js").read_text()
    assert "<" not in index
    assert json.loads(index[len("grapevine.counties(") : -3])[0][0] == HOSTILE
    record = json.loads((tmp_path / "site/county/56027.json").read_text())
    assert record["name"] == HOSTILE


def test_hostile_wording_of_themes_and_cards_stays_text_too(tmp_path):
    made = edition(plenty(), tmp_path)
    loud = snapshots.theme("raw_milk", "<b onclick=x>Raw</b> milk", 2)
    card = snapshots.card("raw_milk", reviewed_by="<script>")
    themes = made.taxonomy.themes | {"raw_milk": loud}
    taxonomy = replace(made.taxonomy, themes=themes)
    write_site(
        Edition(made.numbers, taxonomy, made.cards | {"raw_milk": card}), tmp_path / "site"
    )

    for name, page in pages_of(tmp_path / "site").items():
        assert not [a for _, a in page.tags for key in a if key[:2] == "on"], name


@given(st.text(max_size=20))
def test_a_cell_never_starts_a_formula_and_loses_nothing(text):
    safe = safe_cell(text)

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe.removeprefix("'") == text.removeprefix("'")


def test_numbers_in_cells_stay_numbers():
    assert [safe_cell(cell) for cell in (-1.5, 0, None, True, False)] == [
        -1.5,
        0,
        None,
        "true",
        "false",
    ]


def test_each_table_has_the_columns_its_dictionary_says(tmp_path):
    numbers = edition(plenty(), tmp_path).numbers
    for name, (_, columns) in TABLES.items():
        reader = csv.DictReader(io.StringIO(csv_file(numbers, name)))
        rows = list(reader)

        own = [column for column, _ in columns]
        assert reader.fieldnames == own + [c for c, _ in COMMON if c not in own]
        assert rows or name in ("alarm_week", "outage_week", "void_week", "estimate_week")
        assert all(None not in row and None not in row.values() for row in rows)
        assert {row["issue"] for row in rows} <= {"2024-W10.1"}


def test_the_files_hold_every_published_figure_and_no_other(tmp_path):
    made = plenty()
    numbers = edition(made, tmp_path).numbers

    for table, name in (
        ("pub_theme_week", "theme_week"),
        ("pub_signal_week", "signal_week"),
    ):
        rows = list(csv.reader(io.StringIO(csv_file(numbers, name))))[1:]
        keys = len(rows[0]) - 8
        published = {tuple(map(str, row[: keys + 1])) for row in made.rows[table]}
        assert {tuple(row[: keys + 1]) for row in rows} == published
        assert len(rows) == len(made.rows[table])


def test_signals_have_the_delphi_shape(tmp_path):
    numbers = edition(plenty(), tmp_path).numbers
    body = json.loads(signal_file(numbers, "county"))
    rows = {(row["time_value"], row["signal"]): row for row in body["epidata"]}

    assert body["result"] == 1
    assert all(list(row) == [name for name, _ in SIGNAL_SHAPE] for row in body["epidata"])
    assert rows[202410, "promotes_raw_milk"] == {
        "geo_type": "county",
        "geo_value": "56025",
        "time_value": 202410,
        "signal": "promotes_raw_milk",
        "value": 45.0,
        "se": 10.365,
        "sample_size": 400,
        "issue": "2024-W10.1",
        "is_sample": False,
    }
    assert rows[202410, "health_voices"]["value"] == 400
    assert rows[202410, "trust_blame_insurers"]["value"] == 50.0


def test_a_level_without_figures_is_an_answer_and_not_an_error(tmp_path):
    numbers = edition(Snapshot(), tmp_path).numbers

    assert {json.loads(signal_file(numbers, level))["result"] for level in SIGNAL_LEVELS} == {
        -2
    }


def test_pages_of_the_largest_states_and_the_front_page_stay_small(whole_country):
    pages = page_environment(whole_country)
    front = front_page(whole_country, pages)
    sizes = {postal: len(state_page(whole_country, pages, postal).encode())
             for postal in ("TX", "GA", "VA")}  # fmt: skip

    assert len(gzip.compress(front.encode())) <= 60_000
    assert max(sizes.values()) <= 100_000, sizes
    assert len(cards_page(whole_country, pages).encode()) <= 100_000


def test_county_pages_stay_small(built):
    sizes = {file.name: file.stat().st_size for file in (built / "county").glob("*.html")}

    assert max(sizes.values()) <= 30_000, sizes


def test_the_front_page_names_every_state_in_order_for_readers_without_scripts(whole_country):
    page = Page(front_page(whole_country, page_environment(whole_country)))
    listed = [a["href"] for a in page.all("a") if "tabindex" not in a]
    states = [link for link in listed if link.startswith("state/")]

    assert states[-51:][0] == "state/AL.html"
    assert len(set(states[-51:])) == 51
    assert [a for t, a in page.tags if t == "section" and a.get("id") == "search"] == [
        {"class": "search", "id": "search", "aria-labelledby": "find", "hidden": None}
    ]


def test_the_front_page_says_what_rises_where(tmp_path):
    made = (
        plenty().change("nation US", "measles", "rising").change("state MT", "fluoride", "new")
    )
    found = edition(made, tmp_path)

    page = Page(front_page(found, page_environment(found)))

    assert "What is rising" in page.text
    assert "Measles said to be harmless 3 rising no state" in page.text
    assert (
        "Fluoride in water said to be poison 3 (2 to 3) too few posts to say Montana"
        in page.text
    )


@pytest.mark.parametrize(
    ("flagged", "where"),
    [
        (["nation US"], "across all places we collected from"),
        (["nation US", "state WY", "state MT"], "in Montana and Wyoming"),
        ([], None),
    ],
)
def test_the_front_page_says_where_near_copies_were_put_up(tmp_path, flagged, where):
    made = Snapshot()
    for geo in flagged:
        made.band(geo, "100 to 499", copies="10 names or more")
    found = edition(made, tmp_path)

    said = Page(front_page(found, page_environment(found))).text

    if where:
        assert f"Some health posts {where} in these 12 weeks were near-copies" in said
    else:
        assert "were near-copies" not in said


def test_without_any_figure_the_front_page_still_leads_everywhere(tmp_path):
    found = edition(Snapshot(), tmp_path)

    page = Page(front_page(found, page_environment(found)))

    assert "No theme can be shown this week." in page.text
    assert "No state has 10 health voices or more this week." in page.text
    assert "state/MT.html" in page.links


def test_a_state_page_sets_rural_beside_urban_and_groups_its_counties(tmp_path):
    made = plenty().theme("region WY-rural", "raw_milk", 12, 600)
    found = edition(made, tmp_path)

    page = Page(state_page(found, page_environment(found), "WY"))

    assert (
        "Raw milk said to be safer or healing 4 (4 to 5) 2 (1 to 3) 4 (3 to 6) 5" in page.text
    )
    assert "Teton County fewer than 10" in page.text
    assert "Natrona County 100 to 499" in page.text
    assert "Sunscreen" not in page.text  # seen nowhere, so it has no row


def test_a_state_without_figures_says_so(tmp_path):
    found = edition(plenty(), tmp_path)

    page = Page(state_page(found, page_environment(found), "MT"))

    assert "No theme can be shown for Montana this week." in page.text
    assert "Evidence D" in page.text
