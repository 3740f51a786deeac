"""Features: hashed words and letters, tf-idf."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linear.features import LETTERS, Vocabulary, hashed_pieces

POSTS = ["raw milk is safe", "raw milk cures", "the bus is late", "raw bus"]


def pieces_by_hand(post):
    words = post.split()
    letters = set()
    for word in words:
        padded = f" {word} "
        for length in LETTERS:
            letters |= {padded[n : n + length] for n in range(len(padded) - length + 1)}
    return {*words, *(f"{a} {b}" for a, b in pairwise(words))}, letters


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)))
def test_every_piece_has_one_hash_and_no_two_share_one(words):
    post = " ".join(words)

    (_, word_hashes), (_, letter_hashes) = hashed_pieces([post])

    by_words, by_letters = pieces_by_hand(post)
    assert len(set(word_hashes.tolist())) == len(by_words)
    assert len(set(letter_hashes.tolist())) == len(by_letters)


def test_a_piece_hashes_the_same_wherever_it_stands():
    alone = hashed_pieces(["raw milk"])[0][1]
    within = hashed_pieces(["they say raw milk cures", "x"])[0][1]

    assert set(alone.tolist()) <= set(within.tolist())


def test_words_and_letters_never_share_a_hash():
    (_, words), (_, letters) = hashed_pieces(["milk"])

    assert not set(words.tolist()) & set(letters.tolist())


def test_only_features_of_two_posts_are_kept():
    vocabulary = Vocabulary.learn(POSTS)

    assert len(vocabulary.word_hashes) == len({"raw", "milk", "is", "bus", "raw milk"})


def test_rows_weigh_words_and_letters_alike():
    features = Vocabulary.learn(POSTS).features(POSTS)

    lengths = np.sqrt((features.multiply(features)).sum(axis=1))
    assert lengths == pytest.approx(np.full(len(POSTS), np.sqrt(2)), abs=1e-5)


def test_rare_features_weigh_more():
    vocabulary = Vocabulary.learn(POSTS)
    raw, milk = (hashed_pieces([word])[0][1][0] for word in ("raw", "milk"))

    idf = dict(zip(vocabulary.word_hashes.tolist(), vocabulary.idf.tolist(), strict=False))
    assert idf[int(milk)] > idf[int(raw)]


def test_the_batch_a_post_stands_in_changes_nothing():
    vocabulary = Vocabulary.learn(POSTS)
    many = vocabulary.features([*POSTS] * 300)

    assert abs(many[800:804] - vocabulary.features(POSTS)).max() == 0


@pytest.mark.parametrize("post", ["", "?", "\ud800", "😀 😀", "x" * 30])
def test_an_odd_post_gives_a_row(post):
    assert Vocabulary.learn(POSTS).features([post]).shape[0] == 1


def test_no_posts_give_no_rows():
    assert Vocabulary.learn(POSTS).features([]).shape[0] == 0
