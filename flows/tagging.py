"""Turn what the tagger says of posts into rows of the lake's tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from classifiers.copies import bands
from classifiers.tagger import Tags
from warehouse.keys import AuthorKeys
from warehouse.lake import SAMPLE, TAGS
from warehouse.weeks import Week

Row = dict[str, object]
Near = list[int] | None

FROM_POSTS = ["post_id", "source", "posted_at", "author_key", "has_author", "community"]
"""What a tag keeps of its post, so that it can be counted when the text is gone."""

_PROFILE = re.compile(r"(?:/?r/)?/?u[_/]", re.IGNORECASE)
_week = lru_cache(maxsize=4096)(Week.of)


def newest_of_each(posts: pa.Table) -> pa.Array:
    """Which rows (shape `POSTS`) stay: of a post given twice for one day, the last.

    The lake keeps that one; tags of an earlier wording must not be added to its own.
    """
    rows = pa.table(
        {
            "post_id": posts["post_id"],
            "day": posts["posted_at"].cast(pa.date32()),
            "row": pa.array(range(posts.num_rows), pa.int64()),
        }
    )
    last = rows.group_by(["post_id", "day"]).aggregate([("row", "max")])["row_max"]
    return pc.is_in(rows["row"], value_set=last.combine_chunks())


def near_marks(posts: pa.Table, keys: AuthorKeys) -> list[Near]:
    """The hashes of each post's bands, by which near-copies of its week are found.

    None for short posts, and for the sample: it says the posts of its bank again and again, by
    design and not as a campaign.
    """
    sources, times = posts["source"].to_pylist(), posts["posted_at"].to_pylist()
    said = zip(posts["text"].to_pylist(), sources, strict=True)
    found = bands(["" if source == SAMPLE else text for text, source in said])
    hashed = cache(keys.hash_bands)  # a text that comes again is hashed once
    return [
        hashed(_week(at.date()), own) if own else None
        for at, own in zip(times, found, strict=True)
    ]


def tag_rows(
    posts: pa.Table,
    places: pa.Table,
    tags: Sequence[Tags],
    made_by: str,
    near: Sequence[Near] | None = None,
) -> pa.Table:
    """The posts' tags in shape `TAGS`: one `health` row a post, one a theme, one a signal.

    An `unsure` row is a theme for the review queue, and counts nowhere; a `drawn` row says that
    the wide gate would have stopped the post, so what it misses can be counted for ever.

    `posts`, `places`, `tags` and `near` have one row a post, in the same order.
    """
    known = zip(
        posts.select(FROM_POSTS).to_pylist(),
        places.to_pylist(),
        tags,
        near or [None] * posts.num_rows,
        strict=True,
    )
    rows = [
        {**_kept(post), **place, "lang": tagged.lang, "model": made_by, **row}
        for post, place, tagged, marks in known
        for row in _rows(tagged, marks)
    ]
    return pa.Table.from_pylist(rows, schema=TAGS)


def _kept(post: Row) -> Row:
    """A profile's community bears its owner's name, which may not outlive the text."""
    community = str(post["community"] or "")
    return {**post, "community": "" if _PROFILE.match(community) else community}


def _rows(tagged: Tags, near: Near) -> Iterator[Row]:
    yield {"kind": "health", "tag_id": "health", "score": tagged.health, "near": near}
    for theme_id, theme in tagged.themes.items():
        yield {
            "kind": "theme",
            "tag_id": theme_id,
            "score": theme.score,
            "stance": theme.stance,
            "stance_score": theme.stance_score,
            "claim_id": theme.claim_id,
        }
    for signal_id, score in tagged.signals.items():
        yield {"kind": "signal", "tag_id": signal_id, "score": score}
    for theme_id, score in tagged.unsure.items():
        yield {"kind": "unsure", "tag_id": theme_id, "score": score}
    if tagged.gate == "drawn":
        yield {"kind": "drawn", "tag_id": "gate", "score": 1.0}
