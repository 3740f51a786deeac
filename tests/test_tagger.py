"""The way of a post through the tagger, with heads learnt here and encoders made of rules."""

from itertools import count
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.windows import windows
from classifiers.normalise import normalise, readable
from classifiers.tagger import Tags, ThemeTag
from classifiers.tagger.routes import DRAWN_OF
from classifiers.taxonomy import load_taxonomy
from tests.tagging import RuleEncoder, small_tagger
from warehouse.redact import mask

CLAIM = "Trust me, raw milk cures asthma and it heals the gut"
LONG_CLAIM = f"{CLAIM}, we drink raw milk. Raw milk builds immunity and raw milk is safe"
AGUA = "El fluoruro del agua es veneno y daña los huesos de los niños"
CHAT = "Lost dog by the road near Lander, please call"
CHATTER = "we drove to the lake and the road was dusty and the dog slept. "
CHARLA = "Hoy hay baile en el pueblo y cerraron el camino"


class Tagging:
    """A tagger and what each of its encoders was asked."""

    def __init__(self, sure=6.0, names=("english", "spanish")):
        self.encoders = {name: RuleEncoder(sure) for name in names}
        self.tagger = small_tagger(**self.encoders)

    def tag(self, *texts, langs=None):
        return self.tagger.tag(texts, langs)

    def asked(self, name):
        return self.encoders[name].asked


def drawn_posts(*, drawn):
    """Chatter that the gate stops and the lot draws, or does not draw."""
    for number in count():
        text = f"hay for sale near the mill on mile {number}"
        if (crc32(normalise(text).encode()) % DRAWN_OF == 0) == drawn:
            yield text


def test_the_encoder_reads_what_passed_the_gate_and_nothing_else():
    tagging = Tagging()

    claim, chat = tagging.tag(CLAIM, CHAT)

    assert (claim.gate, chat.gate) == ("passed", "stopped")
    assert tagging.asked("english") == [readable(CLAIM)]
    assert tagging.asked("spanish") == []
    assert claim.themes.keys() == {"raw_milk"}


def test_a_stopped_post_has_no_themes_but_says_how_likely_it_is_about_health():
    chat, claim = Tagging().tag(CHAT, CLAIM)

    assert (chat.themes, chat.signals, chat.unsure) == ({}, {}, {})
    assert 0 < chat.health < 0.5 < claim.health


def test_a_stopped_post_keeps_the_signals_that_the_heads_alone_see():
    text = "My doctor says raw milk does not work, nobody heals the gut with it"
    encoder = RuleEncoder()

    (stopped,) = small_tagger(gate_from=1e9, english=encoder).tag([text])
    (alone,) = small_tagger().tag([text])

    assert stopped.gate == "stopped"
    assert encoder.asked == []
    assert stopped.themes == {}
    assert stopped.signals == alone.signals
    assert stopped.signals.keys() == {"social_source"}


def test_a_stopped_post_in_another_language_shows_no_signal():
    text = "Der Arzt sagt, die Rohmilch heilt nicht und ist auch nicht gut für die Kinder"

    (found,) = small_tagger(gate_from=1e9, english=RuleEncoder()).tag([text])

    assert (found.lang, found.signals) == ("other", {})


def test_a_stopped_post_is_not_tagged_even_where_an_encoder_would_find_a_theme():
    text = next(drawn_posts(drawn=False))
    tagging = Tagging()
    tagging.encoders["english"].WORDS = (("raw_milk", ("hay",)),)

    (found,) = tagging.tag(text, langs=["en"])

    assert found.gate == "stopped"
    assert found.themes == {}


def test_a_drawn_post_is_read_and_says_so():
    text = next(drawn_posts(drawn=True))
    tagging = Tagging()
    tagging.encoders["english"].WORDS = (("raw_milk", ("hay",)),)

    (found,) = tagging.tag(text, langs=["en"])

    assert found.gate == "drawn"
    assert tagging.asked("english") == [readable(text)]
    assert found.themes.keys() == {"raw_milk"}


