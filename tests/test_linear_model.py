"""The tf-idf heads: long posts, short windows, shapes, and no neighbour's influence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.model import MIN_TOKENS, LinearModel
from classifiers.linear.weights import LOG_ODDS
from classifiers.normalise import normalise
from classifiers.stances import ASKS, PROMOTES, REFUTES
from tests.tagging import SIGNALS, THEMES, small_weights

CHATTER = "we drove to the lake and the road was dusty and the dog slept . "
CLAIM = "trust me raw milk always cures asthma and heals the gut , we drink raw milk . "
MILK = THEMES.index("raw_milk")
CHARACTERS = 40_000


@pytest.fixture(scope="module")
def model():
    return LinearModel(small_weights())


def read(model, *texts):
    return model.read([normalise(text) for text in texts])


def scores(model, *texts):
    """All scores of all `texts`."""
    return model.scores(read(model, *texts), np.arange(len(texts)))


def long_post(before):
    """`CLAIM` after `before` characters of a post of 40,000."""
    chatter = CHATTER * (CHARACTERS // len(CHATTER))
    return chatter[:before] + " " + CLAIM + chatter[before:]


def test_every_post_has_a_score_for_every_question(model):
    found = read(model, "raw milk cures asthma", "", long_post(0))

    assert found.themes.shape == (3, len(THEMES))
    assert found.signals.shape == (3, len(SIGNALS))
    assert found.health.shape == (3, 1)
    assert model.scores(found, np.arange(3)).stances.shape == (3, len(THEMES), 4)
    assert found.gate.shape == (3,)
    assert found.where.shape == (3, len(THEMES))
    assert found.where.max() < len(found.windows)


def test_no_posts_have_no_scores(model):
    found = model.read([])

    assert found.themes.shape == (0, len(THEMES))
    assert scores(model).stances.shape == (0, len(THEMES), 4)
    assert found.gate.shape == (0,)
    assert found.windows == []


@settings(max_examples=25, deadline=None)
@given(before=st.integers(0, CHARACTERS))
def test_a_claim_is_found_wherever_it_stands_in_40_000_characters(model, before):
    threshold = model.weights.threshold[model.weights.columns("theme")[MILK]]

    found = read(model, long_post(before), long_post(0).replace(CLAIM, ""))

    sure = np.interp(found.themes[:, MILK], LOG_ODDS, model.weights.curve("theme"))
    assert sure[0] >= threshold > sure[1]
    assert "raw milk" in found.windows[found.where[0, MILK]]


def test_the_stance_is_that_of_the_window_where_the_theme_is_strongest(model):
    asking = "Does raw milk help, is it true that raw milk cures asthma?"

    found = read(model, CHATTER * 100 + asking + CHATTER * 100, asking)

    window = found.windows[found.where[0, MILK]]
    alone = scores(model, window).stances[0, MILK]
    both = model.scores(found, np.arange(2)).stances[:, MILK]
    assert normalise(asking) in window
    assert both[0] == pytest.approx(alone, abs=1e-4)
    assert both[1].argmax() == ASKS


@pytest.mark.parametrize("text", ["", "milk!", "raw milk", "😀", "   "])
def test_a_post_of_fewer_than_three_tokens_shows_no_theme_no_signal_and_stays_outside(
    model, text
):
    assert len(normalise(text).split()) < MIN_TOKENS

    found = read(model, text, "raw milk cures asthma")

    assert (found.themes[0] <= found.themes[1]).all()
    assert found.themes[0, MILK] < -1000
    assert found.gate[0] < model.gate_from


def test_a_short_post_still_says_whether_it_is_about_health(model):
    found = read(model, "raw milk", "hay dog")

    assert found.health[0, 0] > found.health[1, 0] > -100


def test_some_posts_have_the_scores_they_have_among_all(model):
    texts = ["raw milk cures asthma", "hay for sale", "does raw milk heal the gut?"]
    reading = read(model, *texts)

    some = model.scores(reading, np.array([2, 0]))

    whole = scores(model, *texts)
    for name in ("themes", "signals", "health", "stances"):
        expected = getattr(whole, name)[[2, 0]]
        assert getattr(some, name) == pytest.approx(expected, abs=1e-5)


def test_the_gate_lets_a_claim_pass_and_stops_chatter(model):
    found = read(model, "Raw milk cures asthma", "hay for sale near Lander")

    assert found.gate[0] >= model.gate_from > found.gate[1]


def test_stances_are_log_shares_and_follow_the_words(model):
    found = scores(
        model,
        "trust me, raw milk always heals the gut",
        "No, raw milk never heals the gut, that is false",
        "Does raw milk help, is it true that it heals the gut?",
    )

    shares = np.exp(found.stances)
    assert shares.sum(axis=-1) == pytest.approx(np.ones((3, len(THEMES))), abs=1e-4)
    assert shares[:, MILK].argmax(axis=-1).tolist() == [PROMOTES, REFUTES, ASKS]


TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from(["raw milk", "cures", "no", "?", "fluoruro", "es veneno", "hay"])
).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_the_posts_beside_it_do_not_change_a_posts_scores(model, texts):
    together = scores(model, *texts)

    for number, text in enumerate(texts):
        alone = scores(model, text)
        assert together.themes[number] == pytest.approx(alone.themes[0], abs=1e-4)
        assert together.stances[number] == pytest.approx(alone.stances[0], abs=1e-4)


def test_many_windows_are_scored_in_batches_as_they_would_be_alone(model, monkeypatch):
    posts = [long_post(before) for before in (0, 20_000, 39_000)]
    whole = read(model, *posts)
    monkeypatch.setattr("classifiers.linear.model.BATCH", 7)

    found = read(model, *posts)

    assert len(found.windows) > 7
    assert found.themes == pytest.approx(whole.themes, abs=1e-4)


def test_features_are_one_row_a_text(model):
    found = model.features([normalise("raw milk"), ""])

    assert found.shape == (2, model.weights.vocabulary.size)
    assert found[[1]].nnz == 0
