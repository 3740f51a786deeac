"""What the taxonomy promises to the tagger, the pages and the people who edit it."""

from dataclasses import FrozenInstanceError
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.claims import CATALOGUE
from classifiers.taxonomy import TAXONOMY, load_taxonomy, read_taxonomy, read_themes
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
THEME = {
    "title": '"Tea as a cure"',
    "title_es": '"El té como cura"',
    "harm_class": '"delays_care"',
    "harm": "1",
    "season_months": "[]",
    "added": "2026-11-22",
    "evidence": '["https://medlineplus.gov/nutrition.html"]',
}
CLAIM = """
[[claims.{theme}]]
id = "{theme}-{number}"
en = "Tea heals bone number {number}."
es = "El té sana el hueso número {number}."
attitude_root = "unwarranted_beliefs"
added = 2026-11-22
"""


def written(folder, theme_id="tea", signal_id="worry", **changes):
    """A small taxonomy file, one theme and one signal; a change of None leaves a key out."""
    theme = "\n".join(
        f"{key} = {value}" for key, value in (THEME | changes).items() if value is not None
    )
    file = folder / "taxonomy.toml"
    file.write_text(
        f"[themes.{theme_id}]\n{theme}\n"
        f'[signals.{signal_id}]\ntitle = "Worry"\ntitle_es = "Inquietud"\n'
        'description = "People worry."\n'
    )
    return file


def read(file, claims_n=6, theme_id="tea"):
    """The taxonomy of `file` with a catalogue of `claims_n` claims of one theme beside it."""
    claims = file.with_name("claims.toml")
    numbers = range(1, claims_n + 1)
    claims.write_text(
        "".join(CLAIM.format(theme=theme_id, number=number) for number in numbers)
    )
    return read_taxonomy(file, claims)


def test_every_theme_of_the_labelling_guide_is_there():
    assert set(THEMES) <= load_taxonomy().themes.keys()
    assert len(THEMES) == 23


def test_every_signal_of_the_labelling_guide_is_there():
    assert set(SIGNALS) <= load_taxonomy().signals.keys()
    assert len(SIGNALS) == 10


def test_none_of_the_first_themes_has_been_renamed_or_moved():
    assert list(load_taxonomy().themes)[: len(THEMES)] == THEMES


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


def test_every_theme_and_signal_has_a_title_of_its_own_in_spanish():
    known = [*load_taxonomy().themes.values(), *load_taxonomy().signals.values()]
    spanish = [one.title_es for one in known]

    assert len(set(spanish)) == len(known) == 33
    assert all(one.title_es != one.title and len(one.title_es) <= 90 for one in known)
    assert not any(title.endswith((".", "?")) for title in spanish)


def test_the_taxonomy_is_read_once():
    assert load_taxonomy() is load_taxonomy()


def test_nothing_read_can_be_changed():
    theme = load_taxonomy().themes["masks"]

    with pytest.raises(FrozenInstanceError):
        theme.title = "Something else"
    with pytest.raises(FrozenInstanceError):
        theme.claims[0].text_en = "Something else"


def test_the_version_is_twelve_hex_digits_of_the_files():
    version = load_taxonomy().version

    assert len(version) == 12
    assert int(version, 16) >= 0
    assert read_taxonomy(TAXONOMY, CATALOGUE).version == version


def test_any_change_to_either_file_changes_the_version(tmp_path):
    file = written(tmp_path)
    before = read(file).version

    file.write_text(file.read_text() + "# a remark\n")
    themes_changed = read(file).version
    claims_changed = read(file, claims_n=7).version

    assert len({before, themes_changed, claims_changed}) == 3


def test_a_theme_has_the_claims_of_the_catalogue_in_order(tmp_path):
    theme = read(written(tmp_path), claims_n=7).themes["tea"]

    assert [claim.id for claim in theme.claims] == [f"tea-{number}" for number in range(1, 8)]
    assert theme.claims[6].text_es == "El té sana el hueso número 7."


def test_a_retired_claim_is_in_the_catalogue_and_not_in_its_theme(tmp_path):
    file = written(tmp_path)
    read(file, claims_n=7)
    claims = file.with_name("claims.toml")
    claims.write_text(claims.read_text() + "retired = 2027-01-31\n")

    taxonomy = read_taxonomy(file, claims)

    assert taxonomy.catalogue.claims[-1].retired == date(2027, 1, 31)
    assert "tea-7" not in [claim.id for claim in taxonomy.themes["tea"].claims]


