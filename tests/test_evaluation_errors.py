"""Errors laid out by stance, by group and by kind, described without quoting a post."""

import pytest
from hypothesis import given

from classifiers.evaluation.confusion import NONE, confusion
from classifiers.evaluation.errors import (
    ABSENT,
    INVENTED,
    INVENTED_PROMOTION,
    KINDS,
    MISSED,
    MISSED_PROMOTION,
    MISSED_THEME,
    OTHER_STANCE,
    REVERSED,
    errors,
    worst,
)
from classifiers.evaluation.groups import grouped, language, length, platform
from classifiers.evaluation.tally import tally
from classifiers.evaluation.traits import names_theme, own_stems, traits
from classifiers.stances import ASKS, MENTIONS, PROMOTES, REFUTES
from classifiers.taxonomy import load_taxonomy
from tests.labelled import gold, measured_posts, patient, tags


def test_a_confusion_lays_labels_beside_tags():
    counts = confusion(
        [
            gold("a", {"masks": "refutes", "fluoride": "asks"}),
            gold("b", {"masks": "refutes"}),
            gold("c"),
        ],
        [tags(masks="promotes"), tags(masks="refutes"), tags(fluoride="mentions")],
    )

    assert counts[REFUTES, PROMOTES] == 1
    assert counts[REFUTES, REFUTES] == 1
    assert counts[ASKS, NONE] == 1
    assert counts[NONE, MENTIONS] == 1
    assert counts.sum() == 4


@given(measured_posts())
@patient
def test_the_rows_of_a_confusion_are_the_labels_and_its_columns_the_tags(posts_and_tags):
    posts, tagged = posts_and_tags

    counts = confusion(posts, tagged)

    stances = tally(posts, tagged).stances.sum(axis=0)
    assert counts[:NONE].sum(axis=1).tolist() == stances[:, [0, 2]].sum(axis=1).tolist()
    assert counts[:, :NONE].sum(axis=0).tolist() == stances[:, [0, 1]].sum(axis=1).tolist()
    assert counts.diagonal()[:NONE].tolist() == stances[:, 0].tolist()
    assert counts[NONE, NONE] == 0


@pytest.mark.parametrize(
    ("labelled", "tagged", "kind"),
    [
        ({"masks": "refutes"}, tags(masks="promotes"), REVERSED),
        ({}, tags(masks="promotes"), INVENTED_PROMOTION),
        ({}, tags(masks="asks"), INVENTED),
        ({"masks": "promotes"}, tags(), MISSED_PROMOTION),
        ({"masks": "asks"}, tags(), MISSED_THEME),
        ({"masks": "promotes"}, tags(masks="mentions"), OTHER_STANCE),
    ],
)
def test_an_error_is_named_by_what_went_wrong(labelled, tagged, kind):
    (error,) = errors([gold("a", labelled)], [tagged])

    assert error.kind == kind


def test_an_error_says_what_was_labelled_tagged_and_how_sure():
    missed, found = errors(
        [gold("a", {"masks": "asks"}), gold("b")],
        [tags(unsure={"masks": 0.2}), tags(masks="promotes", score=0.7)],
    )

    assert (missed.labelled, missed.tagged, missed.score) == ("asks", MISSED, 0.2)
    assert missed.size == pytest.approx(0.8)
    assert (found.labelled, found.tagged) == (ABSENT, "promotes")
    assert (found.size, found.stance_score) == (0.7, 0.9)


def test_what_is_right_or_not_scored_is_no_error():
    posts = [gold("a", {"masks": "asks"}), gold("b", unsure=["masks"], theme_only=["fluoride"])]

    assert not errors(posts, [tags(masks="asks"), tags(masks="asks", fluoride="asks")])


def test_the_worst_of_each_kind_come_in_turn_the_surest_first():
    posts = [gold(f"r{n}", {"masks": "refutes"}) for n in range(30)] + [
        gold("new"),
        gold("sure"),
    ]
    tagged = [tags(masks="promotes")] * 30
    tagged += [tags(masks="promotes", score=0.4), tags(masks="promotes", score=0.99)]

    chosen = worst(errors(posts, tagged), 5)

    assert [error.kind for error in chosen] == [REVERSED] * 3 + [INVENTED_PROMOTION] * 2
    assert [error.post.id for error in chosen[3:]] == ["sure", "new"]


def test_of_errors_alike_the_one_on_the_clearer_label_comes_first():
    posts = [gold("guess", sure=1), gold("clear", sure=3), gold("likely", sure=2)]

    chosen = worst(errors(posts, [tags(masks="asks")] * 3))

    assert [error.post.id for error in chosen] == ["clear", "likely", "guess"]


def test_a_theme_missed_narrowly_is_a_smaller_error_than_one_not_seen_at_all():
    posts = [gold(name, {"masks": "asks"}) for name in ("narrowly", "wholly")]

    chosen = worst(errors(posts, [tags(unsure={"masks": 0.3}), tags()]))

    assert [error.post.id for error in chosen] == ["wholly", "narrowly"]


@given(measured_posts(max_size=20))
@patient
def test_every_error_is_a_cell_off_the_diagonal_of_the_confusion(posts_and_tags):
    posts, tagged = posts_and_tags

    counts = confusion(posts, tagged)

    off = counts.sum() - counts.diagonal().sum()
    skipped = sum(
        theme in post.themes and theme not in post.theme_only
        for post in posts
        for theme in post.unsure
    )
    assert off - skipped <= len(errors(posts, tagged)) <= off


def test_a_post_is_shown_once_with_its_most_harmful_error():
    post = gold("a", {"masks": "refutes", "fluoride": "promotes"})

    (error,) = worst(errors([post], [tags(masks="promotes", score=0.3)]))

    assert error.kind == REVERSED