def test_spanish_posts_go_to_the_spanish_encoder():
    tagging = Tagging()

    (found,) = tagging.tag(AGUA)

    assert found.lang == "es"
    assert found.themes.keys() == {"fluoride"}
    assert tagging.asked("spanish") == [readable(AGUA)]
    assert tagging.asked("english") == []


def test_a_language_that_is_given_decides_the_encoder():
    tagging = Tagging()

    tagging.tag(CLAIM, AGUA, langs=["es-MX", "EN_us"])

    assert tagging.asked("spanish") == [readable(CLAIM)]
    assert tagging.asked("english") == [readable(AGUA)]


def test_a_given_language_is_taken_only_if_it_is_one_of_ours():
    found = Tagging().tag(CLAIM, CLAIM, CLAIM, langs=["fr", "", None])

    assert [one.lang for one in found] == ["en"] * 3


def test_a_post_in_another_language_is_stopped():
    text = "Die Rohmilch heilt Asthma und ist nicht so schlecht für die Kinder wie man sagt"
    tagging = Tagging()

    (found,) = tagging.tag(text)

    assert (found.lang, found.gate, found.themes) == ("other", "stopped", {})
    assert tagging.asked("english") == tagging.asked("spanish") == []


def test_without_encoders_the_heads_decide_alone_and_nothing_is_stopped():
    claim, agua, chat = Tagging(names=()).tag(CLAIM, AGUA, CHAT)

    assert "raw_milk" in claim.themes
    assert "fluoride" in agua.themes
    assert chat.themes == {}
    assert {one.gate for one in (claim, agua, chat)} == {"passed"}


def test_a_language_without_its_encoder_is_tagged_by_the_heads():
    tagging = Tagging(names=("english",))

    _, agua = tagging.tag(CLAIM, AGUA)
    (alone,) = Tagging(names=()).tag(AGUA)

    assert tagging.asked("english") == [readable(CLAIM)]
    assert agua == alone
    assert "fluoride" in agua.themes


def test_a_theme_between_the_thresholds_is_unsure_and_counts_nowhere():
    (found,) = Tagging(sure=-0.4).tag(CLAIM)

    assert found.themes == {}
    assert found.unsure.keys() == {"raw_milk"}
    assert 0.25 <= found.unsure["raw_milk"] < 0.5


@settings(max_examples=15, deadline=None)
@given(st.floats(-7, 7))
def test_a_theme_is_sure_or_unsure_or_neither_but_never_two_of_them(sure):
    (found,) = Tagging(sure=sure).tag(CLAIM)

    assert not found.themes.keys() & found.unsure.keys()
    assert all(tag.score >= 0.5 for tag in found.themes.values())
    assert all(0.25 <= score <= 0.5 for score in found.unsure.values())


def test_stance_and_signals_are_the_encoders_too():
    tagging = Tagging()

    promotes, refutes, asks = tagging.tag(
        "raw milk cures asthma, pharma hides it",
        "raw milk does not cure asthma at all",
        "is it true that raw milk cures asthma?",
    )

    assert [one.themes["raw_milk"].stance for one in (promotes, refutes, asks)] == [
        "promotes",
        "refutes",
        "asks",
    ]
    assert promotes.signals.keys() == {"blame_pharma"}
    assert refutes.signals == {}


def test_a_signal_outside_health_is_no_signal_of_ours():
    tagging = Tagging()
    tagging.encoders["english"].WORDS = ()

    (found,) = tagging.tag("raw milk from the farm, says pharma")

    assert found.gate == "passed"
    assert (found.themes, found.signals) == ({}, {})


