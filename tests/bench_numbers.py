"""Measure what a week's numbers cost: `make bench-numbers` writes warehouse/BENCHMARK.md.

A simulated lake of each size over 52 weeks; then, in a process of its own each, a bare scan of
one week's rows, the product's marts of that week with the CPU-time of every model, the same
counting by polars, and the marts of all 52 weeks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from classifiers.taxonomy import load_taxonomy
from simulation import lake, world
from simulation.backtest.estimating import error_rates
from simulation.settings import Settings
from tests.bench_flood import memory_mb, reset_peak
from warehouse import build, marts
from warehouse.home import Home
from warehouse.lake import day_files
from warehouse.reference import load_counties

SIZES = [1_000_000, 10_000_000, 100_000_000]
WEEKS = 52
TAGS_A_WEEK = 456_800
"""Rows of a week of a world of scale 1."""

COUNTED = ("mart_volume_week", "mart_tag_week")
COPIED = ("ref_repeated_bands", "stg_copies", "mart_copied_week")
CHECKED = ("mart_tagged_week", "mart_source_posts", "mart_input_week", "mart_repeat_week")


def is_hiding(name: str) -> bool:
    return "cells" in name or "told" in name or name == "mart_shown_week"


STAGES = {
    "counting": lambda name: (
        name in COUNTED or (name[:4] == "stg_" and not is_hiding(name) and name not in COPIED)
    ),
    "near-copies": lambda name: name in COPIED,
    "totals and distributions": lambda name: name in CHECKED,
    "hiding": is_hiding,
    "estimates": lambda name: name == "est_share_week",
    "alarms": lambda name: name == "est_alarm",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU-seconds, seconds of the clock, most memory (MB), rows made or read."""

    cpu_s: float
    clock_s: float
    peak_mb: float
    rows_n: int


@dataclass(frozen=True, slots=True)
class Found:
    """One size: rows stored and of the week, disk (MB), and costs by what was done."""

    tags_n: int
    week_n: int
    disk_mb: float
    costs: dict[str, Cost]


