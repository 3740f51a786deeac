"""Say of every subscriber whether a release is due, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from delivery.ledger import Ledger
from delivery.letter import Letters
from delivery.outcome import State
from delivery.subscribers import Subscriber

Why = State | Literal["new", "left", "bounced", "no brief"]
"""How a release stands with a subscriber; `new` and `later` are due."""

DUE: frozenset[Why] = frozenset(["new", "later"])


@dataclass(frozen=True, slots=True)
class Standing:
    """How a release stands with one subscriber.

    told     the last attempt's outcome, a code or a few words
    tries_n  attempts so far
    """

    to: Subscriber
    why: Why
    told: str = ""
    tries_n: int = 0

    @property
    def is_due(self) -> bool:
        """Whether it is to be sent."""
        return self.why in DUE


def plan(
    ledger: Ledger, release_id: str, letters: Letters, subscribers: Iterable[Subscriber]
) -> list[Standing]:
    """Every subscriber's standing, those tried least first, then by name."""
    known, stopped = ledger.deliveries(release_id), ledger.stopped()
    found = []
    for to in subscribers:
        key = ledger.subscription(to)
        if key in known and known[key].state == "sent":
            found.append(Standing(to, "sent", known[key].told, known[key].tries_n))
        elif key in stopped:
            found.append(Standing(to, stopped[key]))
        elif not letters.has(to.place):
            found.append(Standing(to, "no brief"))
        elif key in known:
            row = known[key]
            found.append(Standing(to, row.state, row.told, row.tries_n))
        else:
            found.append(Standing(to, "new"))
    return sorted(found, key=lambda one: (one.tries_n, one.to.id))
