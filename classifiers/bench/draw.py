"""Part: ask the gate of collected posts and write the files that speed is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from classifiers.bench.gate import Asked, asked, drawn, mixed
from classifiers.bench.parts import Draw, Drawn, File
from classifiers.jsonlines import write_lines
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import load


def answer(asked: Draw) -> Drawn:
    """Write `mixed.jsonl`, `ordinary.jsonl` and `english.jsonl`."""
    return draw(asked, LinearModel(load()[0]))


def draw(wanted: Draw, linear: LinearModel) -> Drawn:
    """The three files, by the gate of `linear`; the same posts give the same files."""
    every = drawn(wanted.posts)
    usual = drawn(wanted.posts, wanted.ordinary)[: wanted.ordinary_n]
    passing = (p for p in asked(every, linear) if p.gate == "passed" and p.lang == "en")
    files = {
        "mixed": mixed(asked(every, linear), wanted.mixed_n, wanted.share),
        "ordinary": list(asked(usual, linear)),
        "english": list(islice(passing, wanted.encoder_n)),
    }
    return Drawn(
        **{name: _written(posts, name, wanted.folder) for name, posts in files.items()}
    )


def _written(posts: Sequence[Asked], name: str, folder: Path) -> File:
    """The language is left out of the file: telling it is part of tagging."""
    lines = ({"id": post.id, "text": post.text} for post in posts)
    write_lines(folder / f"{name}.jsonl", lines)
    return File(
        len(posts), sum(p.gate == "passed" for p in posts), sum(p.is_read for p in posts)
    )
