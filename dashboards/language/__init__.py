"""Say in each language what the pages decide to say: one folder a language, the same names.

What is said, and when, is decided once, in `dashboards.lead`, `evidence`, `limits` and the
others; how it is said stands here. To change a sentence, change it in `english` or `spanish`.
A new language is a folder with the same names as these two (`dashboards.language.names`, which
mypy holds them to), a line in `LANGUAGES`, and its column in cards and taxonomy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.cards import Lang
from dashboards.language import english, spanish
from dashboards.language.names import (
    BriefWords,
    FigureWords,
    HeadWords,
    Labels,
    LimitWords,
    PlaceWords,
)


@dataclass(frozen=True, slots=True)
class Language:
    """All words of one language.

    lang    `en` or `es`; other: the language that pages lead to besides
    places  names of places, as sentences want them
    head    what the brief is, and how well it is founded
    brief   its sentences
    figures shares, and lines of shares
    limits  what figures cannot tell, and how hard care is to reach
    labels  headings and notices
    """

    lang: Lang
    other: Lang
    places: PlaceWords
    head: HeadWords
    brief: BriefWords
    figures: FigureWords
    limits: LimitWords
    labels: Labels


ENGLISH = Language(
    "en",
    "es",
    english.places,
    english.head,
    english.brief,
    english.figures,
    english.limits,
    english.labels,
)
SPANISH = Language(
    "es",
    "en",
    spanish.places,
    spanish.head,
    spanish.brief,
    spanish.figures,
    spanish.limits,
    spanish.labels,
)
SUFFIX: Mapping[Lang, str] = {"en": "", "es": ".es"}
"""What the name of a file has before its ending: `56025.html`, `56025.es.html`."""

LANGUAGES: Mapping[Lang, Language] = {"en": ENGLISH, "es": SPANISH}
