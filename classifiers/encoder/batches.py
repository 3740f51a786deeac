"""Turn rows into tensors: texts of like length together, and what is known of each label."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from classifiers.normalise import readable
from classifiers.stances import STANCES
from classifiers.taxonomy import Taxonomy
from classifiers.training.rows import Row

UNKNOWN = -100
"""Stance of a theme that is not there; the loss passes over it."""

POOLED_BATCHES = 50
"""Batches whose rows are sorted by length together: little padding, order still random."""

SURENESS = {1: 0.5, 2: 0.8, 3: 1.0}
"""Weight of a row by how sure its reader was."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What is known of N rows.

    themes        (N, T) 1 where the theme is there
    stances       (N, T) number of the stance, or `UNKNOWN`
    others        (N, S + 1) signals, then health
    others_known  (N, S + 1) 1 where somebody looked
    weight        (N)
    """

    themes: Tensor
    stances: Tensor
    others: Tensor
    others_known: Tensor
    weight: Tensor

    @classmethod
    def of(cls, rows: Sequence[Row], taxonomy: Taxonomy) -> Targets:
        """Labels as numbers; themes and signals in the taxonomy's order."""
        theme_ids, signal_ids = list(taxonomy.themes), list(taxonomy.signals)
        stances = torch.full((len(rows), len(theme_ids)), UNKNOWN)
        others = torch.zeros(len(rows), len(signal_ids) + 1)
        known = torch.zeros_like(others)
        for number, row in enumerate(rows):
            for theme_id, stance in row.themes.items():
                stances[number, theme_ids.index(theme_id)] = STANCES.index(stance)
            for signal_id in row.signals:
                others[number, signal_ids.index(signal_id)] = 1
            others[number, -1] = float(bool(row.health))
            known[number, :-1] = float(not (row.is_claim or row.assumed))
            known[number, -1] = float(row.health is not None)
        weight = torch.tensor([SURENESS[row.sure] for row in rows])
        return cls((stances != UNKNOWN).float(), stances, others, known, weight)


def pieces_of(texts: Sequence[str], tokenizer: Tokenizer, prefix: str) -> list[list[int]]:
    """Numbers of the word pieces of each text, as the encoder will see it."""
    return [e.ids for e in tokenizer.encode_batch([prefix + readable(text) for text in texts])]


def padded(pieces: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
    """(B, L) piece numbers and mask of a batch."""
    longest = max(map(len, pieces))
    ids = [[*row, *[pad] * (longest - len(row))] for row in pieces]
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in pieces]
    return torch.tensor(ids), torch.tensor(mask)


def shuffled(lengths: Sequence[int], size: int, chance: random.Random) -> Iterator[list[int]]:
    """Row numbers in batches of `size`, rows of like length together, all in random order."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), size * POOLED_BATCHES):
        pool = sorted(order[start : start + size * POOLED_BATCHES], key=lengths.__getitem__)
        batches += [pool[n : n + size] for n in range(0, len(pool), size)]
    chance.shuffle(batches)
    yield from batches
