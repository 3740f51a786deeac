"""Which posts an encoder reads, and which encoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.tagger.routes import DRAWN_OF, ENCODER_OF, gates, readers

LEAST = 1.0
POSTS = [f"hay for sale near mile {number}" for number in range(DRAWN_OF * 100)]


def came(tokens, lang="en", score=0.0):
    (gate,) = gates([tokens], [lang], np.float32([score]), LEAST)
    return gate


@pytest.mark.parametrize(("score", "gate"), [(0.99, "stopped"), (1.0, "passed"), (7, "passed")])
def test_a_post_passes_from_the_gates_threshold_on(score, gate):
    assert came("lost dog by the mill", score=score) == gate


@pytest.mark.parametrize("lang", ["en", "es", "und"])
def test_posts_of_our_languages_may_pass(lang):
    assert came("raw milk", lang, 5) == "passed"


def test_posts_in_other_languages_are_stopped_whatever_they_score():
    found = gates(POSTS, ["other"] * len(POSTS), np.full(len(POSTS), 9, np.float32), LEAST)

    assert set(found) == {"stopped"}


def test_about_one_stopped_post_in_64_is_drawn():
    found = gates(POSTS, ["en"] * len(POSTS), np.zeros(len(POSTS), np.float32), LEAST)

    assert set(found) == {"stopped", "drawn"}
    assert 70 <= found.count("drawn") <= 130  # 100 expected


@settings(deadline=None)
@given(st.lists(st.sampled_from(POSTS[:200]), min_size=1, max_size=20))
def test_the_lot_falls_on_the_same_posts_in_any_company(posts):
    together = gates(posts, ["en"] * len(posts), np.zeros(len(posts), np.float32), LEAST)

    assert together == [came(post) for post in posts]


def test_a_post_with_nothing_to_read_is_never_drawn():
    assert came("", score=-9) == "stopped"


@settings(deadline=None)
@given(st.text(st.characters()), st.floats(-5, 5, width=32))
def test_any_text_comes_somewhere(tokens, score):
    assert came(tokens, score=score) in {"stopped", "drawn", "passed"}


def test_each_language_goes_to_its_encoder_and_stopped_posts_to_none():
    found = readers(
        ["en", "es", "und", "en", "other", "es"],
        ["passed", "drawn", "passed", "stopped", "stopped", "passed"],
    )

    assert {name: posts.tolist() for name, posts in found.items()} == {
        "english": [0, 2],
        "spanish": [1, 5],
    }


def test_an_encoder_without_posts_is_not_asked():
    assert readers(["en"], ["stopped"]) == {}
    assert readers(["es"], ["passed"]).keys() == {"spanish"}


LANGS = st.sampled_from([*ENCODER_OF, "other"])


@settings(deadline=None)
@given(st.lists(st.tuples(LANGS, st.floats(-3, 3, width=32))))
def test_every_post_that_came_through_is_read_once_and_no_other(posts):
    langs = [lang for lang, _ in posts]
    scores = np.array([score for _, score in posts], np.float32)
    found = gates(POSTS[: len(posts)], langs, scores, LEAST)

    read = sorted(post for chosen in readers(langs, found).values() for post in chosen)

    assert read == [post for post, gate in enumerate(found) if gate != "stopped"]
