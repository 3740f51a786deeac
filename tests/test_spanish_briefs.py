"""The county brief in Spanish: what the English one says, in its order, with no English."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import LANGS, load_cards
from dashboards.county_page import CountyPages
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, Place, state_of
from dashboards.language import ENGLISH, LANGUAGES, SPANISH
from dashboards.language.spanish.head import BANDS
from dashboards.language.spanish.places import KINDS, RUCC
from dashboards.rendering import page_environment
from dashboards.risk import PartName, Reason
from dashboards.spanish import any_es, of_es, source_es
from dashboards.words import RUCC as RUCC_EN
from dashboards.words import SOURCE_NAMES, kind_of
from tests.pages import VOID, Page
from tests.reading import fernandez_huerta, flesch_kincaid_grade
from tests.snapshots import WEEK, Snapshot, county, edition, plenty, region_only
from warehouse.reference import load_counties

NATRONA, NIOBRARA = Geo("county", "56025"), Geo("county", "56027")
ENGLISH_WORDS = re.compile(
    r"\b(?:the|of|and|with|this|that|these|those|for|from|is|are|was|were|be|been|not|week|"
    r"weeks|about|health|posts|post|people|person|who|which|their|they|your|you|what|"
    r"when|here|seen|care|card|full|patient|check|one|two|three|all|none|under|over|"
    r"fewer|likely|release|evidence|source|sources|county|counties|sample|data|voices|"
    r"claim|claims|ask|asked|asks|answered|raise|ready|leave|year|season|month|risk|"
    r"spread|harm|death|damage|too|few|more|than|earlier|many|number|numbers|figure|"
    r"figures|place|places|hidden|means|mean|software|mistakes|method|handout|trust|"
    r"access|insurance|residents|physician|shortage|whole|part|area|rests|news|"
    r"imported|files|clinics|reports|counted|apart|unusual|cannot|told|yet|only|other|"
    r"others|named|some|put|up|campaign|nothing|open|listen|first|do|say|said|by|at|to|"
    r"or|its|if|how|why|can|could|may|might|must|will|would|have|had)\b"
)
"""Words that are English and no Spanish; those that are both are left out."""


def everything():
    """A county of which everything is told that a brief can tell."""
    made = plenty(weeks_n=16)
    for geo in ("county 56025", "region WY-urban", "state WY", "nation US"):
        made.health(geo, 1_000, range(12, 16))
    for kind, tag in (("theme", "raw_milk"), ("theme", "hiv"), ("signal", "portal_distress")):
        made.rows["pub_alarm_week"].append(
            ("county", "56025", WEEK, kind, tag, "c2", 60, 20.0, 40.0, 1e-6, True)
        )
    made.estimate("county 56025", "fluoride", (40, 30, 55), rests_on="region")
    made.void("county 56025", "raw_milk")
    made.band("state WY", "500 or more", copies="10 names or more")
    return made.outage(3)


MADE = {
    "plenty": (plenty, NATRONA),
    "everything": (everything, NATRONA),
    "none": (Snapshot, NIOBRARA),
    "voices": (lambda: Snapshot().band("county 56027", "20 to 49").outage(0), NIOBRARA),
    "region only": (region_only, NIOBRARA),
    "nation only": (region_only, Geo("county", "30049")),
    "held back": (lambda: Snapshot().theme("nation US", "trails", 30, 90_000), NATRONA),
    "sample": (lambda: plenty(is_sample=True, week="2026-W46"), Geo("county", "56039")),
    "parish": (
        lambda: Snapshot(counties=[county("22071", "Orleans Parish", "LA", "Louisiana")])
        .health("state LA", 900, range(3)).theme("state LA", "sunscreen", 30, 900),
        Geo("county", "22071"),
    ),
}  # fmt: skip


def files(made, geo):
    """The county's files by their ends."""
    found = CountyPages(made, page_environment(made)).files(made.numbers.counties[geo.value])
    return {name.partition(".")[2]: content for name, content in found}


