"""The commands that keep what sources ask: `sweep`, `forget` and `compliance`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from warehouse.home import Home


@click.command()
def sweep() -> None:
    """Ask sources which posts are gone, erase those, and let old text expire. Run it daily.

    Text of Reddit goes after 48 hours, other text after 30 days, or as GRAPEVINE_KEEP_HOURS
    says (bluesky=240,other=720). Tags and counts stay. Run it hourly to hold the hours to the
    hour: a post about which a source has just answered is not asked about again.

    Example: grapevine sweep
    """
    from flows.collecting import live_sources
    from flows.sweeping import ask_all, complain, let_go

    home = Home.from_env()
    asked = ask_all(home, list(live_sources().values()), _say)
    for swept in asked:
        click.echo(swept.told)
    for line in let_go(home, datetime.now(UTC)).told:
        click.echo(line)
    complain(asked)


@click.command()
@click.option("--source", help="All that came from this source; `clinic` for its reports.")
@click.option("--post", "post_id", help="One post, as source:id.")
@click.option("--community", help="As r/wyoming, an instance, or an outlet.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Posted before this day.")
def forget(
    source: str | None, post_id: str | None, community: str | None, before: datetime | None
) -> None:
    """Remove posts with their text and tags. What all options say together is removed.

    With --post or --community those posts stay out for good. With --source or --before alone
    they are taken in again when they are collected or imported again: stop that first.
    Releases stay as they were frozen; the command says which counted the posts.

    Example: grapevine forget --source reddit
    """
    from flows.compliance import check_source
    from flows.running import hold
    from warehouse import forgetting

    home = Home.from_env()
    choice = forgetting.Choice(source, post_id, community, before.date() if before else None)
    if source:
        check_source(home, source)
    with hold(home):
        found = forgetting.find(home, choice)
        rested = forgetting.releases(home, found)
        forgetting.forget(home, choice, found)
    click.echo(
        f"Forgotten: {found.texts_n:,} posts with text, {found.tagged_n:,} posts with tags, "
        f"{len(found.heard):,} weeks of clinics' reports."
    )
    if community and found.nameless_n:
        click.echo(
            f"{found.nameless_n:,} posts have older tags and no text any more, so their "
            "community is not known. --source or --before removes them."
        )
    if choice.is_bulk:
        click.echo("What is collected or imported again is taken in again.")
    click.echo(f"Releases that rest on them, and stay: {', '.join(rested) or 'none'}.")


@click.command()
def compliance() -> None:
    """Say by source how old the text held is, and what was not asked about in a day.

    Example: grapevine compliance
    """
    from flows.compliance import examine

    for line in examine(Home.from_env(), datetime.now(UTC)):
        click.echo(line)


def _say(line: str) -> None:
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}", err=True)
