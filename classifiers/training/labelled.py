"""Join the project's labels of public research posts with the posts' texts.

`classifiers/corpus/labels/*.csv` holds what a reader decided of each post, keyed by the row id
of the collection; the texts are not ours to pass on and stay outside the project.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from classifiers.collection import ask_collection
from classifiers.training.rows import Row
from warehouse.errors import InputError

_POSTS = """
select row_id, text, lang, dataset, coalesce(platform, '')
from read_parquet($posts)
where list_contains($ids, row_id)
"""


def labelled_rows(posts: Path, labels: Path) -> list[Row]:
    """A row for every label of the CSV file `labels`, with its text from the Parquet `posts`.

    Raise `InputError` when `posts` cannot be read, or a labelled post is not among them.
    """
    decided = {row["row_id"]: row for row in _read(labels)}
    found = ask_collection(posts, _POSTS, {"ids": list(decided)})
    missing = decided.keys() - {row_id for row_id, *_ in found}
    if missing:
        raise InputError(
            f"{posts} holds no text for {len(missing)} of the posts labelled in {labels.name}, "
            f"the first is {min(missing)}. Give the collection the labels were made from."
        )
    return [_row(decided[row_id], *known) for row_id, *known in sorted(found)]


def _read(labels: Path) -> Iterator[dict[str, str]]:
    with labels.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _row(label: dict[str, str], text: str, lang: str, dataset: str, platform: str) -> Row:
    themes = (theme.partition("=") for theme in label["themes"].split())
    return Row(
        id=label["row_id"],
        text=text,
        lang=lang,
        health=label["health"] == "yes",
        themes={theme_id: stance for theme_id, _, stance in themes},
        signals=label["signals"].split(),
        dataset=dataset,
        platform=platform,
        picked=True,
        sure=int(label["sure"]),
    )
