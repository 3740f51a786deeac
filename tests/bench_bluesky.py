"""Measure the Bluesky source: events a second on one core, and memory over a long stream.

    python -m tests.bench_bluesky [--events 2000000] [--socket] [--most-seconds S]

Without `--socket` the fake's generator feeds the parser and the gate in this process, and the
generator's own time is taken off. With it a Jetstream on loopback, in another process, sends
version 1 frames to the real client, whose CPU time is measured: receiving, parsing, gate.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from flows.sources.bluesky.events import read
from flows.sources.bluesky.settings import Settings
from flows.sources.bluesky.wire import open_stream
from tests.fakes.bluesky import frames
from warehouse.records import Post

CHUNK = 5_000
WARM_UP = 2_000
"""Events before memory is first looked at: by then the language models are in."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured.

    events_n, kept_n  events read; of these, posts that passed the gate
    busy_s, clock_s   CPU-seconds of one core spent on them; seconds of the clock
    memory_mb         held at the start, and after each tenth of the stream
    """

    events_n: int
    kept_n: int
    busy_s: float
    clock_s: float
    memory_mb: list[float]

    @property
    def told(self) -> str:
        """One line."""
        return (
            f"{self.events_n:,} events, {self.kept_n / self.events_n:.1%} kept: "
            f"{self.events_n / self.busy_s:,.0f} a CPU-second, "
            f"{self.events_n / self.clock_s:,.0f} a second of the clock; memory "
            f"{self.memory_mb[0]:.0f} MB at the start, {self.memory_mb[-1]:.0f} MB now\n"
        )


def main() -> None:
    """Print one line of figures for each tenth of the stream; the last is of the whole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--socket", action="store_true")
    parser.add_argument("--most-seconds", type=float, default=3600)
    asked = parser.parse_args()
    for figures in measured(asked.events, asked.socket, asked.most_seconds):
        sys.stdout.write(figures.told)
        sys.stdout.flush()


def measured(events_n: int, is_socket: bool, most_s: float) -> Iterator[Figures]:
    """The figures so far after each tenth of the stream, and those of the whole."""
    for frame in frames(WARM_UP):
        read(frame)
    seen_n = kept_n = 0
    held_mb, busy_s, told_n, begun_s = [memory_mb()], 0.0, events_n // 10, time.monotonic()
    for chunk, spent_s in (over_socket if is_socket else generated)(events_n):
        at_s = time.process_time()
        kept_n += sum(isinstance(read(frame).found, Post) for frame in chunk)
        busy_s += time.process_time() - at_s + spent_s
        seen_n += len(chunk)
        clock_s = time.monotonic() - begun_s
        if seen_n >= told_n or clock_s > most_s:
            told_n += events_n // 10
            held_mb.append(memory_mb())
            yield Figures(seen_n, kept_n, busy_s, clock_s, list(held_mb))
        if clock_s > most_s:
            return


def generated(events_n: int) -> Iterator[tuple[list[bytes], float]]:
    """Chunks from the generator, and the CPU time that counts for getting them: none."""
    stream = frames(events_n)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk, 0.0


def over_socket(events_n: int) -> Iterator[tuple[list[bytes], float]]:
    """Chunks as the real client receives them, and the CPU time it took to receive each."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=send_all, args=(events_n, theirs), daemon=True
    )
    server.start()
    settings = Settings(endpoints=(f"ws://127.0.0.1:{ours.recv()}/subscribe",))
    chunk: list[bytes] = []
    at_s = time.process_time()
    try:
        with open_stream(settings, settings.endpoints[0], 0) as received:
            for frame in received:
                if frame is not None:
                    chunk.append(frame)
                if len(chunk) == CHUNK:
                    yield chunk, time.process_time() - at_s
                    chunk, at_s = [], time.process_time()
    except ConnectionClosed:
        yield chunk, time.process_time() - at_s
    finally:
        server.kill()


def send_all(events_n: int, pipe) -> None:
    """Run in a process of its own: send every frame to the first client, then close."""

    def stream(connection) -> None:
        for frame in frames(events_n):
            connection.send(frame.decode())

    with serve(stream, "127.0.0.1", 0, compression=None) as server:
        pipe.send(server.socket.getsockname()[1])
        server.serve_forever()


def memory_mb() -> float:
    """Memory this process holds now, in MB, or its peak where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return int(pages) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