def test_an_encoder_reads_no_claim_before_a_theme_is_found():
    class Asked(RuleEncoder):
        def read(self, texts):
            self.texts_n = getattr(self, "texts_n", 0) + len(texts)
            return super().read(texts)

    encoder = Asked(sure=-6)
    tagger = small_tagger(english=encoder)

    tagger.tag([CLAIM, CHAT])
    assert encoder.texts_n == 1

    encoder.sure = 6
    tagger.tag([CLAIM])
    tagger.tag([CLAIM])
    claims_n = sum(len(theme.claims) for theme in load_taxonomy().themes.values())
    assert encoder.texts_n == 3 + claims_n


def test_a_claim_of_the_same_meaning_is_named_though_it_shares_no_word():
    claims = load_taxonomy().themes["raw_milk"].claims
    wanted = readable(claims[-1].text_en)

    class Paraphrases(RuleEncoder):
        def read(self, texts):
            return super().read([wanted if "cow juice" in text else text for text in texts])

    (found,) = small_tagger(english=Paraphrases()).tag(
        ["Trust me, raw cow juice is what cures asthma in kids and heals the gut, raw milk"]
    )

    assert found.themes["raw_milk"].claim_id == claims[-1].id


def test_the_nearest_claim_is_one_of_the_theme():
    (found,) = Tagging().tag(CLAIM)

    claims = {claim.id for claim in load_taxonomy().themes["raw_milk"].claims}
    assert found.themes["raw_milk"].claim_id in claims


def test_in_a_long_post_the_claim_is_named_from_where_the_theme_stands():
    claims = load_taxonomy().themes["raw_milk"].claims
    claim = next(claim for claim in claims if "raw milk" in readable(claim.text_en))
    text = f"{CHATTER * 300}{LONG_CLAIM}. {claim.text_en}"

    (found,) = Tagging().tag(text)

    assert found.themes["raw_milk"].claim_id == claim.id


POSTS = [
    CLAIM,
    AGUA,
    CHAT,
    CHARLA,
    "",
    "🐄🥛",
    "raw milk",
    "no raw milk for me, pharma says no",
]


@pytest.fixture(scope="module")
def alone():
    """The tags of each of `POSTS`, tagged by itself."""
    return {text: tags for text in POSTS for tags in Tagging().tag(text)}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(POSTS), max_size=12))
def test_the_company_a_post_is_in_changes_none_of_its_tags(alone, posts):
    assert Tagging().tag(*posts) == [alone[text] for text in posts]


def test_a_post_that_comes_twice_is_read_once():
    tagging = Tagging()

    found = tagging.tag(CLAIM, CHAT, CLAIM, CLAIM)

    assert found[0] == found[2] == found[3]
    assert tagging.asked("english") == [readable(CLAIM)]


def test_the_same_text_in_two_languages_is_two_posts():
    first, second = Tagging().tag(CLAIM, CLAIM, langs=["en", "es"])

    assert (first.lang, second.lang) == ("en", "es")


def test_no_posts_give_no_tags():
    assert Tagging().tag() == []


def test_as_many_languages_as_texts_are_asked_for():
    with pytest.raises(ValueError, match="shorter"):
        Tagging().tag(CLAIM, CHAT, langs=["en"])


@pytest.mark.parametrize(("name", "most"), [("BATCH", 2), ("BATCH_CHARACTERS", 80)])
def test_posts_are_tagged_in_batches_as_they_would_be_together(monkeypatch, name, most):
    whole = Tagging().tag(*POSTS)
    monkeypatch.setattr(f"classifiers.tagger.tagger.{name}", most)

    assert Tagging().tag(*POSTS) == whole


