"""Measure a weekly run over many posts, and reckon what more would take: `make bench-weekly`.

    python -m tests.bench_weekly [--posts 2000000] [--write FILE]

The posts are the simulator's claims and questions among everyday talk, the same texts again and
again, in files of newline-delimited JSON. Every stage of the run is the real one, each in a
process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from flows import stages
from flows.sources.sample import simulate
from tests.marked import held
from warehouse.home import Home
from warehouse.weeks import Week

WEEK = Week(2024, 10)
POSTS_N = 2_000_000
FILE_N = 250_000
DOCUMENT = Path(stages.__file__).with_name("CAPACITY.md")
"""Also has the part that `make bench-cluster` writes, which stays."""

READ_SHARE = 0.05
"""Posts that pass the gate and are read by an encoder, in a feed that is not picked for health:
assumed. Of the simulator's it is half, and many of these are the same."""

NEW_TEXTS_N = 4_000
COMMUNITIES = ("Wyoming", "Montana", "mississippi", "NewMexico", "news")

STAGES = ("read", "locate", "tag", "lake", "marts", "release", "briefs")
TOWNS = ("Casper, WY", "Butte, MT", "Jackson, MS", "Taos, NM", "Elko, NV", "Fargo, ND", None)

DAY_S = 86_400
SITES = {  # posts a day, as the design counts them; what is kept, in days
    "one state": 20_000,
    "the United States": 1_000_000,
    "all of Bluesky and Reddit": 20_000_000,
}
CORE_MONTH_USD, GB_MONTH_USD = 25.0, 0.03
"""Assumed prices, November 2026: a rented core with its 4 GB of memory, and a GB of disk."""

KEPT_TEXT_DAYS, KEPT_TAG_DAYS = 30, 365
SMALL_CORES, SMALL_DISK_GB = 2, 500
"""One small machine, which bottlenecks are said of."""

BUSY = 0.5
"""The part of a day that a machine may work, so that it can catch up after a day lost."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One stage: seconds of the clock, CPU-seconds, and the most memory in MB."""

    clock_s: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    """Measure, and write the document when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=POSTS_N)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--stage", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        run_stage(*asked.stage)
        return
    with tempfile.TemporaryDirectory(prefix="weekly-") as folder:
        files = write_posts(Path(folder), asked.posts)
        home = Home(Path(folder) / "data")
        found = {name: measured(name, home, files) for name in STAGES}
        told = document(asked.posts, found, home, new_text_s())
    if asked.write:
        asked.write.write_text(told, encoding="utf-8")
    else:
        sys.stdout.write(told)


def write_posts(folder: Path, posts_n: int) -> list[Path]:
    """The posts as compressed files."""
    files, posts = [], rows(posts_n)
    while batch := list(itertools.islice(posts, FILE_N)):
        file = folder / f"{len(files):03}.ndjson.zst"
        lines = b"".join(json.dumps(row).encode() + b"\n" for row in batch)
        file.write_bytes(zstandard.ZstdCompressor(level=1).compress(lines))
        files.append(file)
    return files


def rows(posts_n: int) -> Iterator[dict[str, object]]:
    """Comments of a Reddit dump, spread over the week."""
    chance = random.Random(7)
    said = [post.text for post in simulate(WEEK, 1)]
    first = (WEEK.start.toordinal() - 719_163) * DAY_S
    for n in range(posts_n):
        yield {
            "id": f"c{n}",
            "subreddit": chance.choice(COMMUNITIES),
            "author": f"reader_{chance.randrange(posts_n // 4 + 1)}",
            "created_utc": first + n * 7 * DAY_S // posts_n,
            "body": chance.choice(said),
            "author_flair_text": chance.choice(TOWNS),
        }


def measured(name: str, home: Home, files: list[Path]) -> Cost:
    """Run one stage in a process of its own."""
    command = [sys.executable, "-m", "tests.bench_weekly", "--stage", name, *map(str, files)]
    began = time.monotonic()
    one = subprocess.Popen(command, env=os.environ | {"GRAPEVINE_HOME": str(home.root)})
    _, status, used = os.wait4(one.pid, 0)
    one.returncode = os.waitstatus_to_exitcode(status)
    if one.returncode:
        sys.exit(f"The stage {name} failed.")
    cost = Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    sys.stderr.write(f"{name:<8}{cost}\n")
    return cost


def run_stage(name: str, *files: str) -> None:
    """Do the stage here."""
    week = str(WEEK)
    if name == "read":
        stages.read(week, 1, list(files), None)
    elif name in ("marts", "release"):
        getattr(stages, name)(week, 1, is_sample=False)
    else:
        getattr(stages, name)(week)


PAGE = """# What a week costs, and what more would take

{posts:,} posts of one week, which the simulator says, from files to briefs. Each stage ran in a
process of its own, its start included. CPU-seconds are those of all cores together. The tagger
reads a text that comes again in a chunk once, and the simulator repeats itself: what a new text
costs is measured beside it. `make bench-weekly` writes this page.

| stage | clock | CPU | most memory |
|---|---:|---:|---:|
{rows}
| **all** | **{clock:,.0f} s** | **{cpu:,.0f} s** | **{peak:,.0f} MB** |

Slowest is *{slowest}*, {part:.0%} of the CPU. A text that passes the gate and was never read
before takes {new_text:.1f} ms of CPU. The lake holds {post_bytes:.0f} bytes a post with its
text and {tag_bytes:.0f} bytes of tags;
real texts repeat less and take more room.

