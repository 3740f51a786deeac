"""Lay out what a backtest found as tables of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from simulation.backtest import changing, detection
from simulation.backtest.accuracy import RURAL, SIZES, SMALL, Tallies, Tally, size_name
from simulation.backtest.alarming import LIMITS, METHODS
from simulation.backtest.brigading import Moved
from simulation.backtest.detection import STRATA, Case, Detection, of
from simulation.backtest.run import Backtest
from simulation.places import LEVELS

GROUPS = (*LEVELS[:-1], *(size_name(*size) for size in SIZES), SMALL, RURAL)
FALSE_A_YEAR = 1.0
TARGET = 3.0
"""The multiple that the target speaks of."""

MANY = 10.0
"""Tagged authors expected in a usual week from which an outbreak ×3 can hardly be missed."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; all columns but the first to the right."""
    rules = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rules, *rows))


def targets(found: Backtest) -> str:
    """The four figures that were asked for."""
    small, rural = found.tallies[SMALL], found.tallies[RURAL]
    region = found.detections["region"]
    cases = [case for case in of(region.cases, TARGET) if case.outbreak.length >= 2]
    many = [case for case in cases if case.baseline >= MANY]
    now, before = (
        found.brigades[name]
        for name in ("20 names, as counted now", "each of 20 names a voice")
    )
    rows = [
        ["coverage of 90 % intervals, counties with 1–20 authors", "", "86–94 %", "88–92 %",
         f"{small.coverage_pct:.1f} %", ""],
        ["mean absolute error of county share, rural counties", "1.0", "≤ 0.6", "≤ 0.4",
         f"{rural.ratio:.2f}", ""],
        ["outbreak ×3 of 2 weeks or more in a region alarmed within 7 days, at 1 false alarm a "
         f"region and year ({len(cases)} planted)", _first(region, cases, "C2"), "80 %", "95 %",
         _first(region, cases, "ours"), _first(region, cases, "perfect knowledge")],
        [f"the same, by our own rule, at {region.false_a_year('ours'):.2f} false alarms",
         "", "", "", _first(region, cases, "ours", is_own=True), ""],
        ["of these outbreaks, told at all in their first week: nobody can alarm on others",
         "", "", "", _pct(sum(case.is_told for case in cases), len(cases)), ""],
        [f"the same, where {MANY:g} tagged authors or more are usual ({len(many)})",
         _first(region, many, "C2"), "", "", _first(region, many, "ours"),
         _first(region, many, "perfect knowledge")],
        ["one brigade of 200 copies from 20 accounts moves a county's published share by",
         f"{before.typical_pct:.0f} %", "< 5 %", "0", f"{now.most_pct:.1f} %", ""],
    ]  # fmt: skip
    header = ["figure", "naive", "reach", "aim", "found", "perfect knowledge"]
    return table(header, rows)


def _first(one: Detection, cases: Sequence[Case], method: str, is_own: bool = False) -> str:
    """Found in the first week, at one false alarm a place and year or at its own limit."""
    limit = None if is_own else one.limit(method, FALSE_A_YEAR)
    found = detection.found(cases, method, limit)
    return _pct(found.first_n, found.cases_n)


def shares(found: Backtest) -> str:
    """Bias, coverage and error by level and county size."""
    rows = [
        [
            name,
            f"{one.cells_n:,}",
            f"{one.truth / one.cells_n:.1f}",
            f"{one.bias / one.cells_n:+.2f}",
            f"{one.coverage_pct:.1f} %",
            f"{one.width / one.cells_n:.1f}",
            f"{one.error / one.cells_n:.2f}",
            _mean(one.naive_error, one.naive_n),
            _mean(one.adjusted_error, one.naive_n),
            f"{one.ratio:.2f}" if one.naive_n else "",
        ]
        for name, one in _named(found.tallies)
    ]
    header = ["places", "cells", "truth", "bias", "coverage", "width", "error",
              "error naive", "error adjusted", "ours ÷ naive"]  # fmt: skip
    return table(header, rows)


def uncorrected(found: Backtest) -> str:
    """What pooling alone gives: the tagger's errors left in."""
    rows = [
        [
            name,
            f"{one.bias / one.cells_n:+.2f}",
            f"{one.coverage_pct:.1f} %",
            f"{one.error / one.cells_n:.2f}",
            _mean(one.naive_bias, one.naive_n),
        ]
        for name, one in _named(found.uncorrected)
    ]
    return table(["places", "bias", "coverage", "error", "bias naive"], rows)


