"""Measure a flood: many posts of one source and one hour, from the source to the marts.

    python -m tests.bench_flood [--posts 100000 300000 1000000] [--write FILE]

A source of our own hands over batches of 1,000 posts; everything behind it is the real thing:
landing, read, locate, tag, lake, marts. Only the tagger is a stand-in, since it reads a chunk
at a time and takes hours for a million posts. Each size runs in a process and a data folder of
its own. It fails when a post is lost or counted twice.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from classifiers.tagger import Tags
from classifiers.tagger.tags import ThemeTag
from flows import collecting, stages, versions
from flows.intake import Asked, Window
from flows.sources.collected import Batch
from flows.summary import summarise
from warehouse.coverage import copies, coverage
from warehouse.home import Home
from warehouse.records import Post
from warehouse.weeks import Week

SIZES = (100_000, 300_000, 1_000_000)
BATCH = 1_000
WEEK = Week(2024, 10)
BEGAN = datetime(2024, 3, 5, 18, tzinfo=UTC)
CAMPAIGNS = 20
PLACES = ("Casper, WY", "Butte, MT", "Jackson, MS", "Taos, NM", None, None)
STAGES = ("collect", "read", "locate", "tag", "lake", "marts", "summary")

SAID = (
    "county water board clinic nurse fever school child mother road town news shot doctor milk "
    "hospital pharmacy cow farm rain snow market store church family friend neighbour truth "
    "week month night morning people never always still maybe heard said told going came works "
    "closed open fluoride vaccine sunscreen remedy insurance mask screening pill bottle garden "
    "kitchen river pass truck sheriff council vote meeting letter phone story paper radio "
    "winter summer harvest"
)
WORDS = SAID.split()


def main() -> None:
    """Measure each size, print a line a stage, and write the document when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, nargs="+", default=SIZES)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    found = [measured(posts_n) for posts_n in asked.posts]
    if asked.write:
        asked.write.write_text(document(found), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Found:
    """One size: CPU-seconds and peak memory (MB) by stage; MB before any; posts copied."""

    posts_n: int
    at_rest_mb: float
    clock_s: float
    cpu_s: dict[str, float]
    peak_mb: dict[str, float]
    copied_n: int
    landed_mb: float
    lake_mb: float


def measured(posts_n: int) -> Found:
    """Run one size in a fresh process, so that its memory is its own."""
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory(prefix="flood-") as folder:
        one = multiprocessing.get_context("spawn").Process(
            target=run, args=(posts_n, folder, theirs)
        )
        one.start()
        theirs.close()
        try:
            return Found(**json.loads(ours.recv()))
        except EOFError:
            sys.exit(f"The run of {posts_n:,} posts failed.")
        finally:
            one.join()


def run(posts_n: int, folder: str, pipe) -> None:
    """In a process of its own: every stage once; sends what `Found` holds as JSON."""
    os.environ["GRAPEVINE_HOME"] = folder
    stages.load_tagger = versions.load_tagger = StandIn
    home, week, found = Home.from_env(), str(WEEK), {"posts_n": posts_n}
    found |= {"at_rest_mb": memory_mb("VmRSS"), "cpu_s": {}, "peak_mb": {}}
    begun_s = time.monotonic()

    def clocked(stage: str, work: Callable[[], object]) -> None:
        reset_peak()
        cpu_s = time.process_time()
        work()
        found["cpu_s"][stage] = time.process_time() - cpu_s
        found["peak_mb"][stage] = memory_mb("VmHWM")
        sys.stdout.write(
            f"{posts_n:>9,} posts  {stage:<8}{found['cpu_s'][stage]:>7.0f} s"
            f"{found['peak_mb'][stage]:>7.0f} MB at most\n"
        )
        sys.stdout.flush()

    clocked("collect", lambda: collected(home, posts_n))
    found["landed_mb"] = size_mb(home.landing)
    clocked("read", lambda: stages.read(week, 1, [], None))
    clocked("locate", lambda: stages.locate(week))
    clocked("tag", lambda: stages.tag(week))
    clocked("lake", lambda: stages.lake(week))
    found["lake_mb"] = size_mb(home.posts.parent)
    clocked("marts", lambda: stages.marts(week, 1, False))
    clocked("summary", lambda: told_all(home, posts_n))
    found |= {"clock_s": time.monotonic() - begun_s, "copied_n": copies(home)[0]}
    pipe.send(json.dumps(found))


def told_all(home: Home, posts_n: int) -> None:
    """What a run says at its end; none of the posts may be missing."""
    asked = Asked(Window(WEEK, 1), [], None, is_sample=False)
    list(summarise(home, asked, 0.0))
    held_n = coverage(home, WEEK.start, WEEK.end, is_sample=False).post_n
    assert held_n == posts_n, f"{held_n:,} of {posts_n:,} posts are in the lake"


def collected(home: Home, posts_n: int) -> None:
    """Collect from the source below, by the real collector."""
    source = SimpleNamespace(
        SOURCE="flood",
        Settings=SimpleNamespace(from_env=lambda: posts_n),
        fetch=fetch,
    )
    tally = collecting.collect(home, source, True, lambda _line: None, lambda: False)
    assert tally.landed_n == posts_n, tally.told


def fetch(posts_n: int, mark, notice, stop) -> Iterator[Batch]:
    """Yield the flood in batches; `posts_n` stands for the settings."""
    chance = random.Random(20_261_122)
    campaigns = [said(chance) for _ in range(CAMPAIGNS)]
    for first in range(0, posts_n, BATCH):
        numbers = range(first, min(first + BATCH, posts_n))
        posts = [post(number, posts_n, campaigns, chance) for number in numbers]
        yield Batch(posts, [], [], {"next": first + BATCH}, len(posts))


def post(number: int, posts_n: int, campaigns: list[str], chance: random.Random) -> Post:
    """A post of the hour. Four in ten are copies, two nearly; one in ten names no author."""
    kind = number % 10
    text = chance.choice(campaigns) if kind < 6 else said(chance)
    if kind in (4, 5):
        words = text.split()
        words[chance.randrange(len(words))] = chance.choice(WORDS)
        text = " ".join(words)
    return Post(
        post_id=f"flood:at://did:plc:{number:024x}/app.bsky.feed.post/{number:013x}",
        source="flood",
        posted_at=BEGAN + timedelta(seconds=3600 * number // posts_n),
        text=text,
        author=None if kind == 9 else f"did:plc:{chance.randrange(posts_n // 2):024x}",
        location=PLACES[number % len(PLACES)],
        platform="flood",
    )


def said(chance: random.Random) -> str:
    """A text of 10 to 70 words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(10, 70)))


class StandIn:
    """Gives every text tags at once, by its length: about as many as a real tagger."""

    name = "stand-in"

    def tag(self, texts: list[str]) -> list[Tags]:
        """A theme for one text in three, a signal for one in five."""
        return [
            Tags(
                "en",
                0.9 if len(text) % 2 else 0.2,
                {} if len(text) % 3 else {"fluoride": ThemeTag(0.8, "promotes", 0.7, None)},
                {} if len(text) % 5 else {"access_barrier": 0.7},
            )
            for text in texts
        ]


def memory_mb(line: str) -> float:
    """A line of what Linux says of this process's memory, in MB."""
    for told in Path("/proc/self/status").read_text().splitlines():
        if told.startswith(f"{line}:"):
            return int(told.split()[1]) / 1e3
    raise SystemExit("The flood is measured on Linux only.")


def reset_peak() -> None:
    """Let the peak of memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


PAGE = """# A flood

Posts of one source and one hour, from the source to the marts: CPU-seconds, and the most
memory the process held in each stage. Six posts in ten are copies, two of these with a word
changed; one in ten names no author. The tagger is a stand-in: it reads a chunk of 20,000 posts
at a time, whatever comes. No post was lost, none is there twice.

`make bench-flood` measures it and writes this page.

| stage | {sizes} |
|---|{rules}
{stages}
| all, seconds of the clock | {clock} |
| memory before the first | {rest} |
| on disk: landed, then in the lake | {disk} |
| posts marked as near-copies | {copied} |

{cores} cores, {machine}, Python {python}; load at the end {load:.1f}.
"""


def document(found: list[Found]) -> str:
    """The figures as a page of Markdown."""

    def row(cell: Callable[[Found], str]) -> str:
        return " | ".join(map(cell, found))

    return PAGE.format(
        sizes=row(lambda one: f"{one.posts_n:,} posts"),
        rules="---|" * len(found),
        stages="\n".join(f"| {stage} | {row(partial(told, stage))} |" for stage in STAGES),
        clock=row(lambda one: f"{one.clock_s:,.0f}"),
        rest=row(lambda one: f"{one.at_rest_mb:,.0f} MB"),
        disk=row(lambda one: f"{one.landed_mb:,.0f} and {one.lake_mb:,.0f} MB"),
        copied=row(lambda one: f"{one.copied_n:,}"),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def told(stage: str, one: Found) -> str:
    return f"{one.cpu_s[stage]:,.0f} s, {one.peak_mb[stage]:,.0f} MB"


if __name__ == "__main__":
    main()
