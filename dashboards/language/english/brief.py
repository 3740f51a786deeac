"""Say a brief in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.language.english.figures import DIRECTIONS
from dashboards.risk import Part, PartName, Reason, Verdict
from dashboards.words import (
    count_of,
    list_of,
    opening,
    sentence,
)

MANY_FOLD = 10
"""Beyond this an alarm says no number: what it is a multiple of is next to nothing."""

QUESTION = "What have you heard or read about this?"
NOTHING_TO_RAISE = "Nothing needs raising this week."
NOTHING_UNUSUAL = (
    "Nothing unusual this week: no claim was seen far more often than in the weeks before."
)
MIX_CHANGED = (
    "What is unusual cannot be told this week: a source was silent, or the mix of sources "
    "changed."
)
TOO_FEW = "What is unusual cannot be told this week: too few posts."

VERDICTS: Mapping[Verdict, str] = {
    "raise it": "Raise it",
    "be ready": "Be ready",
    "leave it": "Leave it",
}
RISK_PARTS: Mapping[PartName, str] = {
    "harm": "Harm if believed",
    "spread": "Spread",
    "local": "Local evidence",
    "soon": "Acting soon",
    "gap": "Answer gap",
}
REASONS: Mapping[Reason, str] = {
    "harm 2": "death or lasting damage",
    "harm 1": "avoidable illness or delay",
    "harm 0": "little bodily harm",
    "under 1": "under 1 in 100",
    "1 to 3": "1 to 3 in 100",
    "over 3": "3 in 100 or more",
    "county": "seen here",
    "region": "seen in counties like it",
    "state": "seen in the state",
    "rural": "only in rural counties as a whole",
    "nation": "none",
    "all year": "all year",
    "in season": "in season",
    "next month": "season next month",
    "out of season": "out of season",
    "unknown": "not known: too few answers to show",
    "not counted": "not known: answers are not counted here",
    "answered": "answered at least as often",
    "less often": "answered less often",
    "seldom": "seldom answered",
}


def main(verdict: Verdict, title: str) -> str:
    told = "Raise this week" if verdict == "raise it" else "Be ready for"
    return sentence(f"{told}: {opening(title)}")


def no_figure(places: Sequence[str]) -> str:
    return f"No figure can be shown for {list_of(places, 'or')}."


def no_own_figure(place: str) -> str:
    return f"No figure can be shown for {place} itself."


def one_of(counties_n: int) -> str:
    counties = count_of(counties_n, "county", "counties")
    return f"That is 1 of the {counties} here; no total is made for all of them."


def action(verdict: Verdict, question: str) -> str:
    if verdict == "raise it":
        return f"Ask patients it may concern, before they ask you: “{question}”"
    return f"Do not bring it up yourself. When a patient does, start with: “{question}”"


def listen() -> str:
    return f"Ask openly, and listen first: “{QUESTION}”"


def counted(themes_n: int) -> str:
    return f"{_themes(themes_n)} could be counted; none needs action."


def _themes(count: int) -> str:
    return count_of(count, "theme").capitalize()


def nothing_known(place: str) -> str:
    return f"We can say nothing about {place} this week."


def gap(places: Sequence[str]) -> str:
    return (
        f"We collected too few public posts that could be placed in {list_of(places, 'or')}. "
        "That is a gap in what we see, not a sign that all is well."
    )


def too_early(weeks_n: int, needed_n: int) -> str:
    return (
        f"What is unusual cannot be told yet: that takes {needed_n} weeks to compare with; so "
        f"far: {weeks_n or 'none'}."
    )


def unusual(told: Sequence[str], others_n: int) -> str:
    others = f"{count_of(others_n, 'other' if told else 'claim')} not named here"
    return f"Unusual this week: {'; '.join([*told, *([others] if others_n else [])])}."


def as_often(title: str, fold: float, where: str) -> str:
    return f"{opening(title)} ({times(fold)} as often as expected) {where}"


def times(fold: float) -> str:
    """`about 3 times`."""
    if fold > MANY_FOLD:
        return f"more than {MANY_FOLD} times"
    if fold < 1.75:
        return "about one and a half times"
    return "about twice" if fold < 2.5 else f"about {fold:,.0f} times"


def up_to(fold: float) -> str:
    """`up to about 3 times`: the most of several."""
    return f"up to {MANY_FOLD} times or more" if fold > MANY_FOLD else f"up to {times(fold)}"


def none_counted(places: Sequence[str]) -> str:
    return f"No claim was counted that is worth preparing for, in {list_of(places, 'or')}."


def our_words(claim: str) -> str:
    return f"A false or misleading claim of this kind, in our words: “{claim}”"


def grade(verdict: Verdict, score: int) -> str:
    return f"{VERDICTS[verdict]} · {score} of 10"


def why(score: int) -> str:
    return f"Why {score} of 10"


def points(points: int) -> str:
    return f"{points} of 2:"


def reason(part: Part) -> str:
    told = REASONS[part.reason]
    return f"{told}, {DIRECTIONS[part.direction]}" if part.direction else told


def more(titles: Sequence[str], others_n: int) -> str:
    others = [count_of(others_n, "other")] if others_n else []
    return "; ".join([*map(opening, titles), *others])


def heard(counts: Sequence[tuple[str, int]], where: str) -> str:
    told = list_of([f"“{title}” ({times_n:,} times)" for title, times_n in counts])
    return f"{told}, as staff {where} reported it"


def held_back(themes_n: int) -> str:
    if not themes_n:
        return (
            "Nothing is held back this week. Still, do not bring up a claim that a patient has "
            "not heard."
        )
    return (
        f"{_themes(themes_n)} seen this week, here or elsewhere, graded too low to act on, and "
        "not named here: naming a fringe claim spreads it. If a patient brings one up, ask "
        "openly and listen."
    )
