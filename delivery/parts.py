"""Name the parts of a letter that both languages fill in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThemePart:
    """One theme of a letter.

    title    the theme, and grade: how much it matters, both in words
    figures  how many pass it on, where and whether that is more than before
    claim    a claim of this kind, said to be false
    status   whether a clinician has reviewed the wording; empty where there is no card
    spoken   (label, what to say), in the order it is said
    after    lines under the card: the red flag, words to avoid
    links    (title, address) to check
    """

    title: str
    grade: str
    figures: str
    claim: str
    status: str = ""
    spoken: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the lines under it; a list where `is_list`."""

    heading: str
    lines: tuple[str, ...]
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class Labels:
    """What only a letter says; the rest is said as on the pages (`dashboards.language`).

    subject      the place and the week; revised: what a corrected release adds to it
    is_revised   the heading of what changed; changed: what it says, or empty for the release's
                 own words
    trust        the heading above trust signals, with where they were seen
    whole        leads to the brief's page; elsewhere: the same for a page in English only
    attached     the PDF that goes along
    unsubscribe  why the mail comes; leave: how to leave the list
    """

    subject: str
    revised: str
    is_revised: str
    changed: str
    trust: str
    whole: str
    elsewhere: str
    attached: str
    unsubscribe: str
    leave: str
