"""Write the method and what the backtest found of it: `grapevine backtest --write`.

Every figure comes from the backtest; the words around them lie in `methods_words.md`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from string import Template

from simulation.backtest import detection, tables
from simulation.backtest.accuracy import SIZES, size_name
from simulation.backtest.alarming import METHODS
from simulation.backtest.detection import STRATA, Detection, of
from simulation.backtest.plots import Line, band_plot, line_plot
from simulation.backtest.run import Backtest

WORDS = Path(__file__).with_name("methods_words.md")
FOLDER = Path(__file__).parents[2] / "warehouse"
PAGE, BESIDE = "METHODS.md", "methods"
"""The page, and the folder of its plots beside it."""


def write(found: Backtest, out: Path = FOLDER) -> Path:
    """Write the page and its plots to `out`; return the page."""
    beside = out / BESIDE
    beside.mkdir(parents=True, exist_ok=True)
    for name, drawn in plots(found).items():
        (beside / f"{name}.svg").write_text(drawn, encoding="utf-8")
    page = out / PAGE
    page.write_text(document(found), encoding="utf-8")
    return page


def document(found: Backtest) -> str:
    """The page as Markdown."""
    settings, region = found.settings, found.detections["region"]
    return Template(WORDS.read_text(encoding="utf-8")).substitute(
        command=f"grapevine backtest --weeks {settings.weeks} --seed {settings.seed} --write",
        weeks=str(settings.weeks),
        estimated=str(len(found.estimated)),
        alarmed=str(len(found.alarmed)),
        left_out=str(len(found.left_out)),
        settings=stated(settings),
        targets=tables.targets(found),
        shares=tables.shares(found),
        uncorrected=tables.uncorrected(found),
        words=tables.words(found),
        regions=tables.by_method(region),
        states=tables.by_method(found.detections["state"]),
        sizes=tables.by_size(region),
        baselines=tables.by_baseline(region, tables.TARGET),
        brigades=tables.brigades(found.brigades),
        region_years=f"{region.place_years:.0f}",
    )


def plots(found: Backtest) -> dict[str, str]:
    """Each plot by its file name."""
    names = [size_name(*size) for size in SIZES]
    held = [found.tallies[name] for name in names if name in found.tallies]
    labels = [_short(*size) for size in SIZES if size_name(*size) in found.tallies]
    region = found.detections["region"]
    return {
        "coverage": band_plot(
            "90 % intervals that hold the true share, by health authors of the county",
            labels,
            [one.coverage_pct for one in held],
            (86, 94),
        ),
        "error": line_plot(
            "Mean absolute error in 1,000 health authors, by health authors of the county",
            "in 1,000",
            labels[1:],
            [
                Line("published", [one.own_error / one.naive_n for one in held[1:]]),
                Line("naive", [one.naive_error / one.naive_n for one in held[1:]]),
            ],
            50,
        ),
        "detection": line_plot(
            "×3 in a region, found in its first week, at 1 false alarm a region and year",
            "%",
            [tables.span(*bounds) for bounds in STRATA],
            [Line(method, _found_pct(region, method)) for method in METHODS],
            100,
        ),
    }


def _found_pct(one: Detection, method: str) -> list[float | None]:
    limit, values = one.limit(method, tables.FALSE_A_YEAR), list[float | None]()
    for bounds in STRATA:
        found = detection.found(of(one.cases, tables.TARGET, *bounds), method, limit)
        values.append(100 * found.first_n / found.cases_n if found.cases_n else None)
    return values


def _short(least: int, most: int | None) -> str:
    return f"{least}+" if most is None else f"{least}" if least == most else f"{least}–{most}"


def stated(part: object) -> str:
    """The settings of a world as a list."""
    if not is_dataclass(part):
        raise TypeError("settings are dataclasses")
    lines = []
    for one in fields(part):
        value = getattr(part, one.name)
        if is_dataclass(value):
            inner = ", ".join(
                f"{f.name} {_told(getattr(value, f.name))}" for f in fields(value)
            )
            lines.append(f"- *{one.name}*: {inner}")
        else:
            lines.append(f"- *{one.name}*: {_told(value)}")
    return "\n".join(lines)


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(_told, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
