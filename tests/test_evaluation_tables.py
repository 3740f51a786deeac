"""The tables of the model card: what stands in which row, and what is said of it."""

import re

import numpy as np
import pytest
from hypothesis import given

from classifiers.evaluation import sections
from classifiers.evaluation.days import gate_table, ordinary_table
from classifiers.evaluation.errors import errors, worst
from classifiers.evaluation.groups import dataset, grouped, language, length, platform
from classifiers.evaluation.measuring import Measured, Tagged, tag_twice
from classifiers.evaluation.ordinary import gate, ordinary_days
from classifiers.evaluation.provenance import collections_table, sources_table
from classifiers.evaluation.scores import score
from classifiers.evaluation.sources import Collection, learnt_from
from classifiers.evaluation.tables import NOTHING, table
from classifiers.training.rows import Row
from tests.labelled import gold, measured_posts, patient, tags
from tests.tagging import RuleEncoder, small_tagger


def read(markdown):
    """The rows of a Markdown table by their first cell, each a dict by the heading."""
    lines = [line.strip("|").split(" | ") for line in markdown.splitlines() if line]
    header, _, *rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def both(posts, joined, alone=None):
    return Tagged(posts, joined, alone or joined)


POSTS = [
    gold("a", {"masks": "promotes"}, signals=["hostility"], dataset="one", platform="twitter"),
    gold("b", {"masks": "refutes"}, dataset="one", platform="reddit post", lang="es"),
    gold("c", {"fluoride": "asks"}, dataset="two", platform="twitter"),
    gold("d", health=False, dataset="two", platform="twitter", text="word " * 30),
]
TAGS = [
    tags(masks="promotes", signals=["hostility"]),
    tags(masks="promotes", score=0.6),
    tags(),
    tags(fluoride="mentions", score=0.4, health=0.2),
]


def test_both_ways_of_tagging_stand_beside_each_other_with_their_difference():
    shown = read(sections.beside(both(POSTS, TAGS, [tags()] * 4)))

    assert shown["theme F1"]["shipped"].startswith("0.67 (")
    assert shown["theme F1"]["tf-idf alone"].startswith("0.00 (")
    assert shown["theme F1"]["difference"].startswith("+0.67 (+")
    assert shown["theme precision"]["tf-idf alone"] == NOTHING
    assert shown["theme precision"]["difference"] == NOTHING


def test_the_same_tags_differ_by_nothing_in_every_draw():
    shown = read(sections.beside(both(POSTS, TAGS)))

    assert shown["promotes F1"]["difference"] == "+0.00 (+0.00 to +0.00)"


@patient
@given(measured_posts(min_size=1, max_size=6))
def test_figures_on_the_card_are_those_of_the_score(posts_and_tags):
    posts, tagged = posts_and_tags

    shown = read(sections.beside(both(posts, tagged)))

    for name, number in score(posts, tagged).items():
        if name == "theme_ece":
            continue
        cell = shown[sections.NAMES[name]]["shipped"]
        assert cell == NOTHING or cell.startswith(f"{number:.2f} (")
        assert cell != NOTHING or number == 0


@pytest.mark.parametrize(
    ("group_of", "rows"),
    [
        (language, {"English": "3", "Spanish": "1"}),
        (platform, {"Reddit": "1", "X": "3"}),
        (dataset, {"one": "2", "two": "2"}),
        (length, {"0 to 7 words": "3", "20 to 39 words": "1"}),
    ],
)
def test_a_group_stands_with_its_number_of_posts(group_of, rows):
    shown = read(sections.by_group(grouped(POSTS, TAGS, group_of)))

    assert {name: row["posts"] for name, row in shown.items()} == rows


def test_a_group_says_how_many_rebuttals_its_share_is_of():
    shown = read(sections.by_group(grouped(POSTS, TAGS, dataset)))

    assert shown["one"]["rebuttals called promotion"] == "1.00 (0.27–1.00) of 1"
    assert shown["two"]["rebuttals called promotion"] == NOTHING
    assert shown["one"]["labelled themes"] == "2"


def test_a_group_says_how_far_its_scores_are_from_the_truth():
    shown = read(sections.by_group(grouped(POSTS, TAGS, dataset)))

    assert shown["one"]["calibration error"] == "0.30"  # 0.8 and 0.6, both right
    assert shown["two"]["calibration error"] == "0.40"  # 0.4, wrong


def test_a_group_in_which_no_theme_was_found_has_no_calibration_error():
    shown = read(sections.by_group(grouped(POSTS[2:3], TAGS[2:3], dataset)))

    assert shown["two"]["calibration error"] == NOTHING


