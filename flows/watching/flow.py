"""The watch, as Prefect runs it by the clock; `grapevine watch` does it without Prefect."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.configuration.file import apply_configuration
from flows.watching import telling
from warehouse.home import Home

look = task(cache_policy=NO_CACHE)(telling.watch)


@flow(name="watch")
def watch_flow() -> None:
    """Tell of what is wrong, once an event; fail when somebody could not be told."""
    apply_configuration()
    look(Home.from_env(), datetime.now(UTC), get_run_logger().info)
