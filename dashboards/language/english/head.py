"""Say in English of which place and week a brief is, and how well founded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards.language.english.labels import BRIEF
from dashboards.words import count_of, list_of, source_name, week_dates, week_number

AND_CLINICS = ", and reports from clinics, counted apart"
EVIDENCE: Mapping[str, str] = {"A": "good", "B": "fair", "C": "thin", "D": "none of its own"}


def page_title(place: str, week: str, is_sample: bool) -> str:
    return f"{place}: brief for {week}{BRIEF['sample'] if is_sample else ''}"


def week(week: str) -> str:
    return week_number(week)


def week_line(start: date, end: date, week: str, release_id: str) -> str:
    return f"Week of {week_dates(start, end)} ({week_number(week)}) · release {release_id}"


def versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{part} {name}" for part, name in versions.items())


def evidence_head(letter: str) -> str:
    return f"Evidence {letter} ({EVIDENCE[letter]}):"


def rests_on(where: str, band: str, weeks_n: int, sources: Sequence[str]) -> str:
    return f"rests on {where}: {band} health voices in {weeks_n} weeks, from {_named(sources)}"


def voices_here(band: str, weeks_n: int, sources: Sequence[str]) -> str:
    return (
        f"{band} health voices here in {weeks_n} weeks, too few on any one theme this week; "
        f"posts came from {_named(sources)}"
    )


def too_few_posts(sources: Sequence[str]) -> str:
    return f"too few posts to say anything; posts came from {_named(sources)}"


def _named(sources: Sequence[str]) -> str:
    """`2 sources (Bluesky and local news)`."""
    named = list_of([source_name(source) for source in sources])
    return count_of(len(sources), "source") + (f" ({named})" if named else "")


def copies(where: str, weeks_n: int) -> str:
    weeks = "this week" if weeks_n == 1 else f"these {weeks_n} weeks"
    return (
        f"Some health posts {where} in {weeks} were near-copies put up under 10 or more "
        "names. They may be a campaign, or news passed on. They are in no figure here."
    )
