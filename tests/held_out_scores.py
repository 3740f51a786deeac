"""How sure the tagger is, post by post and tag by tag: what methods that use scores are given.

A run of the product keeps only what is over a threshold; to compare with methods that read
every score, the probabilities are taken here on their way to the decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifiers.encoder.files import MODELS
from classifiers.evaluation.error_rates import is_health, is_labelled, is_tagged
from classifiers.evaluation.gold import Gold, read_gold
from classifiers.stances import PROMOTES
from classifiers.tagger import Tags
from classifiers.tagger.calibration import Calibration, Probabilities
from classifiers.tagger.deciding import Decider
from classifiers.tagger.shipped import read_tagger
from classifiers.taxonomy import Taxonomy, load_taxonomy

ANY = ("theme", "any of them")


@dataclass(frozen=True, slots=True)
class Held:
    """Posts about health that the tagger did not learn from, for one tag.

    score   (N) probability that the post promotes the theme, or carries the signal
    tagged  (N) whether it was tagged so
    true    (N) whether it is labelled so
    """

    score: np.ndarray
    tagged: np.ndarray
    true: np.ndarray


class _Listening(Decider):
    """Decides as ever, and keeps the probabilities in the order of the posts it is given."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        super().__init__(taxonomy)
        self.heard: dict[int, np.ndarray] = {}

    def decide(self, row: int, found: Probabilities, calibration: Calibration, *rest) -> Tags:
        """Keep (T) chances of promoting each theme and (S) of each signal, by the tags made."""
        tags = super().decide(row, found, calibration, *rest)
        promoted = found.themes[row] * found.stances[row, :, PROMOTES]
        self.heard[id(tags)] = np.concatenate([promoted, found.signals[row]])
        return tags


def held_out(gold: Path, models: Path = MODELS) -> dict[tuple[str, str], Held]:
    """The posts of a labelled file by kind and tag; `ANY`: whether any theme is promoted."""
    taxonomy = load_taxonomy()
    posts = read_gold(gold, taxonomy)
    tagger, listening = read_tagger(models, taxonomy), _Listening(taxonomy)
    tagger._decider = listening
    tags = tagger.tag([post.text for post in posts], [post.lang for post in posts])
    pairs = [(post, tagged) for post, tagged in zip(posts, tags, strict=True)
             if is_health(tagged)]  # fmt: skip
    names = [("theme", one) for one in taxonomy.themes]
    names += [("signal", one) for one in taxonomy.signals]
    nothing = np.zeros(len(names))
    scores = np.array([listening.heard.get(id(tagged), nothing) for _, tagged in pairs])
    found = {name: _held(pairs, *name, scores[:, number]) for number, name in enumerate(names)}
    themes = [found[name] for name in names if name[0] == "theme"]
    found[ANY] = Held(
        1 - np.prod([1 - one.score for one in themes], axis=0),
        np.any([one.tagged for one in themes], axis=0),
        np.any([one.true for one in themes], axis=0),
    )
    return found


def _held(
    pairs: Sequence[tuple[Gold, Tags]], kind: str, tag_id: str, score: np.ndarray
) -> Held:
    return Held(
        score.astype(float),
        np.array([is_tagged(tagged, kind, tag_id) for _, tagged in pairs], bool),
        np.array([bool(is_labelled(post, kind, tag_id)) for post, _ in pairs], bool),
    )
