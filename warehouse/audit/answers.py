"""Read a filled-in file of the audit, row by row, and enter its answers.

A row that cannot be used is told with its line and its reason, and the others are entered: the
file can be mended and added again. Adding the same answers twice changes nothing. The text in
the file is passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from warehouse.audit import labels
from warehouse.errors import InputError
from warehouse.home import Home

NEEDED = ("post_id", "kind", "tag_id", "label_true", "labeller")
NONE, PRESENT, PROMOTES = "none", "present", "promotes"
STANCES = (PROMOTES, "refutes", "asks", "mentions")

MOST_BYTES = 50_000_000
"""A file of questions is a few megabytes at most, text and all."""

_LABELLER = re.compile(r"[a-z][a-z0-9_-]{0,19}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One usable row: the question it answers, the truth, and who says so."""

    key: labels.Key
    label_true: str
    labeller: str


@dataclass(slots=True)
class Added:
    """What came of a file.

    added_n     answers that are new or changed; same_n those entered before
    blank_n     rows without an answer
    unusable    lines and reasons
    """

    added_n: int = 0
    same_n: int = 0
    blank_n: int = 0
    unusable: list[str] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """Plain lines."""
        counts = (
            f"Answers added: {self.added_n:,}; entered before: {self.same_n:,}; rows without "
            f"an answer: {self.blank_n:,}; rows that cannot be used: {len(self.unusable):,}."
        )
        return [counts, *self.unusable]


def add(home: Home, file: Path, tags: Mapping[str, Collection[str]], today: date) -> Added:
    """Enter the answers of a CSV file; `tags` are ids by kind, `theme` and `signal`.

    Raise `InputError` when it is no such file.
    """
    added = Added()
    rows = list(_rows(file))

    def entered(old: pa.Table) -> pa.Table:
        held = {labels.key(row): row for row in old.to_pylist()}
        for line, row in rows:
            try:
                answer = _answer(row, held, tags)
            except ValueError as reason:
                added.unusable.append(f"line {line}: {reason}")
                continue
            if answer is None:
                added.blank_n += 1
            else:
                _enter(held[answer.key], answer, today, added)
        return pa.Table.from_pylist(list(held.values()), schema=labels.LABELS)

    labels.change(home, entered)
    return added


def _enter(row: dict[str, object], answer: Answer, today: date, added: Added) -> None:
    said = {"label_true": answer.label_true, "labeller": answer.labeller}
    if all(row[name] == value for name, value in said.items()):
        added.same_n += 1
        return
    row.update(said, labelled_on=today)
    added.added_n += 1


def _answer(
    row: Mapping[str, str], held: Collection[labels.Key], tags: Mapping[str, Collection[str]]
) -> Answer | None:
    """The answer in a row, None when it is left blank. Raise `ValueError` with the reason."""
    said = " ".join((row["label_true"] or "").lower().split())
    if not said:
        return None
    key = labels.key(row)
    if key not in held:
        raise ValueError("this post was not drawn for this question, or is gone since")
    labeller = (row["labeller"] or "").strip().lower()
    if not _LABELLER.fullmatch(labeller):
        raise ValueError("labeller must be a short name, letters and digits")
    return Answer(key, _truth(said, key[1], tags), labeller)


def _truth(said: str, kind: str, tags: Mapping[str, Collection[str]]) -> str:
    """The truth in its one spelling. Raise `ValueError` with the reason."""
    if kind == labels.ANY:
        named = sorted(set(re.split(r"[ ,;]+", said)) - {""})
        unknown = [one for one in named if one not in {*tags["theme"], *tags["signal"], NONE}]
        if unknown:
            raise ValueError(f"label_true names '{unknown[0][:40]}', no theme and no signal")
        if NONE in named and len(named) > 1:
            raise ValueError("label_true says none and names one too")
        return " ".join(named) or NONE
    allowed = (*STANCES, NONE) if kind == "theme" else (PRESENT, NONE)
    if said not in allowed:
        raise ValueError(f"label_true must be one of {', '.join(allowed)}")
    return said


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its line. Raise `InputError` when the file is no such CSV."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file} is larger than an audit file can be. Name another.")
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{file} has no column '{missing[0]}'. Fill in the file that "
                    "`grapevine audit list` writes, and save it as CSV."
                )
            for row in reader:
                yield reader.line_num, row
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}. Check its name.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{file} is no CSV in UTF-8 ({error}). Save it again as one."
        ) from error
