"""Take ordinary posts as examples of posts that carry nothing: one command.

    python -m classifiers.training.ordinary POSTS.parquet OUT.jsonl --besides LABELS.jsonl

Labelled posts were chosen for their themes, so a model that sees only them finds themes in
shopping lists. Nobody has read these: news headlines, chatter and politics are assumed to carry
no theme and no signal, a few wrongly. The posts stay outside the project; the model card counts
them.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from classifiers.collection import ask_collection
from classifiers.jsonlines import read_lines, write_lines
from classifiers.training.rows import Row

TAKEN = {
    "tweeteval_general_negatives_en": 3000,
    "uci_health_news_tweets_en": 2000,
    "ct22_spanish_politics_es": 1000,
}
"""Posts taken of each collection; none of them holds Reddit text."""

_POSTS = """
select row_id as id, text, dataset, lang
from read_parquet($posts)
where dataset = $dataset and not list_contains($besides, row_id)
order by md5(row_id)
limit $count
"""


def ordinary_posts(posts: Path, besides: list[str]) -> list[dict[str, object]]:
    """The rows to write; `besides` are ids of posts labelled or measured elsewhere."""
    found: list[dict[str, object]] = []
    for dataset, count in TAKEN.items():
        values = {"dataset": dataset, "count": count, "besides": besides}
        found += [
            {"id": id_, "text": text, "dataset": of, "lang": lang, "assumed": True}
            for id_, text, of, lang in ask_collection(posts, _POSTS, values)
        ]
    return found


def main() -> None:
    """Write the ordinary posts of a Parquet file of collected posts as a label file."""
    parser = ArgumentParser(description="Write ordinary posts as a label file.")
    parser.add_argument("posts", type=Path, help="Parquet: row_id, dataset, lang, text")
    parser.add_argument("out", type=Path, help="label file to write")
    parser.add_argument(
        "--besides", type=Path, action="append", default=[], help="label file to leave out"
    )
    given = parser.parse_args()
    besides = [row.id for file in given.besides for row in read_lines(file, Row)]
    write_lines(given.out, ordinary_posts(given.posts, besides))


if __name__ == "__main__":
    main()
