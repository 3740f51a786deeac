"""Measure what a cluster gains and costs: `make bench-cluster` writes its part of a page.

    python -m tests.cluster.bench [--posts N] [--write FILE]

The same posts, no two alike, are placed and tagged in this process, on all cores, then by Dask
workers of one core each: one, as many as there are cores, and twice as many, which share them.
All have their models loaded. Then the lake goes to an S3 server and comes back.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from flows import runner, stages
from flows.sources.sample import simulate
from tests.cluster.machines import CORES, Cluster, s3_bucket
from tests.files import comment, dump
from tests.marked import insert
from warehouse import object_store
from warehouse.home import Home
from warehouse.weeks import Week

WEEK = Week(2024, 10)
FILES_N, POSTS_N = 16, 8_000
WORKERS = (1, CORES, 2 * CORES)
EPOCH_DAY = 719_163

PAGE = """
{posts:,} posts, no two alike, in {files} parts; models loaded before. `make bench-cluster`
writes this part.

| placed and tagged by | clock | posts a second | one worker's speed |
|---|---:|---:|---:|
{rows}

A worker has one core here, so {cores} workers have what this process had alone: their time is
{overhead:+.0%} of its own, for handing posts over and tags back. Of workers that share a core
nothing is to be gained.

The lake of these posts, {lake_mb:.1f} MB in {objects} objects, is in an S3 store (moto, on this
machine) in {sent:.1f} s, is known to be unchanged in {known:.1f} s, and is taken over by a new
machine in {fetched:.1f} s.
"""


def main() -> None:
    """Measure, and write the part of the document when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=POSTS_N)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cluster-") as made:
        folder = Path(made)
        waiting = read_posts(folder, asked.posts)
        alone_s = in_this_process(waiting, folder / "alone")
        spread_s = {n: on_workers(waiting, folder, n) for n in WORKERS}
        told = page(asked.posts, alone_s, spread_s) | stored(Home(folder / "alone"))
    text = PAGE.format(**told)
    if asked.write:
        insert(asked.write, "cluster", text)
    else:
        sys.stdout.write(text)


def read_posts(folder: Path, posts_n: int) -> Path:
    """A data folder whose inbox holds the posts, read and neither placed nor tagged."""
    first = (WEEK.start.toordinal() - EPOCH_DAY) * 86_400
    said = itertools.cycle([post.text for post in simulate(WEEK, 1)])
    texts = [f"{text} {n}" for n, text in enumerate(itertools.islice(said, posts_n))]
    files = []
    for number in range(FILES_N):
        own = range(number, posts_n, FILES_N)
        rows = [comment(n, body=texts[n], created_utc=first + n * 60 % 600_000) for n in own]
        files.append(dump(folder / f"{number:02}.ndjson.zst", rows))
    home = folder / "waiting"
    os.environ["GRAPEVINE_HOME"] = str(home)
    stages.read(str(WEEK), 1, [str(file) for file in files], None)
    return home


def in_this_process(waiting: Path, home: Path) -> float:
    """Seconds without a cluster."""
    warmed(0)
    return placed_and_tagged(waiting, home)


def on_workers(waiting: Path, folder: Path, workers_n: int) -> float:
    """Seconds on a cluster of its own."""
    own = folder / f"workers-{workers_n}"
    own.mkdir()
    cluster = Cluster(own, workers_n)
    try:
        with cluster.client() as client:
            client.gather(client.map(warmed, range(workers_n), pure=False))
        os.environ |= {runner.RUNNER: runner.DASK, runner.ADDRESS: cluster.address}
        return placed_and_tagged(waiting, own / "data")
    finally:
        del os.environ[runner.RUNNER], os.environ[runner.ADDRESS]
        cluster.end()


def warmed(_number: int) -> None:
    """Load the models."""
    stages.tag_texts(["a neighbor says raw milk cures asthma", "la leche cruda cura el asma"])


def placed_and_tagged(waiting: Path, home: Path) -> float:
    """Seconds of the two stages that are spread, on a copy of the folder."""
    shutil.copytree(waiting, home)
    os.environ["GRAPEVINE_HOME"] = str(home)
    began = time.monotonic()
    stages.locate(str(WEEK))
    stages.tag(str(WEEK))
    seconds = time.monotonic() - began
    sys.stderr.write(f"{home.parent.name}/{home.name}: {seconds:.1f} s\n")
    return seconds


def page(posts_n: int, alone_s: float, spread_s: dict[int, float]) -> dict[str, object]:
    """What the document says of placing and tagging."""
    found = {f"this process, on {CORES} cores": alone_s} | {
        f"{n} Dask worker{'s' * (n > 1)}": seconds for n, seconds in spread_s.items()
    }
    rows = [
        f"| {who} | {seconds:.1f} s | {posts_n / seconds:,.0f} | {spread_s[1] / seconds:.2f} |"
        for who, seconds in found.items()
    ]
    return {
        "posts": posts_n,
        "files": FILES_N,
        "rows": "\n".join(rows),
        "overhead": spread_s[CORES] / alone_s - 1,
        "cores": CORES,
    }


def stored(home: Home) -> dict[str, object]:
    """What the document says of the lake in a store."""
    os.environ["GRAPEVINE_HOME"] = str(home.root)
    stages.lake(str(WEEK))
    with s3_bucket() as address:
        os.environ[object_store.ADDRESS] = address
        sent, sent_s = clocked(lambda: object_store.send(home))
        _, known_s = clocked(lambda: object_store.send(home))
        _, fetched_s = clocked(lambda: object_store.fetch(Home(home.root.parent / "new")))
        del os.environ[object_store.ADDRESS]
    files = list(home.posts.parent.rglob("*.parquet"))
    return {
        "lake_mb": sum(file.stat().st_size for file in files) / 1e6,
        "objects": sent.sent_n,
        "sent": sent_s,
        "known": known_s,
        "fetched": fetched_s,
    }


def clocked(work):
    began = time.monotonic()
    return work(), time.monotonic() - began


if __name__ == "__main__":
    main()
