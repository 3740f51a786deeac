"""The command `grapevine watch`: look once at what is wrong, and tell whoever is to know."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from warehouse.home import Home


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what is wrong and who would be told.")
@click.option("--trial", is_flag=True, help="Send everybody a trial message.")
@click.option("--again", is_flag=True, help="Tell what was refused or is in doubt, too.")
def watch(dry_run: bool, trial: bool, again: bool) -> None:
    """Look for what is wrong, and tell it by mail or webhook, once an event.

    A failed run, a release set aside, numbers grown stale, a silent source, a full disk, a
    card whose review is due. Run it every ten minutes, by Prefect or cron.

    Example: grapevine watch --dry-run
    """
    from flows.watching import telling

    home, now = Home.from_env(), datetime.now(UTC)
    if dry_run:
        telling.rehearse(home, now, click.echo)
    elif trial:
        telling.try_out(home, click.echo)
    else:
        telling.watch(home, now, click.echo, again)