## One state, one nation, everything

Reckoned from the figures above. Reading, placing and tagging grow with the posts:
{per_post:.0f} µs of CPU each, and of {read:.0%} (assumed) the time of a new text besides;
counting grows with them above what is measured here. Text is kept {text_days} days and tags
{tag_days}. A core works {busy:.0%} of the day at most. Prices are assumed: ${core:.0f} a month
for a core with 4 GB, ${gb:.2f} for a GB of disk (November 2026). The first bottleneck is what
one machine of {small_cores} cores and {small_disk} GB has least of, and how much of it is used.

| | posts a day | CPU a day | cores | disk | memory | a month | first bottleneck |
|---|---:|---:|---:|---:|---:|---:|---|
{sizes}

## On more than one machine

`make test-cluster` runs a week on four Dask workers with its lake in an S3 store, kills one in
the middle, and holds the result to that of one machine, byte for byte. Only placing and tagging
are spread ({spread:.0%} of the CPU above); reading, the lake and counting stay on the machine
with the data folder, so however many workers there are, {floor:,.0f} s of its CPU remain.

<!-- cluster -->
{cluster}
<!-- /cluster -->

{cores} cores, {machine}, Python {python}; load at the end {load:.1f}.
"""


def new_text_s() -> float:
    """CPU-seconds that the tagger takes for a text it has not read before."""
    said = {post.text for post in simulate(WEEK, 12)}
    new = [
        f"{text} {n}"
        for n, text in enumerate(itertools.islice(itertools.cycle(said), NEW_TEXTS_N))
    ]
    stages.tag_texts(new[:10])  # loads the models
    began = time.process_time()
    tags = stages.tag_texts(new)
    return (time.process_time() - began) / sum(one.gate == "passed" for one in tags)


def document(posts_n: int, found: dict[str, Cost], home: Home, new_text_s: float) -> str:
    """The figures as a page of Markdown."""
    cpu = sum(cost.cpu_s for cost in found.values())
    slowest = max(found, key=lambda name: found[name].cpu_s)
    spread_s = found["locate"].cpu_s + found["tag"].cpu_s
    post_bytes = size(home.posts) / posts_n
    tag_bytes = size(home.tags) / posts_n
    bytes_n = post_bytes * KEPT_TEXT_DAYS + tag_bytes * KEPT_TAG_DAYS
    post_s = per_post_s(posts_n, found) + READ_SHARE * new_text_s
    return PAGE.format(
        posts=posts_n,
        new_text=new_text_s * 1e3,
        read=READ_SHARE,
        rows="\n".join(_row(name, cost) for name, cost in found.items()),
        clock=sum(cost.clock_s for cost in found.values()),
        cpu=cpu,
        peak=max(cost.peak_mb for cost in found.values()),
        slowest=slowest,
        part=found[slowest].cpu_s / cpu,
        post_bytes=post_bytes,
        tag_bytes=tag_bytes,
        per_post=per_post_s(posts_n, found) * 1e6,
        text_days=KEPT_TEXT_DAYS,
        tag_days=KEPT_TAG_DAYS,
        busy=BUSY,
        core=CORE_MONTH_USD,
        gb=GB_MONTH_USD,
        small_cores=SMALL_CORES,
        small_disk=SMALL_DISK_GB,
        sizes="\n".join(
            _size_row(name, a_day, 7 * a_day / posts_n, post_s, found, bytes_n)
            for name, a_day in SITES.items()
        ),
        spread=spread_s / cpu,
        floor=cpu - spread_s,
        cluster=held(DOCUMENT, "cluster"),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def per_post_s(posts_n: int, found: dict[str, Cost]) -> float:
    """CPU-seconds that one post takes until it is in the lake."""
    return sum(found[name].cpu_s for name in ("read", "locate", "tag", "lake")) / posts_n


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.parquet"))


def _row(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.clock_s:,.0f} s | {cost.cpu_s:,.0f} s | {cost.peak_mb:,.0f} MB |"


def _size_row(
    name: str, a_day: int, times: float, post_s: float, found: dict[str, Cost], bytes_n: float
) -> str:
    """One size: so many times the posts measured, of `post_s` CPU-seconds and so many bytes."""
    counting_s = found["marts"].cpu_s * max(1.0, times)
    weekly_s = counting_s + sum(found[stage].cpu_s for stage in ("release", "briefs"))
    cpu_s, disk_gb = post_s * a_day + weekly_s / 7, a_day * bytes_n / 1e9
    cores = max(1.0, -(-cpu_s // (DAY_S * BUSY)))
    memory_gb = max(cost.peak_mb for cost in found.values()) / 1e3  # bounded at every size
    usd = cores * CORE_MONTH_USD + disk_gb * GB_MONTH_USD
    day_s = SMALL_CORES * DAY_S * BUSY
    used = {
        "CPU, most of it the tagger's: spread it with Dask": cpu_s / day_s,
        "disk": disk_gb / SMALL_DISK_GB,
        "counting the week within an hour": counting_s / SMALL_CORES / 3600,
    }
    first = max(used, key=lambda what: used[what])
    return (
        f"| {name} | {a_day:,} | {cpu_s:,.0f} s | {cores:,.0f} | {disk_gb:,.1f} GB "
        f"| {memory_gb:.1f} GB | ${usd:,.0f} | {first} ({used[first]:.0%}) |"
    )


if __name__ == "__main__":
    main()
