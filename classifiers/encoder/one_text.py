"""The trained network as plain arithmetic on one text: what is exported (`[train]` extra).

The tagger runs each window alone, so nothing is padded and nothing needs a mask. Without them,
and with one product for queries, keys and values, onnxruntime answers sooner than from the
network as it was trained.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.bert.modeling_bert import (
    BertEmbeddings,
    BertLayer,
    BertSelfAttention,
)

from classifiers.encoder.network import ATTENTION_SCALE, HIDDEN, Network

LEAST_REACH = 1e-6
"""Of a word's numbers; a word of nothing but zeros is not divided by zero."""


class OneText(nn.Module):
    """`network` for the pieces (1, L) of a single text; answers as the network does."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Log-odds of themes (1, T), others (1, O), stances (1, T, 4); meaning (1, 384)."""
        network = self.network
        words = _embedded(network.encoder.embeddings, ids)
        for layer in network.encoder.encoder.layer:
            words = _through(cast(BertLayer, layer), words)
        by_theme, by_other, looks = _looked(network, words)
        hidden = network.stance_hidden(by_theme) + network.stance_looks(looks.reshape(1, -1))
        stances = network.stance(functional.gelu(hidden)) + network.stance_bias
        return (
            ((by_theme * network.theme_weights).sum(-1) + network.theme_bias)[None],
            ((by_other * network.other_weights).sum(-1) + network.other_bias)[None],
            stances[None],
            functional.normalize(words.mean(0), dim=-1)[None],
        )


def evenly(dense: nn.Linear, words: Tensor) -> Tensor:
    """`dense` of `words`, each word brought to the same reach before and back after.

    As int8 all words of a text share one scale, and a word of large numbers would leave the
    others few steps of it.
    """
    reach = words.abs().amax(1, keepdim=True).clamp(min=LEAST_REACH)
    return (words / reach) @ dense.weight.T * reach + dense.bias


def _embedded(embeddings: BertEmbeddings, ids: Tensor) -> Tensor:
    """(1, L) to (L, H)."""
    first_kind = embeddings.token_type_embeddings.weight[0]
    places = embeddings.position_embeddings.weight[: ids.shape[1]] + first_kind
    words: Tensor = embeddings.LayerNorm(embeddings.word_embeddings(ids[0]) + places)
    return words


def _through(layer: BertLayer, words: Tensor) -> Tensor:
    """A layer of `transformers`' BERT: (L, H) to (L, H)."""
    attention = layer.attention
    seen = attention.output.dense(_attended(cast(BertSelfAttention, attention.self), words))
    words = attention.output.LayerNorm(seen + words)
    inner = functional.gelu(evenly(layer.intermediate.dense, words))
    passed: Tensor = layer.output.LayerNorm(evenly(layer.output.dense, inner) + words)
    return passed


def _attended(attention: BertSelfAttention, words: Tensor) -> Tensor:
    """(L, H) to (L, H): all heads, from one product for queries, keys and values."""
    parts = (attention.query, attention.key, attention.value)
    weights = torch.cat([part.weight for part in parts]).T
    bias = torch.cat([part.bias for part in parts])
    heads_n = attention.num_attention_heads
    size = (len(parts), heads_n, HIDDEN // heads_n)
    found = (words @ weights + bias).reshape(-1, *size).permute(1, 2, 0, 3)
    queries, keys, values = found[0], found[1], found[2]
    scores = queries @ keys.transpose(1, 2) * size[-1] ** -0.5
    seen: Tensor = scores.softmax(-1) @ values
    return seen.transpose(0, 1).reshape(-1, HIDDEN)


def _looked(network: Network, words: Tensor) -> tuple[Tensor, ...]:
    """What the attentions of themes (T, H), of others (O, H) and of stance (4, H) see."""
    parts: list[Tensor] = [network.theme_queries, network.other_queries, network.stance_queries]
    queries = torch.cat(parts) / ATTENTION_SCALE
    shares = (words @ queries.T).softmax(0)
    return torch.split(shares.T @ words, [len(part) for part in parts])
