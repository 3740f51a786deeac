"""Measure how fast sources are read, and write flows/sources/BENCHMARK.md.

    python -m tests.bench_sources [--events 2000000] [--posts 500000] [--write FILE]

Bluesky: events a second of one core through the parser and the gate, and memory over the whole
stream, once from memory and once over a socket by the real client. Reddit dumps: posts a second
of one core out of a zstd archive of comments. Every measurement has a process of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import zstandard

from flows.sources.dump import read_dump
from tests.bench_bluesky import Figures, measured, memory_mb
from tests.bench_flood import WORDS
from tests.files import comment
from warehouse.records import Post

PAGE = """# How fast sources are read

`make bench-sources` measures it and writes this page. Rates are for a CPU-second of one core.

| what | read | a CPU-second | memory, start to end |
|---|---|---|---|
| Bluesky: parse and gate | {parsed} |
| Bluesky: receive over a socket, parse and gate | {received} |
| Reddit dump: unpack, parse, mask | {dump} |

Of the Bluesky events of our fake {kept:.0%} are kept. Memory before the stream and after each
tenth of it, in MB: {tenths}.

{cores} cores, {machine}, Python {python}; load at the end {load:.1f}.
"""


def main() -> None:
    """Measure everything, print the page, and write it when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--posts", type=int, default=500_000)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    parsed = Figures(**alone(bluesky, asked.events, False))
    received = Figures(**alone(bluesky, asked.events, True))
    page = PAGE.format(
        parsed=cells("events", parsed),
        received=cells("events", received),
        dump=cells("posts", Figures(**alone(dumped, asked.posts))),
        kept=parsed.kept_n / parsed.events_n,
        tenths=", ".join(f"{one:.0f}" for one in parsed.memory_mb),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )
    sys.stdout.write(page)
    if asked.write:
        asked.write.write_text(page, encoding="utf-8")


def cells(things: str, found: Figures) -> str:
    """The cells of a row behind its name."""
    rate, held_mb = found.events_n / found.busy_s, found.memory_mb
    return (
        f"{found.events_n:,} {things} | {rate:,.0f} | {held_mb[0]:.0f} to {held_mb[-1]:.0f} MB"
    )


def alone(work: Callable[..., dict[str, Any]], *asked: object) -> dict[str, Any]:
    """What `work` measures in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    one = multiprocessing.get_context("spawn").Process(target=send, args=(work, asked, theirs))
    one.start()
    theirs.close()
    try:
        return json.loads(ours.recv())
    except EOFError:
        sys.exit(f"{work.__name__} failed.")
    finally:
        one.join()


def send(work, asked, pipe) -> None:
    pipe.send(json.dumps(work(*asked)))


def bluesky(events_n: int, is_socket: bool) -> dict[str, Any]:
    """The figures of the whole stream."""
    *_, last = measured(events_n, is_socket, 3600)
    return asdict(last)


def dumped(posts_n: int) -> dict[str, Any]:
    """Write an archive of comments, then read it; only the reading is measured."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "comments.ndjson.zst"
        chance = random.Random(1)
        with zstandard.open(file, "wb") as archive:
            for number in range(posts_n):
                text = " ".join(chance.choices(WORDS, k=chance.randint(5, 60)))
                archive.write(json.dumps(comment(number, body=text)).encode() + b"\n")
        held_mb, clock_s, cpu_s = [memory_mb()], time.monotonic(), time.process_time()
        kept_n = sum(isinstance(row, Post) for row in read_dump(file))
        busy_s = time.process_time() - cpu_s
        held_mb.append(memory_mb())
    return asdict(Figures(posts_n, kept_n, busy_s, time.monotonic() - clock_s, held_mb))


if __name__ == "__main__":
    main()