def with_real_words(made):
    """The same figures with the project's own taxonomy and cards."""
    return Edition(made.numbers, load_taxonomy(), load_cards())


@pytest.fixture(scope="module", params=MADE, ids=str)
def case(request, tmp_path_factory):
    """(edition, place, its files by their ends) of one week of one county."""
    snapshot, geo = MADE[request.param]
    made = edition(snapshot(), tmp_path_factory.mktemp("case"))
    return made, geo, files(made, geo)


class Spoken(HTMLParser):
    """What a page says in one language: parts marked with another `lang` are left out."""

    def __init__(self, html, lang):
        super().__init__()
        self.lang, self.said, self._open = lang, [], []
        self.feed(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        lang = found.get("lang") or (self._open[-1] if self._open else None)
        if tag not in VOID:
            self._open.append(lang)
        if lang == self.lang:
            self.said += [found[key] for key in ("aria-label", "alt", "title") if key in found]

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if self._open and self._open[-1] == self.lang and data.strip():
            self.said.append(" ".join(data.split()))


def spoken(html, made, lang):
    """What is said in this language, without names of places and of files."""
    names = {
        name
        for one in made.numbers.counties.values()
        for name in (one.name, one.name.rpartition(" ")[0], one.state_name)
        if name
    }
    names |= {
        "In English",
        made.numbers.release.release_id,
        *made.numbers.release.versions.values(),
    }
    told = Spoken(html, lang).said
    for name in sorted(names, key=len, reverse=True):
        told = [line.replace(name, "") for line in told]
    return told


def test_no_english_is_on_the_spanish_page_outside_what_is_marked_as_english(case):
    made, geo, _ = case
    html = files(with_real_words(made), geo)

    told = " ".join(spoken(html["es.html"], made, "es")).lower()
    english = [line.strip(" .,:;()·") for line in spoken(html["html"], made, "en")]

    assert ENGLISH_WORDS.findall(told) == []
    whole = [line for line in english if " " in line and len(line) > 8]
    assert [line for line in whole if line.lower() in told] == []


def test_the_test_of_english_words_finds_them_on_the_english_page(tmp_path):
    made = with_real_words(edition(plenty(), tmp_path))
    told = " ".join(spoken(files(made, NATRONA)["html"], made, "en")).lower()

    assert len(set(ENGLISH_WORDS.findall(told))) > 80


def test_the_spanish_page_has_the_same_parts_in_the_same_order(case):
    english, spanish = (Page(case[2][end]) for end in ("html", "es.html"))

    def shape(page):
        return [(tag, a.get("id"), a.get("class"), a.get("points")) for tag, a in page.tags]

    assert shape(spanish) == shape(english)
    assert spanish.problems == []


def test_the_spanish_page_tells_the_same_numbers(case):
    english, spanish = (Page(case[2][end]).text for end in ("html", "es.html"))

    def numbers(text):
        return sorted(re.findall(r"\d+(?:,\d{3})*", text))

    assert numbers(spanish) == numbers(english)


def test_each_page_leads_to_the_other_and_says_in_which_language_it_is(case):
    _, geo, html = case
    ends = {"en": "html", "es": "es.html"}

    for here, other in (("en", "es"), ("es", "en")):
        end, there = ends[here], ends[other]
        page = Page(html[end])
        (link,) = [a for a in page.all("a") if a.get("href") == f"{geo.value}.{there}"]
        assert page.all("html") == [{"lang": here}]
        assert (link["hreflang"], link["lang"]) == (other, other)


def test_spanish_leads_to_spanish_cards_first_and_marks_every_english_page(tmp_path):
    html = files(edition(plenty(), tmp_path), NATRONA)["es.html"]
    links = re.findall(r'<a ([^>]*)href="([^"#:]+)"([^>]*)>(.*?)</a>', html)
    english = [link for link in links if re.search(r"(?<!\.es)\.html$", link[1])]

    assert [href for _, href, _, _ in links if "raw_milk" in href] == [
        "../theme/raw_milk.es.html",
        "../handout/raw_milk.es.html",
        "../theme/raw_milk.html",
        "../handout/raw_milk.html",
    ]
    assert len(english) > 10
    assert [
        href
        for *_, href, after, words in english
        if 'hreflang="en"' not in after and "(en inglés)" not in words
    ] == []


def test_the_card_says_spanish_first_and_english_in_the_details(tmp_path):
    html = files(with_real_words(edition(plenty(), tmp_path)), NATRONA)["es.html"]
    card = load_cards()["raw_milk"]

    assert html.index(card.es.explain) < html.index("<details>") < html.index(card.en.explain)
    (details,) = re.findall(r"<details>.*?</details>", html, re.DOTALL)[:1]
    assert '<div lang="en">' in details
    assert "“What do you like about raw milk, and who drinks it?”" in details


@pytest.mark.parametrize(
    ("name", "case_name"),
    [
        ("county_plenty.es.html", "plenty"),
        ("county_none.es.html", "none"),
        ("county_everything.es.html", "everything"),
    ],
)
def test_a_spanish_page_is_the_one_a_person_looked_at(tmp_path, golden, name, case_name):
    snapshot, geo = MADE[case_name]
    html = files(edition(snapshot(), tmp_path), geo)["es.html"]

    golden(name, re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "", html, flags=re.DOTALL))


