"""The score of the wide gate: one theme that is likely is enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.gate import CLIP, FEATURES, gate_features
from classifiers.linear.model import LinearModel
from classifiers.normalise import normalise
from classifiers.scores import NEVER
from tests.tagging import plain_rows, small_weights

LOG_ODDS = st.floats(-30, 30, width=32)


@settings(deadline=None)
@given(st.lists(LOG_ODDS, min_size=1, max_size=23), LOG_ODDS)
def test_features_are_bounded_and_the_strongest_theme_is_one_of_them(themes, gate):
    found = gate_features(np.float32([themes]), np.float32([gate]))

    strongest, together, head = found[0]
    assert found.shape == (1, len(FEATURES))
    assert strongest == pytest.approx(np.clip(max(themes), -CLIP, CLIP), abs=1e-5)
    assert strongest - 1e-4 <= together <= strongest + np.log(len(themes)) + 1e-4
    assert head == pytest.approx(np.clip(gate, -CLIP, CLIP))


def test_a_post_too_short_for_the_heads_has_the_lowest_features_there_are():
    found = gate_features(np.full((1, 23), NEVER, np.float32), np.float32([NEVER]))

    assert found[0, 0] == found[0, 2] == -CLIP
    assert np.isfinite(found).all()


def test_no_posts_have_no_features():
    assert gate_features(np.zeros((0, 23), np.float32), np.zeros(0, np.float32)).shape == (0, 3)


def test_the_gate_passes_nearly_all_posts_with_a_theme_and_stops_most_others():
    model, rows = LinearModel(small_weights()), plain_rows()

    gate = model.read([normalise(row.text) for row in rows]).gate

    passed = gate >= model.gate_from
    themed = np.array([bool(row.themes) for row in rows])
    assert passed[themed].mean() >= 0.97
    assert passed[~themed].mean() <= 0.2