@given(measured_posts(max_size=30))
@patient
def test_twenty_errors_are_shown_or_all_there_are(posts_and_tags):
    found = errors(*posts_and_tags)

    chosen = worst(found)

    assert len(chosen) == min(20, len({error.post.id for error in found}))
    assert len({error.post.id for error in chosen}) == len(chosen)
    order = [KINDS.index(error.kind) for error in chosen]
    assert order == sorted(order)


def test_a_post_is_described_by_what_can_be_seen_of_it():
    post = gold("a", text='@user "No, masks do not" https://x.test ok?', lang="en")

    assert set(traits(post)) >= {
        "question mark",
        "quotation marks",
        "link",
        "reply",
        "words of negation",
        "under 8 words",
    }


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("is that so? the whole county says the well has gone dry", "question mark"),
        ("la gente pregunta si es cierto lo del agua del pozo?", "question mark"),
        ('she called it "perfectly safe" to everyone at the town hall', "quotation marks"),
        ("she called it «perfectly safe» to everyone at the town hall", "quotation marks"),
        ("more on the county fair at https://fair.test/parade this friday", "link"),
        ("@neighbor the county fair opens on friday with a pie stand", "reply"),
        ("it does not help anyone to drink from the old well here", "words of negation"),
        ("eso nunca ayuda a nadie que toma agua del pozo viejo", "words of negation"),
        ("my cousin told me the county fair has a pie stand again", "reported speech"),
        ("mi comadre dice que la feria abre el viernes con desfile", "reported speech"),
        ("that is a myth, the county fair opens on friday as always", "calls something false"),
        ("haha sure, the county fair opens on friday as it always has", "words of mockery"),
        ("the fair opens on friday", "under 8 words"),
        ("the fair opens on friday " * 12, "60 words and more"),
    ],
)
def test_what_a_reader_would_notice_first_is_seen(text, trait):
    lang = "es" if text.split()[0] in {"la", "eso", "mi"} else "en"

    assert trait in traits(gold("a", text=text, lang=lang))


@pytest.mark.parametrize("text", ["", " ", "\u200b", "🙂🙂🙂", "?!", "@a @b", "\ud800"])
def test_odd_posts_are_described_without_a_stumble(text):
    assert "under 8 words" in traits(gold("a", text=text))


def test_disguised_signs_are_seen():
    assert "question mark" in traits(gold("a", text="is it\u200b true\uff1f"))


def test_a_plain_post_has_nothing_to_be_seen():
    text = "the county fair opens on friday with a parade and a pie stand"

    assert traits(gold("a", text=text)) == []


def test_a_post_in_another_language_than_labelled_is_said_to_be():
    text = "los perros ladran toda la noche y no dejan dormir a nadie"

    assert "reads as another language" in traits(gold("a", text=text))


def test_several_themes_are_said_with_those_of_unsure_stance():
    assert "several themes" in traits(gold("a", {"masks": "asks"}, theme_only=["fluoride"]))


def test_a_description_says_when_none_of_the_themes_own_words_stand_there():
    said, unsaid = errors(
        [
            gold("a", {"fluoride": "promotes"}, text="fluoride is a poison in our water"),
            gold("b", {"fluoride": "promotes"}, text="they put it in there to keep us dull"),
        ],
        [tags(), tags()],
    )

    assert "none of the theme's own words" not in said.described()
    assert "none of the theme's own words" in unsaid.described()


def test_every_theme_has_words_of_its_own():
    assert own_stems().keys() == load_taxonomy().themes.keys()
    assert all(own_stems().values())


def test_a_word_of_one_theme_does_not_name_another():
    post = gold("a", text="fluoride")

    assert names_theme(post, "fluoride")
    assert not names_theme(post, "masks")


def test_no_word_of_a_post_stands_in_its_description():
    text = "Grandma Xyzzy swears the pond cured her, and who am I to say no?"

    (error,) = errors([gold("a", {"masks": "asks"}, text=text)], [tags()])

    for word in text.lower().replace(",", "").replace("?", "").split():
        assert len(word) < 5 or word not in " ".join(error.described())


@pytest.mark.parametrize(
    ("words_n", "band"),
    [(0, "0 to 7"), (7, "0 to 7"), (8, "8 to 19"), (79, "40 to 79"), (500, "80 and more")],
)
def test_a_post_falls_into_the_band_of_its_length(words_n, band):
    assert length(gold("a", text="word " * words_n)) == f"{band} words"


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("x/twitter", "X"),
        ("twitter reply", "X"),
        ("reddit comment (state subreddit)", "Reddit"),
        ("youtube video title+description", "YouTube"),
        ("twitter/facebook/instagram/fact-check sites", "several, with fact-checkers"),
        ("", "not named"),
        ("radio", "radio"),
    ],
)
def test_a_platform_gets_one_plain_name(named, shown):
    assert platform(gold("a", platform=named)) == shown


def test_bands_of_length_stand_from_short_to_long():
    posts = [gold(str(n), text="word " * n) for n in (100, 3, 50, 10, 25)]

    groups = grouped(posts, [tags()] * 5, length)

    assert [int(name.split()[0]) for name in groups] == [0, 8, 20, 40, 80]


@given(measured_posts())
@patient
def test_every_post_is_in_one_group_with_its_own_tags(posts_and_tags):
    posts, tagged = posts_and_tags
    tags_of = {post.id: one for post, one in zip(posts, tagged, strict=True)}

    groups = grouped(posts, tagged, language)

    seen = [post.id for group in groups.values() for post in group.posts]
    assert sorted(seen) == sorted(tags_of)
    for group in groups.values():
        for post, one in zip(group.posts, group.tags, strict=True):
            assert tags_of[post.id] is one
