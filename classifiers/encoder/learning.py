"""Fine-tune an encoder with all its heads on labelled rows (`[train]` extra).

Full fine-tuning, not adapters: at this size both took the same minutes and scored the same on
the first try, and without adapters there is nothing to merge before the export.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from classifiers.encoder.batches import Targets, padded, pieces_of, shuffled
from classifiers.encoder.network import Network, mean_of_words
from classifiers.encoder.pretrained import Base
from classifiers.taxonomy import Taxonomy
from classifiers.training.rows import Row

SEED = 20261122
BATCH = 16
TRAINED_PIECES = 112
"""Word pieces of a text that training sees; the rest of a long post is cut off there."""

WARM_UP = 0.06
"""Share of the steps in which the rate rises; then it falls to `LAST_RATE` of its height."""

LAST_RATE = 0.02
HEAD_RATE = 2e-3
THINNED = 0.1
"""Share of a text's pieces that are left out, others each time: no post is learnt by heart."""

SMOOTHING = 0.1
"""Of a stance's certainty that goes to the other three: readers differ, and so should it."""

SIGNAL_SHARE = 0.7
"""Weight of signals and health beside the themes."""

STANCE_SHARE = 2.0
"""Weight of the stances beside the themes; more, because they are the harder question."""

STANCE_WEIGHTS = (1.0, 1.6, 2.0, 2.0)
"""Of `promotes`, `refutes`, `asks`, `mentions`: the rarer, the heavier."""

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one encoder is trained; the model card says what else was tried.

    layers  of the pretrained encoder that are kept, from the lowest up
    """

    layers: int
    epochs: int
    rate: float


def fine_tune(
    encoder: BertModel,
    tokenizer: Tokenizer,
    base: Base,
    rows: Sequence[Row],
    taxonomy: Taxonomy,
    recipe: Recipe,
    report: Report,
) -> Network:
    """The trained network, on the CPU. Same rows, seed, threads and libraries: same weights."""
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer.enable_truncation(TRAINED_PIECES)
    tokenizer.no_padding()
    _keep_lowest(encoder, recipe.layers)
    _make_lean(encoder)
    network = Network(encoder, len(taxonomy.themes), len(taxonomy.signals) + 1)
    claims = [row for row in rows if row.is_claim]
    _start_from_claims(network, claims, tokenizer, base, taxonomy)
    network.to(device).train()
    pieces = pieces_of([row.text for row in rows], tokenizer, base.prefix)
    targets = Targets.of(rows, taxonomy)
    steps_n = recipe.epochs * (len(rows) // BATCH + 1)
    optimizer, schedule = _optimizer(network, recipe.rate, steps_n)
    rare = _rare_weights(targets).to(device)
    chance = random.Random(SEED)  # noqa: S311  not for secrets
    for step, batch in enumerate(_batches(pieces, recipe.epochs, chance)):
        ids, mask = padded([_thinned(pieces[row], chance) for row in batch], base.pad)
        found = network(ids.to(device), mask.to(device))
        loss = _loss(found, _some(targets, batch, device), rare)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 200 == 0:
            report(f"step {step} of {steps_n}, loss {loss.item():.2f}")
    return network.cpu().eval()


def _batches(
    pieces: Sequence[Sequence[int]], epochs: int, chance: random.Random
) -> Iterator[list[int]]:
    for _ in range(epochs):
        yield from shuffled([len(row) for row in pieces], BATCH, chance)


def _thinned(pieces: Sequence[int], chance: random.Random) -> list[int]:
    """Some pieces left out; the first and the last, which frame the text, stay."""
    inside = [piece for piece in pieces[1:-1] if chance.random() >= THINNED]
    return [pieces[0], *inside, pieces[-1]]


def _some(targets: Targets, rows: Sequence[int], device: torch.device) -> Targets:
    chosen = torch.tensor(rows)
    return Targets(
        targets.themes[chosen].to(device),
        targets.stances[chosen].to(device),
        targets.others[chosen].to(device),
        targets.others_known[chosen].to(device),
        targets.weight[chosen].to(device),
    )


def _loss(found: tuple[Tensor, ...], wanted: Targets, rare: Tensor) -> Tensor:
    themes, others, stances, _ = found
    of_themes = functional.binary_cross_entropy_with_logits(
        themes, wanted.themes, pos_weight=rare, reduction="none"
    ).sum(1)
    of_others = functional.binary_cross_entropy_with_logits(
        others, wanted.others, reduction="none"
    )
    of_others = (of_others * wanted.others_known).sum(1)
    weighted = ((of_themes + SIGNAL_SHARE * of_others) * wanted.weight).mean()
    of_stances = functional.cross_entropy(
        stances.flatten(0, 1),
        wanted.stances.flatten(),
        weight=torch.tensor(STANCE_WEIGHTS, device=stances.device),
        label_smoothing=SMOOTHING,
        reduction="sum",
    )
    return weighted + STANCE_SHARE * of_stances / len(wanted.weight)


def _rare_weights(targets: Targets) -> Tensor:
    """Of each theme's presence: 1 for common themes, up to 4 for rare ones."""
    count = targets.themes.sum(0).clamp(min=1)
    return ((len(targets.weight) / count).sqrt() / 6).clamp(1, 4)


def _optimizer(
    network: Network, rate: float, steps_n: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    layers = list(network.encoder.encoder.parameters())
    inside = {id(weights) for weights in network.encoder.parameters()}
    heads = [weights for weights in network.parameters() if id(weights) not in inside]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": rate}, {"params": heads, "lr": HEAD_RATE}],
        weight_decay=0.01,
        fused=True,
    )
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: (
            min(1, (step + 1) / (WARM_UP * steps_n)) * max(LAST_RATE, 1 - step / steps_n)
        ),
    )


def _keep_lowest(encoder: BertModel, layers: int) -> None:
    """Drop the upper layers: each costs time in training and with every post read."""
    encoder.encoder.layer = encoder.encoder.layer[:layers]
    encoder.config.num_hidden_layers = len(encoder.encoder.layer)


def _make_lean(encoder: BertModel) -> None:
    """Freeze the words' embeddings and drop nothing inside: that saves time."""
    encoder.embeddings.requires_grad_(False)
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


@torch.no_grad()
def _start_from_claims(
    network: Network,
    claims: Sequence[Row],
    tokenizer: Tokenizer,
    base: Base,
    taxonomy: Taxonomy,
) -> None:
    network.eval()
    theme_ids = list(taxonomy.themes)
    pieces = pieces_of([claim.text for claim in claims], tokenizer, base.prefix)
    ids, mask = padded(pieces, base.pad)
    words = network.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    themes = torch.tensor([theme_ids.index(next(iter(claim.themes))) for claim in claims])
    network.start_from_claims(mean_of_words(words, mask), themes)