def test_a_post_stands_in_the_row_of_everything_that_can_be_seen_of_it():
    posts = [
        gold("a", text="is it true that masks do not work? who says so?"),
        gold("b", text="the county fair opens on friday with a parade and a pie stand"),
    ]

    shown = read(sections.by_trait(posts, [tags(), tags()]))

    assert shown["question mark"]["posts"] == "1"
    assert shown["words of negation"]["posts"] == "1"
    assert shown["none of these"]["posts"] == "1"


def test_a_theme_stands_with_what_was_labelled_and_what_was_found():
    shown = read(sections.by_theme(POSTS, TAGS))

    assert shown.keys() == {"fluoride", "masks"}
    assert (shown["masks"]["labelled"], shown["masks"]["found"]) == ("2", "2")
    assert shown["masks"]["F1"].startswith("1.00 (0.")
    assert (shown["fluoride"]["labelled"], shown["fluoride"]["found"]) == ("1", "1")
    assert shown["fluoride"]["recall"] == "0.00 (0.00–0.73)"


def test_a_signal_stands_with_what_was_labelled_and_what_was_found():
    shown = read(sections.by_signal(POSTS, TAGS))

    assert shown["hostility"]["precision"] == "1.00 (0.27–1.00)"


def test_every_stance_has_a_row_even_if_nobody_takes_it():
    shown = read(sections.by_stance(POSTS, TAGS))

    assert list(shown) == ["promotes", "refutes", "asks", "mentions"]
    assert (shown["promotes"]["labelled"], shown["promotes"]["found"]) == ("1", "2")
    assert shown["refutes"]["precision"] == NOTHING
    assert shown["mentions"]["recall"] == NOTHING


def test_a_confusion_shows_rebuttals_called_promotion_and_themes_missed():
    shown = read(sections.confusion_table(POSTS, TAGS))

    assert shown["refutes"]["promotes"] == "1"
    assert shown["asks"]["theme missed"] == "1"
    assert shown["no such theme"]["mentions"] == "1"
    assert shown["no such theme"]["theme missed"] == NOTHING
    assert shown["promotes"]["in all"] == "1"


def test_both_calibration_errors_stand_beside_what_chance_would_give():
    shown = read(sections.calibration_table(both(POSTS, TAGS, [tags()] * 4)))

    assert shown["shipped"]["themes found"] == "3"
    assert shown["shipped"]["calibration error"] == "0.333"
    assert 0 < float(shown["shipped"]["by chance alone"]) < 1
    assert shown["tf-idf alone"]["calibration error"] == "0.000"


def test_an_error_is_shown_by_its_number_and_what_can_be_seen_of_it():
    shown = read(sections.error_table(worst(errors(POSTS, TAGS))))

    reversed_one = shown["rebuttal called promotion"]
    assert reversed_one["post"] == "b"
    assert reversed_one["length"] == "1 words, es"
    assert reversed_one["label → tag"] == "refutes → promotes"
    assert reversed_one["probability"] == "theme 0.60, stance 0.90"
    missed = shown["theme missed"]
    assert missed["probability"] == "under the unsure band"
    assert "under 8 words" in missed["what can be seen of it"]


def test_an_error_in_the_unsure_band_says_how_sure():
    post, tagged = gold("a", {"masks": "asks"}), tags(unsure={"masks": 0.21})

    shown = read(sections.error_table(errors([post], [tagged])))

    assert shown["theme missed"]["probability"] == "theme 0.21"


def test_ordinary_days_stand_with_both_ways_of_tagging_and_by_theme():
    shipped = [tags(masks="promotes"), tags(masks="asks"), *[tags()] * 98]

    shares, themes = ordinary_table(shipped, [tags()] * 100).split("\n\n")

    assert read(shares)["shipped"]["tagged with any theme"].startswith("2.00 % (")
    assert read(shares)["shipped"]["tagged as promoting one"].startswith("1.00 % (")
    assert read(shares)["tf-idf alone"]["tagged with any theme"] == "0.00 % (0.00–2.63)"
    assert read(themes)["masks"] == {
        "theme": "masks",
        "posts": "2",
        "promoting": "1",
        "per 1,000 posts": "20.0",
    }


