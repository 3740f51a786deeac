"""Read the values of one hand-written TOML entry, and say plainly what is wrong with it.

People who are no programmers edit the taxonomy and the conversation cards. So every refusal
names the file and the entry, says what was found, and says what to write instead; an unknown
key is refused too, because a misspelt `retired` would otherwise be silently passed over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.errors import GrapevineError


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a TOML file.

    where   how to name it to the person who wrote it (`taxonomy.toml, theme 'masks'`)
    values  what TOML read
    """

    where: str
    values: dict[str, Any]

    def refuse(self, problem: str) -> GrapevineError:
        """The error to raise: the entry's name, then `problem`, which says what to do."""
        return GrapevineError(f"{self.where}: {problem}")

    def allow(self, keys: Collection[str]) -> None:
        """Refuse a key that is not one of `keys`."""
        for key in self.values:
            if key not in keys:
                raise self.refuse(
                    f"there is no '{key}' here. Known: {', '.join(sorted(keys))}."
                )

    def text(self, key: str, may_be_empty: bool = False) -> str:
        """The text at `key`, with its outer spaces removed."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.refuse(f"'{key}' is missing or is not text. Write {key} = \"...\".")
        if not (value.strip() or may_be_empty):
            raise self.refuse(f"'{key}' is empty. Write its text.")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at `key`, at least one, none of them empty."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            raise self.refuse(f"'{key}' is missing or empty. Write {key} = [\"...\"].")
        if not all(isinstance(text, str) and text.strip() for text in value):
            raise self.refuse(f"'{key}' holds something that is not text. Put it in quotes.")
        return tuple(text.strip() for text in value)

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """The text at `key`, one of `allowed`."""
        value = self.text(key)
        if value not in allowed:
            raise self.refuse(
                f"'{key}' is '{value}'. Use one of: {', '.join(sorted(allowed))}."
            )
        return value

    def day(self, key: str) -> date:
        """The date at `key`, written without quotes: 2026-11-22."""
        value = self.values.get(key)
        if type(value) is not date:
            raise self.refuse(f"'{key}' is not a date. Write {key} = 2026-11-22, no quotes.")
        return value

    def table(self, key: str) -> Entry:
        """The table at `key`."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.refuse(f"the part [{key}] is missing. Add it.")
        return Entry(f"{self.where}, [{key}]", value)

    def tables(self, key: str) -> list[Entry]:
        """The list of tables at `key`, each named by its place in the list."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(f"'{key}' is not a list of entries. Write {key} = [{{...}}].")
        return [Entry(f"{self.where}, {key} {n}", item) for n, item in enumerate(value, 1)]


def read_entry(path: Path) -> Entry:
    """The whole of the TOML file at `path`; raises `GrapevineError` when it cannot be read."""
    try:
        return Entry(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise GrapevineError(f"{path} cannot be read: {error.strerror}. Restore it.") from error
    except UnicodeDecodeError as error:
        raise GrapevineError(f"{path.name} is not UTF-8. Save it as UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise GrapevineError(
            f"{path.name} is not valid TOML: {error}. Mend it there."
        ) from error
