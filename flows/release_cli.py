"""The commands `grapevine release …` and `grapevine brief`: what was published, and again."""

from __future__ import annotations

from pathlib import Path

import click

from warehouse.home import Home

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def release() -> None:
    """List, show and compare releases; publish one that was set aside."""


@release.command("list")
def list_all() -> None:
    """List every release, oldest first: published, set aside and why, or not checked yet.

    Example: grapevine release list
    """
    from flows.releases import listed

    for line in listed(Home.from_env()):
        click.echo(line)


@release.command()
@click.argument("name")
def show(name: str) -> None:
    """Say what a release rests on: versions, posts, outages, seed, checks, what changed.

    Example: grapevine release show 2024-W10.1
    """
    from flows.releases import shown

    for line in shown(Home.from_env(), name):
        click.echo(line)


@release.command()
@click.argument("earlier")
@click.argument("later")
def diff(earlier: str, later: str) -> None:
    """Say what differs between two releases, and what of their versions and posts differs.

    Example: grapevine release diff 2024-W10.1 2024-W10.2
    """
    from flows.releases import compared

    for line in compared(Home.from_env(), earlier, later):
        click.echo(line)


@release.command()
@click.argument("name")
@click.option("--despite", default="", help="Why, though a check failed; it is printed.")
def publish(name: str, despite: str) -> None:
    """Put a release and its site where readers look, also an earlier one.

    Example: grapevine release publish 2024-W10.2 --despite "a storm cut off one source"
    """
    from flows.releases import publish_site
    from flows.running import hold

    home = Home.from_env()
    with hold(home):
        for line in publish_site(home, name, despite):
            click.echo(line)


@click.command()
@click.option("--as-of", "name", required=True, help="A release, as 2024-W10.1.")
@click.option("--out", type=FOLDER, help="Where to. Default: as-of/NAME in the data folder.")
def brief(name: str, out: Path | None) -> None:
    """Make the site of a past release again, from its frozen numbers alone.

    No post is needed. What readers see now stays as it is.

    Example: grapevine brief --as-of 2024-W10.1 --out old/
    """
    from flows.releases import rebuild

    for line in rebuild(Home.from_env(), name, out):
        click.echo(line)
