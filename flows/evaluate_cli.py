"""The command `grapevine evaluate`: measure the tagger and write its model card."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--gold", type=FILE, required=True, help="Hand-labelled posts to measure on.")
@click.option(
    "--posts", type=FILE, required=True, help="Parquet of the collected posts: ordinary days."
)
@click.option("--labels", type=FILE, multiple=True, help="Label files it was trained with.")
@click.option("--models", type=FOLDER, help="Folder of models. Default: the shipped ones.")
@click.option("--out", type=FOLDER, help="Folder of the card. Default: beside the classifiers.")
@click.option(
    "--leave-out",
    "refit",
    is_flag=True,
    help="Leave out each real collection in turn too: about a minute each.",
)
@click.option(
    "--error-rates",
    "counts_only",
    is_flag=True,
    help="Write only the counts that shares are corrected with, and no card.",
)
def evaluate(
    gold: Path,
    posts: Path,
    labels: tuple[Path, ...],
    models: Path | None,
    out: Path | None,
    refit: bool,
    counts_only: bool,
) -> None:
    """Measure the tagger on labelled posts and write its model card, with plots.

    Example: grapevine evaluate --gold gold.jsonl --posts posts.parquet --labels labels.jsonl
    """
    from classifiers.encoder.files import MODELS
    from classifiers.evaluation import card

    inputs = card.Inputs(gold, posts, labels, models or MODELS)
    if counts_only:
        counted = card.count_errors(inputs, out or card.FOLDER)
        click.echo(f"The counts of right and wrong tags are written: {counted}")
        return
    written = card.evaluate(inputs, click.echo, out or card.FOLDER, refit)
    click.echo(f"The model card is written: {written}")