def prose(html, made, lang):
    """The sentences of the page, without names, headings, labels and what the cards say."""
    html = re.sub(r'<div class="card">.*?</article>|<h\d.*?</h\d>|<nav.*?</nav>', "", html,
                  flags=re.DOTALL)  # fmt: skip
    lines = re.findall(r"<(p|li)[^>]*>(.*?)</\1>", html, re.DOTALL)
    told = [re.sub(r"<[^>]+>", " ", line) for _, line in lines]
    told = [line for line in told if line.strip().endswith((".", "?", "”", "»"))]
    return " ".join(re.sub(r"Versi.*", "", line) for line in told)


def test_both_pages_read_at_grade_eight_or_below(case):
    made, _, html = case

    assert flesch_kincaid_grade(prose(html["html"], made, "en")) <= 8
    assert fernandez_huerta(prose(html["es.html"], made, "es")) >= 60


@pytest.mark.parametrize("words", [language.brief for language in LANGUAGES.values()])
def test_every_verdict_grade_and_reason_has_its_words(words):
    assert set(words.REASONS) == set(get_args(Reason))
    assert set(words.RISK_PARTS) == set(get_args(PartName))
    assert set(words.VERDICTS) == set(ENGLISH.brief.VERDICTS)
    assert len(set(words.REASONS.values())) == len(words.REASONS)


@pytest.mark.parametrize("lang", LANGS)
def test_every_evidence_grade_has_a_name_of_its_own(lang):
    names = LANGUAGES[lang].head.EVIDENCE

    assert "".join(names) == "ABCD"
    assert len(set(names.values())) == 4


@pytest.mark.parametrize("name", ["CHANGES", "DIRECTIONS"])
def test_every_direction_has_its_words(name):
    english, spanish = (getattr(LANGUAGES[lang].figures, name) for lang in LANGS)

    assert english.keys() == spanish.keys()
    assert not set(english.values()) & set(spanish.values())


def test_every_band_source_and_kind_of_county_has_a_spanish_word():
    sql = Path("warehouse/models/published/pub_evidence.sql").read_text(encoding="utf-8")
    shown = set(re.findall(r"'(fewer than 10|\d+ to \d+|\d+ or more)'", sql))

    assert set(BANDS) == shown
    assert {kind_of(place.name) for place in load_counties().values()} <= KINDS.keys()
    assert RUCC.keys() == RUCC_EN.keys()
    assert {source_es(source) for source in SOURCE_NAMES} & {"local news", "clinics"} == set()
    assert source_es("new_one") == "New one"


