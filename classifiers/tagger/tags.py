"""What the tagger says of one post."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Gate = Literal["stopped", "drawn", "passed"]
"""`stopped`: the wide gate saw nothing of ours and no encoder read the post; `drawn`: it would
have been stopped, but was drawn by lot to measure what the gate misses; `passed`: the rest."""


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """One theme found in a post.

    score         probability, 0 to 1, that the theme is present
    stance        `promotes`, `refutes`, `asks` or `mentions`
    stance_score  probability, 0 to 1, of that stance, the theme being present
    claim_id      the nearest claim of the catalogue, or None
    """

    score: float
    stance: str
    stance_score: float
    claim_id: str | None


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tagger says of one post.

    lang     `en`, `es`, `other` or `und`
    health   probability that the post is about health
    themes   those at or over their threshold
    signals  those at or over their threshold, with their probability
    unsure   themes under their threshold that are likely enough for a reader to look at, with
             their probability; they count nowhere
    gate     how far the post came
    """

    lang: str
    health: float
    themes: dict[str, ThemeTag] = field(default_factory=dict)
    signals: dict[str, float] = field(default_factory=dict)
    unsure: dict[str, float] = field(default_factory=dict)
    gate: Gate = "passed"
