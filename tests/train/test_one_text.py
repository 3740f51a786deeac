"""What is exported says what the network says, of one text at a time."""

import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.one_text import OneText, evenly  # noqa: E402
from tests.train.tiny import tiny_network  # noqa: E402

LEVELS_N = 255
"""Steps that int8 has from the least to the most of a text's numbers."""


def texts(*lengths):
    chance = torch.Generator().manual_seed(7)
    return [torch.randint(4, 300, (1, length), generator=chance) for length in lengths]


def in_steps(numbers):
    """As int8 would hold them: one scale for all."""
    step = (numbers.max() - numbers.min()) / LEVELS_N
    return (numbers / step).round() * step


@torch.no_grad()
@pytest.mark.parametrize("ids", texts(2, 5, 60, 160), ids=lambda ids: ids.shape[1])
def test_it_says_what_the_network_says(ids):
    network = tiny_network()

    found = OneText(network)(ids)

    for ours, theirs in zip(found, network(ids, torch.ones_like(ids)), strict=True):
        assert ours.shape == theirs.shape
        assert torch.allclose(ours, theirs, atol=1e-4)


@torch.no_grad()
def test_a_layer_reads_words_brought_to_one_reach_and_says_the_same():
    words, dense = torch.randn(9, 6), torch.nn.Linear(6, 4)

    assert torch.allclose(evenly(dense, words), dense(words), atol=1e-5)


@torch.no_grad()
def test_a_word_of_large_numbers_leaves_the_others_their_steps():
    words, dense = torch.randn(9, 6), torch.nn.Linear(6, 4, bias=False)
    words[0] *= 1_000
    reach = words.abs().amax(1, keepdim=True)

    said, plain = dense(words)[1:], dense(in_steps(words))[1:]
    even = (dense(in_steps(words / reach)) * reach)[1:]

    assert (plain - said).abs().max() > 0.3
    assert (even - said).abs().max() < 0.03
