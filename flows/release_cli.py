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
@click.option("--as-of", "name", help="Make the site of a release again, as 2024-W10.1.")
@click.option("--out", type=FOLDER, help="Where to. Default: as-of/NAME in the data folder.")
@click.option(
    "--pdf",
    "places",
    multiple=True,
    help="As PDF, in English and Spanish: a county (56025), a state (WY) or all; in English: a "
    "district by its key. Repeatable.",
)
def brief(name: str | None, out: Path | None, places: tuple[str, ...]) -> None:
    """Make the site of a past release again, or briefs as PDF.

    A past site is made from its frozen numbers alone: no post is needed, and what readers see
    now stays as it is. Without --as-of, PDFs are put beside the pages that readers see now.

    Example: grapevine brief --as-of 2024-W10.1 --out old/

    Example: grapevine brief --pdf 56025 --pdf MT
    """
    from flows.printing import printed
    from flows.releases import rebuild

    if not (name or places):
        raise click.UsageError("Say which release with --as-of, or which county with --pdf.")
    if out and not name:
        raise click.UsageError("--out goes with --as-of.")
    home = Home.from_env()
    for line in rebuild(home, name, out) if name else ():
        click.echo(line)
    for line in printed(home, places, name, out) if places else ():
        click.echo(line)
