"""Measure the shipped tagger: `python -m classifiers.bench --gold GOLD --posts POSTS`.

Writes `classifiers/BENCHMARK.md`. The posts measured on stay outside the project; nothing of
them is written but counts. The machine should be idle.
"""

from __future__ import annotations

from pathlib import Path

import click

from classifiers.bench.report import page
from classifiers.bench.run import run
from classifiers.bench.sizes import QUICK, WHOLE
from warehouse.errors import GrapevineError

PAGE = Path(__file__).parents[1] / "BENCHMARK.md"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--gold", type=FILE, required=True, help="Hand-labelled posts, JSON lines.")
@click.option("--posts", type=FILE, required=True, help="Parquet: row_id, dataset, text.")
@click.option(
    "--labels",
    type=FILE,
    multiple=True,
    help="Labelled posts that heads on frozen encoders learn from too; may be repeated.",
)
@click.option("--quick", is_flag=True, help="Little of everything, to see that it runs.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=PAGE,
    help="Page to write.",
)
def main(gold: Path, posts: Path, labels: tuple[Path, ...], quick: bool, out: Path) -> None:
    """Measure the tagger's speed, memory, quality beside other ways, and hostile input."""
    sizes = QUICK if quick else WHOLE
    try:
        found = run(gold, posts, labels, sizes, click.echo)
    except GrapevineError as error:
        raise click.ClickException(str(error)) from error
    out.write_text(page(found, sizes, quick), encoding="utf-8")
    click.echo(f"Written: {out}")


if __name__ == "__main__":
    main()
