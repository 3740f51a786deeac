"""List the posts the tagger was unsure of, for a reader of the team.

This is the one place where post text is put in a file. It is for those who run the warehouse:
the file is readable by its owner alone, and nothing of it goes to a page or a release.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from warehouse.errors import DataFolderError
from warehouse.home import Home
from warehouse.lake import day_files
from warehouse.weeks import Week

COLUMNS = ("post_id", "theme", "score", "lang", "text")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_QUEUE = """
select tags.post_id, tags.tag_id, round(tags.score, 3), tags.lang, posts.text
from read_parquet($tags) as tags
inner join read_parquet($posts) as posts using (post_id)
where tags.kind = 'unsure'
order by tags.score desc, tags.post_id, tags.tag_id
limit $most
"""


def write_review_queue(home: Home, week: Week, most: int, to: Path, is_sample: bool) -> int:
    """Write up to `most` unsure posts of `week` as CSV, the likeliest first; their number.

    Raise `DataFolderError` when the file cannot be written.
    """
    files = {
        half: [str(file) for file in day_files(home, half, week.start, week.end, is_sample)]
        for half in ("posts", "tags")
    }
    rows: list[tuple[object, ...]] = []
    if files["tags"]:
        with duckdb.connect() as con:
            rows = con.execute(_QUEUE, {**files, "most": most}).fetchall()
    try:
        to.touch(mode=0o600)
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([*row[:-1], harmless(str(row[-1]))] for row in rows)
    except OSError as error:
        raise DataFolderError(
            f"{to} cannot be written: {error.strerror}. Free some space or choose another."
        ) from error
    return len(rows)


def harmless(text: str) -> str:
    """A spreadsheet takes a cell that starts so for a formula, and a post may be made to."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
