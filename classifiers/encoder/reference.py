"""Keep what the trained network says, before int8, of a few written posts (`[train]` extra).

The network itself is too large to ship. These scores, in `<name>.reference.json`, are what
the shipped file is held against on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from classifiers.encoder.batches import pieces_of
from classifiers.encoder.files import reference_path
from classifiers.encoder.network import Network
from classifiers.training.rows import Row

POSTS_N = 60
DIGITS = 4


def keep_reference(
    name: str,
    network: Network,
    tokenizer: Tokenizer,
    prefix: str,
    rows: Sequence[Row],
    to: Path,
) -> None:
    """Write themes and others of the first `POSTS_N` of `rows`, by id."""
    chosen = sorted(rows, key=lambda row: row.id)[:POSTS_N]
    scores = {
        row.id: scores_of(network, pieces)
        for row, pieces in zip(
            chosen, pieces_of([row.text for row in chosen], tokenizer, prefix), strict=True
        )
    }
    reference_path(name, to).write_text(json.dumps(scores) + "\n", encoding="utf-8")


@torch.no_grad()
def scores_of(network: Network, pieces: Sequence[int]) -> dict[str, list[float]]:
    """Log-odds of themes and of others for one text, rounded."""
    ids = torch.tensor([list(pieces)])
    themes, others, _, _ = network(ids, torch.ones_like(ids))
    return {
        "themes": [round(score, DIGITS) for score in themes[0].tolist()],
        "others": [round(score, DIGITS) for score in others[0].tolist()],
    }
