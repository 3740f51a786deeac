"""The commands `grapevine backfill` and `grapevine ledger`: past weeks, and what was done."""

from __future__ import annotations

import click

from warehouse.home import Home


@click.command()
@click.argument("weeks", metavar="FIRST..LAST")
@click.option(
    "--weeks",
    "covered",
    type=click.IntRange(1, 520),
    default=12,
    show_default=True,
    help="Weeks that each release covers, ending with its own.",
)
@click.option("--from", "inputs", multiple=True, help="File or folder to read first.")
@click.option("--map", "column_map", help="Columns of an export, as for `grapevine run`.")
def backfill(weeks: str, covered: int, inputs: tuple[str, ...], column_map: str | None) -> None:
    """Make the releases of past weeks, the latest first; readers keep the latest week.

    Stopped or killed, it goes on where it was when the same is said again.

    Example: grapevine backfill 2026-W30..2026-W46 --from dumps/
    """
    from flows.backfilling import backfill, span

    if column_map and not inputs:
        raise click.UsageError("--map goes with --from.")
    asked = span(weeks)
    for line in backfill(Home.from_env(), asked, covered, list(inputs), column_map):
        click.echo(line)


@click.command()
@click.option("--week", help="MMWR week, as 2024-W10. Default: the latest that has a release.")
def ledger(week: str | None) -> None:
    """Say of a week what each stage did for each source and day, and who counted it.

    Counts are of posts, small ones too: they are for whoever runs Grapevine.

    Example: grapevine ledger --week 2024-W10
    """
    from flows.bookkeeping import told
    from warehouse import week_ledger
    from warehouse.weeks import Week

    home = Home.from_env()
    known = week_ledger.last_releases(home)
    latest = Week.parse(known[0].week) if known else Week.last_full()
    for line in told(home, Week.parse(week) if week else latest):
        click.echo(line)
