"""Scores become probabilities that hold, and probabilities become answers."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.weights import LOG_ODDS
from classifiers.scores import NEVER, Scores
from classifiers.stances import ASKS, MENTIONS, PROMOTES, REFUTES
from classifiers.tagger.calibration import UNSURE_SHARE, Mix, of_linear
from classifiers.tagger.calibration_file import FILE, read_calibrations, write_calibrations
from tests.tagging import SIGNALS, THEMES, calibration, logistic, small_weights
from warehouse.errors import GrapevineError

SCORE = st.floats(-30, 30, width=32)
WEIGHT = st.floats(0, 3)
RISING = st.lists(st.floats(0, 1, width=32), min_size=33, max_size=33).map(sorted)


def one(score):
    return np.array([[score]], np.float32)


def scores(posts_n=2, themes=0.0, stances=(0, 0, 0, 0)):
    return Scores(
        themes=np.full((posts_n, len(THEMES)), themes, np.float32),
        signals=np.full((posts_n, len(SIGNALS)), themes, np.float32),
        health=np.full((posts_n, 1), themes, np.float32),
        stances=np.tile(np.array(stances, np.float32), (posts_n, len(THEMES), 1)),
    )


@settings(deadline=None)
@given(WEIGHT, WEIGHT, st.floats(-5, 5, width=32), RISING, SCORE, SCORE, SCORE)
def test_a_higher_score_of_either_model_never_means_a_lower_probability(
    of_encoder, of_linear_heads, offset, curve, low, high, other
):
    low, high = sorted((low, high))
    mix = Mix(of_encoder, of_linear_heads, np.float32([offset]), np.float32(curve))

    by_linear = [mix.probabilities(one(score), one(other)) for score in (low, high)]
    by_encoder = [mix.probabilities(one(other), one(score)) for score in (low, high)]
    alone = [mix.probabilities(one(score), None) for score in (low, high)]

    for first, second in (by_linear, by_encoder, alone):
        assert 0 <= first[0, 0] <= second[0, 0] <= 1


def test_a_mix_adds_up_both_models_and_the_labels_own_offset():
    mix = replace(logistic(0.5, 2.0, 1), offset=np.float32([-1]))

    found = mix.probabilities(one(1), one(4))  # 0.5 * 4 + 2 * 1 - 1 = 3

    assert found[0, 0] == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-3)


def test_without_the_encoder_its_part_of_the_mix_is_left_out():
    mix = logistic(5.0, 1.0, 1)

    assert mix.probabilities(one(0), None)[0, 0] == pytest.approx(0.5)


def test_a_withheld_window_has_the_lowest_probability_there_is():
    mix = logistic(1.0, 0.3, 1)

    assert mix.probabilities(one(NEVER), one(20))[0, 0] == mix.curve.min()


@settings(deadline=None)
@given(st.lists(st.floats(-40, 40, width=32), min_size=4, max_size=4), WEIGHT)
def test_stances_are_shares_of_one_whole(stances, weight):
    found = calibration(encoder=weight).probabilities(scores(), scores(stances=stances))

    assert found.stances.shape == (2, len(THEMES), 4)
    assert found.stances.sum(axis=-1) == pytest.approx(np.ones((2, len(THEMES))), abs=1e-4)


def test_every_question_gets_a_probability_in_the_shape_of_its_scores():
    found = calibration().probabilities(scores(3), scores(3, themes=2.0))

    assert found.themes.shape == (3, len(THEMES))
    assert found.signals.shape == (3, len(SIGNALS))
    assert found.health.shape == (3,)
    assert found.health[0] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-3)


@pytest.mark.parametrize(
    ("shares", "stance"),
    [
        ([0.70, 0.20, 0.05, 0.05], PROMOTES),
        ([0.60, 0.20, 0.10, 0.10], PROMOTES),
        ([0.59, 0.21, 0.10, 0.10], MENTIONS),
        ([0.45, 0.44, 0.06, 0.05], MENTIONS),
        ([0.30, 0.50, 0.10, 0.10], REFUTES),
        ([0.20, 0.20, 0.50, 0.10], ASKS),
    ],
)
def test_promotion_needs_more_than_being_likeliest_and_falls_back_to_mentions(shares, stance):
    reader = calibration(promotes_from=0.6)

    found, sure = reader.stance(np.float32(shares))

    assert found == stance
    assert sure == pytest.approx(shares[stance])


@settings(deadline=None)
@given(
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(lambda s: np.array(s) / sum(s)),
    st.floats(0.3, 0.9),
)
def test_no_post_promotes_below_what_promotion_must_reach(shares, least):
    found, sure = calibration(promotes_from=least).stance(shares)

    assert found != PROMOTES or shares[PROMOTES] >= least
    assert sure == shares[found]


def test_the_heads_alone_are_read_by_their_own_calibration():
    weights = small_weights()

    found = of_linear(weights)

    assert found.themes.encoder == 0
    assert found.themes.linear == 1
    assert found.theme_from.tolist() == weights.threshold[weights.columns("theme")].tolist()
    assert found.unsure_from == pytest.approx(UNSURE_SHARE * found.theme_from)
    assert found.promotes_from == weights.threshold[weights.columns("stance")[PROMOTES]]
    low, high = (found.probabilities(scores(1, themes=score)).themes for score in (-8.0, 8.0))
    assert (low <= high).all()


def test_the_heads_alone_bend_their_scores_by_the_curve_of_each_kind():
    weights = small_weights()
    log_odds = 1.5

    found = of_linear(weights).probabilities(scores(1, themes=log_odds))

    for kind, sure in (("theme", found.themes[0]), ("signal", found.signals[0])):
        expected = np.interp(log_odds, LOG_ODDS, weights.curve(kind))
        assert sure == pytest.approx(np.full(len(sure), expected), abs=1e-6)


def test_calibrations_read_back_as_they_were_written(tmp_path):
    written = {
        "english": calibration(0.8, 0.3, promotes_from=0.55),
        "spanish": calibration(0.6, 0.5, stance_offset=np.float32([0.1, -0.2, 0, 1 / 3])),
    }
    write_calibrations(
        written, tmp_path, {"command": "grapevine train", "claims": ["raw_milk-1"]}
    )

    joined = read_calibrations(tmp_path, ["english", "spanish"])
    found, digest = joined.calibrations, joined.sha256
    assert joined.claims == {"raw_milk-1"}

    assert json.loads((tmp_path / FILE).read_text())["command"] == "grapevine train"
    assert len(digest) == 64
    for name, one_read in found.items():
        for field in fields(one_read):
            same(getattr(one_read, field.name), getattr(written[name], field.name))


def same(found, expected):
    if isinstance(expected, Mix):
        for field in fields(expected):
            same(getattr(found, field.name), getattr(expected, field.name))
    else:
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)
        assert np.shape(found) == np.shape(expected)


def test_a_calibration_read_back_gives_the_same_probabilities(tmp_path):
    written = calibration(0.8, 0.3)
    write_calibrations({"english": written}, tmp_path, {"claims": []})

    (found,) = read_calibrations(tmp_path, ["english"]).calibrations.values()

    given_scores = scores(themes=0.7, stances=(1, 0, 2, 0)), scores(themes=-0.4)
    assert found.probabilities(*given_scores).themes == pytest.approx(
        written.probabilities(*given_scores).themes, abs=1e-5
    )


def test_the_same_calibrations_give_the_same_bytes_and_another_gives_another_checksum(tmp_path):
    digests = []
    for promotes_from in (0.5, 0.5, 0.6):
        write_calibrations(
            {"english": calibration(promotes_from=promotes_from)}, tmp_path, {"claims": []}
        )
        digests.append(read_calibrations(tmp_path, ["english"]).sha256)

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "not json",
        "[]",
        "{}",
        '{"encoders": []}',
        '{"encoders": {"spanish": {}}}',
        '{"encoders": {"english": {}}}',
        '{"encoders": {"english": 3}}',
        '{"encoders": {"english": {"themes": "x"}}}',
        b"\xff\xfe",
    ],
)
def test_a_broken_file_is_refused_in_one_plain_line(tmp_path, content):
    if content is not None:
        (tmp_path / FILE).write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )

    with pytest.raises(GrapevineError, match=r"calibration\.json cannot be read") as refused:
        read_calibrations(tmp_path, ["english"])

    assert "\n" not in str(refused.value)
    assert "grapevine train" in str(refused.value)


def test_letters_where_numbers_belong_are_refused(tmp_path):
    write_calibrations({"english": calibration()}, tmp_path, {"claims": []})
    file = json.loads((tmp_path / FILE).read_text())
    file["encoders"]["english"]["theme_from"] = ["half"]
    (tmp_path / FILE).write_text(json.dumps(file))

    with pytest.raises(GrapevineError, match="cannot be read"):
        read_calibrations(tmp_path, ["english"])
