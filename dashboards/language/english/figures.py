"""Say shares in English: how many passed a claim on, asked, or gave a sign."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.language.names import Answered
from dashboards.words import Frequency, sentence

CHANGES: Mapping[str | None, str] = {
    "rising": "more than in earlier weeks",
    "falling": "fewer than in earlier weeks",
    "steady": "about as many as in earlier weeks",
    "new": "after hardly anyone in earlier weeks",
    None: "with too few posts to compare with earlier weeks",
}
DIRECTIONS: Mapping[str | None, str] = {
    **{word: word for word in ("rising", "falling", "steady", "new")},
    None: "too few posts to say",
}
TOLD = {
    "promotes": "{where}, {share} passed such a claim on, {change}",
    "signal": "{where}, {share} gave this sign",
    "asks": "{share} asked about it",
    "refutes": "{share} said that it is false",
}


def theme(
    where: str, share: Frequency, direction: str | None, borrowed: str
) -> tuple[str, str, str]:
    likely = f"({share.likely}) " if share.likely else ""
    rests = f" Few posts: the figure rests mainly on {borrowed}." if borrowed else ""
    return (
        f"{where[:1].upper()}{where[1:]},",
        f"{share.about} health voices",
        f"{likely}passed this on, {CHANGES[direction]}.{rests}",
    )


def share(share: Frequency) -> str:
    return str(share)


def cell(share: Frequency) -> str:
    return share.cell


def trend(ends: tuple[Frequency, Frequency], weeks_n: int, hidden_n: int) -> str:
    hidden = f" {hidden_n} weeks have no figure." if hidden_n else ""
    return f"Over {weeks_n} weeks: from {ends[0].about} to {ends[1].about}.{hidden}"


def trend_note(weeks_n: int) -> str:
    return f"{weeks_n} weeks, from zero; shaded: likely range"


def year(top: Frequency, weeks_n: int) -> str:
    return (
        f"{weeks_n} weeks, all places we collected from. The drawing goes from zero to "
        f"{top.about} health voices; shaded: likely range. A week without a figure leaves a "
        "gap."
    )


def short_of_year(weeks_n: int) -> str:
    return f"This release holds {weeks_n} weeks, so there is no whole year to draw yet."


def asked(title: str, share: Frequency, where: str, answered: Answered) -> str:
    likely = f", {share.likely}" if share.likely else ""
    told = f"{title}: {share.about} health voices asked {where}{likely}."
    if answered == "void":
        return f"{told} More ask than before, and few answer."
    return f"{told} Asked more often than answered." if answered == "seldom" else told


def told(stance: str, where: str, share: Frequency, direction: str | None) -> str:
    likely = f" ({share.likely})" if share.likely else ""
    voices = f"{share.about} health voices{likely}"
    return sentence(TOLD[stance].format(where=where, share=voices, change=CHANGES[direction]))
