"""What the taxonomy promises to the tagger, the pages and the people who edit it."""

import re
from dataclasses import FrozenInstanceError
from datetime import date
from itertools import combinations
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.taxonomy import TAXONOMY, load_taxonomy, read_taxonomy
from tests.agencies import AGENCY_HOSTS
from warehouse.errors import GrapevineError

THEMES = [
    "vaccine_injury",
    "vaccine_autism",
    "vaccine_fertility",
    "vaccine_ingredients",
    "vaccine_unneeded",
    "disease_hoax",
    "masks",
    "emf_chemtrails",
    "ivermectin_hcq",
    "cancer_cure",
    "chronic_cure",
    "mental_health_meds",
    "remedies_detox",
    "toxic_cures",
    "sunscreen",
    "fluoride",
    "raw_milk",
    "diet_toxins",
    "reproductive",
    "hiv_sti",
    "substance_use",
    "screening",
    "other_health",
]
SIGNALS = [
    "blame_insurers",
    "blame_pharma",
    "blame_government",
    "blame_clinicians",
    "hostility",
    "conceals_treatment",
    "social_source",
    "portal_distress",
    "access_barrier",
    "care_avoidance",
]
CLAIMS = [claim for theme in load_taxonomy().themes.values() for claim in theme.claims]
GOOD_CLAIMS = [
    '{id = "tea-1", en = "Tea heals bones.", es = "El té sana los huesos."}',
    '{id = "tea-2", en = "Coffee stops flu.", es = "El café frena la gripe."}',
    '{id = "tea-3", en = "Ice ends asthma.", es = "El hielo quita el asma."}',
    '{id = "tea-4", en = "Salt mends hearts.", es = "La sal cura el corazón."}',
]
THEME = {
    "title": '"Tea as a cure"',
    "harm_class": '"delays_care"',
    "harm": "1",
    "season_months": "[]",
    "added": "2026-11-22",
    "evidence": '["https://medlineplus.gov/nutrition.html"]',
    "claims": f"[{', '.join(GOOD_CLAIMS)}]",
}


def written(folder, theme_id="tea", signal_id="worry", **changes):
    """A small taxonomy file, one theme and one signal; a change of None leaves a key out."""
    theme = "\n".join(
        f"{key} = {value}" for key, value in (THEME | changes).items() if value is not None
    )
    file = folder / "taxonomy.toml"
    file.write_text(
        f"[themes.{theme_id}]\n{theme}\n"
        f'[signals.{signal_id}]\ntitle = "Worry"\ndescription = "People worry."\n'
    )
    return file


def claims(*changed):
    """A list of claims in TOML: the good ones, then those given."""
    return f"[{', '.join([*GOOD_CLAIMS, *changed])}]"


def grams(text):
    """The 4-character pieces of a text, upper and lower case alike."""
    flat = " ".join(text.lower().split())
    return {flat[start : start + 4] for start in range(len(flat) - 3)}


def test_every_theme_of_the_labelling_guide_is_there():
    assert set(THEMES) <= load_taxonomy().themes.keys()
    assert len(THEMES) == 23


def test_every_signal_of_the_labelling_guide_is_there():
    assert set(SIGNALS) <= load_taxonomy().signals.keys()
    assert len(SIGNALS) == 10


def test_none_of_the_first_themes_has_been_renamed_or_moved():
    assert list(load_taxonomy().themes)[: len(THEMES)] == THEMES


@pytest.mark.parametrize("theme_id", THEMES)
def test_every_theme_has_at_least_four_claims(theme_id):
    assert len(load_taxonomy().themes[theme_id].claims) >= 4


def test_every_claim_has_an_id_of_its_own():
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("language", ["text_en", "text_es"])
def test_no_two_claims_are_alike(language):
    pieces = {claim.id: grams(getattr(claim, language)) for claim in CLAIMS}

    alike = [
        (one, other)
        for one, other in combinations(pieces, 2)
        if len(pieces[one] & pieces[other]) >= 0.6 * len(pieces[one] | pieces[other])
    ]

    assert alike == []


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_is_one_short_sentence_in_each_language(claim):
    for text in (claim.text_en, claim.text_es):
        assert text.endswith(".")
        assert text.count(". ") == 0
        assert len(text.split()) <= 20
    assert claim.text_en != claim.text_es


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_holds_no_link_no_handle_and_no_dose(claim):
    for text in (claim.text_en, claim.text_es):
        assert not re.search(r"@|#|http|www\.|\d\s*(mg|ml|g|drops?|gotas?)\b", text)


