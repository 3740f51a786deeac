"""Lay out what is measured beside the labelled posts: ordinary days, the gate, new sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classifiers.evaluation.leave_out import Figures, LeftOut, kept
from classifiers.evaluation.measuring import Measured
from classifiers.evaluation.ordinary import gate, ordinary_days
from classifiers.evaluation.records import sha256
from classifiers.evaluation.tables import NOTHING, figure, percent, table
from classifiers.tagger import Tags

STALE = (
    "These were measured with earlier weights; `grapevine evaluate --leave-out` measures them "
    "again."
)
NOT_YET = "Not measured yet: `grapevine evaluate --leave-out` does it."


def ordinary_table(shipped: Sequence[Tags], alone: Sequence[Tags]) -> str:
    """Shares of ordinary posts that are tagged, then the themes they are tagged with."""
    rows = []
    for name, tags in (("shipped", shipped), ("tf-idf alone", alone)):
        days = ordinary_days(tags)
        rows.append([name, percent(days.themed), percent(days.promoting)])
    days = ordinary_days(shipped)
    themes = [
        [theme, str(found), str(promoted), f"{1000 * found / days.posts_n:.1f}"]
        for theme, (found, promoted) in days.by_theme.items()
    ]
    shares = table(["", "tagged with any theme", "tagged as promoting one"], rows)
    return f"{shares}\n\n" + table(["theme", "posts", "promoting", "per 1,000 posts"], themes)


def gate_table(measured: Measured) -> str:
    """What the wide gate lets pass."""
    passed = gate(measured.gold.posts, measured.gold.joined, measured.ordinary)
    rows = [
        ["labelled posts with a theme that it lets pass (recall)", percent(passed.recall)],
        ["all labelled posts that it lets pass", percent(passed.passed_labelled)],
        ["ordinary posts that it lets pass", percent(passed.passed_ordinary)],
        ["ordinary posts it stopped that were drawn by lot", percent(passed.drawn_ordinary)],
    ]
    return table(["", "share"], rows)


def left_out_words(file: Path, models: Path) -> str:
    """The table of collections left out, with a sentence where it is of other weights."""
    found, digest = kept(file)
    if not found:
        return NOT_YET
    header = ["collection", "posts learnt from it", "posts measured"]
    header += ["theme F1", "without it", "promotes F1", "without it"]
    header += ["rebuttals called promotion", "without it"]
    shown = table(header, [_left_out(one) for one in found])
    return shown if digest == sha256(models / "tagger.npz") else f"{STALE}\n\n{shown}"


def _left_out(one: LeftOut) -> list[str]:
    names = ("theme_micro_f1", "promotes_f1", "refutes_called_promotes")
    cells = [_cell(of, name) for name in names for of in (one.knowing, one.without)]
    return [one.dataset, str(one.learnt_n), str(one.posts_n), *cells]


def _cell(figures: Figures, name: str) -> str:
    return figure(figures[name]) if name in figures else NOTHING
