"""The network that is trained: its shapes, and what it says before it has learnt anything."""

import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.network import (  # noqa: E402
    CLAIM_SCALE,
    HIDDEN,
    UNLIKELY,
    Network,
    mean_of_words,
)
from tests.train.tiny import tiny_encoder, tiny_network  # noqa: E402

IDS = torch.tensor([[2, 10, 11, 12, 3], [2, 20, 3, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def fresh(themes_n=5, others_n=4):
    return Network(tiny_encoder(), themes_n, others_n).eval()


@torch.no_grad()
def test_each_question_of_each_text_gets_a_score():
    themes, others, stances, meaning = fresh(5, 4)(IDS, MASK)

    assert themes.shape == (2, 5)
    assert others.shape == (2, 4)
    assert stances.shape == (2, 5, 4)
    assert meaning.shape == (2, HIDDEN)
    assert meaning.norm(dim=1).tolist() == pytest.approx([1, 1], abs=1e-5)


@torch.no_grad()
def test_at_first_every_theme_and_signal_is_unlikely():
    themes, others, _, _ = fresh()(IDS, MASK)

    assert set(themes.flatten().tolist()) == {UNLIKELY}
    assert set(others.flatten().tolist()) == {UNLIKELY}


@torch.no_grad()
def test_attention_starts_even_so_that_a_theme_sees_the_mean_of_the_words():
    network = fresh()
    network.theme_weights.normal_()
    words = network.encoder(input_ids=IDS, attention_mask=MASK).last_hidden_state

    themes, _, _, _ = network(IDS, MASK)

    expected = mean_of_words(words, MASK) @ network.theme_weights.T + network.theme_bias
    assert themes.flatten().tolist() == pytest.approx(expected.flatten().tolist(), abs=1e-3)


@torch.no_grad()
def test_the_mean_passes_over_padding():
    words = torch.arange(6.0).reshape(1, 3, 2)

    assert mean_of_words(words, torch.tensor([[1, 1, 0]])).tolist() == [[1.0, 2.0]]


@torch.no_grad()
def test_padding_changes_no_score():
    network = tiny_network()

    together = network(IDS, MASK)
    alone = network(IDS[1:, :3], MASK[1:, :3])

    for ours, theirs in zip(alone, together, strict=True):
        assert ours[0].flatten().tolist() == pytest.approx(
            theirs[1].flatten().tolist(), abs=1e-4
        )


@torch.no_grad()
def test_a_themes_head_starts_as_the_direction_of_its_claims():
    network = fresh(themes_n=3)
    torch.manual_seed(1)
    meanings = torch.randn(12, HIDDEN)
    themes = torch.arange(12) % 3

    network.start_from_claims(meanings, themes)

    scores = meanings @ network.theme_weights.T + network.theme_bias
    assert scores.argmax(dim=1).tolist() == themes.tolist()
    assert network.theme_weights.norm(dim=1).tolist() == pytest.approx(
        [CLAIM_SCALE / meanings.norm(dim=1).mean().item()] * 3, rel=1e-3
    )


@torch.no_grad()
def test_a_text_amid_all_claims_scores_as_unlikely_as_any():
    network = fresh(themes_n=3)
    torch.manual_seed(1)
    meanings = torch.randn(12, HIDDEN)

    network.start_from_claims(meanings, torch.arange(12) % 3)

    scores = meanings.mean(0) @ network.theme_weights.T + network.theme_bias
    assert scores.tolist() == pytest.approx([UNLIKELY] * 3, abs=1e-3)
