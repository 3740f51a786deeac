"""What the benchmark's processes are asked and what they answer, as JSON between them.

Each part runs in a fresh process: `python -m classifiers.bench.part MODULE ASKED ANSWER`, where
the module has a function `answer`. Only plain data stands here, so that a part that needs
torch loads it in its own process and nowhere else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from classifiers.bench.processes import Cost, measured


class Nothing(msgspec.Struct, frozen=True):
    """Asked of a part that needs to know nothing."""


class Named(msgspec.Struct, frozen=True):
    """The tagger that tagged the first post, and whether an encoder read that post."""

    tagger: str
    is_read: bool


class Draw(msgspec.Struct, frozen=True):
    """Draw posts of the Parquet file `posts` into JSON-lines files of `folder`.

    mixed_n, share  posts of `mixed.jsonl`, of which `share` pass the gate
    ordinary_n      posts at most of `ordinary.jsonl`, of data sets that start with `ordinary`
    encoder_n       English posts at most of `english.jsonl`, all of which pass
    """

    posts: Path
    folder: Path
    mixed_n: int
    share: float
    ordinary: str
    ordinary_n: int
    encoder_n: int


class File(msgspec.Struct, frozen=True):
    """A drawn file: its posts, those that pass the gate, and those that an encoder reads."""

    posts_n: int
    passed_n: int
    read_n: int


class Drawn(msgspec.Struct, frozen=True):
    """The three files, by name."""

    mixed: File
    ordinary: File
    english: File


class TagGold(msgspec.Struct, frozen=True):
    """Tag the first `gold_n` posts of `gold`; `alone`: with the shipped tf-idf heads only."""

    gold: Path
    gold_n: int
    alone: bool = False


class TagFrozen(msgspec.Struct, frozen=True):
    """Tag the first `gold_n` posts of `gold` with what `Fit` left of `base` in `folder`."""

    gold: Path
    gold_n: int
    base: str
    folder: Path


class Scored(msgspec.Struct, frozen=True):
    """Scores of one way to tag the gold, by the scoring script's names; seconds of tagging."""

    tagger: str
    posts_n: int
    tagging_s: float
    scores: dict[str, float]


class Fit(msgspec.Struct, frozen=True):
    """Fit heads on the frozen encoder `base` (`minilm`, `e5`) and write them to `folder`.

    They learn from label files and labelled `posts`, at most `learn_n`, but never from `gold`.
    """

    base: str
    labels: list[Path]
    posts: Path
    gold: Path
    learn_n: int
    folder: Path


class Fitted(msgspec.Struct, frozen=True):
    """Rows learnt from, and rows that calibrated."""

    learnt_n: int
    calibrated_n: int


class ReadFile(msgspec.Struct, frozen=True):
    """Let an encoder alone read the posts of a JSON-lines file."""

    file: Path


class ReadIn(msgspec.Struct, frozen=True):
    """Posts read, and seconds of reading, loading left out."""

    posts_n: int
    reading_s: float


class Attack(msgspec.Struct, frozen=True):
    """Tag `hostile_n` hostile inputs, and `disguised_n` plain posts in every disguise."""

    hostile_n: int
    disguised_n: int


class Kind(msgspec.Struct, frozen=True):
    """Hostile inputs of one kind; the longest in characters, the slowest alone in seconds."""

    inputs_n: int
    longest_n: int
    slowest_s: float


class Disguise(msgspec.Struct, frozen=True):
    """Disguised posts, and those of them with the same themes, stances and signals."""

    posts_n: int
    same_n: int


class Attacked(msgspec.Struct, frozen=True):
    """What hostile inputs did.

    out_of_range_n  inputs with a score below 0 or above 1
    moved_n         inputs whose tags in a batch are not those they have alone
    """

    kinds: dict[str, Kind]
    disguises: dict[str, Disguise]
    out_of_range_n: int
    moved_n: int


Answer = TypeVar("Answer", bound=msgspec.Struct)


def ask(module: str, asked: msgspec.Struct, of: type[Answer]) -> tuple[Answer, Cost]:
    """The answer of a part in a process of its own, and what that process cost.

    Raise `GrapevineError` when it fails.
    """
    with TemporaryDirectory() as folder:
        question, answer = Path(folder, "asked.json"), Path(folder, "answer.json")
        question.write_bytes(msgspec.json.encode(asked, enc_hook=str))
        command = [sys.executable, "-m", "classifiers.bench.part"]
        cost = measured([*command, module, str(question), str(answer)])
        return msgspec.json.decode(answer.read_bytes(), type=of), cost


def path(_: type, written: str) -> Path:
    """A path as JSON has it."""
    return Path(written)
