"""Read the posts that the tagger is measured on; it learnt from none of them.

Four kinds: hand-labelled real posts, which stay outside the project; the tenth of the written
corpus that is held back; the sample bank; ordinary posts of state subreddits, chosen for no
theme and read by nobody, that show what most days look like.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from classifiers.collection import ask_collection
from classifiers.jsonlines import read_lines
from classifiers.stances import STANCES
from classifiers.taxonomy import Taxonomy
from classifiers.training.rows import CORPUS, Row, read_rows
from classifiers.training.splits import rows_of
from warehouse.errors import InputError

BANK = Path(__file__).parents[1] / "corpus" / "sample"
ORDINARY = "policyposse_state_subreddit_%"

_ORDINARY_POSTS = """
select text from read_parquet($posts) where dataset like $dataset order by row_id
"""


class Gold(msgspec.Struct, frozen=True):
    """One hand-labelled post to measure on.

    themes          theme id to stance
    theme_only      themes that are there, with a stance the reader was unsure of
    unsure          themes that are not scored
    signals_unsure  signals that are not scored
    sure            of the labels: 1 a guess, 2 likely, 3 clear
    """

    id: str
    text: str
    lang: str
    dataset: str = ""
    platform: str = ""
    health: bool | None = None
    themes: dict[str, str] = {}
    signals: list[str] = []
    theme_only: list[str] = []
    unsure: list[str] = []
    signals_unsure: list[str] = []
    sure: int = 3

    @classmethod
    def of(cls, row: Row) -> Gold:
        """A labelled row that no model learnt from, as a post to measure on."""
        return cls(
            id=row.id,
            text=row.text,
            lang=row.lang,
            dataset=row.dataset,
            platform=row.platform,
            health=row.health,
            themes=row.themes,
            signals=row.signals,
            sure=row.sure,
        )


def read_gold(file: Path, taxonomy: Taxonomy) -> list[Gold]:
    """The posts of a JSON-lines file.

    Raise `InputError` for a line that is no post, or a label the taxonomy does not know.
    """
    posts = list(read_lines(file, Gold))
    for post in posts:
        for label in (*post.themes, *post.theme_only, *post.signals, *post.themes.values()):
            if label not in {*taxonomy.themes, *taxonomy.signals, *STANCES}:
                raise InputError(
                    f"{file}: post {post.id} has the label '{label}', which the taxonomy does "
                    "not know. Mend the label, then measure again."
                )
    return posts


def held_back(taxonomy: Taxonomy, corpus: Path = CORPUS) -> list[Gold]:
    """The tenth of the written corpus that no model learnt from."""
    rows = rows_of("held_back", read_rows(sorted(corpus.glob("*.jsonl")), taxonomy))
    return [Gold.of(row) for row in rows]


def sample_bank(taxonomy: Taxonomy, folder: Path = BANK) -> list[Gold]:
    """The posts of the built-in demonstration, with a town in the place of `{place}`."""
    posts = [
        post for file in sorted(folder.glob("*.jsonl")) for post in read_gold(file, taxonomy)
    ]
    return [
        msgspec.structs.replace(post, text=post.text.replace("{place}", "town"))
        for post in posts
    ]


def ordinary_texts(posts: Path) -> list[str]:
    """The texts of ordinary posts in a Parquet file with columns row_id, dataset, text.

    Raise `InputError` when there are none, or the file cannot be read.
    """
    rows = ask_collection(posts, _ORDINARY_POSTS, {"dataset": ORDINARY})
    texts = [str(text) for (text,) in rows]
    if not texts:
        raise InputError(
            f"{posts} holds no post of a data set named {ORDINARY}, so what the tagger does on "
            "ordinary days cannot be measured. Give the file of collected posts."
        )
    return texts
