"""Run a fine-tuned encoder: texts in, a score a head out.

An encoder is three files of `classifiers/models/`: `<name>.onnx` (int8 weights and graph),
`<name>.tokenizer.json` and `<name>.json`, the record that vouches for the other two. Each
window is run alone: in a batch, int8 scores move with the company a post is in, and a post's
tags would depend on who else posted that day.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from classifiers.encoder.files import MODELS, vouched
from classifiers.scores import Array, Indices, Scores, strongest

MAX_PIECES = 160
"""Word pieces a window; training cuts texts sooner (`learning.TRAINED_PIECES`)."""

OVERLAP = 40
"""Word pieces that two neighbouring windows share, so that a sentence is whole in one."""

MAX_WINDOWS = 400
"""Windows a post: 40,000 characters fit even where each is a piece; more is noise."""

MAX_CHARACTERS = 200_000
"""Of a post, cut into windows; as many as `MAX_WINDOWS` hold of words. Bounds memory."""

HIDDEN = 384
"""Numbers of a meaning."""

OUTPUTS = ("themes", "others", "stances", "meaning")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an encoder says of N texts cut into W windows.

    scores   not calibrated
    meaning  (W, 384) each window's direction, of length 1
    where    (N, T) the window in which each theme is strongest
    """

    scores: Scores
    meaning: Array
    where: Indices


class Encoder:
    """A loaded encoder. `sha256` is that of its weights."""

    def __init__(self, name: str, folder: Path = MODELS) -> None:
        """Raise `GrapevineError` when a file is missing or not the one vouched for."""
        files = vouched(name, folder)
        self.sha256 = files.sha256
        self._session = ort.InferenceSession(files.weights, _options())
        self._tokenizer = Tokenizer.from_str(files.tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES, stride=OVERLAP)
        self._prefix = files.prefix

    def read(self, texts: Sequence[str]) -> Reading:
        """Score every window of every text; at least one text, readable."""
        windows, owners = self._windows(texts)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            scored = list(pool.map(self._run, windows))
        themes, others, stances, meaning = (
            np.concatenate(of_one) for of_one in zip(*scored, strict=True)
        )
        firsts = np.searchsorted(owners, np.arange(len(texts)))
        where = strongest(themes, firsts)
        top = np.maximum.reduceat(others, firsts)
        each = np.arange(themes.shape[1])
        scores = Scores(themes[where, each], top[:, :-1], top[:, -1:], stances[where, each])
        return Reading(scores, meaning, where)

    def _windows(self, texts: Sequence[str]) -> tuple[list[list[int]], list[int]]:
        windows, owners = [], []
        for owner, encoding in enumerate(
            self._tokenizer.encode_batch(
                [self._prefix + text[:MAX_CHARACTERS] for text in texts]
            )
        ):
            pieces = [encoding, *encoding.overflowing][:MAX_WINDOWS]
            windows += [piece.ids for piece in pieces]
            owners += [owner] * len(pieces)
        return windows, owners

    def _run(self, ids: list[int]) -> list[Array]:
        return list(self._session.run(OUTPUTS, {"ids": np.array([ids], np.int64)}))


def _options() -> ort.SessionOptions:
    """One thread a window, many windows at once: faster on posts than many threads a window."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
