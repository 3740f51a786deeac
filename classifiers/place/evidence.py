"""Write EVIDENCE.md: how often the locator is right, on written posts and on real strings.

Run it as `python -m classifiers.place.evidence STRINGS.csv`, or without the file to leave its
section as it stands. With `--misses` it prints the open posts that went wrong, and no more.
"""

from __future__ import annotations

from pathlib import Path

import click

from classifiers.place.measure import measure_strings
from classifiers.place.written_posts import (
    NEVER_A_COUNTY,
    Tally,
    WrittenPost,
    load_written,
    misses,
    tally,
    tally_by,
)

FILE = Path(__file__).parent / "EVIDENCE.md"

STRINGS = "## Declared place strings\n"
"""The heading of the section that needs a file of place strings from outside."""

INTRODUCTION = """# What the locator was measured on

Written by `python -m classifiers.place.evidence STRINGS.csv`; do not edit.

## Places named in posts

{post_n} posts written by hand in the manner of small towns, each with the community it would
stand in and the county or state it speaks of (`mention_posts.jsonl`). They were written before
the rules were mended, and the counties were checked against the Census places. Half of them,
chosen by the checksum of their text, are held back: rules were mended by the other half only.
One person wrote posts, truths and rules, who knew the rules when writing the posts: read the
figures as a test of behaviour, not as a survey.

*Answered*: posts whose text, not community, gave the place; *right*: of those, the county, or
the state where only a state was given. *County named*: posts that speak of a town or county;
*given*: posts given a county; *found*: posts given the county they name. Of the {never_n} posts
about places abroad and directional regions, {never_county_n} were given a county.
"""

HEADER = (
    "| {} | posts | answered | right | right, % | county named | given | found | found, % |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


def posts_section(posts: list[WrittenPost]) -> str:
    """The section on written posts, as Markdown: by half, then by kind and by language."""
    never = tally(post for post in posts if post.kind in NEVER_A_COUNTY)
    halves = {
        "held back": tally(post for post in posts if post.is_held_back),
        "open": tally(post for post in posts if not post.is_held_back),
        "all": tally(posts),
    }
    tables = [
        ("half", halves),
        ("kind, both halves", tally_by(posts, lambda post: post.kind)),
        ("language, both halves", tally_by(posts, lambda post: post.lang)),
    ]
    introduction = INTRODUCTION.format(
        post_n=len(posts), never_n=never.post_n, never_county_n=never.county_n
    )
    return "\n".join([introduction, *(_table(name, rows) for name, rows in tables)])


def strings_section(path: Path) -> str:
    """The section on declared strings of a CSV file, as Markdown."""
    seen = measure_strings(path)
    return (
        f"{STRINGS}\n`{path.name}`: {seen.asked_n} strings with known county; "
        f"{seen.answered_n} given a county ({seen.answered_share:.1%}), "
        f"{seen.right_n} of them the right one ({seen.right_share:.2%}).\n\n"
        "| evidence | given a place | right |\n|---|--:|--:|\n"
        + "".join(f"| {kind} | {n} | {right} |\n" for kind, (right, n) in seen.by_kind.items())
    )


def _table(name: str, rows: dict[str, Tally]) -> str:
    return HEADER.format(name) + "".join(_row(key, row) for key, row in rows.items())


def _row(name: str, row: Tally) -> str:
    cells = (
        *(row.post_n, row.answered_n, row.right_n, _share(row.right_n, row.answered_n)),
        *(row.with_n, row.county_n, row.found_n, _share(row.found_n, row.with_n)),
    )
    return f"| {name} | {' | '.join(map(str, cells))} |\n"


def _share(part_n: int, whole_n: int) -> str:
    return f"{100 * part_n / whole_n:.1f}" if whole_n else "–"


@click.command()
@click.argument("strings", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--misses", "shows_misses", is_flag=True, help="Print what went wrong and stop.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=FILE)
def main(strings: Path | None, shows_misses: bool, out: Path) -> None:
    """Measure the locator on written posts and on STRINGS, and write EVIDENCE.md."""
    posts = load_written()
    if shows_misses:
        click.echo("\n".join(misses(posts)))
        return
    kept = out.read_text(encoding="utf-8").partition(STRINGS) if out.exists() else ("", "", "")
    section = strings_section(strings) if strings else "".join(kept[1:])
    written = posts_section(posts)
    out.write_text(f"{written}\n{section}" if section else written, encoding="utf-8")
    click.echo(f"{out.name}: {len(posts)} posts" + (f", {strings.name}" if strings else ""))


if __name__ == "__main__":
    main()
