"""Write what was measured as a page: words from `words.md`, every figure from a result."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

from classifiers.bench.parts import File
from classifiers.bench.processes import Cost, Speed
from classifiers.bench.run import FROZEN, Results, Way
from classifiers.bench.sizes import PASSING, Sizes

WORDS = Path(__file__).with_name("words.md")
NOT_MEASURED = "not measured: the [train] extra is not installed"
NO_ENCODER = "not measured: no English encoder is shipped"

SCORES = {
    "theme_micro_f1": "theme micro-F1",
    "theme_macro_f1": "theme macro-F1",
    "promotes_f1": "promotes F1",
    "refutes_called_promotes": "refutations called promotion",
    "signal_micro_f1": "signal micro-F1",
    "health_f1": "health F1",
    "theme_ece": "calibration error",
}
"""What the page shows of the scores, by the scoring script's names."""

_COST = ("process, s", "CPU s", "peak MB")


def page(found: Results, sizes: Sizes, is_quick: bool) -> str:
    """The whole page, in Markdown."""
    values = {
        "tagger": found.tagger.tagger,
        "machine": machine(),
        "kind": "quick, over small draws: a check that it runs, not to be quoted"
        if is_quick
        else "whole",
        "start": _start(found, sizes),
        "speed": _speed(found),
        "passing_pct": f"{100 * PASSING:.0f}",
        "runs_n": str(sizes.runs_n),
        "gold_n": str(found.ways["our tagger"].scored.posts_n),
        "ways": _ways(found.ways),
        "ratios": _ratios(found.ways),
        "fitted": _fitted(found),
        "encoders": _encoders(found),
        "attack": _attack(found),
        "kinds": _kinds(found),
        "disguises": _disguises(found),
    }
    return Template(WORDS.read_text(encoding="utf-8")).substitute(values)


def machine() -> str:
    """Cores and model of the processor; nothing that tells this machine from its like."""
    cores_n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return f"{cores_n or os.cpu_count()} cores, {_processor()}"


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _start(found: Results, sizes: Sizes) -> str:
    read = "an encoder read it" if found.tagger.is_read else "no encoder read it"
    return (
        f"{found.start.wall_s:.2f} s by the clock, {found.start.cpu_s:.2f} CPU seconds, "
        f"{found.start.peak_mb:.0f} MB at most; {read}. "
        f"Runs: {sizes.starts_n}; the middle one counts."
    )


def _speed(found: Results) -> str:
    rows = [
        _speed_row("mixed posts", found.mixed, found.drawn.mixed),
        _speed_row("ordinary posts of state subreddits", found.ordinary, found.drawn.ordinary),
    ]
    return table(
        [
            "posts",
            "number",
            "pass the gate",
            "read by an encoder",
            "posts/s by the clock",
            "posts per CPU second",
            "seconds",
            "peak MB",
        ],
        rows,
    )


def _speed_row(title: str, speed: Speed, file: File) -> list[str]:
    return [
        title,
        f"{file.posts_n:,}",
        f"{100 * file.passed_n / file.posts_n:.1f} %",
        f"{100 * file.read_n / file.posts_n:.1f} %",
        f"{speed.by_clock:,.0f}",
        f"{speed.by_cpu:,.0f}",
        f"{speed.cost.wall_s:.1f}",
        f"{speed.cost.peak_mb:,.0f}",
    ]


def _ways(ways: dict[str, Way]) -> str:
    header = ["", *SCORES.values(), "posts/s", *_COST]
    rows = [
        [
            title,
            *(f"{way.scored.scores[name]:.2f}" for name in SCORES),
            f"{way.scored.posts_n / way.scored.tagging_s:,.0f}",
            *_costs(way.cost),
        ]
        for title, way in ways.items()
    ]
    missing = [title for title in FROZEN.values() if title not in ways]
    rows += [[title, NOT_MEASURED, *[""] * (len(header) - 2)] for title in missing]
    return table(header, rows)


def _ratios(ways: dict[str, Way]) -> str:
    ours = ways["our tagger"].scored
    said = [
        f"{way.scored.tagging_s / ours.tagging_s:.1f} times those of {title}"
        for title, way in ways.items()
        if title in FROZEN.values()
    ]
    return f"Our tagger's posts a second are {' and '.join(said)}." if said else ""


def _costs(cost: Cost) -> list[str]:
    return [f"{cost.wall_s:.1f}", f"{cost.cpu_s:.1f}", f"{cost.peak_mb:,.0f}"]


def _fitted(found: Results) -> str:
    if found.fitted is None:
        return f"The heads on frozen encoders: {NOT_MEASURED}."
    return (
        f"The heads on frozen encoders learnt from {found.fitted.learnt_n:,} rows and were "
        f"calibrated on {found.fitted.calibrated_n:,}."
    )


def _encoders(found: Results) -> str:
    encoders = found.encoders
    if encoders is None:
        return f"Both encoders: {NO_ENCODER if found.fitted else NOT_MEASURED}."
    ours_s = encoders.ours.posts_n / encoders.ours.reading_s
    plain_s = encoders.plain.posts_n / encoders.plain.reading_s
    rows = [
        ["our int8 encoder, heads included", f"{ours_s:,.0f}", *_costs(encoders.ours_cost)],
        ["`transformers` pipeline, 32-bit", f"{plain_s:,.0f}", *_costs(encoders.plain_cost)],
    ]
    compared = table([f"{encoders.ours.posts_n:,} posts", "posts/s", *_COST], rows)
    peak = encoders.plain_cost.peak_mb / encoders.ours_cost.peak_mb
    return (
        f"{compared}\n\nOurs reads {ours_s / plain_s:.1f} times as many posts a second in a "
        f"process that takes {1 / peak:.2f} times the memory."
    )


def _attack(found: Results) -> str:
    inputs_n = sum(kind.inputs_n for kind in found.attack.kinds.values())
    kind, slowest = max(found.attack.kinds.items(), key=lambda item: item[1].slowest_s)
    return (
        f"{inputs_n:,} inputs, each tagged alone and among others: every one got an answer. "
        f"Inputs with a score outside 0 to 1: {found.attack.out_of_range_n:,}. Inputs whose "
        f"tags changed in company: {found.attack.moved_n:,}. The slowest took "
        f"{slowest.slowest_s:.1f} s ({kind}, {slowest.longest_n:,} characters at most). The "
        f"process took {found.attack_cost.wall_s:,.0f} s and "
        f"{found.attack_cost.peak_mb:,.0f} MB at most."
    )


def _kinds(found: Results) -> str:
    rows = [
        [name, f"{kind.inputs_n:,}", f"{kind.longest_n:,}", f"{kind.slowest_s:.3f}"]
        for name, kind in found.attack.kinds.items()
    ]
    return table(["kind", "inputs", "longest, characters", "slowest, s"], rows)


def _disguises(found: Results) -> str:
    rows = [
        [name, f"{worn.posts_n:,}", f"{100 * worn.same_n / max(worn.posts_n, 1):.0f} %"]
        for name, worn in found.attack.disguises.items()
    ]
    return table(["disguise", "posts", "same tags"], rows)
