"""Put the tagger together from the files of `classifiers/models/`."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from classifiers.encoder import Encoder
from classifiers.encoder.files import MODELS, exists
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import Weights, load
from classifiers.tagger.calibration import of_linear
from classifiers.tagger.calibration_file import Joined, read_calibrations
from classifiers.tagger.routes import ENCODER_OF
from classifiers.tagger.tagger import Tagger
from classifiers.taxonomy import Taxonomy, load_taxonomy
from warehouse.errors import GrapevineError


@cache
def load_tagger(folder: Path = MODELS) -> Tagger:
    """The tagger in `folder`, the shipped one unless told otherwise; read once a process.

    Raise `GrapevineError` as `read_tagger` does.
    """
    return read_tagger(folder, load_taxonomy())


def read_tagger(folder: Path, taxonomy: Taxonomy) -> Tagger:
    """The tagger in `folder`, matching the claims of `taxonomy`.

    Its name says which models are in it. An encoder whose weights are not there is left out,
    and the tf-idf heads decide alone for its language. Raise `GrapevineError` when a file is
    not the one its record vouches for.
    """
    weights, digest = load(folder / "tagger.npz")
    _check_labels(weights, taxonomy)
    names = [name for name in dict.fromkeys(ENCODER_OF.values()) if exists(name, folder)]
    encoders = {name: Encoder(name, folder) for name in names}
    joined = read_calibrations(folder, names) if names else Joined({}, frozenset(), "")
    digests = [digest, *(encoder.sha256 for encoder in encoders.values()), joined.sha256]
    short = hashlib.sha256(" ".join(digests).encode()).hexdigest()[:8]
    return Tagger(
        name="+".join(["tfidf", *names]) + f"-{short}",
        taxonomy=taxonomy,
        linear=LinearModel(weights),
        alone=of_linear(weights),
        encoders={name: (encoders[name], joined.calibrations[name]) for name in names},
        learnt_claims=joined.claims,
    )


def _check_labels(weights: Weights, taxonomy: Taxonomy) -> None:
    """Heads are known by their place, so a theme added or moved would be taken for another."""
    labels = dict(zip(weights.heads, weights.kinds, strict=True))
    learnt = [name for name, kind in labels.items() if kind in ("theme", "signal")]
    if "gate" not in labels.values() or learnt != [*taxonomy.themes, *taxonomy.signals]:
        raise GrapevineError(
            "The tagger has learnt other themes and signals than taxonomy.toml lists. Restore "
            "the file, or train again: `grapevine train`."
        )
