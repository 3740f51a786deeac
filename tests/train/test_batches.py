"""Rows become tensors: what is not known teaches nothing, and padding is masked."""

import random

import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.batches import (  # noqa: E402
    UNKNOWN,
    Targets,
    padded,
    pieces_of,
    shuffled,
)
from classifiers.stances import STANCES  # noqa: E402
from classifiers.taxonomy import load_taxonomy  # noqa: E402
from classifiers.training.rows import Row  # noqa: E402
from tests.tagging import SIGNALS, THEMES  # noqa: E402
from tests.train.tiny import tiny_tokenizer  # noqa: E402


def targets(*rows):
    return Targets.of(rows, load_taxonomy())


def test_labels_stand_in_the_taxonomys_order():
    row = Row("a", "x", health=True, themes={"masks": "asks"}, signals=["hostility"], sure=2)

    found = targets(row)

    assert found.themes[0].nonzero().tolist() == [[THEMES.index("masks")]]
    assert found.stances[0, THEMES.index("masks")] == STANCES.index("asks")
    assert found.others[0].nonzero().flatten().tolist() == [
        SIGNALS.index("hostility"),
        len(SIGNALS),
    ]
    assert found.weight.tolist() == pytest.approx([0.8])


def test_the_stance_of_a_theme_that_is_not_there_is_unknown():
    found = targets(Row("a", "x", themes={"masks": "asks"}), Row("b", "y"))

    assert (found.stances == UNKNOWN).sum() == 2 * len(THEMES) - 1
    assert found.themes.sum() == 1


@pytest.mark.parametrize(
    ("row", "signals", "health"),
    [
        (Row("a", "x", health=False), 1, 1),
        (Row("a", "x"), 1, 0),
        (Row("a", "x", assumed=True), 0, 0),
        (Row("a", "x", health=True, is_claim=True), 0, 1),
    ],
    ids=["read", "health not labelled", "nobody read it", "claim"],
)
def test_only_what_somebody_looked_for_is_known(row, signals, health):
    known = targets(row).others_known[0]

    assert known.tolist() == [signals] * len(SIGNALS) + [health]


def test_surer_labels_weigh_more():
    weights = targets(*(Row(str(sure), "x", sure=sure) for sure in (1, 2, 3))).weight

    assert weights.tolist() == sorted(weights.tolist())
    assert weights[2] == 1


def test_shorter_texts_are_padded_and_masked():
    ids, mask = padded([[5, 6, 7], [8]], pad=1)

    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_texts_are_cut_into_pieces_as_the_encoder_will_see_them():
    tokenizer = tiny_tokenizer()

    plain, disguised, prefixed = (
        *pieces_of(["raw milk", "RAW\u200b milk"], tokenizer, ""),
        *pieces_of(["milk"], tokenizer, "raw "),
    )

    assert plain == disguised == prefixed
    assert (plain[0], plain[-1], len(plain)) == (2, 3, 4)


def test_every_row_comes_once_in_batches_of_the_size_asked():
    lengths = random.Random(5).choices(range(100), k=1000)

    found = list(shuffled(lengths, 16, random.Random(7)))

    assert sorted(row for batch in found for row in batch) == list(range(1000))
    assert max(map(len, found)) == 16


def test_rows_of_like_length_go_together_and_the_order_is_the_seeds():
    lengths = random.Random(5).choices(range(100), k=800)

    first, again, other = (
        list(shuffled(lengths, 16, random.Random(seed))) for seed in (7, 7, 8)
    )

    in_batches = [[lengths[row] for row in batch] for batch in first]
    spread = [max(batch) - min(batch) for batch in in_batches]
    assert sum(spread) / len(spread) < 10
    assert first == again != other
    longest = [max(batch) for batch in in_batches]
    assert longest != sorted(longest)
