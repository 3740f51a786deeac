"""A pretrained encoder as it is, with one logistic regression a question (`[train]` extra).

The usual first try of a team with labels and no GPU: a text becomes the mean of its words,
of length 1, and everything is decided from those 384 numbers. Heads lie in `heads.npz`, the
encoder as `transformers` saves it, so that tagging loads what such a team would load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import normalize
from transformers import BertModel

from classifiers.encoder.batches import padded
from classifiers.encoder.network import mean_of_words
from classifiers.scores import Array, Scores

BATCH = 32
MAX_PIECES = 256
"""Word pieces of a text that are read, as the encoder's own settings say; the rest is cut."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """Turns texts into directions. `prefix` stands before every text, `pad` fills batches."""

    encoder: BertModel
    tokenizer: Tokenizer
    prefix: str
    pad: int

    @classmethod
    def open(cls, folder: Path) -> Meanings:
        """What `save` wrote."""
        encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
        encoder.requires_grad_(False)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        prefix = (folder / "prefix.txt").read_text(encoding="utf-8")
        return cls(encoder, tokenizer, prefix, encoder.config.pad_token_id or 0)

    def save(self, folder: Path) -> None:
        """Write the encoder and its tokenizer to `folder`."""
        self.encoder.save_pretrained(folder)
        self.tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "prefix.txt").write_text(self.prefix, encoding="utf-8")

    @torch.inference_mode()
    def of(self, texts: Sequence[str]) -> Array:
        """(N, 384) of N texts, of length 1; texts of like length are read together."""
        self.encoder.train(False)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_PIECES)
        prefixed = [self.prefix + text for text in texts]
        pieces = [found.ids for found in self.tokenizer.encode_batch(prefixed)]
        order = sorted(range(len(pieces)), key=lambda text: len(pieces[text]))
        found = np.zeros((len(pieces), self.encoder.config.hidden_size), np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            ids, mask = padded([pieces[text] for text in batch], self.pad)
            words = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            found[batch] = normalize(mean_of_words(words, mask), dim=-1).numpy()
        return found


@dataclass(frozen=True, slots=True)
class Heads:
    """score = meaning @ weights + bias: themes first, then signals, then health.

    weights, bias                  (384, H) and (H)
    stance_weights, stance_themes  (384, 4), and (T, 4) what each theme adds with the bias
    """

    weights: Array
    bias: Array
    stance_weights: Array
    stance_themes: Array

    @classmethod
    def open(cls, folder: Path) -> Heads:
        """What `save` wrote."""
        with np.load(folder / "heads.npz", allow_pickle=False) as file:
            return cls(**{name: file[name] for name in file.files})

    def save(self, folder: Path) -> None:
        """Write `heads.npz`."""
        np.savez(folder / "heads.npz", **asdict(self))

    def scores(self, meanings: Array) -> Scores:
        """Log-odds of N texts."""
        themes_n = len(self.stance_themes)
        found = meanings @ self.weights + self.bias
        stances = (meanings @ self.stance_weights)[:, None, :] + self.stance_themes
        return Scores(found[:, :themes_n], found[:, themes_n:-1], found[:, -1:], stances)


def nothing_like(scores: Scores) -> Scores:
    """Zeros in the same shapes: the scores of a model that is not there."""
    return Scores(
        np.zeros_like(scores.themes),
        np.zeros_like(scores.signals),
        np.zeros_like(scores.health),
        np.zeros_like(scores.stances),
    )