def test_a_collection_stands_with_its_numbers_origin_and_terms():
    known = {"town_hall": Collection("Minutes of a town hall", "public domain")}
    rows = [
        Row("1", "x", "es", dataset="town_hall", themes={"masks": "asks"}),
        Row("2", "y", "en", dataset="town_hall", assumed=True),
    ]

    shown = read(collections_table(learnt_from(rows, known)))

    assert shown["town_hall"] == {
        "collection": "town_hall",
        "posts": "2",
        "Spanish": "1",
        "with a theme": "1",
        "read by nobody": "1",
        "where it is from": "Minutes of a town hall",
        "terms": "public domain",
    }


def test_a_source_stands_with_its_numbers_and_the_start_of_its_checksum():
    source = {
        "name": "trust.jsonl",
        "sha256": "f1f3004729aebb",
        "posts_n": 1591,
        "spanish_n": 176,
        "with_theme_n": 258,
        "assumed_n": 0,
    }

    shown = read(sources_table([source]))

    assert shown["trust.jsonl"]["posts"] == "1,591"
    assert shown["trust.jsonl"]["Spanish"] == "176"
    assert shown["trust.jsonl"]["sha256 starts"] == "f1f3004729ae"


def test_a_table_without_rows_is_its_heading():
    assert table(["a", "b"], []) == "| a | b |\n| --- | --- |"


MILK = gold("milk", {"raw_milk": "promotes"}, text="raw milk cures asthma, raw milk heals")
AGUA = gold("agua", {"fluoride": "promotes"}, text="el fluoruro del agua es veneno", lang="es")
HAY = gold("hay", health=False, text="hay for sale near the road to Butte")


@pytest.fixture(scope="module")
def joined():
    """Three posts by a tagger with one encoder made of rules, and without it."""
    return tag_twice([MILK, AGUA, HAY], small_tagger(english=RuleEncoder()), small_tagger())


def test_posts_are_tagged_with_the_encoders_and_without(joined):
    assert joined.joined[0].themes["raw_milk"].score != joined.alone[0].themes["raw_milk"].score
    assert joined.joined[1].themes.keys() == joined.alone[1].themes.keys()
    assert not joined.joined[2].themes


def test_one_language_can_be_looked_at_alone(joined):
    spanish = joined.of("es")

    assert spanish.posts == [AGUA]
    assert spanish.joined == [joined.joined[1]]
    assert spanish.alone == [joined.alone[1]]
    assert joined.of("fr").posts == []


def test_the_gate_is_measured_on_labelled_posts_and_on_ordinary_ones(joined):
    ordinary = small_tagger(english=RuleEncoder()).tag(
        [f"lost dog by {n} road" for n in range(9)]
    )
    measured = Measured("small", joined, joined, joined, ordinary, ordinary)

    shown = read(gate_table(measured))

    found = gate(joined.posts, joined.joined, ordinary)
    assert found.recall.estimate == 1
    recall = shown["labelled posts with a theme that it lets pass (recall)"]["share"]
    assert re.fullmatch(r"100\.00 % \(42\.\d\d–100\.00\)", recall)
    stopped = shown["ordinary posts that it lets pass"]["share"]
    assert stopped.startswith(f"{100 * found.passed_ordinary.estimate:.2f} %")


def test_without_an_encoder_nothing_is_stopped(joined):
    assert {one.gate for one in joined.alone} == {"passed"}


def test_ordinary_posts_of_a_tagger_that_finds_nothing_have_no_theme():
    days = ordinary_days([tags()] * 50)

    assert (days.themed.estimate, days.themed.low) == (0, 0)
    assert 0.03 < days.themed.high < 0.06
    assert days.by_theme == {}


@patient
@given(measured_posts(min_size=1, max_size=8))
def test_no_table_quotes_a_post(posts_and_tags):
    posts, tagged = posts_and_tags
    posts = [
        gold(post.id, post.themes, theme_only=post.theme_only, text=f"Zyzzyva quacks {n} times")
        for n, post in enumerate(posts)
    ]

    shown = sections.error_table(worst(errors(posts, tagged)))
    shown += sections.by_trait(posts, tagged) + sections.by_theme(posts, tagged)

    assert "Zyzzyva" not in shown
    assert "quacks" not in shown


@patient
@given(measured_posts(min_size=1, max_size=8))
def test_every_table_has_the_same_number_of_cells_in_every_row(posts_and_tags):
    posts, tagged = posts_and_tags

    for shown in (
        sections.beside(both(posts, tagged)),
        sections.by_group(grouped(posts, tagged, language)),
        sections.by_stance(posts, tagged),
        sections.confusion_table(posts, tagged),
        sections.error_table(errors(posts, tagged)),
    ):
        assert np.ptp([line.count("|") for line in shown.splitlines()]) == 0
