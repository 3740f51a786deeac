"""What the catalogue of claims promises, and the command that adds to it."""

import fcntl
import os
import stat
import subprocess
import sys
import tomllib
from dataclasses import FrozenInstanceError, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import assume, example, given
from hypothesis import strategies as st

from classifiers import copies
from classifiers.claims import ATTITUDE_ROOTS, CATALOGUE, HARM_CLASSES, read_catalogue
from classifiers.claims.add import Draft, add_claim
from classifiers.claims.likeness import TOO_ALIKE, likeness
from classifiers.claims.wording import fault
from classifiers.linear.features import Vocabulary
from classifiers.normalise import normalise
from classifiers.place import load_locator
from classifiers.tagger.claims import ClaimIndex
from classifiers.taxonomy import TAXONOMY, load_taxonomy, read_taxonomy
from flows import claims_cli, versions
from flows.cli import main
from warehouse.errors import GrapevineError

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 12, 1)
HARM = {"tea": "delays_care", "ice": "avoids_prevention", "old": "delays_care"}
THEMES = """
[signals]
[themes.tea]
title = "Tea as a cure"
title_es = "El té como cura"
harm_class = "delays_care"
harm = 1
season_months = []
added = 2026-11-22
evidence = ["https://medlineplus.gov/nutrition.html"]
[themes.ice]
title = "Ice as protection"
title_es = "El hielo como protección"
harm_class = "avoids_prevention"
harm = 0
season_months = []
added = 2026-11-22
evidence = ["https://medlineplus.gov/nutrition.html"]
[themes.old]
title = "Nobody says this any more"
title_es = "Ya nadie dice esto"
harm_class = "delays_care"
harm = 0
season_months = []
added = 2026-11-22
retired = 2026-11-30
evidence = ["https://medlineplus.gov/nutrition.html"]
"""
TEA_1 = {
    "id": '"tea-1"',
    "en": '"Green tea mends broken bones."',
    "es": '"El té verde sana los huesos rotos."',
    "attitude_root": '"distrust"',
    "harm_class": '"dangerous_alternative"',
    "added": "2026-11-22",
}
TEA_2 = TEA_1 | {
    "id": '"tea-2"',
    "en": '"Black tea keeps the flu away."',
    "es": '"Con té negro no da la gripe."',
    "retired": "2026-11-25",
}
ICE_1 = TEA_1 | {
    "id": '"ice-1"',
    "en": '"Sleeping on snow ends asthma."',
    "es": '"Dormir en la nieve quita el asma."',
}


def block(values, theme_id="tea"):
    """A claim as it stands in the file; a value of None leaves its line out."""
    lines = (f"{key} = {value}" for key, value in values.items() if value is not None)
    return "\n".join([f"[[claims.{theme_id}]]", *lines, ""])


SMALL = "# Ours.\n\n" + "\n".join([block(TEA_1), block(TEA_2), block(ICE_1, "ice")])


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory):
    """A file of three themes, one of them retired."""
    file = tmp_path_factory.mktemp("taxonomy") / "taxonomy.toml"
    file.write_text(THEMES)
    return file


@pytest.fixture
def catalogue(tmp_path):
    """A small catalogue: two claims on tea, the second retired, and one on ice."""
    file = tmp_path / "claims.toml"
    file.write_text(SMALL)
    return file


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the project's catalogue, which the command finds instead of it."""
    file = tmp_path / "claims.toml"
    file.write_bytes(CATALOGUE.read_bytes())
    monkeypatch.setattr(claims_cli, "CATALOGUE", file)
    return file


def mint(**changes):
    """A good new claim on tea; name only what the test is about."""
    draft = Draft("tea", "Mint ends gout.", "La menta acaba con la gota.", "reactance")
    return replace(draft, **changes)


def put_in(before, after):
    """What stands in `after` and not in `before`, which is otherwise the same byte for byte."""
    pairs = enumerate(zip(before, after, strict=False))
    start = next((place for place, (old, new) in pairs if old != new), len(before))
    length = len(after) - len(before)
    assert after[start + length :] == before[start:]
    return after[start : start + length]


def grapevine(*arguments):
    return CliRunner().invoke(main, list(arguments))


CLAIMS = load_taxonomy().catalogue.claims


