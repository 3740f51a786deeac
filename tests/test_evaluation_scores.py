"""Figures of tags against hand labels: what is counted, and how far a figure could be off."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.evaluation.intervals import DRAWS, Figure, Interval, interval, weights, wilson
from classifiers.evaluation.scores import f1, figures, measured, precision, recall, score
from classifiers.evaluation.tally import RIGHT, WRONG, tally
from tests.labelled import as_line, gold, measured_posts, patient, tags

SCRIPT = Path(__file__).parents[2] / "shared" / "checks" / "score_tags.py"

beside = pytest.mark.skipif(not SCRIPT.exists(), reason="the scoring script is not beside")


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_themes_found_wrongly_found_and_missed_are_counted():
    found = tally(
        [gold("a", {"masks": "promotes"}), gold("b"), gold("c", {"masks": "refutes"})],
        [tags(masks="promotes"), tags(masks="promotes"), tags()],
    )

    assert found.theme_ids == ("masks",)
    assert found.themes[:, 0].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_theme_half_of_whose_mentions_are_found_has_an_f1_of_a_half():
    found = score(
        [gold("a", {"masks": "promotes"}), gold("b"), gold("c", {"masks": "refutes"})],
        [tags(masks="promotes"), tags(masks="promotes"), tags()],
    )

    assert found["theme_micro_f1"] == pytest.approx(0.5)
    assert found["theme_precision"] == pytest.approx(0.5)
    assert found["promotes_recall"] == 1


def test_a_rebuttal_called_promotion_is_counted():
    found = score(
        [gold("a", {"masks": "refutes"}), gold("b", {"masks": "refutes"})],
        [tags(masks="promotes"), tags(masks="mentions")],
    )

    assert found["refutes_called_promotes"] == 0.5


def test_a_stance_is_right_only_when_theme_and_stance_are():
    found = tally([gold("a", {"masks": "refutes"})], [tags(masks="asks", fluoride="refutes")])

    assert found.stances[0].tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]]


def test_what_the_reader_was_unsure_of_is_left_out_there_only():
    post = gold("a", theme_only=["masks"], unsure=["fluoride"], signals_unsure=["hostility"])

    found = tally([post], [tags(masks="promotes", fluoride="promotes", signals=["hostility"])])

    assert found.themes.sum(axis=(0, 1)).tolist() == [1, 0, 0]
    assert found.stances.sum() == 0
    assert found.signals.sum() == 0


def test_a_post_not_labelled_for_health_says_nothing_of_health():
    found = tally([gold("a", health=None), gold("b", health=False)], [tags(), tags()])

    assert found.health[:, 0].tolist() == [[0, 0, 0], [0, 1, 0]]


def test_rare_themes_stay_out_of_the_macro_average():
    posts = [gold(str(n), {"masks": "promotes"}) for n in range(5)]
    posts.append(gold("rare", {"fluoride": "promotes"}))

    found = score(posts, [tags(masks="promotes")] * 5 + [tags()])

    assert found["theme_macro_f1"] == 1


def test_no_posts_score_nothing():
    found = score([], [])

    assert set(found.values()) == {0.0}


@given(measured_posts())
@patient
def test_counts_add_up_to_labels_and_tags(posts_and_tags):
    posts, tagged = posts_and_tags

    found = tally(posts, tagged)

    labelled_n = sum(len({*post.themes, *post.theme_only}) for post in posts)
    named_n = sum(
        theme not in post.unsure
        for post, one in zip(posts, tagged, strict=True)
        for theme in one.themes
    )
    assert found.themes[..., [0, 2]].sum() == labelled_n
    assert found.themes[..., [RIGHT, WRONG]].sum() == named_n
    assert (found.refuted[:, 1] <= found.refuted[:, 0]).all()


@given(measured_posts(min_size=1))
@patient
def test_counting_a_post_twice_is_giving_it_twice_the_weight(posts_and_tags):
    posts, tagged = posts_and_tags
    twice = np.ones((1, len(posts)))
    twice[0, 0] = 2

    weighted = figures(tally(posts, tagged), twice)
    repeated = figures(
        tally([posts[0], *posts], [tagged[0], *tagged]), np.ones((1, len(posts) + 1))
    )

    for name in weighted.keys() - {"theme_macro_f1"}:  # its themes are chosen by their posts
        np.testing.assert_allclose(weighted[name], repeated[name])


@beside
@given(measured_posts(min_size=1, max_size=40))
@settings(patient, max_examples=15)
def test_every_figure_agrees_with_the_scoring_script(tmp_path_factory, posts_and_tags):
    posts, tagged = posts_and_tags
    folder = tmp_path_factory.mktemp("script")
    labels = write(folder / "gold.jsonl", [msgspec.to_builtins(post) for post in posts])
    lines = write(folder / "tags.jsonl", map(as_line, posts, tagged))

    ours = score(posts, tagged)

    said = subprocess.check_output([sys.executable, SCRIPT, labels, lines, "--json"])
    theirs = json.loads(said)["all"]
    for name, number in ours.items():
        assert number == pytest.approx(theirs[name], abs=6e-4), name


@given(st.integers(1, 60), st.integers(0, 5))
@patient
def test_draws_weigh_as_many_posts_as_there_are(posts_n, seed):
    drawn = weights(posts_n, draws_n=20, seed=seed)

    assert drawn.shape == (21, posts_n)
    assert (drawn[0] == 1).all()
    assert (drawn.sum(axis=1) == posts_n).all()


def test_the_same_posts_give_the_same_draws():
    assert (weights(30) == weights(30)).all()
    assert (weights(30) != weights(30, seed=1)).any()


@given(measured_posts(min_size=1))
@settings(patient, max_examples=40)
def test_an_interval_holds_its_estimate(posts_and_tags):
    posts, tagged = posts_and_tags

    for found in measured(tally(posts, tagged)).values():
        if not np.isnan(found.estimate):
            assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_more_posts_give_a_narrower_interval():
    def width(times):
        posts = [gold("a", {"masks": "promotes"}), gold("b", {"masks": "promotes"})] * times
        found = measured(tally(posts, [tags(masks="promotes"), tags()] * times))
        return found["theme_recall"].high - found["theme_recall"].low

    assert width(100) < width(10) / 2


def test_an_interval_is_as_wide_as_the_binomial_says():
    posts = [gold(str(n), {"masks": "promotes"}) for n in range(400)]

    found = measured(tally(posts, [tags(masks="promotes"), tags()] * 200))["theme_recall"]

    half = 1.645 * np.sqrt(0.25 / 400)
    assert found.estimate == 0.5
    assert found.low == pytest.approx(0.5 - half, abs=0.01)
    assert found.high == pytest.approx(0.5 + half, abs=0.01)


def test_two_taggers_are_compared_on_the_same_draws():
    posts = [gold(str(n), {"masks": "promotes"}) for n in range(60)]
    better = tally(posts, [tags(masks="promotes"), tags(), tags(masks="promotes")] * 20)
    worse = tally(posts, [tags(masks="promotes"), tags(), tags()] * 20)
    drawn = weights(60)

    ours, theirs = (figures(one, drawn)["theme_recall"] for one in (better, worse))
    shuffled = figures(worse, weights(60, seed=7))["theme_recall"]

    together, apart = interval(ours - theirs), interval(ours - shuffled)
    assert (ours >= theirs).all()
    assert together.high - together.low < apart.high - apart.low


def test_what_is_not_there_to_measure_has_no_figure():
    found = measured(tally([gold("a")], [tags()]))

    assert np.isnan(found["theme_micro_f1"].estimate)
    assert np.isnan(found["refutes_called_promotes"].high)


def test_draws_in_which_a_figure_is_undefined_are_passed_over():
    found = interval(np.array([0.5, np.nan, 0.4, np.nan, 0.6]))

    assert found.estimate == 0.5
    assert 0.4 <= found.low < found.high <= 0.6


def test_a_lopsided_interval_is_widened_to_its_estimate():
    assert interval(np.array([0.9, 0.1, 0.1, 0.1, *[0.1] * 60])) == Interval(0.9, 0.1, 0.9)


def counted(right, all_n, **kind):
    return Figure(np.array(right, float), np.array(all_n, float), **kind)


def test_nothing_divided_by_nothing_is_undefined():
    found = counted([1, 0], [2, 0])

    assert found.values()[0] == 0.5
    assert np.isnan(found.values()[1])
    assert np.isnan(counted([0], [0]).interval().low)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
@patient
def test_an_f1_is_the_harmonic_mean_of_precision_and_recall(right, wrong, missed):
    counts = np.array([[right, wrong, missed]], float)

    (ours,) = f1(counts).values()

    if right:
        p, r = precision(counts).values()[0], recall(counts).values()[0]
        assert ours == pytest.approx(2 * p * r / (p + r))
    else:
        assert np.isnan(ours) if not wrong + missed else ours == 0


def test_a_share_on_which_all_draws_agree_is_not_said_to_be_certain():
    none = counted([0, 0, 0], [19, 19, 18]).interval()
    every = counted([3, 3, 2], [3, 3, 2]).interval()

    assert (none.estimate, none.low) == (0, 0)
    assert 0.1 < none.high < 0.15
    assert (every.estimate, every.high) == (1, 1)
    assert 0.5 < every.low < 0.6


def test_an_f1_on_which_all_draws_agree_is_not_said_to_be_certain_either():
    found = counted([5, 5], [5, 5], is_f1=True).interval()

    low, _ = wilson(5, 5)
    assert found == Interval(1, pytest.approx(2 * low / (1 + low)), 1)


@given(st.integers(0, 50), st.integers(1, 50))
@patient
def test_wilsons_interval_holds_the_share_and_stays_inside(right_n, more_n):
    low, high = wilson(right_n, right_n + more_n)

    assert 0 <= low <= right_n / (right_n + more_n) <= high <= 1
    assert high - low > 0


def test_wilsons_interval_is_that_of_the_textbook():
    low, high = wilson(8, 10)

    assert low == pytest.approx(0.541, abs=0.002)
    assert high == pytest.approx(0.931, abs=0.002)


def test_there_are_a_thousand_draws():
    assert DRAWS == 1000
    assert weights(3).shape == (1001, 3)
