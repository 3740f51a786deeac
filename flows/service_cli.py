"""The commands `grapevine up`, `down` and `status`."""

from __future__ import annotations

import click

from warehouse.home import Home


@click.command()
@click.option(
    "--no-worker",
    is_flag=True,
    help="Only set the schedule on your server; a service manager holds the worker.",
)
def up(no_worker: bool) -> None:
    """Run Grapevine by the clock: start a Prefect server, a worker and the schedule.

    The server listens on this machine only; its page is printed. With PREFECT_API_URL set,
    that server is used instead. Say it as often as you like.

    Example: grapevine up
    """
    from flows.service.lifecycle import schedule_only, up

    for line in (schedule_only if no_worker else up)(Home.from_env()):
        click.echo(line)


@click.command()
def down() -> None:
    """End everything that `grapevine up` started, and nothing else.

    Example: grapevine down
    """
    from flows.service.lifecycle import down

    for line in down(Home.from_env()):
        click.echo(line)


@click.command()
def status() -> None:
    """Say whether Grapevine runs by the clock, what runs next, and how its weeks stand.

    Example: grapevine status
    """
    from flows.catching_up import weeks_told
    from flows.service.lifecycle import told

    home = Home.from_env()
    for line in weeks_told(home):
        click.echo(line)
    for line in told(home):
        click.echo(line)