def grams(text):
    """The 4-character pieces of a text, upper and lower case alike."""
    flat = " ".join(text.lower().split())
    return {flat[start : start + 4] for start in range(len(flat) - 3)}


def test_there_are_at_least_140_claims_in_use():
    assert sum(claim.retired is None for claim in CLAIMS) >= 140


@pytest.mark.parametrize("theme_id", load_taxonomy().themes)
def test_every_theme_has_at_least_six_claims_in_use(theme_id):
    assert len(load_taxonomy().catalogue.live(theme_id)) >= 6


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
def test_a_claim_says_why_it_convinces_and_what_it_leads_to(claim):
    assert claim.attitude_root in ATTITUDE_ROOTS
    assert claim.harm_class in HARM_CLASSES


def test_the_roots_are_the_eleven_of_fasce_and_the_file_explains_each():
    remarks = CATALOGUE.read_text(encoding="utf-8").partition("[[")[0]

    assert len(set(ATTITUDE_ROOTS)) == 11
    assert all(f"#   {root} " in remarks for root in ATTITUDE_ROOTS)


def test_the_file_holds_every_field_of_every_claim():
    written = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["claims"]

    for claim in (claim for claims in written.values() for claim in claims):
        assert {"id", "en", "es", "attitude_root", "harm_class", "added"} <= claim.keys()


def test_a_claim_is_read_as_it_is_written(catalogue):
    claim = read_catalogue(catalogue, HARM).claims[1]

    assert (claim.id, claim.theme_id, claim.number) == ("tea-2", "tea", 2)
    assert claim.text_en == "Black tea keeps the flu away."
    assert claim.text_es == "Con té negro no da la gripe."
    assert (claim.attitude_root, claim.harm_class) == ("distrust", "dangerous_alternative")
    assert (claim.added, claim.retired) == (date(2026, 11, 22), date(2026, 11, 25))


def test_a_claim_without_a_harm_class_has_its_themes(catalogue):
    catalogue.write_text(block(ICE_1 | {"harm_class": None}, "ice"))

    assert read_catalogue(catalogue, HARM).claims[0].harm_class == "avoids_prevention"


def test_a_retired_claim_is_loaded_and_is_not_live(catalogue):
    read = read_catalogue(catalogue, HARM)

    assert [claim.id for claim in read.of("tea")] == ["tea-1", "tea-2"]
    assert [claim.id for claim in read.live("tea")] == ["tea-1"]


def test_a_claim_cannot_be_changed(catalogue):
    with pytest.raises(FrozenInstanceError):
        read_catalogue(catalogue, HARM).claims[0].text_en = "Something else."


