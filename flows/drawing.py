"""Draw the audit's questions of a week while the text of its posts is held."""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.taxonomy import load_taxonomy
from flows.running import hold
from warehouse.audit.drawing import Plan, draw_ahead
from warehouse.home import Home
from warehouse.weeks import Week

WAIT_S = 1_800.0
"""How long it waits while a run holds the data folder."""


def due(home: Home, week: Week) -> Iterator[str]:
    """Enter the week's questions, and say how a reader of the team gets them."""
    taxonomy = load_taxonomy()
    tags = {"theme": list(taxonomy.themes), "signal": list(taxonomy.signals)}
    with hold(home, WAIT_S):
        waiting_n = draw_ahead(home, week, Plan(), tags)
    yield f"Questions of {week} that wait for a reader: {waiting_n:,}."
    if waiting_n:
        yield f"With their text: grapevine audit list --week {week} questions.csv"
