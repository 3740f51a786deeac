"""Lay out what the tagger was made from: files, pretrained encoders, posts and their terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from classifiers.evaluation.records import (
    calibration_record,
    encoder_records,
    linear_record,
    model_files,
)
from classifiers.evaluation.sources import Learnt
from classifiers.evaluation.tables import table

Record = Mapping[str, Any]


def files_table(models: Path) -> str:
    """One row a shipped file."""
    rows = [
        [file.name, f"{file.bytes_n / 1e6:.1f}", f"`{file.sha256}`"]
        for file in model_files(models)
    ]
    return table(["file", "MB", "sha256"], rows)


def parts_table(models: Path) -> str:
    """One row a trained part: what it learnt from, how, for how long, with which libraries."""
    linear = linear_record(models)
    rows = [
        [
            "tf-idf heads",
            f"{linear['learnt_from_n']:,}",
            linear["randomness"],
            "not kept",
            _libraries(linear),
            f"`{linear['command']}`",
        ]
    ]
    rows += [_encoder(name, record) for name, record in encoder_records(models).items()]
    joined = calibration_record(models)
    rows += [_joining(joined, _libraries(linear))] if joined else []
    return table(["part", "posts", "how", "time", "libraries", "command"], rows)


def bases_table(models: Path) -> str:
    """One row a pretrained encoder that training started from."""
    rows = [
        [name, *(record["base"][key] for key in ("source", "terms")), record["base"]["sha256"]]
        for name, record in encoder_records(models).items()
    ]
    return table(["encoder", "started from", "terms", "sha256 of what it started from"], rows)


def sources_table(sources: Iterable[Record]) -> str:
    """One row a source of training posts, as the record of the tf-idf heads names them."""
    keys = ("posts_n", "spanish_n", "with_theme_n", "assumed_n")
    rows = [
        [source["name"], *(f"{source[key]:,}" for key in keys), source["sha256"][:12]]
        for source in sources
    ]
    header = ["source", "posts", "Spanish", "with a theme", "read by nobody", "sha256 starts"]
    return table(header, rows)


def collections_table(learnt: Mapping[str, Learnt]) -> str:
    """One row a collection of real posts, with its terms."""
    rows = [
        [
            name,
            *(f"{n:,}" for n in (one.posts_n, one.spanish_n, one.with_theme_n, one.assumed_n)),
            one.of.origin,
            one.of.terms,
        ]
        for name, one in learnt.items()
    ]
    header = ["collection", "posts", "Spanish", "with a theme", "read by nobody"]
    return table([*header, "where it is from", "terms"], rows)


def unlike(trained_on: Sequence[Record], given: Sequence[Record]) -> str:
    """A sentence naming the sources that are not what the tagger learnt from; may be empty."""
    trained = {(source["name"], source["sha256"]) for source in trained_on}
    now = {(source["name"], source["sha256"]) for source in given}
    names = sorted({name for name, _ in trained ^ now})
    if not names:
        return ""
    return (
        "Counted from the files given to this command; they are not those that the tagger "
        f"learnt from in: {', '.join(names)}."
    )


def _encoder(name: str, record: Record) -> list[str]:
    recipe = ", ".join(f"{key} {value}" for key, value in record["recipe"].items())
    return [
        f"{name} encoder",
        f"{record['rows_n']:,}",
        recipe,
        f"{record['minutes']} min, {record['device']}, threads: {record['threads']}",
        _libraries(record),
        f"`{record['command']}`",
    ]


def _joining(record: Record, libraries: str) -> list[str]:
    """The libraries are those of the tf-idf heads, which are made by the same command."""
    posts = ", ".join(f"{n:,} {name}" for name, n in record["rows_n"].items())
    how = "both models' scores of posts that neither learnt from"
    return ["calibration", posts, how, "not kept", libraries, f"`{record['command']}`"]


def _libraries(record: Record) -> str:
    return ", ".join(f"{name} {version}" for name, version in record["libraries"].items())