def test_any_change_to_the_file_changes_its_version(catalogue):
    before = read_catalogue(catalogue, HARM).version

    catalogue.write_text(SMALL + "# a remark\n")

    assert len(before) == 12
    assert read_catalogue(catalogue, HARM).version != before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": None}, "claims.toml, [claims], tea 2: 'id' is missing"),
        ({"id": '"tea-1"'}, "claim 'tea-1': this id is used twice. Take the theme's next"),
        ({"id": '"ice-3"'}, "claim 'ice-3': its id is not 'tea-' and a number"),
        ({"id": '"tea-0"'}, "claim 'tea-0': its id is not 'tea-' and a number"),
        ({"id": '"tea-٣"'}, "claim 'tea-٣': its id is not 'tea-' and a number"),
        ({"en": None}, "claim 'tea-2': 'en' is missing or is not text. Write en ="),
        ({"es": '" "'}, "claim 'tea-2': 'es' is empty. Write its text."),
        ({"es": TEA_2["en"]}, "claim 'tea-2': its two wordings are the same. Write 'es' in Sp"),
        ({"en": f'"{"so " * 21}."'}, "its English wording has 22 words. Say it in 20 at most."),
        ({"es": '"Mira www.te.org/ya."'}, "its Spanish wording holds a link, handle, hashtag"),
        ({"attitude_root": None}, "claim 'tea-2': 'attitude_root' is missing"),
        ({"attitude_root": '"fear"'}, "'attitude_root' is 'fear'. Use one of: conspiracist"),
        ({"harm_class": '"scary"'}, "'harm_class' is 'scary'. Use one of: avoids_prevention"),
        ({"added": '"2026-11-22"'}, "'added' is not a date. Write added = 2026-11-22, no quo"),
        ({"retired": "2020-01-01"}, "it retired on 2020-01-01, before it was added. Mend one"),
        ({"retierd": "2027-01-31"}, "there is no 'retierd' here. Known: added, attitude_root"),
    ],
)
def test_a_broken_claim_is_named_in_one_plain_line(catalogue, changes, said):
    catalogue.write_text(block(TEA_1) + block(TEA_2 | changes))

    with pytest.raises(GrapevineError) as refusal:
        read_catalogue(catalogue, HARM)

    assert str(refusal.value).startswith("claims.toml, ")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (block(TEA_1, "tee"), r"\[\[claims.tee\]\] belongs to no theme of taxonomy.toml. Mend"),
        ("", r"the part \[claims\] is missing"),
        ("[claims]\ntea = 1\n", "'tea' is not a list of entries"),
        ("claims = 1\n", r"the part \[claims\] is missing"),
        ("[[claims.tea]\n", "claims.toml is not valid TOML"),
        (SMALL + "[more]\n", "there is no 'more' here"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(catalogue, text, said):
    catalogue.write_text(text)

    with pytest.raises(GrapevineError, match=said):
        read_catalogue(catalogue, HARM)


@pytest.mark.parametrize(
    "text",
    [
        "Read https://tea.example to be healed.",
        "Tea heals, says tea.org to everyone.",
        "Write to tea@tea.example for a cure.",
        "Tea heals, says @teadoctor to all.",
        "Tea heals, says u/teadoctor to all.",
        "Tea heals #teatok fast.",
        "Call 555-867-5309 for tea.",
    ],
)
def test_a_wording_that_leads_somewhere_is_refused(text):
    assert "link, handle, hashtag, e-mail or telephone number" in fault(text)


@pytest.mark.parametrize(
    "text",
    [
        "Taking 500 mg of tea ends colds.",
        "Taking 500mg of tea ends colds.",
        "Con 20 gotas de yodo se quita la gripe.",
        "Dos cucharadas de vinagre curan la gota.",
        "Two tablespoons of vinegar end gout.",
        "Half a teaspoon of soda ends gout.",
        "A daily 2,5 g of salt heals.",
        "Take 12-oz of tea and be healed.",
        "Tomar 1/2 taza de cloro cura.",
        "A 5000 IU pill a day stops measles.",
    ],
)
def test_a_wording_with_a_dose_is_refused(text):
    assert fault(text) == "holds a dose. Say it without the amount."


@pytest.mark.parametrize(
    "text",
    [
        "5G towers make people ill.",
        "Las torres de 5g enferman.",
        "Vitamin B17 heals tumors.",
        "Homeopathic drops can stand in for vaccines.",
        "There is poison in a dose.",
        "A cup of tea ends gout.",
        "COVID-19 shots made in 2021 change DNA.",
        "Un niño con diabetes tipo 1 puede dejar la insulina.",
    ],
)
def test_a_number_that_is_no_dose_is_let_through(text):
    assert fault(text) is None


@pytest.mark.parametrize(
    "text",
    ["Tea heals", "Tea heals!", "Does tea heal?", "Tea heals. So does ice.", "Why? Tea heals."],
)
def test_a_wording_that_is_not_one_statement_is_refused(text):
    assert "not one sentence" in fault(text)


@pytest.mark.parametrize("sign", ["\n", "\x00", "\u200b", "\u202e", "\udcff", "\x7f"])
def test_a_wording_with_a_hidden_sign_is_refused(sign):
    assert "cannot be printed" in fault(f"Tea{sign}heals.")


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_the_same_both_ways_and_whole_for_a_text_with_itself(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


@given(st.sampled_from(CLAIMS))
def test_likeness_is_blind_to_case_accents_and_punctuation(claim):
    bare = claim.text_es.upper().replace("Á", "A").replace("Ó", "O").replace(".", "!!")

    assert likeness(claim.text_es, bare) == 1


def test_a_claim_added_is_in_the_catalogue_with_todays_date(catalogue, taxonomy):
    claim = add_claim(mint(), TODAY, catalogue, taxonomy)

    assert read_catalogue(catalogue, HARM).of("tea")[-1] == claim
    assert (claim.text_en, claim.text_es) == ("Mint ends gout.", "La menta acaba con la gota.")
    assert (claim.attitude_root, claim.harm_class) == ("reactance", "delays_care")
    assert (claim.added, claim.retired) == (TODAY, None)


def test_the_number_of_a_retired_claim_is_not_given_again(catalogue, taxonomy):
    assert add_claim(mint(), TODAY, catalogue, taxonomy).id == "tea-3"


def test_numbers_go_on_after_a_gap(catalogue, taxonomy):
    catalogue.write_text(SMALL.replace("tea-2", "tea-41"))

    assert add_claim(mint(), TODAY, catalogue, taxonomy).id == "tea-42"


def test_the_claim_stands_after_the_last_one_of_its_theme(catalogue, taxonomy):
    add_claim(mint(), TODAY, catalogue, taxonomy)

    added = """
[[claims.tea]]
id = "tea-3"
en = "Mint ends gout."
es = "La menta acaba con la gota."
attitude_root = "reactance"
harm_class = "delays_care"
added = 2026-12-01
"""
    end = SMALL.index("retired = 2026-11-25\n") + len("retired = 2026-11-25\n")
    assert catalogue.read_text() == SMALL[:end] + added + SMALL[end:]


def test_a_theme_without_claims_gets_its_first(catalogue, taxonomy):
    catalogue.write_text(block(TEA_1))

    claim = add_claim(mint(theme_id="ice"), TODAY, catalogue, taxonomy)

    assert claim.id == "ice-1"
    assert catalogue.read_text().startswith(block(TEA_1) + "\n[[claims.ice]]\n")


def test_a_theme_without_claims_needs_its_first_root_said(catalogue, taxonomy):
    catalogue.write_text(block(TEA_1))

    with pytest.raises(GrapevineError, match=r"'ice' has no claims to take .* --root: consp"):
        add_claim(mint(theme_id="ice", attitude_root=None), TODAY, catalogue, taxonomy)


def test_an_unsaid_root_is_the_commonest_of_the_themes_claims_in_use(catalogue, taxonomy):
    others = [TEA_1 | {"id": f'"tea-{n}"', "attitude_root": '"distrust"'} for n in (1, 2)]
    retired = [
        TEA_2 | {"id": f'"tea-{n}"', "attitude_root": '"reactance"'} for n in range(3, 7)
    ]
    catalogue.write_text("".join(map(block, [*others, *retired])))

    claim = add_claim(mint(attitude_root=None), TODAY, catalogue, taxonomy)

    assert claim.attitude_root == "distrust"


def test_a_harm_class_that_is_said_stands_over_the_themes(catalogue, taxonomy):
    draft = mint(harm_class="dangerous_alternative")

    assert add_claim(draft, TODAY, catalogue, taxonomy).harm_class == "dangerous_alternative"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"theme_id": "tae"}, "There is no theme 'tae'. Did you mean tea?"),
        ({"theme_id": "zzz"}, "There is no theme 'zzz'. Themes: tea, ice, old."),
        ({"theme_id": "old"}, "The theme 'old' was retired on 2026-11-30 and is not followed"),
        ({"text_en": " "}, "the new claim of 'tea': 'en' is empty. Write its text."),
        ({"text_es": ""}, "the new claim of 'tea': 'es' is empty. Write its text."),
        ({"text_es": "Mint ends gout."}, "its two wordings are the same. Write 'es' in Span"),
        ({"text_en": "so " * 20 + "on."}, "its English wording has 21 words. Say it in 20"),
        ({"text_es": "La menta quita la gota"}, "its Spanish wording is not one sentence"),
        ({"text_en": "Mint ends gout, says @tea."}, "its English wording holds a link, handle"),
        ({"text_en": "Six drops of mint end gout."}, "its English wording holds a dose."),
        ({"text_en": "Mint\udce9 ends gout."}, "its English wording holds a sign that cannot"),
        ({"attitude_root": "fear"}, "'attitude_root' is 'fear'. Use one of: conspiracist"),
        (
            {"text_en": "Green tea mends all broken bones."},
            "too much like tea-1, 'Green tea mends broken bones.' / 'El té verde sana",
        ),
        (
            {"theme_id": "ice", "text_es": "¡El te VERDE sana los huesos rotos!."},
            "too much like tea-1, 'Green tea mends broken bones.'",
        ),
        (
            {"text_en": "Black tea keeps the flu far away."},
            "which was retired on 2026-11-25. To follow that one again, delete its 'retired'",
        ),
    ],
)
def test_a_claim_that_will_not_do_is_refused_and_nothing_is_written(
    catalogue, taxonomy, changes, said
):
    with pytest.raises(GrapevineError) as refusal:
        add_claim(mint(**changes), TODAY, catalogue, taxonomy)

    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert catalogue.read_text() == SMALL


