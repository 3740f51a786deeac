"""The commands `grapevine claims add` and `grapevine claims list`, for public-health staff."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from classifiers.claims import (
    ATTITUDE_ROOTS,
    CATALOGUE,
    HARM_CLASSES,
    AttitudeRoot,
    Claim,
    HarmClass,
    read_catalogue,
)


@click.group()
def claims() -> None:
    """Add a claim to those that posts are matched with, or list them."""


@claims.command()
@click.option("--theme", "theme_id", required=True, help="Id of its theme, as raw_milk.")
@click.option("--en", "text_en", required=True, help="One plain sentence in English.")
@click.option("--es", "text_es", required=True, help="The same in Spanish.")
@click.option(
    "--root",
    type=click.Choice(ATTITUDE_ROOTS),
    help="Why people find it convincing. Default: the commonest of the theme's claims.",
)
@click.option(
    "--harm",
    type=click.Choice(HARM_CLASSES),
    help="What believing it leads to. Default: the theme's.",
)
def add(
    theme_id: str,
    text_en: str,
    text_es: str,
    root: AttitudeRoot | None,
    harm: HarmClass | None,
) -> None:
    """Check a claim and write it into the catalogue. The next run matches it.

    Example: grapevine claims add --theme raw_milk --en "Raw milk ends hay fever."
    --es "La leche cruda quita la fiebre del heno."
    """
    from classifiers.claims.add import Draft, add_claim

    draft = Draft(theme_id, text_en, text_es, root, harm)
    claim = add_claim(draft, datetime.now(UTC).date(), CATALOGUE)
    click.echo(f"Added to {CATALOGUE}:\n{_shown(claim)}")
    click.echo("The next run matches it; nothing has to be trained again.")


@claims.command("list")
@click.option("--theme", "theme_id", help="Only this theme. Default: all of them.")
def list_claims(theme_id: str | None) -> None:
    """List the claims of the catalogue by theme, retired ones included.

    Example: grapevine claims list --theme raw_milk
    """
    from classifiers.taxonomy import TAXONOMY, find_theme, read_themes

    themes = read_themes(TAXONOMY)
    wanted = [find_theme(themes, theme_id)] if theme_id else list(themes.values())
    catalogue = read_catalogue(CATALOGUE, {one.id: one.harm_class for one in themes.values()})
    for theme in wanted:
        click.echo(f"{theme.id}: {theme.title}")
        for claim in catalogue.of(theme.id):
            click.echo(_shown(claim))


def _shown(claim: Claim) -> str:
    """Four lines: its id, both wordings, and what is known of it."""
    dates = f"added {claim.added}" + (f", retired {claim.retired}" if claim.retired else "")
    known = f"{claim.attitude_root}, {claim.harm_class}, {dates}"
    return "\n    ".join([f"  {claim.id}", claim.text_en, claim.text_es, known])
