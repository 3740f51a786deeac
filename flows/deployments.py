"""What Prefect runs by the clock: one short flow for each deployment of prefect.yaml.

Each does what a command does, and logs the same plain lines. While something else holds what
it needs, a flow says so and ends well: the other does the work, or the next run does. Prefect's
own limits are not relied on: a run whose machine lost power would keep its place for good.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from prefect import State, flow, get_run_logger
from prefect.states import Completed

from flows import backfilling, backing_up, catching_up, collecting, delivering, drawing, links
from flows.configuration.file import apply_configuration
from flows.running import bring_forward
from warehouse.errors import GrapevineError, InUseError
from warehouse.home import Home

COLLECT_S = 50 * 60.0
"""An hourly collector ends before the next one begins."""


def ended(work: Callable[[Home], Iterable[str]]) -> State[None]:
    """Do the work and log its lines; the last one becomes the run's own.

    Raise `GrapevineError` when something is to be mended.
    """
    apply_configuration()
    home, log, last = Home.from_env(), get_run_logger(), "Nothing was to do."
    try:
        bring_forward(home)
        for last in work(home):
            log.info(last)
    except InUseError as error:
        last = str(error)
        log.info(last)
    return Completed(message=last)


@flow(name="collect")
def collect(source: str) -> State[None]:
    """Bring in what is new at one source, if it is set up."""
    return ended(lambda home: _collected(home, source))


def _collected(home: Home, source: str) -> Iterable[str]:
    log, until = get_run_logger(), time.monotonic() + COLLECT_S
    (module,) = collecting.choose(source)
    tally = collecting.collect(
        home, module, is_once=True, notice=log.info, stop=lambda: time.monotonic() >= until
    )
    yield tally.told
    if tally.is_set_up and not tally.is_busy and tally.problem:
        raise GrapevineError(f"{source} was not collected to the end. {tally.problem}")


@flow(name="due-briefs")
def due_briefs(weeks: int = 12, back: int = 8) -> State[None]:
    """Make the brief of the week just ended, then weeks that were missed, latest first."""
    return ended(lambda home: catching_up.make_due(home, weeks, back, datetime.now(UTC)))


@flow(name="deliver")
def deliver() -> State[None]:
    """Send the published release to those who wait for it."""
    return ended(delivering.due)


@flow(name="draw-audit")
def draw_audit() -> State[None]:
    """Draw the questions of the week just ended for a reader of the team."""
    return ended(lambda home: drawing.due(home, catching_up.due_week(datetime.now(UTC))))


@flow(name="check-links")
def check_links() -> State[None]:
    """Look whether the pages that cards and themes point to are still there."""
    return ended(links.checked)


@flow(name="backup")
def backup() -> State[None]:
    """Copy the data folder to where grapevine.toml says, while collectors go on."""
    return ended(backing_up.due)


@flow(name="backfill")
def backfill(weeks: str, covered: int = 12, inputs: list[str] | None = None) -> State[None]:
    """Make the releases of past weeks, as `2026-W30..2026-W46`; goes on where it stopped."""
    asked = backfilling.span(weeks)
    return ended(lambda home: backfilling.backfill(home, asked, covered, inputs or [], None))
