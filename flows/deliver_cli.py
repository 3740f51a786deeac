"""The commands `grapevine deliver` and `grapevine subscribers …`."""

from __future__ import annotations

from pathlib import Path

import click

from warehouse.home import Home

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

SETTINGS = click.option(
    "--settings", "file", type=FILE, help="Default: delivery.toml in the data folder."
)


@click.command()
@SETTINGS
@click.option("--dry-run", is_flag=True, help="Say to whom it would go, and send nothing.")
@click.option("--out", type=FOLDER, help="With --dry-run: write the messages there.")
@click.option("--sample", is_flag=True, help="Send the sample too, marked as such.")
@click.option("--late", is_flag=True, help="Send a week that is over for long, too.")
def deliver(
    file: Path | None, dry_run: bool, out: Path | None, sample: bool, late: bool
) -> None:
    """Send the published release to its subscribers, by mail and to webhooks, once each.

    Repeat it as often as you like: who has a release does not get it again.

    Example: grapevine deliver --dry-run --out previews/
    """
    from flows import delivering

    home = Home.from_env()
    if out and not dry_run:
        raise click.UsageError("--out is for --dry-run.")
    if dry_run:
        delivering.dry_run(home, file, out, click.echo)
    else:
        delivering.deliver(home, file, sample, late, click.echo)


@click.group()
def subscribers() -> None:
    """List subscribers; let one leave, rejoin or be tried again; note mail that came back."""


@subscribers.command("list")
@SETTINGS
def list_all(file: Path | None) -> None:
    """Say of each subscriber what was last sent, and who is stopped and why.

    Example: grapevine subscribers list
    """
    from flows.subscribing import listed

    for line in listed(Home.from_env(), file):
        click.echo(line)


@subscribers.command()
@click.argument("token")
def leave(token: str) -> None:
    """Stop a subscription, by the token of its unsubscribe link.

    Example: grapevine subscribers leave 0123456789abcdef0123456789abcdef
    """
    from flows.subscribing import leave

    click.echo(leave(Home.from_env(), token))


@subscribers.command()
@SETTINGS
@click.argument("name")
def rejoin(file: Path | None, name: str) -> None:
    """Take up a subscription that was left or stopped.

    Example: grapevine subscribers rejoin niobrara-clinic
    """
    from flows.subscribing import rejoin

    click.echo(rejoin(Home.from_env(), file, name))


@subscribers.command()
@SETTINGS
@click.argument("name")
def again(file: Path | None, name: str) -> None:
    """Let the published release be tried again where it was refused or is in doubt.

    One in doubt may have arrived: then its reader gets it twice.

    Example: grapevine subscribers again niobrara-clinic
    """
    from flows.subscribing import again

    click.echo(again(Home.from_env(), file, name))


@subscribers.command()
@click.argument("mailbox", type=click.Path(path_type=Path))
def bounces(mailbox: Path) -> None:
    """Note mail that came back, from an mbox file, a Maildir or a folder of .eml files.

    Example: grapevine subscribers bounces bounces.mbox
    """
    from flows.subscribing import bounces

    click.echo(bounces(Home.from_env(), mailbox))
