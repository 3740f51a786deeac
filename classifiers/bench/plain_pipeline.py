"""Part: the encoder ours was made from, as `transformers.pipeline` runs it (`[train]` extra).

32-bit floats, batches of 32 padded to their longest text, the order as it comes: what a few
lines of a tutorial give. Long posts are cut at the length of our encoder's window, where ours
reads on; no heads are run.
"""

from __future__ import annotations

import time

from transformers import PreTrainedTokenizerFast, pipeline

from classifiers.bench.parts import ReadFile, ReadIn
from classifiers.encoder.encoder import MAX_PIECES
from classifiers.encoder.pretrained import open_minilm
from classifiers.jsonlines import TagLine, read_lines
from classifiers.normalise import readable

BATCH = 32
PADDING = "[PAD]"


def answer(asked: ReadFile) -> ReadIn:
    """Read every post."""
    texts = [readable(line.text) for line in read_lines(asked.file, TagLine)]
    encoder, tokenizer = open_minilm()
    tokenizer.no_padding()
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token=PADDING,
        model_max_length=MAX_PIECES,
    )
    reader = pipeline(
        "feature-extraction",
        model=encoder,
        tokenizer=wrapped,
        device="cpu",
        tokenize_kwargs={"truncation": True},
    )
    reader(texts[:1], return_tensors=True)
    started = time.monotonic()
    reader(texts, batch_size=BATCH, return_tensors=True)
    return ReadIn(len(texts), time.monotonic() - started)