def test_all_three_kinds_of_harm_occur():
    found = {theme.harm_class for theme in load_taxonomy().themes.values()}

    assert found == {"delays_care", "avoids_prevention", "dangerous_alternative"}


def test_what_can_kill_is_graded_above_what_does_little_harm():
    themes = load_taxonomy().themes

    assert themes["toxic_cures"].harm == themes["cancer_cure"].harm == 2
    assert themes["emf_chemtrails"].harm == 0


def test_sunscreen_is_acted_on_in_summer_and_not_in_december():
    months = load_taxonomy().themes["sunscreen"].season_months

    assert {6, 7, 8} <= set(months)
    assert 12 not in months


@pytest.mark.parametrize("theme_id", THEMES)
def test_evidence_is_an_agency_or_academy_page(theme_id):
    for address in load_taxonomy().themes[theme_id].evidence:
        assert urlsplit(address).scheme == "https"
        assert urlsplit(address).hostname in AGENCY_HOSTS


@pytest.mark.parametrize("signal_id", SIGNALS)
def test_a_signal_explains_itself_in_a_sentence(signal_id):
    signal = load_taxonomy().signals[signal_id]

    assert signal.title
    assert signal.description.endswith(".")
    assert "_" not in signal.title + signal.description


def test_the_taxonomy_is_read_once():
    assert load_taxonomy() is load_taxonomy()


def test_nothing_read_can_be_changed():
    theme = load_taxonomy().themes["masks"]

    with pytest.raises(FrozenInstanceError):
        theme.title = "Something else"
    with pytest.raises(FrozenInstanceError):
        theme.claims[0].text_en = "Something else"


def test_the_version_is_twelve_hex_digits_of_the_file():
    version = load_taxonomy().version

    assert len(version) == 12
    assert int(version, 16) >= 0
    assert read_taxonomy(TAXONOMY).version == version


def test_any_change_to_the_file_changes_the_version(tmp_path):
    file = written(tmp_path)
    before = read_taxonomy(file).version

    file.write_text(file.read_text() + "# a remark\n")

    assert read_taxonomy(file).version != before


def test_a_claim_added_at_the_end_is_read(tmp_path):
    new = '{id = "tea-5", en = "Mint ends gout.", es = "La menta acaba con la gota."}'

    theme = read_taxonomy(written(tmp_path, claims=claims(new))).themes["tea"]

    assert theme.claims[-1].id == "tea-5"
    assert theme.claims[-1].text_es == "La menta acaba con la gota."


def test_a_retired_theme_is_still_read_and_says_when(tmp_path):
    theme = read_taxonomy(written(tmp_path, retired="2027-01-31")).themes["tea"]

    assert theme.retired == date(2027, 1, 31)


