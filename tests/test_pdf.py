"""What a county's PDF says, to whom it can be read aloud, and what nobody can make it say."""

import io
import itertools
import json
import re
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import LANGS, load_cards
from dashboards.county_page import CountyPages
from dashboards.dictionary import SAMPLE_NOTICE
from dashboards.districts import District
from dashboards.geo import Geo
from dashboards.language import SUFFIX
from dashboards.pdf import letters
from dashboards.pdf.counties import CountySheets, county_pdfs
from dashboards.pdf.letters import BREAK_HERE, LONGEST_WORD, MISSING, fit, legible
from dashboards.pdf.typesetting import Typesetter, quoted, written
from dashboards.pdf.writing import chosen, write_pdfs
from dashboards.place_page import NO_TOTAL, place_page
from dashboards.rendering import page_environment
from dashboards.site import build_site, write_site
from flows.cli import main
from tests.pages import Page
from tests.snapshots import MONTANA, WYOMING, Snapshot, county, edition, plenty, region_only
from warehouse.errors import DataFolderError, UnknownPlaceError
from warehouse.reference import load_counties

HOSTILE = '#panic("x") $a$ *b* _c_ <d> @e `f` "\\" \\" ]#[ //g /*h*/ O\'Brien & =1 County'
SETTER = Typesetter()
MADE = {
    "plenty": (plenty(), "56025"),
    "none": (Snapshot(), "56027"),
    "region only": (region_only(), "56027"),
    "sample": (plenty(is_sample=True, week="2026-W46"), "56039"),
    "outage": (plenty().outage(2).outage(3), "56025"),
}


def sheet(made, fips="56025"):
    return CountySheets(made).sheet(made.numbers.counties[fips])


def pdf(made, fips="56025"):
    return SETTER.pdf(written(sheet(made, fips)))


def reader(data):
    return PdfReader(io.BytesIO(data))


def text(data):
    """What the PDF says, without the white space that depends on the lines."""
    return tight(" ".join(page.extract_text() for page in reader(data).pages))


def tight(words):
    return re.sub(rf"[\s{BREAK_HERE}]+", "", words)


