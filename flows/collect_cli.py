"""The command `grapevine collect`: live sources, once, for a while, or until it is stopped."""

from __future__ import annotations

import re
import signal
import threading
import time
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

import click

from flows.watching.json_lines import event, is_on
from warehouse.errors import GrapevineError, InputError
from warehouse.home import Home

if TYPE_CHECKING:
    from flows.collecting import Tally

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def seconds_of(span: str) -> float:
    """Seconds of `90s`, `10m`, `2h` or `1d`. Raise `InputError` when it is none of these."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", span)
    if not match:
        raise InputError(f"'{span}' is not a length of time. Write it as 90s, 10m or 2h.")
    return float(match[1]) * UNITS[match[2]]


@click.command()
@click.argument("source")
@click.option(
    "--once", "is_once", is_flag=True, help="Stop when there is nothing more to read."
)
@click.option("--for", "span", help="Stop after this time, as 10m or 2h.")
def collect(source: str, is_once: bool, span: str | None) -> None:
    """Collect posts from a live source, or from all that are set up.

    Without --once or --for it goes on until it is stopped (Ctrl-C). Whenever it ends, it goes
    on next time where it stopped. `grapevine run` then reads what was collected.

    Example: grapevine collect all --once
    """
    from flows.collecting import choose, collect_all
    from flows.running import bring_forward

    ended = threading.Event()
    until = time.monotonic() + (seconds_of(span) if span else float("inf"))
    _end_on_signals(ended)

    def stop() -> bool:
        return ended.is_set() or time.monotonic() >= until

    home, chosen = Home.from_env(), choose(source)
    bring_forward(home)
    tallies = collect_all(home, chosen, is_once, _say, stop)
    for tally in tallies:
        click.echo(tally.told)
        _note(tally)
    if not any(tally.is_set_up for tally in tallies):
        raise GrapevineError("No source is set up. See flows/sources/README.md for each.")
    if stopped := [tally.source for tally in tallies if tally.is_set_up and tally.problem]:
        raise GrapevineError(
            f"Not collected to the end: {', '.join(stopped)}. What was collected is kept; run "
            "again to go on."
        )


def _say(line: str) -> None:
    if is_on():
        event("notice", source=line.partition(":")[0])
    else:
        click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}", err=True)


def _note(tally: Tally) -> None:
    how = "stopped early" if tally.problem else "to the end"
    event(
        "collected",
        source=tally.source,
        how=how if tally.is_set_up else "not set up",
        offered_n=tally.offered_n,
        landed_n=tally.landed_n,
        deleted_n=tally.deleted_n,
        set_aside_n=tally.set_aside_n,
    )


def _end_on_signals(ended: threading.Event) -> None:
    """Finish the batch in hand on Ctrl-C or a service's stop; a second one ends at once."""

    def end(number: int, _frame: FrameType | None) -> None:
        ended.set()
        signal.signal(number, signal.SIG_DFL)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
