"""A network small enough to train in a second, and a tokenizer of the words it is shown."""

from __future__ import annotations

import re

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from classifiers.encoder.network import HIDDEN, Network
from classifiers.encoder.pretrained import MINILM
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import Row, claim_rows
from tests.tagging import SIGNALS, THEMES, plain_rows

BASE = MINILM
"""Only its prefix and padding are used: none, and piece 0."""


def tiny_encoder(pieces_n: int = 400, seed: int = 3) -> BertModel:
    """One layer of the width the heads expect, with random weights."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=pieces_n,
        hidden_size=HIDDEN,
        num_hidden_layers=1,
        num_attention_heads=6,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    return BertModel(config, add_pooling_layer=False)


def tiny_network(seed: int = 3) -> Network:
    """A network with random heads, not dropping anything."""
    network = Network(tiny_encoder(seed=seed), len(THEMES), len(SIGNALS) + 1)
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if not name.startswith("encoder."):
                weights.normal_(std=0.3)
    return network.eval()


def one_claim_each() -> list[Row]:
    """The first claim of every theme, in English and Spanish: what training starts from."""
    first: dict[tuple[str, str], Row] = {}
    for row in claim_rows(load_taxonomy()):
        first.setdefault((next(iter(row.themes)), row.lang), row)
    return list(first.values())


def tiny_tokenizer() -> Tokenizer:
    """Knows the words of `plain_rows`."""
    texts = " ".join(row.text.lower() for row in plain_rows())
    words = set(re.findall(r"\w+|[^\w\s]", texts))
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(words)]
    vocabulary = {word: number for number, word in enumerate(known)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer
