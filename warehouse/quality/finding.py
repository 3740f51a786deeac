"""What one check before publication found: a name, an outcome, a threshold, plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HELD, WARNED, FAILED, NOT_CHECKED = "held", "warning", "failed", "not checked"
NO_HISTORY = "no history"
_ORDER = (HELD, NOT_CHECKED, WARNED, FAILED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    name       the check, for ever
    outcome    `held`, `warning`, `failed` (the release is set aside) or `not checked`
    threshold  where it would have warned and where it would have failed
    told       what was found, with its numbers; for the team, not for readers
    """

    name: str
    outcome: str
    threshold: str
    told: str

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome} ({self.told})"


def gravest(findings: Sequence[Finding]) -> Finding:
    """One finding for several of one check: the gravest outcome, and what was told of it."""
    outcome = max((one.outcome for one in findings), key=_ORDER.index)
    told = "; ".join(dict.fromkeys(one.told for one in findings if one.outcome == outcome))
    return Finding(findings[0].name, outcome, findings[0].threshold, told)


def in_words(findings: Iterable[Finding]) -> str:
    """How many checks held, and which did not, without a number of posts."""
    named = {outcome: list[str]() for outcome in _ORDER}
    for one in findings:
        named[one.outcome].append(one.name)
    words = [f"{len(named[HELD])} held"]
    words += [
        f"{outcome}: {', '.join(named[outcome])}"
        for outcome in (WARNED, FAILED, NOT_CHECKED)
        if named[outcome]
    ]
    return f"Checks before publication: {'; '.join(words)}."
