"""Part: the shipped English encoder alone, on posts of a file."""

from __future__ import annotations

import time

from classifiers.bench.parts import ReadFile, ReadIn
from classifiers.encoder import Encoder
from classifiers.jsonlines import TagLine, read_lines
from classifiers.normalise import readable


def answer(asked: ReadFile) -> ReadIn:
    """Read every post, all windows of the long ones."""
    texts = [readable(line.text) for line in read_lines(asked.file, TagLine)]
    encoder = Encoder("english")
    encoder.read(texts[:1])
    started = time.monotonic()
    encoder.read(texts)
    return ReadIn(len(texts), time.monotonic() - started)