def main() -> None:
    """Measure each size, print a line each, and write the document when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tags", type=int, nargs="+", default=SIZES)
    parser.add_argument("--no-rebuild", action="store_true", help="leave the 52 weeks out")
    parser.add_argument("--folder", type=Path, help="keep the lakes here, and use them again")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    found = [measured(tags_n, asked.folder, asked.no_rebuild) for tags_n in asked.tags]
    if asked.write:
        asked.write.write_text(document(found), encoding="utf-8")


def measured(tags_n: int, folder: Path | None, no_rebuild: bool) -> Found:
    """Write a lake of this size and measure it."""
    with tempfile.TemporaryDirectory(prefix="numbers-") as own:
        home = Home((folder or Path(own)) / f"{tags_n}")
        say(f"{tags_n:,} tags: writing the lake")
        written = in_process(write_lake, str(home.root), tags_n)
        costs = {}
        works = [scan, polars_count, partial(product, weeks_n=1), partial(product, weeks_n=12)]
        works += [] if no_rebuild else [partial(product, weeks_n=WEEKS)]
        for work in works:
            for name, cost in in_process(work, str(home.root)).items():
                costs[name] = Cost(**cost)
                say(f"{tags_n:>11,}  {name:<34}{cost['cpu_s']:>8.2f} s CPU"
                    f"{cost['clock_s']:>8.2f} s{cost['peak_mb']:>7.0f} MB")  # fmt: skip
        week_n = costs["bare scan and count, one week"].rows_n
        return Found(written["tags_n"], week_n, size_mb(home.tags), costs)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def in_process(work: Callable, *arguments: object) -> dict:
    """What `work` returns, run in a fresh process, so that memory and CPU-time are its own."""
    ours, theirs = multiprocessing.Pipe()
    one = multiprocessing.get_context("spawn").Process(
        target=_answer, args=(theirs, work, arguments)
    )
    one.start()
    theirs.close()
    try:
        return json.loads(ours.recv())
    except EOFError:
        sys.exit("A measurement failed.")
    finally:
        one.join()


def _answer(pipe, work: Callable, arguments: tuple[object, ...]) -> None:
    pipe.send(json.dumps(work(*arguments)))


def timed(work: Callable[[], int]) -> dict[str, float]:
    reset_peak()
    cpu_s, clock_s = time.process_time(), time.monotonic()
    rows_n = work()
    return {
        "cpu_s": time.process_time() - cpu_s,
        "clock_s": time.monotonic() - clock_s,
        "peak_mb": memory_mb("VmHWM"),
        "rows_n": rows_n,
    }


def settings(tags_n: int) -> Settings:
    return Settings(WEEKS, seed=1, scale=tags_n / WEEKS / TAGS_A_WEEK)


def write_lake(root: str, tags_n: int) -> dict[str, int]:
    home = Home(Path(root))
    if not home.tags.exists():
        lake.write(world.draw(settings(tags_n)), home, lambda _line: None)
    with duckdb.connect() as con:
        held = con.read_parquet(f"{home.tags}/**/*.parquet")
        return {"tags_n": held.aggregate("count(*)").fetchall()[0][0]}


def last_week(home: Home) -> list[str]:
    week = Settings(WEEKS, 1).window[-1]
    return [str(file) for file in day_files(home, "tags", week.start, week.end, is_sample=True)]


def connected() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"memory_limit": "2GB", "threads": os.cpu_count() or 1})


def scan(root: str) -> dict:
    """Read every column that counting needs, and count."""
    files = last_week(Home(Path(root)))
    columns = ("post_id", "posted_at", "author_key", "state", "county_fips", "kind", "tag_id",
               "stance", "score")  # fmt: skip
    counts = ", ".join(f"count({name})" for name in columns)
    with connected() as con:
        held = con.read_parquet(files)
        cost = timed(lambda: held.aggregate(f"count(*), {counts}").fetchall()[0][0])
    return {"bare scan and count, one week": cost}


def polars_count(root: str) -> dict:
    """Distinct authors by place, tag and stance at every level, as the marts have them."""
    import polars as pl

    files = last_week(Home(Path(root)))
    regions = pl.LazyFrame(
        {
            "county_fips": list(load_counties()),
            "region": [c.region for c in load_counties().values()],
        }
    )

    def work() -> int:
        tags = pl.scan_parquet(files, hive_partitioning=False).select(
            "post_id", "kind", "tag_id", "stance", "score", "author_key", "state", "county_fips"
        )
        themed = tags.filter(pl.col("kind") == "theme").select("post_id").unique()
        health = tags.filter((pl.col("kind") == "health") & (pl.col("score") >= 0.5))
        health = pl.concat([health.select("post_id"), themed]).unique()
        kept = tags.join(health, on="post_id", how="semi").filter(pl.col("kind") != "unsure")
        placed = kept.join(regions, on="county_fips", how="left")
        placed = placed.with_columns(pl.lit("US").alias("nation"))
        rows_n = 0
        parts = [
            placed.filter(pl.col(place).is_not_null())
            .group_by(place, "kind", "tag_id", "stance")
            .agg(pl.col("author_key").n_unique())
            for place in ("nation", "state", "region", "county_fips")
        ]
        for part in pl.collect_all(parts):
            rows_n += part.height
        return rows_n

    return {"polars, the same counting, one week": timed(work)}


def product(root: str, weeks_n: int) -> dict:
    """The marts as a run makes them, and the CPU-time of every model by what it is for."""
    home, taxonomy, spent = Home(Path(root)), load_taxonomy(), dict[str, dict[str, float]]()
    home.database.unlink(missing_ok=True)
    for part in ("_build_one", "_add_rows", "_compute_one"):
        setattr(build, part, _clocked(getattr(build, part), spent))
    find_bands = marts.register_repeated_bands
    clocked = _clocked(lambda con, _name: find_bands(con), spent)
    marts.register_repeated_bands = lambda con: clocked(con, "ref_repeated_bands")
    drawn = world.draw(Settings(1, seed=1))

    def work() -> int:
        made = marts.build_marts(
            home,
            Settings(WEEKS, 1).window[-1],
            weeks_n,
            True,
            theme_ids=list(taxonomy.themes),
            signal_ids=list(taxonomy.signals),
            error_rates=error_rates(drawn),
        )
        return made.posts_n

    label = "one week" if weeks_n == 1 else f"{weeks_n} weeks"
    whole = timed(work)
    told = {}
    for stage, is_one in STAGES.items():
        own = [cost for name, cost in spent.items() if is_one(name)]
        if own:
            told[f"{stage}, {label}"] = {
                key: sum(cost[key] for cost in own) for key in ("cpu_s", "clock_s", "rows_n")
            } | {"peak_mb": max(cost["peak_mb"] for cost in own)}
    return told | {f"all marts, {label}": whole}


def _clocked(work: Callable, spent: dict[str, dict[str, float]]) -> Callable:
    def run(con, *arguments):
        name = arguments[0] if isinstance(arguments[0], str) else arguments[0].name

        def one() -> int:
            work(con, *arguments)
            return 0

        now, before = timed(one), spent.get(name, {})
        spent[name] = {key: cost + before.get(key, 0) for key, cost in now.items()}
        spent[name]["peak_mb"] = max(now["peak_mb"], before.get("peak_mb", 0))

    return run


def size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


PAGE = """# What a week's numbers cost

Simulated lakes of 52 weeks; the last week is counted. CPU-seconds of all cores together, in
brackets seconds of the clock and the most memory. *Bare scan and count* reads the columns that
counting needs from the same rows and counts them: nothing can be cheaper. *Counting* takes the
tags to distinct voices by place, theme and stance, in SQL, each post once; polars does no more
than count voices, in the same run. *Near-copies*, *totals and distributions* are SQL too;
*hiding*, *estimates* and *alarms* are Python; *all marts* is everything that a run builds.

`make bench-numbers` measures it and writes this page.

| | {sizes} |
|---|{rules}
| rows stored | {stored} |
| rows of the week | {week} |
| on disk | {disk} |
{costs}

{cores} cores, {machine}, Python {python}, DuckDB {duckdb}; load at the end {load:.1f}.
"""


def document(found: list[Found]) -> str:
    """The figures as a page of Markdown."""

    def row(cell: Callable[[Found], str]) -> str:
        return " | ".join(map(cell, found))

    names = list(dict.fromkeys(name for one in found for name in one.costs))
    return PAGE.format(
        sizes=row(lambda one: f"{one.tags_n / 1e6:.0f} million tags"),
        rules="---:|" * len(found),
        stored=row(lambda one: f"{one.tags_n:,}"),
        week=row(lambda one: f"{one.week_n:,}"),
        disk=row(lambda one: f"{one.disk_mb:,.0f} MB"),
        costs="\n".join(f"| {name} | {row(partial(told, name))} |" for name in names),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        duckdb=duckdb.__version__,
        load=os.getloadavg()[0],
    )


def told(name: str, one: Found) -> str:
    cost = one.costs.get(name)
    return (
        f"{cost.cpu_s:,.2f} s ({cost.clock_s:,.1f} s, {cost.peak_mb:,.0f} MB)" if cost else ""
    )


if __name__ == "__main__":
    main()
