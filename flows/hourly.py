"""The hourly sweep: what sources took back goes, and so does text kept long enough.

Hourly because text is held to the hour; each source is asked about a post once a day only.
`prefect.yaml` has the schedule, and `grapevine sweep` does the same without Prefect.
"""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows import collecting, sweeping
from flows.configuration.file import apply_configuration
from warehouse.home import Home

ask = task(cache_policy=NO_CACHE)(sweeping.ask_all)
let_go = task(retries=3, retry_delay_seconds=300, cache_policy=NO_CACHE)(sweeping.let_go)


@flow(name="hourly-sweep")
def hourly_sweep() -> None:
    """Erase what sources say is gone, and old text; fail when one was not asked to the end."""
    apply_configuration()
    home, log = Home.from_env(), get_run_logger()
    asked = ask(home, list(collecting.live_sources().values()), log.info)  # ledger of deletions
    gone = let_go(home, datetime.now(UTC))  # landing, lake, tags; waits for a weekly run
    for line in (*(swept.told for swept in asked), *gone.told):
        log.info(line)
    sweeping.complain(asked)