def test_a_theme_in_use_has_no_retirement_date(tmp_path):
    assert read_taxonomy(written(tmp_path)).themes["tea"].retired is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": None}, "theme 'tea': 'title' is missing"),
        ({"title": '"  "'}, "theme 'tea': 'title' is empty"),
        ({"harm_class": '"scary"'}, "theme 'tea': 'harm_class' is 'scary'. Use one of: avoids"),
        ({"harm": "3"}, "theme 'tea': 'harm' is 3. Write 0, 1 or 2."),
        ({"harm": "true"}, "theme 'tea': 'harm' is True"),
        ({"season_months": "[13]"}, "theme 'tea': 'season_months' is not a list of months"),
        ({"season_months": "[5, 5]"}, "theme 'tea': 'season_months' names a month twice"),
        ({"season_months": None}, "theme 'tea': 'season_months' is not a list of months"),
        ({"added": '"2026-11-22"'}, "theme 'tea': 'added' is not a date"),
        ({"retired": "2020-01-01"}, "theme 'tea': it retired on 2020-01-01, before"),
        ({"retierd": "2027-01-31"}, "theme 'tea': there is no 'retierd' here. Known: added"),
        ({"evidence": "[]"}, "theme 'tea': 'evidence' is missing or empty"),
        ({"evidence": "[7]"}, "theme 'tea': 'evidence' holds something that is not text"),
        ({"evidence": '["http://a.gov"]'}, "theme 'tea': 'http://a.gov' does not start with"),
        ({"claims": f"[{', '.join(GOOD_CLAIMS[:3])}]"}, "theme 'tea': it has 3 claims"),
        ({"claims": '"none"'}, "theme 'tea': 'claims' is not a list of entries"),
        ({"claims": claims(GOOD_CLAIMS[0])}, "theme 'tea': claim id 'tea-1' is used twice"),
        (
            {"claims": claims('{id = "coffee-1", en = "A.", es = "B."}')},
            "theme 'tea', claims 5 'coffee-1': its id is not 'tea-' and a number",
        ),
        (
            {"claims": claims('{id = "tea-5", en = "", es = "B."}')},
            "theme 'tea', claims 5 'tea-5': 'en' is empty",
        ),
        (
            {"claims": claims('{id = "tea-5", en = "A."}')},
            "theme 'tea', claims 5 'tea-5': 'es' is missing",
        ),
        (
            {"claims": claims(f'{{id = "tea-5", en = "{"so " * 21}", es = "B."}}')},
            "theme 'tea', claims 5 'tea-5': more than 20 words",
        ),
        (
            {"claims": claims('{id = "tea-5", en = "A.", es = "B.", fr = "C."}')},
            "theme 'tea', claims 5 'tea-5': there is no 'fr' here",
        ),
        ({"theme_id": "Tea-Cure"}, "theme 'Tea-Cure': an id is lower-case words"),
        ({"signal_id": "tea"}, "'tea' is both a theme and a signal"),
    ],
)
def test_a_broken_entry_is_named_in_one_plain_line(tmp_path, changes, said):
    file = written(tmp_path, **changes)

    with pytest.raises(GrapevineError) as refusal:
        read_taxonomy(file)

    assert str(refusal.value).startswith("taxonomy.toml")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_same_theme_written_twice_is_refused_by_name(tmp_path):
    file = written(tmp_path)
    file.write_text(file.read_text() + "[themes.tea]\n")

    with pytest.raises(GrapevineError, match=r"taxonomy\.toml is not valid TOML.*tea"):
        read_taxonomy(file)


def test_a_signal_with_no_description_is_refused_by_name(tmp_path):
    file = written(tmp_path)
    file.write_text(file.read_text() + '[signals.fear]\ntitle = "Fear"\n')

    with pytest.raises(GrapevineError, match="signal 'fear': 'description' is missing"):
        read_taxonomy(file)


@pytest.mark.parametrize("kind", ["theme", "signal"])
def test_a_value_where_an_entry_should_be_is_refused_by_name(tmp_path, kind):
    file = tmp_path / "taxonomy.toml"
    tables = {"theme": "[themes]", "signal": "[signals]"}
    tables[kind] += "\nfear = 1"
    file.write_text("\n".join(tables.values()))

    with pytest.raises(GrapevineError, match=f"{kind} 'fear': this is not an entry"):
        read_taxonomy(file)


def test_a_file_with_no_signals_is_refused(tmp_path):
    file = tmp_path / "taxonomy.toml"
    file.write_text("[themes]\n")

    with pytest.raises(GrapevineError, match=r"the part \[signals\] is missing"):
        read_taxonomy(file)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(GrapevineError, match=r"gone\.toml cannot be read"):
        read_taxonomy(tmp_path / "gone.toml")


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    file = tmp_path / "taxonomy.toml"
    file.write_bytes("# el niño\n".encode("latin-1"))

    with pytest.raises(GrapevineError, match=r"taxonomy\.toml is not UTF-8"):
        read_taxonomy(file)


@given(months=st.lists(st.integers(1, 12), unique=True))
def test_any_set_of_months_comes_back_as_written(tmp_path_factory, months):
    file = written(tmp_path_factory.mktemp("months"), season_months=str(months))

    assert read_taxonomy(file).themes["tea"].season_months == tuple(months)


@given(harm=st.integers(-9, 9))
def test_harm_is_zero_to_two_or_refused(tmp_path_factory, harm):
    file = written(tmp_path_factory.mktemp("harm"), harm=str(harm))

    if 0 <= harm <= 2:
        assert read_taxonomy(file).themes["tea"].harm == harm
    else:
        with pytest.raises(GrapevineError, match="'harm'"):
            read_taxonomy(file)
