"""Make briefs as PDF beside their pages, and say how many."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import load_cards
from dashboards.districts import load_districts
from dashboards.edition import Edition
from dashboards.folder import Folder
from dashboards.pdf.counties import Printed
from dashboards.pdf.writing import chosen, write_pdfs
from dashboards.snapshot import read_snapshot
from flows.progress import bar
from flows.running import hold
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.snapshot import write_snapshot


def printed(
    home: Home, asked: Sequence[str], name: str | None, out: Path | None
) -> Iterator[str]:
    """Write the PDFs of the places asked for, of what is published or of the release `name`.

    Raise `UnknownPlaceError` for a place that is none, and `DataFolderError` when the pages
    that the PDFs belong to are not there.
    """
    site = (out or home.root / "as-of" / name) if name else home.site
    with hold(home):
        edition = _edition(home, name)
        made = _write(edition, chosen(edition, asked), site)
    yield (
        f"PDFs made: {made.made_n:,}, {made.written_n:,} of them new or changed. "
        f"They lie in {site / 'county'}"
    )


def _write(edition: Edition, places: Sequence[Printed], site: Path) -> Folder:
    with bar() as progress:
        pages = progress.add_task("pdf", total=None)

        def show(_part: str, done_n: int, total_n: int) -> None:
            progress.update(pages, completed=done_n, total=total_n)

        return write_pdfs(edition, places, site, os.cpu_count() or 1, show)


def _edition(home: Home, name: str | None) -> Edition:
    """What is published now, or what a release froze."""
    if name is None:
        numbers = read_snapshot(home.snapshot)
    else:
        with readable_errors(home.root), tempfile.TemporaryDirectory(dir=home.root) as draft:
            write_snapshot(home, name, Path(draft) / "marts.duckdb")
            numbers = read_snapshot(Path(draft) / "marts.duckdb")
    return Edition(numbers, load_taxonomy(), load_cards(), districts=load_districts(home))
