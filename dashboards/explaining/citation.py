"""Cite a release: as one line, as BibTeX, and as CSL-JSON for programs that keep references.

The year is that of the week's last day. The day of publication is not in a release, so none is
given; the digest says which figures were meant, whoever holds a copy.
"""

from __future__ import annotations

import json

from dashboards.published import Release
from dashboards.tables import notice
from dashboards.words import week_dates, week_number

NAME = "Grapevine"
TITLE = "Health claims in public posts, by US county and week"


def citation_line(release: Release) -> str:
    """The citation as one line of text."""
    mark = f" {notice(release)}." if release.is_sample else ""
    return (
        f"{NAME}. {TITLE}: {week_number(release.week)} "
        f"({week_dates(release.week_start, release.week_end)}). Release {release.release_id}, "
        f"sha256 {_digest(release)}. {release.week_end.year}.{mark}"
    )


def bibtex(release: Release) -> str:
    """A BibTeX entry; `howpublished` is left to the reader, who knows the address."""
    fields = {
        "title": f"{{{TITLE}}}",
        "author": f"{{{NAME}}}",
        "year": str(release.week_end.year),
        "version": release.release_id,
        "note": _note(release),
    }
    body = "".join(f"  {name:<8} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{_key(release)},\n{body}}}\n"


def csl_json(release: Release) -> str:
    """A list of one CSL-JSON item."""
    item = {
        "id": _key(release),
        "type": "dataset",
        "title": TITLE,
        "author": [{"literal": NAME}],
        "version": release.release_id,
        "issued": {"date-parts": [[release.week_end.year]]},
        "note": _note(release),
    }
    return json.dumps([item], indent=1, ensure_ascii=False) + "\n"


def _note(release: Release) -> str:
    mark = f"{notice(release)}. " if release.is_sample else ""
    dates = week_dates(release.week_start, release.week_end)
    return (
        f"{mark}{week_number(release.week).capitalize()}, {dates}. "
        f"Digest of its figures: sha256 {_digest(release)}"
    )


def _digest(release: Release) -> str:
    return release.content_sha256[:16]


def _key(release: Release) -> str:
    return f"grapevine-{release.release_id}"
