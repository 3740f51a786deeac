"""What the tagger promises to everyone downstream."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.jsonlines import tag_file
from classifiers.tagger import Tagger, ThemeTag, load_tagger
from classifiers.tagger.weights import WEIGHTS, load
from classifiers.taxonomy import load_taxonomy, read_taxonomy
from tests.rebuttals import REBUTTALS
from warehouse.errors import GrapevineError, InputError
from warehouse.redact import mask

STANCES = {"promotes", "refutes", "asks", "mentions"}


def tag(text, lang=None):
    (found,) = load_tagger().tag([text], [lang])
    return found


def promoted(found):
    return {theme for theme, tagged in found.themes.items() if tagged.stance == "promotes"}


@pytest.mark.parametrize(
    ("theme_id", "text"),
    [
        ("fluoride", "Fluoride lowers IQ and they keep putting that poison in our water"),
        ("emf_chemtrails", "Those 5G towers are making everybody on our street sick"),
        ("raw_milk", "Raw milk cured my asthma, pasteurized milk is dead food"),
        ("cancer_cure", "Cancer can't live in an alkaline body, chemo is what kills people"),
    ],
)
def test_a_plain_claim_is_found_and_promoted(theme_id, text):
    found = tag(text)

    assert theme_id in promoted(found)
    assert found.lang == "en"
    assert found.health >= 0.5


def test_a_spanish_claim_is_found_too():
    found = tag("el fluoruro del agua es veneno, nos baja la inteligencia y nadie dice nada")

    assert "fluoride" in found.themes
    assert found.lang == "es"


def test_ordinary_posts_carry_nothing():
    posts = [
        "Road closed at the county line until Friday, take the old highway.",
        "Se vende una troca en buen estado, interesados manden mensaje",
        "Flu shots at the clinic Tuesday 9 to noon, bring your card.",
        "Anyone have hay for sale? Need about 40 bales",
        "Congrats to the girls team, state champs!!",
    ]

    assert [promoted(found) for found in load_tagger().tag(posts)] == [set()] * len(posts)


@pytest.mark.parametrize(("theme_id", "text"), REBUTTALS)
def test_a_rebuttal_is_never_called_promotion(theme_id, text):
    assert promoted(tag(text)) == set()


def test_there_is_a_rebuttal_of_every_theme_and_none_says_myth():
    assert {theme_id for theme_id, _ in REBUTTALS} == set(load_taxonomy().themes)
    for _, text in REBUTTALS:
        for word in ("myth", "misinformation", "debunk", "fake news", "mito", "bulo"):
            assert word not in text.lower()


def assert_contract(found):
    taxonomy = load_taxonomy()
    assert found.lang in {"en", "es", "other", "und"}
    assert 0 <= found.health <= 1
    assert found.themes.keys() <= taxonomy.themes.keys()
    assert found.signals.keys() <= taxonomy.signals.keys()
    assert all(0 <= score <= 1 for score in found.signals.values())
    for theme_id, tagged in found.themes.items():
        assert isinstance(tagged, ThemeTag)
        assert 0 <= tagged.score <= 1
        assert 0 <= tagged.stance_score <= 1
        assert tagged.stance in STANCES
        claim_ids = {claim.id for claim in taxonomy.themes[theme_id].claims}
        assert tagged.claim_id in claim_ids | {None}


WORDS = ["vaccines", "cause", "autism", "raw milk", "no", "?", "😀", "veneno", "my doctor"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(), max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join)
    )
)
def test_any_texts_get_tags_that_keep_the_contract(texts):
    tags = load_tagger().tag(texts)

    assert len(tags) == len(texts)
    for found in tags:
        assert_contract(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀🙄🤡",
        "\ud800\udfff\ud8ff",
        "\x00" * 100,
        "@user " * 100_000,
        "\u202evaccines\u202c",
        "a" * 2_000_000,
    ],
    ids=["empty", "emoji", "surrogates", "nul", "mentions", "right-to-left", "one long word"],
)
def test_an_odd_post_gets_an_answer_without_themes(text):
    found = tag(text)

    assert found.themes == {}
    assert found.signals == {}


@pytest.mark.parametrize("before", [0, 300, 3000])
def test_a_claim_is_seen_wherever_it_stands_in_a_long_post(before):
    claim = "MMR vaccines cause autism, they are poisoning our babies with it. "
    chatter = "We drove to the lake and the road was dusty and the dog slept. "

    found = tag(chatter * (before // 13) + claim + chatter * 200)

    assert "vaccine_autism" in found.themes


def test_masked_and_unmasked_posts_get_the_same_tags():
    text = "@bob1 vaccines cause autism https://a.test/x call 307-555-0123"

    assert tag(text) == tag(mask(text))


def test_tagging_is_the_same_again_and_in_any_company():
    texts = [text for _, text in REBUTTALS]

    tags = load_tagger().tag(texts)

    assert load_tagger().tag(texts) == tags
    assert load_tagger().tag(texts[::-1]) == tags[::-1]
    assert load_tagger().tag([texts[0]] * 3) == [tags[0]] * 3


def test_no_posts_give_no_tags():
    assert load_tagger().tag([]) == []


def test_a_post_in_another_language_gets_no_themes():
    found = tag(
        "Die Impfung mit mRNA ist nicht sicher und Fluoride sind auch Gift für die Kinder"
    )

    assert found.lang == "other"
    assert found.themes == {}


def test_a_given_language_is_taken_only_if_it_is_one_of_ours():
    text = "fluoride is a poison"

    assert tag(text, "es-MX").lang == "es"
    assert tag(text, "fr").lang == "en"


def test_the_name_says_version_and_weights():
    record = json.loads(WEIGHTS.with_suffix(".json").read_text())

    assert load_tagger().name == f"tfidf-1-{record['sha256'][:8]}"


def test_a_claim_added_to_the_catalogue_is_named_without_training(tmp_path):
    source = Path(load_taxonomy.__wrapped__.__globals__["TAXONOMY"]).read_text(encoding="utf-8")
    added = (
        '{id = "raw_milk-99", en = "Raw milk from Jersey cows stops asthma attacks.", '
        'es = "La leche cruda de vaca Jersey quita los ataques de asma."},\n'
    )
    start = source.index("claims = [\n", source.index("[themes.raw_milk]")) + len(
        "claims = [\n"
    )
    (tmp_path / "taxonomy.toml").write_text(source[:start] + added + source[start:])
    tagger = Tagger(*load(), read_taxonomy(tmp_path / "taxonomy.toml"))

    (found,) = tagger.tag(["Our Jersey cows raw milk stopped my boys asthma attacks for good"])

    assert found.themes["raw_milk"].claim_id == "raw_milk-99"


def copy_weights(folder):
    for file in (WEIGHTS, WEIGHTS.with_suffix(".json")):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder / WEIGHTS.name


def test_tampered_weights_are_refused_in_one_plain_line(tmp_path):
    path = copy_weights(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(GrapevineError, match="not the file its record vouches for") as refused:
        load_tagger(path)

    assert "\n" not in str(refused.value)
    assert "grapevine train" in str(refused.value)


@pytest.mark.parametrize("missing", ["tagger.npz", "tagger.json"])
def test_missing_weights_are_refused_in_one_plain_line(tmp_path, missing):
    path = copy_weights(tmp_path)
    (tmp_path / missing).unlink()

    with pytest.raises(GrapevineError, match="cannot be read") as refused:
        load_tagger(path)

    assert "\n" not in str(refused.value)


def test_the_weights_are_small_enough_to_ship():
    assert WEIGHTS.stat().st_size <= 12_000_000


def test_a_file_of_posts_becomes_a_file_of_tags_in_the_same_order(tmp_path):
    src, dst = tmp_path / "posts.jsonl", tmp_path / "tags.jsonl"
    src.write_text(
        '{"id": "b", "text": "MMR vaccines cause autism, they poison our babies"}\n'
        '{"id": 7, "text": "hola", "lang": "es", "likes": 3}\n'
    )

    assert tag_file(src, dst) == 2

    first, second = [json.loads(line) for line in dst.read_text().splitlines()]
    assert list(first) == ["id", "lang", "health", "themes", "signals", "model"]
    assert first["model"] == load_tagger().name
    assert set(first["themes"]["vaccine_autism"]) == {
        "score",
        "stance",
        "stance_score",
        "claim_id",
    }
    assert (second["id"], second["lang"], second["themes"]) == (7, "es", {})


def test_a_line_without_text_is_named(tmp_path):
    src = tmp_path / "posts.jsonl"
    src.write_text('{"id": 1, "text": "x"}\n{"id": 2}\n')

    with pytest.raises(InputError, match="line 2 is not a post"):
        tag_file(src, tmp_path / "tags.jsonl")
