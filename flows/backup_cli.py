"""The commands `grapevine backup` and `grapevine restore`."""

from __future__ import annotations

from pathlib import Path

import click

from warehouse.home import Home

PLACE = click.Path(path_type=Path)


@click.command()
@click.argument("target", type=PLACE)
@click.option("--keep", type=click.IntRange(1), help="Keep so many copies, the newest.")
def backup(target: Path, keep: int | None) -> None:
    """Copy the data folder while collectors go on.

    TARGET is a file that ends in .tar.zst, or a folder in which the copy gets a name by the
    time. A copy holds posts, keys and ledgers: keep it as private as the data folder. The site,
    logs and Prefect's database are not in it.

    Example: grapevine backup copies --keep 14
    """
    from flows.backing_up import back_up
    from warehouse.backup.packing import ENDING

    if keep and target.name.endswith(ENDING):
        raise click.UsageError("--keep goes with a folder, not with a file.")
    for line in back_up(Home.from_env(), target, keep):
        click.echo(line)


@click.command()
@click.argument("source", type=PLACE)
@click.option("--into", type=PLACE, help="Where to. Default: the data folder.")
@click.option(
    "--ledgers-from",
    type=PLACE,
    help="The data folder it replaces: its newer ledgers of deletions and deliveries are kept.",
)
def restore(source: Path, into: Path | None, ledgers_from: Path | None) -> None:
    """Put a copy back: the file SOURCE, or the newest copy in the folder SOURCE.

    The place must be empty. Everything is checked before it is put there.

    Example: grapevine restore copies --into restored
    """
    from flows.backing_up import put_back

    home = Home(into.resolve()) if into else Home.from_env()
    old = Home(ledgers_from.resolve()) if ledgers_from else None
    for line in put_back(source, home, old):
        click.echo(line)