def test_a_broken_catalogue_is_named_and_not_added_to(catalogue, taxonomy):
    catalogue.write_text(SMALL.replace('"distrust"', '"mistrust"', 1))

    with pytest.raises(GrapevineError, match="claim 'tea-1': 'attitude_root' is 'mistrust'"):
        add_claim(mint(), TODAY, catalogue, taxonomy)


def test_claims_written_in_another_shape_are_left_to_the_hand(catalogue, taxonomy):
    inline = ", ".join(f"{key} = {value}" for key, value in TEA_1.items())
    text = f"[claims]\ntea = [{{{inline}}}]\n"
    catalogue.write_text(text)

    with pytest.raises(GrapevineError, match=r"do not stand in blocks .* Add it by hand\."):
        add_claim(mint(), TODAY, catalogue, taxonomy)

    assert catalogue.read_text() == text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "\n\n", "\n# The end.", "  # said by many\n\t\n"])
def test_line_ends_and_remarks_stay_as_they_are(catalogue, taxonomy, end, tail):
    before = (SMALL.rstrip("\n") + tail).replace("\n", end).encode()
    catalogue.write_bytes(before)

    add_claim(mint(theme_id="ice"), TODAY, catalogue, taxonomy)

    added = put_in(before, catalogue.read_bytes()).decode()
    assert len(added.split(end)) >= 8
    assert "\n" not in added.replace(end, "")
    assert read_catalogue(catalogue, HARM).of("ice")[-1].id == "ice-2"


