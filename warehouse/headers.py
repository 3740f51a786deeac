"""Read what the headers of the published models say: the tables, their grain, their columns.

The header of a model is checked when it is built (`warehouse.build`), so what stands here is
what the table holds. The data dictionary is written from it, and two releases are compared by
its grain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.build import MODELS, Model

_COLUMN = re.compile(r"--   (\w+) {2,}(\S.*)")
_CONTINUED = re.compile(r"-- {5,}(\S.*)")


@dataclass(frozen=True, slots=True)
class Header:
    """What is said of one published table.

    name     `pub_theme_week`
    what     what it holds, one sentence
    notes    the paragraphs below it, one string each
    grain    columns that together name a row
    columns  (column, meaning), in order
    """

    name: str
    what: str
    notes: tuple[str, ...]
    grain: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def file(self) -> str:
        """The name of its data files, `theme_week`."""
        return self.name.removeprefix("pub_")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return tuple(name for name, _ in self.columns)


@cache
def published() -> tuple[Header, ...]:
    """The header of every table that leaves the warehouse, by name."""
    return tuple(read(path) for path in sorted((MODELS / "published").glob("*.sql")))


def read(path: Path) -> Header:
    """The header of the model in `path`; raise `ModelError` when it is not complete."""
    model = Model.read(path)
    lines = model.sql.splitlines()
    grain = next(n for n, line in enumerate(lines) if line.startswith("-- Grain: "))
    said = [line.removeprefix("--").strip() for line in lines[:grain]]
    what, *notes = [" ".join(part.split()) for part in "\n".join(said).split("\n\n")]
    return Header(
        name=model.name,
        what=_sentence(what.removeprefix(f"{model.name}: ")),
        notes=tuple(filter(None, notes)),
        grain=model.grain,
        columns=_meanings(lines[lines.index("-- Columns:") + 1 :]),
    )


def _meanings(lines: list[str]) -> tuple[tuple[str, str], ...]:
    """Each column with its meaning, lines joined, up to the first line that is no comment."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if match := _COLUMN.fullmatch(line):
            found.append((match[1], match[2]))
        elif match := _CONTINUED.fullmatch(line):
            name, said = found.pop()
            found.append((name, f"{said} {match[1]}"))
        else:
            break
    return tuple(found)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
