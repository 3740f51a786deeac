"""The command `grapevine config`: check the settings, or print every key there is."""

from __future__ import annotations

import click


@click.group()
def config() -> None:
    """The settings in grapevine.toml and the environment."""


@config.command()
def check() -> None:
    """Say what is set, and refuse what would not work; asks no source anything.

    Example: grapevine config check
    """
    from flows.configuration.checking import check
    from flows.configuration.file import configuration_file

    for line in check(configuration_file()):
        click.echo(line)


@config.command()
def example() -> None:
    """Print a grapevine.toml with every key, each commented out.

    Example: grapevine config example > grapevine.toml
    """
    from flows.configuration.example import example

    click.echo(example(), nl=False)