WORDS = st.text("abcdefghijklmnñopqrstuvwxyzáéíóúü\"'\\#[]={}—😀", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=20).map(lambda words: " ".join(words) + ".")
REMARKS = st.sampled_from(
    ["", "# a remark\n", "\n\n", "  # [[claims.tea]]\n", "# é\u2028ñ\x85\n"]
)


@given(
    en=SENTENCES,
    es=SENTENCES,
    theme_id=st.sampled_from(["tea", "ice"]),
    order=st.permutations([block(TEA_1), block(TEA_2), block(ICE_1, "ice")]),
    remarks=st.lists(REMARKS, min_size=4, max_size=4),
)
@example("\\.", '"".', "tea", [block(TEA_1), block(ICE_1, "ice"), block(TEA_2)], [""] * 4)
def test_a_claim_is_added_word_for_word_and_every_other_byte_stays(
    tmp_path_factory, taxonomy, en, es, theme_id, order, remarks
):
    assume(fault(en) is None and fault(es) is None and en != es)
    catalogue = tmp_path_factory.mktemp("added") / "claims.toml"
    before = "".join(
        remark + part for remark, part in zip(remarks, [*order, ""], strict=True)
    ).encode()
    catalogue.write_bytes(before)

    claim = add_claim(
        mint(theme_id=theme_id, text_en=en, text_es=es), TODAY, catalogue, taxonomy
    )

    assert claim.id.encode() in put_in(before, catalogue.read_bytes())
    assert (claim.text_en, claim.text_es) == (en, es)
    assert claim in read_catalogue(catalogue, HARM).claims
    assert len(read_catalogue(catalogue, HARM).claims) == 4


def test_claims_added_one_after_the_other_are_all_there(catalogue, taxonomy):
    plants = ["basil", "sage", "thyme", "dill", "clover", "nettle", "yarrow", "hops"]

    for plant in plants:
        draft = mint(
            text_en=f"{plant} {plant} ends gout.", text_es=f"{plant} {plant} la quita."
        )
        add_claim(draft, TODAY, catalogue, taxonomy)

    assert [claim.id for claim in read_catalogue(catalogue, HARM).of("tea")] == [
        f"tea-{number}" for number in range(1, 11)
    ]


