"""Join the shipped encoders with the tf-idf heads, on rows that none of them learnt from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from classifiers.encoder import Encoder
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import load
from classifiers.normalise import readable, tokens
from classifiers.tagger.calibration_file import write_calibrations
from classifiers.tagger.routes import ENCODER_OF
from classifiers.taxonomy import Taxonomy
from classifiers.training.gather import Gathered
from classifiers.training.joining import deciding, join
from classifiers.training.splits import rows_of


def calibrate(
    gathered: Gathered, taxonomy: Taxonomy, record: dict[str, Any], out: Path
) -> None:
    """Write `calibration.json` for the encoders in `out`."""
    linear = LinearModel(load(out / "tagger.npz")[0])
    rows = rows_of("calibrate", gathered.rows)
    calibrations, rows_n = {}, {}
    for name in dict.fromkeys(ENCODER_OF.values()):
        own = deciding([row for row in rows if (row.lang == "es") == (name == "spanish")])
        texts = [readable(row.text) for row in own]
        by_words = linear.scores(
            linear.read([tokens(text) for text in texts]), np.arange(len(own))
        )
        by_encoder = Encoder(name, out).read(texts).scores
        calibrations[name] = join(own, by_words, by_encoder, taxonomy)
        rows_n[name] = len(own)
    claims = [claim.id for theme in taxonomy.themes.values() for claim in theme.claims]
    write_calibrations(calibrations, out, {**record, "rows_n": rows_n, "claims": claims})