def test_names_of_places_are_fitted_into_the_sentence(tmp_path):
    row = county("11001", "District of Columbia", "DC", "District of Columbia", rucc_2023=1)
    made = edition(Snapshot(counties=[row]), tmp_path).in_language("es")

    assert made.name(state_of("DC")) == "el Distrito de Columbia"
    assert made.within(Geo("county", "11001")) == "en este distrito"
    assert made.within(NATION) == "en todos los lugares de donde reunimos mensajes"
    assert (
        made.name(Geo("region", "DC-urban")) == "los condados urbanos del Distrito de Columbia"
    )
    assert of_es("Ohio") == "de Ohio"
    assert any_es(["Adams County", "Ohio"]) == "Adams County u Ohio"
    assert any_es(["Teton County", "Wyoming"]) == "Teton County o Wyoming"


@pytest.mark.parametrize(
    ("extent", "name", "said"),
    [
        ("whole", "Natrona County", "Todo este condado es zona federal de escasez"),
        ("whole", "Orleans Parish", "Toda esta parroquia es zona federal"),
        ("part", "Orleans Parish", "Una parte de esta parroquia es zona federal"),
        ("none", "Natrona County", "No es zona federal de escasez"),
    ],
)
def test_a_shortage_agrees_with_what_the_place_is_called(extent, name, said):
    assert SPANISH.limits.shortage(extent, name).startswith(said)


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_one_and_many_are_told_apart(count):
    told = SPANISH.brief.held_back(count), SPANISH.brief.counted(count)

    assert ("1 tema" in told[0]) == (count == 1)
    assert ("temas, vistos" in told[0]) == (count > 1)
    assert ("1 tema se pudo" in told[1]) == (count == 1)


@pytest.mark.parametrize("rates", [None, "audit", "model card", "audit and model card",
                                   "model card, of another version"])  # fmt: skip
def test_what_is_known_of_the_software_is_told_in_spanish_as_in_english(rates):
    english, spanish = (LANGUAGES[lang].limits.errors(rates) for lang in LANGS)

    assert english.count(". ") == spanish.count(". ")
    assert ENGLISH_WORDS.findall(spanish.lower()) == []


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        ("model card 0123456789ab", "corrección ficha 0123456789ab"),
        ("audit and model card 01", "corrección auditoría y ficha 01"),
        ("none", "corrección ninguna"),
    ],
)
def test_versions_keep_their_names_and_lose_their_english(correction, said):
    assert SPANISH.head.versions({"code": "0.1.0", "correction": correction}) == (
        f"programa 0.1.0, {said}"
    )


def test_a_hostile_name_is_only_text_in_spanish_too(tmp_path):
    name = '<script>alert(1)</script> " & {{ 7*7 }} County'
    row = county("56025", name, "WY", name, rucc_2023=3)
    made = edition(plenty(counties=[row]), tmp_path)

    page = Page(files(made, NATRONA)["es.html"])

    assert page.problems == []
    assert not page.all("script")
    assert page.text.count(name) >= 3


def test_the_county_file_says_main_sentence_and_action_in_both_languages(tmp_path):
    found = files(edition(Snapshot(), tmp_path), NIOBRARA)

    record = json.loads(found["json"])

    for key, end in (("main", "html"), ("action", "html"), ("main_es", "es.html"),
                     ("action_es", "es.html")):  # fmt: skip
        assert record[key] in Page(found[end]).text


def test_an_edition_in_its_own_language_is_itself(tmp_path):
    made = edition(Snapshot(), tmp_path)

    assert made.in_language("en") is made
    assert made.in_language("es").in_language("en") == made
    assert made.in_language("es").numbers is made.numbers


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Natrona County", "en el condado de Natrona"),
        ("Orleans Parish", "en la parroquia de Orleans"),
        ("Nome Census Area", "en la zona censal de Nome"),
        ("Carson City", "en Carson City"),
    ],
)
def test_a_county_is_called_in_spanish_by_what_it_is(name, told):
    assert SPANISH.places.inside(Place(Geo("county", "56025"), name, "Wyoming")) == told