@pytest.mark.parametrize("claims_n", [1, 5])
def test_a_theme_with_too_few_claims_is_named_and_the_command_to_add_one(tmp_path, claims_n):
    with pytest.raises(GrapevineError) as refusal:
        read(written(tmp_path), claims_n)

    assert str(refusal.value) == (
        f"claims.toml: theme 'tea' has {claims_n} claims that are not retired. Add one with "
        "'grapevine claims add --theme tea' until it has 6."
    )


def test_themes_can_be_read_before_they_have_claims(tmp_path):
    themes = read_themes(written(tmp_path))

    assert themes["tea"].title == "Tea as a cure"
    assert themes["tea"].claims == ()


def test_a_retired_theme_is_still_read_and_says_when(tmp_path):
    theme = read(written(tmp_path, retired="2027-01-31")).themes["tea"]

    assert theme.retired == date(2027, 1, 31)


def test_a_theme_in_use_has_no_retirement_date(tmp_path):
    assert read(written(tmp_path)).themes["tea"].retired is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": None}, "theme 'tea': 'title' is missing"),
        ({"title_es": None}, "theme 'tea': 'title_es' is missing"),
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
        ({"claims": "[]"}, "theme 'tea': there is no 'claims' here. Known: added"),
        ({"theme_id": "Tea-Cure"}, "theme 'Tea-Cure': an id is lower-case words"),
        ({"signal_id": "tea"}, "'tea' is both a theme and a signal"),
    ],
)
def test_a_broken_entry_is_named_in_one_plain_line(tmp_path, changes, said):
    file = written(tmp_path, **changes)

    with pytest.raises(GrapevineError) as refusal:
        read(file)

    assert str(refusal.value).startswith("taxonomy.toml")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_same_theme_written_twice_is_refused_by_name(tmp_path):
    file = written(tmp_path)
    file.write_text(file.read_text() + "[themes.tea]\n")

    with pytest.raises(GrapevineError, match=r"taxonomy\.toml is not valid TOML.*tea"):
        read(file)


def test_a_signal_with_no_description_is_refused_by_name(tmp_path):
    file = written(tmp_path)
    file.write_text(file.read_text() + '[signals.fear]\ntitle = "Fear"\ntitle_es = "Miedo"\n')

    with pytest.raises(GrapevineError, match="signal 'fear': 'description' is missing"):
        read(file)


@pytest.mark.parametrize("kind", ["theme", "signal"])
def test_a_value_where_an_entry_should_be_is_refused_by_name(tmp_path, kind):
    file = tmp_path / "taxonomy.toml"
    tables = {"theme": "[themes]", "signal": "[signals]"}
    tables[kind] += "\nfear = 1"
    file.write_text("\n".join(tables.values()))

    with pytest.raises(GrapevineError, match=f"{kind} 'fear': this is not an entry"):
        read(file)


def test_a_file_with_no_signals_is_refused(tmp_path):
    file = tmp_path / "taxonomy.toml"
    file.write_text("[themes]\n")

    with pytest.raises(GrapevineError, match=r"the part \[signals\] is missing"):
        read(file)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(GrapevineError, match=r"gone\.toml cannot be read"):
        read(tmp_path / "gone.toml")


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    file = tmp_path / "taxonomy.toml"
    file.write_bytes("# el niño\n".encode("latin-1"))

    with pytest.raises(GrapevineError, match=r"taxonomy\.toml is not UTF-8"):
        read(file)


@given(months=st.lists(st.integers(1, 12), unique=True))
def test_any_set_of_months_comes_back_as_written(tmp_path_factory, months):
    file = written(tmp_path_factory.mktemp("months"), season_months=str(months))

    assert read(file).themes["tea"].season_months == tuple(months)


@given(harm=st.integers(-9, 9))
def test_harm_is_zero_to_two_or_refused(tmp_path_factory, harm):
    file = written(tmp_path_factory.mktemp("harm"), harm=str(harm))

    if 0 <= harm <= 2:
        assert read(file).themes["tea"].harm == harm
    else:
        with pytest.raises(GrapevineError, match="'harm'"):
            read(file)