def test_whoever_adds_waits_for_the_one_before(catalogue, taxonomy):
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from classifiers.claims.add import Draft, add_claim\n"
        "draft = Draft('tea', 'Mint ends gout.', 'La menta acaba con la gota.')\n"
        "print(add_claim(draft, date(2026, 12, 1), *map(Path, sys.argv[1:])).id)\n"
    )
    holder = os.open(catalogue.parent, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(catalogue), str(taxonomy)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as waiting:  # fmt: skip
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(2)
        catalogue.write_text(SMALL.replace("tea-2", "tea-7"))
        os.close(holder)
        said, _ = waiting.communicate(timeout=60)

    assert said == "tea-8\n"


def test_the_file_keeps_its_permissions_and_no_draft_is_left(catalogue, taxonomy):
    catalogue.chmod(0o664)

    add_claim(mint(), TODAY, catalogue, taxonomy)

    assert stat.S_IMODE(catalogue.stat().st_mode) == 0o664
    assert [file.name for file in catalogue.parent.iterdir()] == ["claims.toml"]


def test_a_file_that_another_name_shares_is_not_changed_under_it(catalogue, taxonomy, tmp_path):
    shared = tmp_path / "package_cache.toml"
    shared.hardlink_to(catalogue)

    add_claim(mint(), TODAY, catalogue, taxonomy)

    assert shared.read_text() == SMALL


def test_a_place_that_cannot_be_written_is_said_plainly(catalogue, taxonomy):
    (catalogue.parent / "claims.draft").mkdir()

    with pytest.raises(GrapevineError) as refusal:
        add_claim(mint(), TODAY, catalogue, taxonomy)

    assert "claims.toml cannot be written: Is a directory." in str(refusal.value)
    assert "ask whoever installed it" in str(refusal.value)
    assert catalogue.read_text() == SMALL


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_said_plainly(catalogue, taxonomy):
    catalogue.parent.chmod(0o555)

    with pytest.raises(GrapevineError, match="cannot be written: Permission denied"):
        add_claim(mint(), TODAY, catalogue, taxonomy)


def test_a_catalogue_that_is_not_there_is_said_plainly(tmp_path, taxonomy):
    with pytest.raises(GrapevineError, match="cannot be written: No such file or directory"):
        add_claim(mint(), TODAY, tmp_path / "gone" / "claims.toml", taxonomy)


def named(claims, theme_id, *posts):
    """The claim that each post comes nearest to, with the catalogue in the file `claims`."""
    taxonomy = read_taxonomy(TAXONOMY, claims)
    told = [
        text for claim in taxonomy.catalogue.claims for text in (claim.text_en, claim.text_es)
    ]
    vocabulary = Vocabulary.learn([normalise(text) for text in [*told, *posts]], min_df=1)
    features = vocabulary.features([normalise(post) for post in posts])
    return ClaimIndex(taxonomy, vocabulary).nearest(features, [theme_id] * len(posts))


def test_a_new_claim_is_named_at_once_for_posts_that_word_it_differently(copied):
    posts = [
        "my neighbor gives her kids kefir from goats and their hay fever is gone, no pills",
        "mi abuela toma kéfir de cabra y ya no tiene alergia, nada de pastillas",
        "pasteurizing just kills everything good thats in milk",
    ]
    before = named(copied, "raw_milk", *posts)
    en, es = "Goat kefir ends hay fever.", "El kéfir de cabra quita la alergia."

    added = add_claim(Draft("raw_milk", en, es), TODAY, copied)

    assert added.id not in before
    assert named(copied, "raw_milk", *posts) == [added.id, added.id, "raw_milk-3"]


def test_a_retired_claim_is_not_named_any_more(copied):
    post = "everyone knows fluoride calcifies your pineal gland into stone"
    add_claim(
        Draft("fluoride", "Fluoride causes hair loss.", "El flúor tumba el pelo."),
        TODAY,
        copied,
    )
    before = named(copied, "fluoride", post)
    text = copied.read_text()
    end = text.index("added", text.index('"fluoride-6"'))
    copied.write_text(text[:end] + "retired = 2027-01-31\n" + text[end:])

    assert before == ["fluoride-6"]
    assert named(copied, "fluoride", post) != before


def test_the_command_adds_a_claim_and_says_what_and_that_the_next_run_matches_it(copied):
    number = len(load_taxonomy().catalogue.of("raw_milk")) + 1
    said = grapevine(
        "claims", "add", "--theme", "raw_milk", "--root", "reactance",
        "--en", "Goat kefir ends hay fever.", "--es", "El kéfir de cabra quita la alergia.",
    )  # fmt: skip

    lines = said.output.splitlines()
    assert said.exit_code == 0
    assert lines[0] == f"Added to {copied}:"
    assert lines[1:4] == [
        f"  raw_milk-{number}",
        "    Goat kefir ends hay fever.",
        "    El kéfir de cabra quita la alergia.",
    ]
    assert lines[4].startswith("    reactance, dangerous_alternative, added 20")
    assert lines[5] == "The next run matches it; nothing has to be trained again."


def test_the_command_writes_into_the_projects_file_and_leaves_the_rest(copied):
    before = CATALOGUE.read_bytes()

    grapevine(
        "claims", "add", "--theme", "sunscreen", "--harm", "delays_care",
        "--en", "Carrots replace shade.", "--es", "La zanahoria reemplaza la sombra.",
    )  # fmt: skip

    after = copied.read_bytes()
    assert b"Carrots replace shade." in put_in(before, after)
    assert after.index(b"Carrots") < after.index(b"[[claims.fluoride]]")
    assert CATALOGUE.read_bytes() == before


@pytest.mark.parametrize(
    ("theme_id", "en", "said"),
    [
        (
            "raw_milc",
            "Goat kefir ends hay fever.",
            "There is no theme 'raw_milc'. Did you mean",
        ),
        (
            "raw_milk",
            "Raw milk is safer than pasteurized milk!.",
            "is too much like raw_milk-1",
        ),
        ("raw_milk", "Goat kefir", "its English wording is not one sentence with a full stop"),
    ],
)
def test_the_command_refuses_in_one_plain_line(copied, theme_id, en, said):
    answer = grapevine(
        "claims", "add", "--theme", theme_id, "--en", en, "--es", "Cura la gota."
    )

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert said in answer.output
    assert answer.output.count("\n") == 1
    assert copied.read_bytes() == CATALOGUE.read_bytes()


def test_the_list_names_every_claim_with_both_wordings(copied):
    said = grapevine("claims", "list").output

    for claim in CLAIMS:
        assert f"\n  {claim.id}\n    {claim.text_en}\n    {claim.text_es}\n" in said


def test_the_list_of_one_theme_says_what_was_retired(copied):
    text = copied.read_text()
    end = text.index("added", text.index('"masks-2"'))
    copied.write_text(text[:end] + "retired = 2027-01-31\n" + text[end:])

    said = grapevine("claims", "list", "--theme", "masks").output

    assert said.startswith("masks: Masks said to do nothing or to make people ill\n  masks-1\n")
    assert "added 2026-11-22, retired 2027-01-31\n  masks-3\n" in said
    assert "fluoride" not in said


def test_the_list_names_a_broken_block_and_an_unknown_theme(copied):
    unknown = grapevine("claims", "list", "--theme", "mask")
    copied.write_text(copied.read_text().replace('"distrust"', '"mistrust"', 1))
    broken = grapevine("claims", "list")

    assert unknown.output == "Error: There is no theme 'mask'. Did you mean masks?\n"
    assert broken.output.startswith(
        "Error: claims.toml, claim 'disease_hoax-4': 'attitude_root'"
    )


@pytest.mark.parametrize("command", ["add", "list"])
def test_each_command_has_help_with_an_example(command):
    said = grapevine("claims", command, "--help")

    assert said.exit_code == 0
    assert f"Example: grapevine claims {command}" in said.output


def test_tags_say_which_catalogue_made_them_so_the_next_run_makes_old_ones_anew(monkeypatch):
    known = load_taxonomy()
    changed = replace(known, catalogue=replace(known.catalogue, version="another"))
    monkeypatch.setattr(versions, "load_tagger", lambda: SimpleNamespace(name="tagger"))
    before = versions.made_by.__wrapped__()
    monkeypatch.setattr(versions, "load_taxonomy", lambda: changed)

    place, near = load_locator().version, copies.VERSION
    assert before == f"tagger {place} {known.catalogue.version} {near}"
    assert versions.made_by.__wrapped__() == f"tagger {place} another {near}"


def test_the_limit_of_likeness_is_the_one_of_the_written_corpus():
    assert TOO_ALIKE == 0.6
