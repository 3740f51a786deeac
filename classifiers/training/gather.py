"""Gather all that the tagger learns from, with where it came from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from classifiers.jsonlines import read_lines
from classifiers.taxonomy import Taxonomy
from classifiers.training.labelled import labelled_rows
from classifiers.training.ordinary import ordinary_posts
from classifiers.training.rows import CORPUS, Row, checked, claim_rows, read_rows


@dataclass(frozen=True, slots=True)
class Gathered:
    """All rows, and one record a source for the model card."""

    rows: list[Row]
    sources: list[dict[str, Any]]


def gather(
    labels: Sequence[Path],
    posts: Path | None,
    taxonomy: Taxonomy,
    besides: Sequence[Path] = (),
    corpus: Path = CORPUS,
) -> Gathered:
    """Rows of the written corpus, of label files, of the project's own labels, of the claims.

    `posts` is the Parquet file of the labelled collection; without it, its labels and the
    ordinary posts taken from it are left out. `besides` are the posts that are measured on:
    wherever one of them turns up, it is left out. Raise `InputError` for a file that cannot be
    read, a label the taxonomy does not know, or Reddit text.
    """
    kept_out = {row.id for file in besides for row in read_lines(file, Row)}
    files = [*sorted(corpus.glob("*.jsonl")), *labels]
    by_source = {file: _without(kept_out, read_rows([file], taxonomy)) for file in files}
    sources = [_source(file.name, rows, _sha256(file)) for file, rows in by_source.items()]
    rows = [row for found in by_source.values() for row in found]
    if posts is not None:
        for file in sorted(corpus.with_name("labels").glob("*.csv")):
            found = _without(kept_out, checked(labelled_rows(posts, file), file, taxonomy))
            rows += found
            sources.append(_source(file.name, found, _sha256(file)))
        ordinary = ordinary_posts(posts, [*kept_out, *(row.id for row in rows)])
        found = [msgspec.convert(post, Row) for post in ordinary]
        rows += found
        sources.append(_source(f"ordinary posts of {posts.name}", found, _sha256(posts)))
    claims = claim_rows(taxonomy)
    sources.append(_source("claims of the catalogue", claims, taxonomy.version))
    return Gathered([*rows, *claims], sources)


def _without(kept_out: Set[str], rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.id not in kept_out]


def _source(name: str, rows: Sequence[Row], sha256: str) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": sha256,
        "posts_n": len(rows),
        "with_theme_n": sum(bool(row.themes) for row in rows),
        "spanish_n": sum(row.lang == "es" for row in rows),
        "assumed_n": sum(row.assumed for row in rows),
        "datasets": dict(sorted(Counter(row.dataset for row in rows if row.dataset).items())),
    }


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
