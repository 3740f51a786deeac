"""Say whether a named clinician has reviewed a card, and whether that has run out.

Run out is measured against the last day of the release's week, not against a clock: the same
release says the same for ever, and the next one says that a review is overdue.
"""

from __future__ import annotations

from datetime import date

from dashboards.cards import Card, Lang
from dashboards.language import LANGUAGES


def review_status(card: Card, week_end: date, lang: Lang = "en") -> str:
    """The card's status in a few words, seen from the last day of a release's week."""
    words = LANGUAGES[lang].labels.REVIEW
    if card.is_draft or card.reviewed_on is None or card.review_due is None:
        return words["draft"]
    reviewed = words["reviewed"].format(card.reviewed_by, card.reviewed_on.isoformat())
    if card.review_due < week_end:
        return reviewed + words["overdue"].format(card.review_due.isoformat())
    return reviewed
