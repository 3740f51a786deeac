"""Write a card's four pages: the full card and the patient handout, in English and Spanish.

The full card is for clinicians and holds this week's figures. The handout holds none, so that
it may lie in a waiting room for longer than a week; only its review status is of the release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment

from dashboards.cards import LANGS, Card, Lang
from dashboards.conversation.figures import YEAR, figures
from dashboards.conversation.status import review_status
from dashboards.conversation.where import states_map
from dashboards.edition import Edition
from dashboards.language import LANGUAGES, SUFFIX
from dashboards.spanish import week_dates_es, week_number_es

_SENTENCE_END = re.compile(r"(?<=[.!])\s+(?=[¿¡“\"]?[A-ZÁÉÍÓÚÑ])")

ENDS: dict[Lang, str] = {lang: f"{SUFFIX[lang]}.html" for lang in LANGS}
"""How the name of a page ends."""


def card_pages(edition: Edition, pages: Environment) -> Iterator[tuple[str, str]]:
    """(file name, content) of the theme and handout pages of every card."""
    for card in edition.cards.values():
        for lang in LANGS:
            yield f"theme/{card.id}{ENDS[lang]}", theme_page(edition, pages, card, lang)
            yield f"handout/{card.id}{ENDS[lang]}", handout_page(edition, pages, card, lang)


def theme_page(edition: Edition, pages: Environment, card: Card, lang: Lang) -> str:
    """The full card of a theme or signal, its claims, and the week's figures."""
    theme = edition.taxonomy.themes.get(card.id)
    claims = theme.claims if theme else ()
    return pages.get_template("theme.html.j2").render(
        **_frame(edition, card, lang),
        t=LANGUAGES[lang].labels.THEME,
        roots=LANGUAGES[lang].labels.ROOTS,
        subtitle=_subtitle(edition, card, lang),
        claims=[claim.text_es if lang == "es" else claim.text_en for claim in claims],
        facts=[(fact.es if lang == "es" else fact.en, fact) for fact in card.facts],
        **_figures(edition.in_language(lang), card.id),
    )


def _figures(edition: Edition, tag_id: str) -> dict[str, Any]:
    """The week's figures, and the words beside the drawings of them."""
    found, words = figures(edition, tag_id), edition.words
    weeks, line = found.drawn, found.trend
    return {
        "figures": found,
        "map": states_map(edition, tag_id),
        "first_week": words.head.week(weeks[0]).capitalize(),
        "last_week": words.head.week(weeks[-1]).capitalize(),
        "trend_words": words.figures.year(line.top, len(weeks)) if line else "",
        "short": words.figures.short_of_year(len(weeks)) if len(weeks) < YEAR else "",
    }


def handout_page(edition: Edition, pages: Environment, card: Card, lang: Lang) -> str:
    """The page a patient takes home: the fact first, and no figure of any week."""
    handout = card.wording(lang).handout
    return pages.get_template("handout.html.j2").render(
        **_frame(edition, card, lang),
        t=LANGUAGES[lang].labels.HANDOUT,
        handout=handout,
        do=sentences(handout.do),
        help=sentences(handout.help),
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text, for a list; a question stays with its answer."""
    return _SENTENCE_END.split(text)


def _frame(edition: Edition, card: Card, lang: Lang) -> dict[str, Any]:
    """What both pages of a card need in one language."""
    release = edition.numbers.release
    other: Lang = "en" if lang == "es" else "es"
    spanish = {
        "week_dates": week_dates_es(release.week_start, release.week_end),
        "week_words": week_number_es(release.week),
    }
    return {
        "up": "../",
        "lang": lang,
        "other": other,
        "chrome": LANGUAGES[lang].labels.CHROME,
        "label": LANGUAGES[lang].labels.BRIEF,
        "card": card,
        "words": card.wording(lang),
        "is_signal": card.id not in edition.taxonomy.themes,
        "status": review_status(card, release.week_end, lang),
        "end": ENDS[lang],
        "other_end": ENDS[other],
        "links": card.links_for(lang),
        **(spanish if lang == "es" else {}),
    }


def _subtitle(edition: Edition, card: Card, lang: Lang) -> str:
    """The catalogue's own title."""
    known = edition.taxonomy.themes.get(card.id) or edition.taxonomy.signals.get(card.id)
    return edition.in_language(lang).title(known) if known else ""
