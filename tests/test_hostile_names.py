"""Names that are code stay names: in every file of a site, in PDFs and in mails.

Whatever kind of file a site has is read here the way a program that opens it would: a new kind
that no reader below knows fails until it has one.
"""

import csv
import email
import io
import json
import re
from dataclasses import replace
from email.policy import default
from xml.etree import ElementTree

import duckdb
import pytest
from pypdf import PdfReader

from dashboards.districts import District
from dashboards.geo import Geo, state_of
from dashboards.pdf.counties import county_pdfs
from dashboards.site import write_site
from delivery.letter import Letters
from delivery.mail import Ids, make_mail
from delivery.office import Sender
from delivery.subscribers import Subscriber
from delivery.webhook import payload
from tests.offices import NOW
from tests.pages import Page, pages_of
from tests.snapshots import county, edition, plenty

HOSTILE = {
    "56021": "<script>alert(1)</script> County",
    "56025": "\"><img src=x onerror=alert(1)> 'O & =1+1 County",
    "56027": '=HYPERLINK("https://evil.example","x") County',
    "56039": "@SUM(1+1)*cmd|'/c calc'!A0 County",
    "30049": '#panic("x") $a$ ]#[ //g \\u{202e} ]]> <!-- {{ 7*7 }} &lt;b&gt; County',
}
STATES = {"WY": "</title></svg><a onclick=x>Wyoming", "MT": "-1+1 Montana\u2028<b>"}
IDS = Ids("d" * 32, "5" * 32)
SENDER = Sender("Briefs", "b@h.example", "b@h.example", "b@h.example", "https://h.example/l")
STARTS_A_FORMULA = tuple("=+-@\t\r")
NUMBER = re.compile(r"[-+]?[\d.]+(e[-+]?\d+)?").fullmatch


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """An edition all of whose places have hostile names, and its site."""
    places = [county(fips, name, *_state(fips)) for fips, name in HOSTILE.items()]
    made = plenty(counties=places, release={"changed": "<b>Late</b> posts & more."})
    for fips in HOSTILE:
        made.theme(f"county {fips}", "raw_milk", 20, 400)
    folder = tmp_path_factory.mktemp("hostile")
    district = District("hostile", HOSTILE["56021"], tuple(sorted(HOSTILE)))
    found = replace(edition(made, folder), districts={district.slug: district})
    write_site(found, folder / "site")
    return found, folder / "site"


def _state(fips):
    postal = "WY" if fips[:2] == "56" else "MT"
    return postal, STATES[postal]


def hold_html(text):
    page = Page(text)
    assert page.problems == []
    kinds = {tag for tag, _ in page.tags}
    assert kinds.isdisjoint({"img", "iframe", "form", "object", "embed", "base", "b-"})
    assert not [key for _, found in page.tags for key in found if key[:2] == "on"]
    assert not [
        link for link in page.links if link.lower().startswith(("javascript:", "data:"))
    ]
    sources = [found.get("src") or "inline" for found in page.all("script")]
    assert {source.rpartition("/")[2] for source in sources} <= {"search.js", "table.js"}


def hold_csv(text):
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in STARTS_A_FORMULA and not NUMBER(cell)]


def hold_script(text):
    """The search itself, or a call of it whose argument is JSON."""
    is_data = re.match(r"grapevine\.\w+\(", text)
    assert not is_data or "<" not in text


def hold_xml(text):
    root = ElementTree.fromstring(text)
    known = {"feed", "entry", "rss", "channel", "item", "urlset", "url"}
    assert root.tag.rpartition("}")[2] in known


READERS = {
    ".html": hold_html,
    ".csv": hold_csv,
    ".json": json.loads,
    ".js": hold_script,
    ".xml": hold_xml,
    ".atom": hold_xml,
    ".rss": hold_xml,
    ".svg": hold_xml,
    ".txt": str,
    ".bib": str,
}
PACKED = {".parquet", ".pdf"}


def test_every_file_of_the_site_can_be_read_and_no_name_in_it_is_code(hostile):
    _, site = hostile
    files = [file for file in site.rglob("*") if file.is_file() and file.name != ".files"]

    for file in files:
        if file.suffix not in PACKED:
            READERS[file.suffix](file.read_text(encoding="utf-8"))

    assert {file.suffix for file in files} >= {".html", ".csv", ".json", ".js", ".parquet"}


def test_pages_show_hostile_names_as_they_are(hostile):
    _, site = hostile
    pages = pages_of(site)

    for fips, name in HOSTILE.items():
        shown = pages[f"county/{fips}.html"].text
        assert " ".join(name.split()) in shown
        assert " ".join(STATES[_state(fips)[0]].split()) in shown
    assert HOSTILE["56021"] in pages["district/hostile.html"].text


def test_names_in_maps_are_titles_and_nothing_else(hostile):
    _, site = hostile
    html = (site / "state/WY.html").read_text(encoding="utf-8")

    drawn = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    titles = [
        title.text for svg in drawn for title in ElementTree.fromstring(svg).iter("title")
    ]

    assert {HOSTILE[fips] for fips in HOSTILE if fips[:2] == "56"} <= set(titles)


def test_tables_that_a_spreadsheet_opens_start_no_formula_with_a_name(hostile):
    _, site = hostile
    cells = {
        cell
        for file in site.rglob("*.csv")
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8")))
        for cell in row
    }

    assert HOSTILE["56027"] not in cells
    assert HOSTILE["56039"] not in cells


def test_parquet_files_keep_names_as_they_are_and_open(hostile):
    _, site = hostile
    for file in site.rglob("*.parquet"):
        assert duckdb.read_parquet(str(file)).columns


def test_a_pdf_sets_hostile_names_as_text_and_runs_nothing(hostile):
    found, _ = hostile
    places = list(found.numbers.counties.values())

    for name, data in county_pdfs(found, places, 1):
        read = PdfReader(io.BytesIO(data))
        said = re.sub(r"\W", "", read.pages[0].extract_text())
        place = HOSTILE[re.search(r"\d{5}", name)[0]]
        assert re.sub(r"\W", "", place)[:24] in said
        assert "/OpenAction" not in read.trailer["/Root"]
        assert b"/JavaScript" not in data
        assert b"/Launch" not in data


@pytest.mark.parametrize("lang", ["en", "es"])
def test_mails_and_hooks_keep_hostile_names_out_of_headers_and_markup(hostile, lang):
    found, _ = hostile
    letters = Letters(found, "https://briefs.example/")
    counties = [Geo("county", fips) for fips in HOSTILE]
    for geo in [*counties, *map(state_of, STATES), Geo("district", "hostile")]:
        letter = letters.letter(geo, lang)
        mail = make_mail(letter, "a@clinic.example", SENDER, IDS, NOW, None)
        read = email.message_from_bytes(mail.content, policy=default)

        assert read.defects == []
        assert (read["To"], read["Bcc"]) == ("a@clinic.example", None)
        assert len(read.get_all("Subject")) == 1
        hold_html(read.get_body(("html",)).get_content())
        to = Subscriber("hook", geo, lang, "webhook", "https://hook.example/")
        assert json.loads(payload(letter, found.numbers.release, to))["place"] == letter.place