def words(found: Backtest) -> str:
    """What was said of changes, and what of it was so, by level."""
    rows = [
        [
            level,
            f"{one.compared_n:,}",
            f"{one.rising_n:,}",
            _pct(one.rising_true_n, one.rising_n),
            f"{one.falling_n:,}",
            _pct(one.falling_true_n, one.falling_n),
            f"{one.large_n:,}",
            _pct(one.large_told_n, one.large_n),
        ]
        for level, one in found.words.items()
    ]
    header = ["places", "compared", "said to rise", "did", "said to fall", "did",
              f"true rises to ×{changing.LARGE:g} or more", "said to rise"]  # fmt: skip
    return table(header, rows)


def by_method(one: Detection) -> str:
    """Each method at its own limit, and at one false alarm a place and year."""
    cases = of(one.cases, TARGET)
    rows = []
    for method in METHODS:
        own = detection.found(cases, method, None)
        even = detection.found(cases, method, one.limit(method, FALSE_A_YEAR))
        has_own = method in LIMITS or method == "ours"
        rows.append(
            [
                method,
                f"{one.false_a_year(method):.2f}" if has_own else "",
                f"{one.risen_a_year(method):.2f}" if has_own else "",
                _pct(own.first_n, own.cases_n) if has_own else "",
                _pct(even.first_n, even.cases_n),
                _pct(even.second_n, even.cases_n),
                _pct(even.ever_n, even.cases_n),
                "" if math.isnan(even.days) else f"{even.days:.0f}",
            ]
        )
    header = ["method", "own limit: false alarms a place and year", "on other rises",
              "within 7 days",
              "at 1 false alarm: within 7 days", "within 14", "while it lasts",
              "median days"]  # fmt: skip
    return table(header, rows)


def by_baseline(one: Detection, multiple: float) -> str:
    """Found in the first week at one false alarm, by how many tagged authors are usual."""
    strata = [of(one.cases, multiple, *bounds) for bounds in STRATA]
    header = ["method", *(f"{span(*s)}, {len(c)}" for s, c in zip(STRATA, strata, strict=True))]
    rows = [[method, *(cell or "" for cell in _row(one, method, strata))] for method in METHODS]
    return table(header, rows)


def by_size(one: Detection) -> str:
    """Our alarms by how strong the outbreak is, at one false alarm a place and year."""
    limit = one.limit("ours", FALSE_A_YEAR)
    rows = []
    for multiple in sorted({case.outbreak.multiple for case in one.cases}):
        found = detection.found(of(one.cases, multiple), "ours", limit)
        known = detection.found(
            of(one.cases, multiple),
            "perfect knowledge",
            one.limit("perfect knowledge", FALSE_A_YEAR),
        )
        rows.append(
            [
                f"×{multiple:g}",
                f"{found.cases_n}",
                _pct(found.first_n, found.cases_n),
                _pct(found.second_n, found.cases_n),
                _pct(found.ever_n, found.cases_n),
                _pct(known.first_n, known.cases_n),
            ]
        )
    header = ["outbreak", "planted", "within 7 days", "within 14", "while it lasts",
              "within 7 days, perfect knowledge"]  # fmt: skip
    return table(header, rows)


def brigades(found: dict[str, Moved]) -> str:
    """What one brigade does to its county."""
    rows = [
        [
            name,
            f"{len(one.published)}",
            f"{one.typical_pct:.1f} %",
            f"{one.most_pct:.1f} %",
            f"{100 * float(sorted(one.naive)[len(one.naive) // 2]):.0f} %"
            if len(one.naive)
            else "",
        ]
        for name, one in found.items()
    ]
    header = ["200 copies", "counties", "published share moves by (median)",
              "95 of 100 stay below", "naive share, each a voice (median)"]  # fmt: skip
    return table(header, rows)


def _row(one: Detection, method: str, strata: Sequence[Sequence[Case]]) -> list[str | None]:
    limit = one.limit(method, FALSE_A_YEAR)
    found = [detection.found(cases, method, limit) for cases in strata]
    return [_pct(each.first_n, each.cases_n) if each.cases_n else None for each in found]


def span(least: float, most: float) -> str:
    """Bounds in words."""
    return f"{least:g} or more" if math.isinf(most) else f"{least:g} to {most:g}"


def _named(tallies: Tallies) -> list[tuple[str, Tally]]:
    return [(name, tallies[name]) for name in GROUPS if name in tallies]


def _mean(total: float, count: int) -> str:
    return f"{total / count:.2f}" if count else ""


def _pct(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"
