"""Whether scores are true, and the plots that show it without a word of any post."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.evaluation.plots import reliability_plot, score_plot
from classifiers.evaluation.reliability import (
    Answers,
    answers_of,
    calibration_error,
    error_by_chance,
    histogram,
    tenths,
)
from tests.labelled import gold, measured_posts, patient, tags

SVG = "{http://www.w3.org/2000/svg}"

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60).map(
    lambda pairs: Answers(
        np.array([score for score, _ in pairs], float),
        np.array([right for _, right in pairs], bool),
    )
)


def test_the_calibration_error_is_the_distance_of_score_and_truth():
    posts = [gold("a", {"masks": "promotes"}), gold("b")]

    found = answers_of(posts, [tags(masks="promotes"), tags(masks="asks")])

    assert calibration_error(found) == pytest.approx(0.3)


def test_a_theme_that_is_not_scored_is_no_answer():
    found = answers_of([gold("a", unsure=["masks"])], [tags(masks="asks")])

    assert len(found.scores) == 0
    assert calibration_error(found) == 0
    assert tenths(found) == []


def test_a_theme_with_an_unsure_stance_is_right():
    found = answers_of([gold("a", theme_only=["masks"])], [tags(masks="asks")])

    assert found.right.tolist() == [True]


def test_the_unsure_band_is_looked_at_only_when_asked_for():
    post, tagged = gold("a", {"masks": "asks"}), tags(unsure={"masks": 0.2})

    assert len(answers_of([post], [tagged]).scores) == 0
    assert answers_of([post], [tagged], with_unsure=True).scores.tolist() == [0.2]


def test_scores_that_are_true_are_off_by_chance_alone():
    random = np.random.default_rng(1)
    scores = random.uniform(0.3, 1, 400)
    true = Answers(scores, random.random(400) < scores)
    bold = Answers(scores, random.random(400) < scores / 2)

    assert calibration_error(true) < 2 * error_by_chance(true)
    assert calibration_error(bold) > 4 * error_by_chance(bold)
    assert error_by_chance(true) == error_by_chance(true)


@given(answers)
@patient
def test_tenths_hold_every_answer_once(found):
    each = tenths(found)

    assert sum(tenth.answers_n for tenth in each) == len(found.scores)
    assert sum(tenth.right_n for tenth in each) == found.right.sum()
    for tenth in each:
        assert 0 <= tenth.low <= tenth.right_share <= tenth.high <= 1


@given(answers)
@patient
def test_the_tenths_tell_the_calibration_error(found):
    apart = [t.answers_n * abs(t.mean_score - t.right_share) for t in tenths(found)]

    assert calibration_error(found) == pytest.approx(sum(apart) / max(1, len(found.scores)))


@given(answers)
@patient
def test_a_histogram_holds_every_answer_once(found):
    right, wrong = histogram(found)

    assert len(right) == len(wrong) == 10
    assert sum(right) == found.right.sum()
    assert sum(right) + sum(wrong) == len(found.scores)


def drawn(svg):
    root = ElementTree.fromstring(svg)
    (title,), (said,) = root.findall(f"{SVG}title"), root.findall(f"{SVG}desc")
    return root, title.text, said.text


@given(answers)
@patient
def test_a_reliability_plot_is_well_formed_and_says_what_it_shows(found):
    root, title, said = drawn(reliability_plot("Sure & right", tenths(found)))

    dots = root.findall(f"{SVG}circle")
    assert title == "Sure & right"
    assert len(dots) == len(tenths(found))
    assert said.count("right") == len(dots) or not dots
    for dot in dots:
        assert 0 < float(dot.get("cx")) < 360
        assert 0 < float(dot.get("cy")) < 360


def one_dot(score, right):
    found = Answers(np.full(len(right), score), np.array(right, bool))
    root, *_ = drawn(reliability_plot("T", tenths(found)))
    (dot,) = root.findall(f"{SVG}circle")
    return root, float(dot.get("cx")), float(dot.get("cy"))


def test_a_calibrated_tenth_lies_on_the_diagonal():
    root, across, up = one_dot(0.5, [True, False])

    diagonal = next(p for p in root.findall(f"{SVG}path") if p.get("stroke-dasharray"))
    x1, y1, x2, y2 = map(float, re.findall(r"[\d.]+", diagonal.get("d")))
    assert (across, up) == pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2))


def test_a_tenth_that_is_right_more_often_than_it_says_lies_higher():
    _, _, calibrated = one_dot(0.5, [True, False])
    _, _, modest = one_dot(0.5, [True, True])
    _, _, bold = one_dot(0.5, [False, False])

    assert modest < calibrated < bold  # the axis of a picture points down


def test_a_dot_has_the_line_of_its_interval_through_it():
    root, across, up = one_dot(0.5, [True, False])

    lines = [path.get("d") for path in root.findall(f"{SVG}path")]
    (line,) = [d for d in lines if "V" in d]
    x, low, high = map(float, re.findall(r"[\d.]+", line))
    assert x == across
    assert high < up < low


def test_a_dot_grows_with_the_answers_it_stands_for():
    def radius(count):
        found = Answers(np.full(count, 0.5), np.ones(count, bool))
        root, *_ = drawn(reliability_plot("T", tenths(found)))
        return float(root.find(f"{SVG}circle").get("r"))

    assert 3 <= radius(1) < radius(100) < radius(10_000) <= 8


def test_wrong_answers_stand_on_top_of_right_ones():
    root, *_ = drawn(score_plot("T", [0] * 9 + [30], [0] * 9 + [20]))

    bars = [b for b in root.findall(f"{SVG}rect") if b.get("fill") != "#ffffff"]
    right, wrong = [b for b in bars if float(b.get("height")) > 10]
    bottom_of_wrong = float(wrong.get("y")) + float(wrong.get("height"))
    assert bottom_of_wrong == pytest.approx(float(right.get("y")))
    assert float(right.get("height")) == pytest.approx(float(wrong.get("height")) * 1.5)
    assert right.get("x") == wrong.get("x")


@given(answers)
@patient
def test_a_score_plot_has_bars_that_stay_inside(found):
    right, wrong = histogram(found)

    root, _, said = drawn(score_plot("Scores", right, wrong))

    bars = [bar for bar in root.findall(f"{SVG}rect") if bar.get("fill") != "#ffffff"]
    assert len(bars) == 22
    for bar in bars:
        assert float(bar.get("height")) >= 0
        assert 20 < float(bar.get("y")) <= 310
    assert f"{right[9]} right, {wrong[9]} wrong" in said


@pytest.mark.parametrize(("most", "top"), [(0, 5), (5, 5), (6, 10), (50, 50), (134, 150)])
def test_the_axis_of_counts_ends_on_a_round_number(most, top):
    svg = score_plot("T", [most] + [0] * 9, [0] * 10)

    labels = re.findall(r'text-anchor="end">(\d+)<', svg)
    assert labels == [str(top * n // 5) for n in range(6)]


def test_a_plot_has_its_title_and_description_named_and_no_script():
    for svg in (reliability_plot("T", []), score_plot("T", [0] * 10, [0] * 10)):
        root, *_ = drawn(svg)

        assert root.get("role") == "img"
        assert root.get("aria-labelledby").split() == ["title", "desc"]
        assert not re.search(r"script|href|on\w+=|url\(", svg)


@given(measured_posts())
@patient
def test_a_plot_holds_numbers_and_never_the_text_of_a_post(posts_and_tags):
    posts, tagged = posts_and_tags
    posts = [gold(post.id, post.themes, text="Xyzzy says the pond is cursed") for post in posts]

    found = answers_of(posts, tagged, with_unsure=True)
    shown = reliability_plot("T", tenths(found)) + score_plot("T", *histogram(found))

    assert "Xyzzy" not in shown
    assert "pond" not in shown
