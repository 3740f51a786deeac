"""Simulated weekly series on which R's `surveillance` and our own version are compared.

The same seed gives the same series for ever: the old numpy generator's streams are frozen, and
means are rounded before anything is drawn from them. So only R's answers are kept as golden
data (`tests/golden/farrington.csv`, `ears.csv`), not the series.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from warehouse.alarms.farrington import Control, Verdicts, farrington

GOLDEN = Path(__file__).parent / "golden"
SERIES_N = 240
WEEKS = 5 * 52 + 24


@dataclass(frozen=True)
class Series:
    """One simulated series and, for a third of them, the health authors it is a part of."""

    counts: np.ndarray
    population: np.ndarray | None


@dataclass(frozen=True)
class Setting:
    """One call of R's function, by its own names."""

    series: int
    b: int
    w: int
    noPeriods: int  # noqa: N815
    pastWeeksNotIncluded: int  # noqa: N815
    reweight: bool
    trend: bool
    alpha: float
    thresholdMethod: str  # noqa: N815


def simulated(number: int) -> Series:
    """Seasonal or not, with trend or not, small or large, over-dispersed, with outbreaks past
    and present, with runs of zeros."""
    chance = np.random.RandomState(1000 + number)  # its streams are frozen
    week = np.arange(WEEKS)
    level = (0.3, 1.5, 6.0, 25.0, 140.0)[number % 5]
    season = (0.0, 0.4, 0.9)[number // 5 % 3] * np.cos(2 * np.pi * (week - 7) / 52)
    trend = (0.0, 0.004, -0.004)[number // 2 % 3] * (week - WEEKS / 2)
    mean = level * np.exp(season + trend)
    population = None
    if number % 3 == 0:
        population = np.round(400 * np.exp(0.002 * week + 0.2 * chance.randn(WEEKS)))
        mean = mean * population / 400
    for _ in range(number % 4):  # past outbreaks
        first = chance.randint(5, WEEKS - 40)
        mean[first : first + chance.randint(2, 9)] *= 2.0 + 4 * chance.rand()
    if number % 7 in (2, 5):
        mean[-2:] *= 3.0  # one at present
    spread = (1.0, 1.5, 3.0)[number % 3]
    mean = np.round(mean, 6)
    if spread > 1:
        mean = np.round(chance.gamma(mean / (spread - 1)) * (spread - 1), 6)
    counts = chance.poisson(mean)
    if number % 11 == 3:
        counts[chance.randint(0, 120) :][:60] = 0
    return Series(counts.astype(float), population)


def settings_of(number: int) -> list[Setting]:
    """Three calls a series: one a way to set the threshold."""
    return [
        Setting(
            series=number,
            b=(5, 4, 3)[number % 3],
            w=(3, 3, 2)[number // 3 % 3],
            noPeriods=(10, 10, 1, 4)[number // 2 % 4],
            pastWeeksNotIncluded=(26, 26, 3)[number // 7 % 3],
            reweight=number % 5 != 4,
            trend=number % 9 != 8,
            alpha=(0.05, 0.005)[number // 4 % 2],
            thresholdMethod=method,
        )
        for method in ("delta", "nbPlugin", "muan")
    ]


def write_questions(folder: Path) -> tuple[Path, Path]:
    """Put all series and settings where the R script reads them."""
    series, settings = folder / "series.csv", folder / "settings.csv"
    with series.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["series", "week", "count", "population"])
        for number in range(SERIES_N):
            made = simulated(number)
            people = [""] * WEEKS if made.population is None else made.population.astype(int)
            for week in range(WEEKS):
                lines.writerow([number, week, int(made.counts[week]), people[week]])
    with settings.open("w", newline="") as file:
        table = csv.DictWriter(file, list(Setting.__annotations__))
        table.writeheader()
        for number in range(SERIES_N):
            for setting in settings_of(number):
                row = {k: getattr(setting, k) for k in Setting.__annotations__}
                row |= {k: str(v).upper() for k, v in row.items() if isinstance(v, bool)}
                table.writerow(row)
    return series, settings


def answers(name: str, folder: Path = GOLDEN) -> list[dict[str, str]]:
    """R's answers, line by line; the lines that begin with # name its versions."""
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def asked() -> list[Setting]:
    """Every call, in the order of R's answers."""
    return [setting for number in range(SERIES_N) for setting in settings_of(number)]


def ours(setting: Setting) -> Verdicts:
    """What our version says to the same call."""
    series = simulated(setting.series)
    control = Control(
        years=setting.b,
        half_window=setting.w,
        seasons_n=setting.noPeriods,
        left_out_n=setting.pastWeeksNotIncluded,
        is_reweighted=setting.reweight,
        has_trend=setting.trend,
        alpha=setting.alpha,
        method=setting.thresholdMethod,
        is_as_surveillance=True,
    )
    people = None if series.population is None else series.population[None]
    return farrington(series.counts[None], control, people)


def differences(of_r: list[dict[str, str]]) -> dict[str, float]:
    """Largest difference from R by what it says; infinite where one is silent, or alarms alone.

    Relative, but for p-values. R gives no expected count where it gives no threshold.
    """
    worst = dict.fromkeys(("expected", "upper", "phi", "slope", "p_value", "alarm"), 0.0)
    for setting, row in zip(asked(), of_r, strict=True):
        said = ours(setting)
        found = {
            "expected": np.nan if np.isnan(said.upper[0]) else said.expected[0],
            "upper": said.upper[0],
            "phi": said.phi[0],
            "slope": said.slope[0],
            "p_value": said.p_value[0],
            "alarm": float(said.is_alarm[0]),
        }
        for name, value in found.items():
            worst[name] = max(worst[name], _difference(name, number(row[name]), float(value)))
    return worst


def number(written: str) -> float:
    """A number or logical as R writes it; nan for none."""
    known = {"NA": np.nan, "NaN": np.nan, "TRUE": 1.0, "FALSE": 0.0}
    return known[written] if written in known else float(written)


def _difference(name: str, by_r: float, by_us: float) -> float:
    if np.isnan(by_r) and np.isnan(by_us):
        return 0.0
    apart = abs(by_r - by_us)
    if np.isnan(apart) or (name == "alarm" and apart):
        return float("inf")
    return apart if name == "p_value" else apart / max(abs(by_r), 1e-9)
