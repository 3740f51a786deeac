"""Read what the tagger learns from: labelled posts, the written corpus, the claims themselves.

No model learns from Reddit text (DESIGN section 4), so a Reddit row stops the training. The
sample bank, which the demonstration is made of, is not read here either: it stays unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from classifiers.jsonlines import read_lines
from classifiers.stances import STANCES
from classifiers.taxonomy import Taxonomy
from warehouse.errors import InputError

CORPUS = Path(__file__).parents[1] / "corpus" / "written"
REDDIT = ("policyposse_", "h5n1_", "reddit_")
"""How the names of data sets of Reddit text start."""


class Row(msgspec.Struct, frozen=True):
    """One labelled post, by the labelling guide.

    health    None: not labelled, so the health head does not learn from it
    themes    theme id to stance
    assumed   nobody read it: a post of an ordinary collection, taken to carry nothing
    is_claim  a statement of the claim catalogue: by the guide, a bare false claim promotes
    picked    chosen because a tagger was unsure of it: harder than posts are
    sure      of the labels: 1 a guess, 2 likely, 3 clear
    """

    id: str
    text: str
    lang: str = ""
    health: bool | None = None
    themes: dict[str, str] = {}
    signals: list[str] = []
    dataset: str = ""
    platform: str = ""
    assumed: bool = False
    is_claim: bool = False
    picked: bool = False
    sure: int = 3


def read_rows(files: Iterable[Path], taxonomy: Taxonomy) -> list[Row]:
    """All rows of the label files; raise `InputError` for a Reddit row or an unknown label."""
    return [row for file in files for row in checked(read_lines(file, Row), file, taxonomy)]


def claim_rows(taxonomy: Taxonomy) -> list[Row]:
    """Each catalogued claim, in both languages, as an example of its theme."""
    return [
        Row(claim.id, text, lang, health=True, themes={theme.id: "promotes"}, is_claim=True)
        for theme in taxonomy.themes.values()
        for claim in theme.claims
        for lang, text in (("en", claim.text_en), ("es", claim.text_es))
    ]


def checked(rows: Iterable[Row], file: Path, taxonomy: Taxonomy) -> Iterator[Row]:
    """The rows of `file`; raise `InputError` for a Reddit row or an unknown label."""
    for row in rows:
        if row.dataset.startswith(REDDIT) or "reddit" in row.platform.lower():
            raise InputError(
                f"{file}: post {row.id} comes from Reddit ({row.dataset or row.platform}), and "
                "no model may learn from Reddit text. Remove its rows, then train again."
            )
        unknown = [
            *(row.themes.keys() - taxonomy.themes),
            *(set(row.themes.values()) - set(STANCES)),
        ]
        unknown += [signal for signal in row.signals if signal not in taxonomy.signals]
        if unknown:
            raise InputError(
                f"{file}: post {row.id} has the label '{unknown[0]}', which the taxonomy does "
                "not know. Mend the label, then train again."
            )
        yield row
