"""The command `grapevine links`."""

from __future__ import annotations

import click

from warehouse.home import Home


@click.command()
def links() -> None:
    """Look whether the pages that cards and themes point to are still there.

    A page counts as gone when two looks in a row did not find it.

    Example: grapevine links
    """
    from flows.links import checked

    for line in checked(Home.from_env()):
        click.echo(line)
