"""Write the pages that explain, in plain words and with the release's own facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from jinja2 import Environment

from dashboards.conversation.status import review_status
from dashboards.edition import Edition
from dashboards.explaining.citation import bibtex, citation_line, csl_json
from dashboards.explaining.gaps import gaps

REVIEWER = "Ana Ortiz, MD"
"""A made-up name, for the example."""

A_YEAR = timedelta(days=365)


def explaining_pages(edition: Edition, pages: Environment) -> Iterator[tuple[str, str]]:
    """(file name, content) of the explaining pages and of the citation files."""
    release = edition.numbers.release
    yield "privacy.html", _render(pages, "privacy.html.j2")
    yield "who-we-miss.html", _render(pages, "who_we_miss.html.j2", gaps=gaps(edition))
    cited = {"line": citation_line(release), "bibtex": bibtex(release)}
    yield "cite.html", _render(pages, "cite.html.j2", **cited)
    yield "citation.bib", bibtex(release)
    yield "citation.csl.json", csl_json(release)
    yield "review.html", _render(pages, "review.html.j2", **_review(edition))


def _review(edition: Edition) -> dict[str, Any]:
    """How the cards stand in this release, and an example signed on its last day."""
    end = edition.numbers.release.week_end
    cards = list(edition.cards.values())
    draft = replace(cards[0], status="draft", reviewed_by="", reviewed_on=None, review_due=None)
    signed = replace(
        draft,
        status="reviewed",
        reviewed_by=REVIEWER,
        reviewed_on=end,
        review_due=end + A_YEAR,
    )
    return {
        "cards_n": len(cards),
        "drafts_n": sum(card.is_draft for card in cards),
        "overdue_n": sum(bool(card.review_due and card.review_due < end) for card in cards),
        "signed": signed,
        "before": review_status(draft, end),
        "after": review_status(signed, end),
        "overdue": review_status(signed, end + A_YEAR + timedelta(days=1)),
    }


def _render(pages: Environment, template: str, **context: Any) -> str:  # noqa: ANN401
    return pages.get_template(template).render(up="", **context)
