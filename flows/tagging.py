"""Turn what the tagger says of posts into rows of the lake's tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from classifiers.tagger import Tags
from warehouse.lake import TAGS

Row = dict[str, object]

FROM_POSTS = ["post_id", "source", "posted_at", "author_key", "has_author"]
"""What a tag keeps of its post, so that it can be counted when the text is gone."""


def tag_rows(posts: pa.Table, places: pa.Table, tags: Sequence[Tags], made_by: str) -> pa.Table:
    """The posts' tags in shape `TAGS`: one `health` row a post, one a theme, one a signal.

    An `unsure` row is a theme for the review queue, and counts nowhere; a `drawn` row says that
    the wide gate would have stopped the post, so what it misses can be counted for ever.

    `posts`, `places` and `tags` have one row a post, in the same order.
    """
    known = zip(posts.select(FROM_POSTS).to_pylist(), places.to_pylist(), tags, strict=True)
    rows = [
        {**post, **place, "lang": tagged.lang, "model": made_by, **row}
        for post, place, tagged in known
        for row in _rows(tagged)
    ]
    return pa.Table.from_pylist(rows, schema=TAGS)


def _rows(tagged: Tags) -> Iterator[Row]:
    yield {"kind": "health", "tag_id": "health", "score": tagged.health}
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
