"""The network that is trained: a small transformer with a head a question (`[train]` extra).

Every theme and every signal looks at the text with an attention of its own (label attention,
Mullenbach et al. 2018), because in a long post the claim may be one sentence. A theme's stance
is read from what that theme's attention saw and from what attentions for stance alone saw: "so
they say" may stand far from the claim. Attention starts even, so that each label first sees
the mean of the words, and a theme's head starts as the direction of its catalogued claims
in the pretrained encoder: rare themes are found after a hundred steps instead of thousands.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

HIDDEN = 384
STANCE_HIDDEN = 128
STANCE_LOOKS = 4
"""Attentions that look for stance, whatever the theme."""

DROPOUT = 0.1
ATTENTION_SCALE = 8.0
"""Divides attention scores, so that one step moves them little."""

QUERY_SPREAD = 0.02
"""Spread of the first stance attentions: nearly even, and not one like another."""

UNLIKELY = -3.0
"""Log-odds every theme and signal starts from: most posts have none."""

CLAIM_SCALE = 6.0
"""Log-odds that a theme's head gives at first to a text just like its claims."""


class Network(nn.Module):
    """`themes_n` themes with stance, `others_n` yes-no questions of the whole text."""

    def __init__(self, encoder: BertModel, themes_n: int, others_n: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.theme_queries = nn.Parameter(torch.zeros(themes_n, HIDDEN))
        self.theme_weights = nn.Parameter(torch.zeros(themes_n, HIDDEN))
        self.theme_bias = nn.Parameter(torch.full((themes_n,), UNLIKELY))
        self.other_queries = nn.Parameter(torch.zeros(others_n, HIDDEN))
        self.other_weights = nn.Parameter(torch.zeros(others_n, HIDDEN))
        self.other_bias = nn.Parameter(torch.full((others_n,), UNLIKELY))
        self.stance_queries = nn.Parameter(torch.randn(STANCE_LOOKS, HIDDEN) * QUERY_SPREAD)
        self.stance_hidden = nn.Linear(HIDDEN, STANCE_HIDDEN)
        self.stance_looks = nn.Linear(STANCE_LOOKS * HIDDEN, STANCE_HIDDEN)
        self.stance = nn.Linear(STANCE_HIDDEN, 4)
        self.stance_bias = nn.Parameter(torch.zeros(themes_n, 4))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Log-odds of themes (B, T), of others (B, O), of stances (B, T, 4), and meaning.

        `ids` and `mask` are (B, L); meaning is (B, 384), of length 1.
        """
        words = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        dropped = self.dropout(words)
        by_theme = _attend(dropped, mask, self.theme_queries)
        by_other = _attend(dropped, mask, self.other_queries)
        looks = _attend(dropped, mask, self.stance_queries).flatten(1)
        hidden = self.stance_hidden(by_theme) + self.stance_looks(looks)[:, None]
        stances = self.stance(functional.gelu(hidden)) + self.stance_bias
        return (
            (by_theme * self.theme_weights).sum(-1) + self.theme_bias,
            (by_other * self.other_weights).sum(-1) + self.other_bias,
            stances,
            functional.normalize(mean_of_words(words, mask), dim=-1),
        )

    @torch.no_grad()
    def start_from_claims(self, meanings: Tensor, themes: Tensor) -> None:
        """Point each theme's head at its claims: `meanings` (C, 384), theme numbers (C)."""
        centre = meanings.mean(0)
        for theme in range(len(self.theme_bias)):
            direction = functional.normalize(meanings[themes == theme].mean(0) - centre, dim=0)
            self.theme_weights[theme] = direction * CLAIM_SCALE / meanings.norm(dim=1).mean()
        self.theme_bias.sub_(self.theme_weights @ centre)


def mean_of_words(words: Tensor, mask: Tensor) -> Tensor:
    """(B, L, H) and (B, L) to (B, H): the mean over the words that are there."""
    there = mask[:, :, None].to(words.dtype)
    return (words * there).sum(1) / there.sum(1)


def _attend(words: Tensor, mask: Tensor, queries: Tensor) -> Tensor:
    scores = (words @ queries.T) / ATTENTION_SCALE
    shares = scores.masked_fill(mask[:, :, None] == 0, -1e4).softmax(1)
    return shares.transpose(1, 2) @ words