DISGUISES = {
    "capitals": str.upper,
    "zero-width signs": lambda text: "\u200b".join(text),
    "tags": lambda text: "\U000e0061".join(text),
    "Cyrillic": lambda text: text.replace("a", "\u0430").replace("e", "\u0435"),
    "Greek": lambda text: text.replace("o", "\u03bf"),
    "full width": lambda text: "".join(
        chr(ord(sign) + 0xFEE0) if "a" <= sign <= "z" else sign for sign in text
    ),
    "bold": lambda text: "".join(
        chr(ord(sign) - ord("a") + 0x1D41A) if "a" <= sign <= "z" else sign for sign in text
    ),
    "struck out": lambda text: "\u0336".join(text),
    "right-to-left": lambda text: f"\u202e{text}\u202c",
    "soft hyphens": lambda text: text.replace("il", "i\u00adl"),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_post_gets_the_tags_of_the_plain_one(disguise):
    plain = CLAIM.lower()

    assert Tagging().tag(disguise(plain)) == Tagging().tag(plain)


def test_masked_and_unmasked_posts_get_the_same_tags():
    text = f"@bob1 {CLAIM} https://a.test/x call 307-555-0123"

    assert Tagging().tag(text) == Tagging().tag(mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "😀🙄🤡",
        "\ud800\udfff\ud8ff",
        "\x00" * 100,
        "@user " * 100_000,
        "@a" * 100_000,
        "\u202evaccines\u202c",
        "a" * 1_000_000,
        "שלום לכולם, יום טוב",
        "مرحبا بالجميع",
        "1" * 100_000,
        "?!" * 100_000,
        "\u0301" * 50_000,
    ],
    ids=[
        "empty",
        "white space",
        "emoji",
        "surrogates",
        "nul",
        "100,000 mentions",
        "100,000 mentions in one word",
        "turned round",
        "one long word",
        "Hebrew",
        "Arabic",
        "digits",
        "punctuation",
        "accents",
    ],
)
def test_an_odd_post_gets_an_answer_without_themes(text):
    (found,) = Tagging().tag(text)

    assert (found.themes, found.signals) == ({}, {})
    assert 0 <= found.health <= 1


def test_a_megabyte_of_words_is_tagged_window_by_window():
    text = CHATTER * (1_000_000 // len(CHATTER)) + LONG_CLAIM
    tagging = Tagging()

    (found,) = tagging.tag(text)

    assert found.themes.keys() == {"raw_milk"}
    assert tagging.asked("english") == [readable(text)]
    assert len(windows(normalise(text))) < 2_200


def test_what_is_no_post_is_read_up_to_two_million_characters(monkeypatch):
    monkeypatch.setattr("classifiers.tagger.tagger.MAX_CHARACTERS", 4_000)
    within, beyond = CHATTER * 10 + LONG_CLAIM, CHATTER * 400 + LONG_CLAIM

    found = [Tagging().tag(text)[0].themes for text in (within, beyond)]

    assert [themes.keys() for themes in found] == [{"raw_milk"}, set()]


MIXED = st.lists(
    st.sampled_from(
        [CLAIM, AGUA, "raw milk", "не", "سم", "毒", "\u200b", "\ud800", "🥛", "@a", "\n", "?"]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=60) | MIXED, max_size=6))
def test_any_texts_get_tags_that_keep_the_contract(texts):
    tags = Tagging().tag(*texts)

    assert len(tags) == len(texts)
    for found in tags:
        assert_contract(found)


def assert_contract(found):
    taxonomy = load_taxonomy()
    assert isinstance(found, Tags)
    assert found.lang in {"en", "es", "other", "und"}
    assert found.gate in {"stopped", "drawn", "passed"}
    assert 0 <= found.health <= 1
    assert found.themes.keys() <= taxonomy.themes.keys()
    assert found.unsure.keys() <= taxonomy.themes.keys()
    assert found.signals.keys() <= taxonomy.signals.keys()
    assert all(0 <= score <= 1 for score in [*found.signals.values(), *found.unsure.values()])
    for theme_id, tag in found.themes.items():
        assert isinstance(tag, ThemeTag)
        assert 0 <= tag.score <= 1
        assert 0 <= tag.stance_score <= 1
        assert tag.stance in {"promotes", "refutes", "asks", "mentions"}
        claims = {claim.id for claim in taxonomy.themes[theme_id].claims}
        assert tag.claim_id in claims | {None}