def strings(data):
    """Every string of the sheet that is set as text, in the sheet's order."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        left_out = {"lang", "url", "label", "letter", "author", "title", "fonts", "date"}
        return [s for key, value in data.items() if key not in left_out for s in strings(value)]
    return [s for item in data for s in strings(item)] if isinstance(data, list) else []


def tags(data):
    """The kinds of all tags of the structure tree, in reading order."""
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            walk(node.get("/K", []))
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(reader(data).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


@pytest.fixture(params=[(name, lang) for name in MADE for lang in LANGS], ids=str)
def case(request, tmp_path):
    name, lang = request.param
    snapshot, fips = MADE[name]
    return edition(snapshot, tmp_path).in_language(lang), fips


def test_every_word_of_the_pdf_is_a_word_of_the_page(case):
    made, fips = case
    pages = CountyPages(made.in_language("en"), page_environment(made.in_language("en")))
    name = f"county/{fips}{SUFFIX[made.lang]}.html"
    html = dict(pages.files(made.numbers.counties[fips]))[name]
    page = tight(Page(html).text)

    said = strings(json.loads(written(sheet(made, fips))))

    assert [words for words in said if tight(words) not in page] == []


def test_every_word_of_the_sheet_can_be_read_out_of_the_pdf(case):
    made, fips = case
    found = text(pdf(made, fips)).upper()

    said = strings(json.loads(written(sheet(made, fips))))

    assert len(said) > 25
    assert [words for words in said if tight(words).upper() not in found] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_line_of_the_page_is_in_the_pdf_but_links_and_the_other_language(tmp_path, lang):
    made = edition(plenty(), tmp_path)
    pages = CountyPages(made, page_environment(made))
    html = dict(pages.files(made.numbers.counties["56025"]))[f"county/56025{SUFFIX[lang]}.html"]
    main = re.sub(r"<details>.*?</details>|<nav.*?</nav>", "", html, flags=re.DOTALL)
    found = text(pdf(made.in_language(lang))).upper()

    lines = re.findall(r"<(p|li|dd|dt|h[1-3])\b[^>]*>(.*?)</\1>", main, flags=re.DOTALL)
    shown = [re.sub(r'<span class="dots".*?</span>', "", line) for _, line in lines]
    said = [tight(Page(line).text).upper() for line in shown if "<a " not in line]

    assert len(said) > 40
    assert [words for words in said if words not in found] == []


def test_a_pdf_says_just_what_a_person_looked_at(tmp_path, golden):
    for name, (snapshot, fips) in MADE.items():
        folder = tmp_path / name
        folder.mkdir()
        pages = reader(pdf(edition(snapshot, folder), fips)).pages
        told = "\n\f\n".join(page.extract_text() for page in pages)

        golden(f"pdf_{name.replace(' ', '_')}.txt", f"{told}\n")


def test_a_spanish_pdf_says_just_what_a_person_looked_at(tmp_path, golden):
    made = edition(plenty(), tmp_path).in_language("es")
    told = "\n\f\n".join(page.extract_text() for page in reader(pdf(made)).pages)

    golden("pdf_plenty.es.txt", f"{told}\n")


def test_a_pdf_is_tagged_titled_and_in_a_language(case):
    made, fips = case
    found = reader(pdf(made, fips))
    root = found.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] in (made.lang, f"{made.lang}-US")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert found.metadata.title.startswith(made.numbers.counties[fips].name)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_headings_come_in_order_and_lists_are_lists(tmp_path):
    kinds = [node["/S"] for node in tags(pdf(edition(plenty(), tmp_path)))]
    levels = [int(kind[2]) for kind in kinds if re.fullmatch("/H[1-6]", kind)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert levels.count(3) == 3
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert {"/L", "/LI", "/P", "/Link", "/Figure"} <= set(kinds)


def test_every_drawing_says_in_words_what_it_shows(tmp_path):
    figures = [n for n in tags(pdf(edition(plenty(), tmp_path))) if n["/S"] == "/Figure"]

    assert figures
    assert all(node["/Alt"].startswith("Over 12 weeks: from about") for node in figures)


def test_the_spanish_of_a_link_is_said_to_be_spanish(tmp_path):
    made = edition(plenty(), tmp_path)
    found = sheet(made)
    found["claims"]["themes"][0]["card"]["links"][0]["lang"] = "es"

    told = [node["/Lang"] for node in tags(SETTER.pdf(written(found))) if "/Lang" in node]

    assert "es" in {str(lang)[:2] for lang in told}


def test_it_is_printed_on_letter_paper_on_two_pages_at_most_in_black_and_grey(case):
    made, fips = case
    found = reader(pdf(made, fips))

    assert 1 <= len(found.pages) <= 2
    for page in found.pages:
        assert (page.mediabox.width, page.mediabox.height) == (612, 792)
        drawn = page.get_contents().get_data().decode("latin-1")
        colours = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG|scn|SCN)\b", drawn)
        assert all(len(set(colour)) == 1 for colour in colours)


@pytest.mark.parametrize("lang", LANGS)
def test_a_county_without_themes_fits_on_one_page(tmp_path, lang):
    made = edition(Snapshot(), tmp_path).in_language(lang)

    assert len(reader(pdf(made, "56027")).pages) == 1


def test_a_sample_says_so_at_the_top_of_the_first_page_and_at_the_foot_of_each(tmp_path):
    found = reader(pdf(edition(plenty(is_sample=True), tmp_path)))

    assert found.pages[0].extract_text().startswith(SAMPLE_NOTICE)
    assert all(SAMPLE_NOTICE in page.extract_text()[-200:] for page in found.pages)
    assert found.metadata.title.endswith("(sample data)")


def test_a_real_release_never_says_sample(tmp_path):
    assert tight(SAMPLE_NOTICE) not in text(pdf(edition(plenty(), tmp_path)))


def test_a_hostile_name_is_only_text(tmp_path):
    row = county("56025", HOSTILE, "WY", HOSTILE, rucc_2023=3)
    made = edition(plenty(counties=[row]), tmp_path)

    found = pdf(made)

    assert text(found).count(tight(HOSTILE)) >= 3
    assert reader(found).metadata.title.startswith(HOSTILE)


@pytest.mark.parametrize("name", ["‮ytnuoC", "天津 County", "A\x00\x07B 🦠", "W" * 900, " "])
def test_a_name_that_paper_cannot_show_is_mended_and_never_stops_the_run(tmp_path, name):
    row = county("56025", name, "WY", "Wyoming", rucc_2023=3)

    found = reader(pdf(edition(plenty(counties=[row]), tmp_path)))

    assert "‮" not in found.pages[0].extract_text()
    assert len(found.pages) <= 3


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_can_be_set(words):
    setter = Typesetter()
    setter._layout = (
        '#set document(title: "t")\n#set text(font: "Source Sans Pro")\n= t\n#sheet.at(0)'
    )

    assert len(reader(setter.pdf(written([words]))).pages) == 1


@given(st.text())
def test_a_fitted_text_holds_only_letters_of_the_font_and_stays_as_it_is(words):
    once = fit(words)

    assert fit(once.replace(BREAK_HERE, "")) == once
    assert max(map(len, re.split(rf"[\s{BREAK_HERE}]", once)), default=0) <= LONGEST_WORD
    assert all(
        any(first <= ord(letter) <= last for first, last in letters.HELD)
        for letter in once.replace(BREAK_HERE, "")
    )


def test_plain_words_are_left_alone_and_a_lost_letter_shows():
    assert fit("Doña Ana County, “NM” – 1 of 2…") == "Doña Ana County, “NM” – 1 of 2…"
    assert fit("天") == MISSING
    assert legible({"a": ("b\n c", 1, None)}) == {"a": ["b c", 1, None]}
    assert quoted('a"b\\') == '"a\\"b\\\\"'


def test_no_letter_of_our_own_words_is_lost():
    cards = [asdict(card) for card in load_cards().values()]
    themes = [asdict(theme) for theme in load_taxonomy().themes.values()]
    names = [place.name for place in load_counties().values()]
    ours = "".join(strings(json.loads(json.dumps([cards, themes, names], default=str))))

    assert {letter for letter in set(ours) - {"?"} if fit(f"a{letter}a") == "a?a"} == set()


def test_the_font_has_every_letter_that_is_said_to_be_held(tmp_path):
    made = sheet(edition(Snapshot(), tmp_path))
    every = [chr(n) for first, last in letters.HELD for n in range(first, last + 1)]
    held = [letter for letter in every if fit(letter) == letter]
    made["limits"]["groups"] = [{"lead": "", "lines": held}]

    assert len(reader(SETTER.pdf(written(made))).pages) > 2


def test_the_same_release_gives_the_same_bytes_also_from_several_processes(tmp_path):
    made = edition(plenty(), tmp_path)
    places = list(made.numbers.counties.values())

    one = dict(county_pdfs(made, places, 1))
    many = dict(county_pdfs(made, places * 4, 2))

    assert one == many
    assert list(one) == [
        f"county/{place.fips}{end}" for end in (".pdf", ".es.pdf") for place in places
    ]
    assert max(map(len, one.values())) < 100_000


def site(folder, snapshot=None):
    made = edition(snapshot or plenty(), folder)
    write_site(made, folder / "site")
    return made


def put(made, folder, asked=("all",)):
    return write_pdfs(made, chosen(made, asked), folder / "site", 1, lambda *_: None)


def test_pdfs_lie_beside_their_pages_and_are_written_only_when_they_change(tmp_path):
    made = site(tmp_path)

    first, again = put(made, tmp_path), put(made, tmp_path)

    assert (first.made_n, first.written_n, first.removed_n) == (10, 10, 0)
    assert (again.made_n, again.written_n, again.removed_n) == (10, 0, 0)
    assert (tmp_path / "site/county/56025.html").exists()
    assert (tmp_path / "site/county/56025.pdf").read_bytes() == pdf(made)


def test_the_next_build_takes_the_pdfs_of_the_last_release_away(tmp_path):
    made = site(tmp_path)
    put(made, tmp_path)

    report = write_site(made, tmp_path / "site")

    assert report.removed_n == 10
    assert list((tmp_path / "site").rglob("*.pdf")) == []


def test_no_pdf_is_put_beside_the_page_of_another_release(tmp_path):
    site(tmp_path)
    (tmp_path / "marts.duckdb").unlink()
    later = edition(plenty(week="2024-W11"), tmp_path)

    with pytest.raises(DataFolderError, match=r"2024-W11\.1 are not in .*release publish"):
        put(later, tmp_path)
    assert list((tmp_path / "site").rglob("*.pdf")) == []


def test_counties_are_chosen_by_code_by_state_or_all_and_each_once(tmp_path):
    made = edition(plenty(), tmp_path)

    def fips(*asked):
        return [place.fips for place in chosen(made, asked)]

    assert fips("56025") == ["56025"]
    assert fips("mt", "30049", "56025") == ["30049", "56025"]
    assert fips("all") == sorted(row["fips"] for row in WYOMING + MONTANA)


@pytest.mark.parametrize("word", ["5602", "ZZ", "", "Natrona"])
def test_a_place_that_is_none_is_told_with_what_to_write(tmp_path, word):
    with pytest.raises(UnknownPlaceError, match=f"'{word}'.*five digits"):
        chosen(edition(plenty(), tmp_path), [word])


def test_a_lost_zero_is_guessed(tmp_path):
    row = county("01063", "Greene County", "AL", "Alabama")

    with pytest.raises(UnknownPlaceError, match="Did you mean 01063"):
        chosen(edition(Snapshot(counties=[row]), tmp_path), ["1063"])


def grapevine(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_the_command_puts_the_pdf_of_a_county_beside_its_page(home):
    home.snapshot.parent.mkdir(parents=True)
    plenty(is_sample=True).write(home.snapshot)
    build_site(home.snapshot, home.site)

    said = grapevine("brief", "--pdf", "56025")

    assert (said.exit_code, said.output) == (
        0,
        f"PDFs made: 2, 2 of them new or changed. They lie in {home.site / 'county'}\n",
    )
    made = sorted(file.name for file in home.site.rglob("*.pdf"))
    assert made == ["56025.es.pdf", "56025.pdf"]
    assert (home.site / "index.html").exists()


def test_the_command_says_in_one_line_what_is_missing(home):
    assert "grapevine run" in grapevine("brief", "--pdf", "all").output
    assert "--as-of, or which county" in grapevine("brief").output
    assert "--out goes with" in grapevine("brief", "--pdf", "all", "--out", "x").output


def with_district(made, name="Platte Valley"):
    district = District("platte-valley", name, ("56025", "56027"))
    return replace(made, districts={district.slug: district})


def test_a_district_is_had_on_paper_with_the_words_of_its_page(tmp_path):
    made = with_district(edition(plenty(), tmp_path))
    page = Page(place_page(made, page_environment(made), Geo("district", "platte-valley")))

    ((name, data),) = county_pdfs(made, chosen(made, ["platte-valley"]), 1)
    said = text(data)

    assert name == "district/platte-valley.pdf"
    assert reader(data).metadata.title == "Platte Valley, Wyoming: brief for 2024-W10"
    assert tight(NO_TOTAL) in said
    assert tight("Natrona County: Raw milk said to be safer or healing. Of") in said
    assert tight("In Natrona County, about 5 in 100 health voices") in said
    assert "thiscounty" not in said
    assert tight(NO_TOTAL) in tight(page.text)


def test_the_pdf_of_a_district_is_put_beside_its_page_of_the_same_release_only(tmp_path):
    made = with_district(edition(plenty(), tmp_path))
    asked = chosen(made, ["platte-valley"])
    with pytest.raises(DataFolderError, match="are not in"):
        write_pdfs(made, asked, tmp_path / "site", 1, lambda *_: None)

    write_site(made, tmp_path / "site")
    write_pdfs(made, asked, tmp_path / "site", 1, lambda *_: None)

    assert (tmp_path / "site/district/platte-valley.pdf").read_bytes().startswith(b"%PDF")
    assert [type(one).__name__ for one in chosen(made, ["all"])][-1] == "District"


def test_a_hostile_district_is_only_text_on_paper(tmp_path):
    made = with_district(edition(plenty(), tmp_path), HOSTILE)

    ((_, data),) = county_pdfs(made, chosen(made, ["platte-valley"]), 1)

    assert tight(fit(HOSTILE)) in text(data)
