"""Choose what of a brief goes into its letter: all that its page says, without the layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dashboards.blocks import ThemeBlock, question_lines, trust_lines
from dashboards.brief import Brief
from dashboards.cards import Card
from dashboards.clinics import clinic_line
from dashboards.edition import Edition
from dashboards.frame import held_back, more_themes
from dashboards.limits import limits
from dashboards.place_page import county_lines
from dashboards.words import sentence
from delivery.parts import Labels, Section, ThemePart


def facts(edition: Edition, brief: Brief) -> tuple[str, ...]:
    """The week and the evidence."""
    release, evidence = edition.numbers.release, brief.evidence
    copies = f" {brief.copies}" if brief.copies else ""
    week_line = edition.words.head.week_line
    return (
        week_line(release.week_start, release.week_end, release.week, release.release_id),
        f"{evidence.head} {evidence.reason}.{copies}",
    )


def opening(edition: Edition, brief: Brief) -> tuple[str, ...]:
    """What to know before the claims, or in place of them."""
    label = edition.words.labels.BRIEF
    if brief.themes:
        return brief.unusual, label["seen"]
    none = edition.words.brief.none_counted(edition.looked_at(brief.geo))
    return brief.unusual, label["seen"], none, label["any_week"]


def theme(edition: Edition, block: ThemeBlock) -> ThemePart:
    """One theme with its card."""
    part = ThemePart(
        title=block.title,
        grade=block.grade,
        figures=" ".join(block.figure),
        claim=block.claim,
    )
    return _with_card(edition, part, block.card, block.status) if block.card else part


def _with_card(edition: Edition, part: ThemePart, card: Card, status: str) -> ThemePart:
    label, words = edition.words.labels.BRIEF, card.wording(edition.lang)
    red = ((label["red_flag"], words.red_flag),) if words.red_flag else ()
    avoid = ", ".join(_quoted(edition, word) for word in words.avoid)
    return replace(
        part,
        status=f"{label['card']} {status}",
        spoken=tuple((label[part], _quoted(edition, said)) for part, said in words.spoken),
        after=(*red, (label["avoid"], f"{avoid}.")),
        links=tuple((link.title, link.url) for link in card.links if link.lang == edition.lang),
    )


def _quoted(edition: Edition, said: str) -> str:
    label = edition.words.labels.BRIEF
    return f"{label['open_quote']}{said}{label['close_quote']}"


def sections(edition: Edition, brief: Brief, labels: Labels) -> tuple[Section, ...]:
    """Everything behind the claims."""
    return tuple(_sections(edition, brief, labels))


def _sections(edition: Edition, brief: Brief, labels: Labels) -> Iterator[Section]:
    label = edition.words.labels.BRIEF
    if heard := clinic_line(edition, brief.geo):
        told = f"{sentence(heard.text)} {label['apart']}"
        yield Section(_heading(label["clinics"]), (told,), is_list=False)
    if brief.more:
        told = sentence(more_themes(brief.more, edition))
        yield Section(_heading(label["more"]), (told,), is_list=False)
    if brief.geo.type == "district" and edition.lang == "en":  # its page is in English alone
        yield Section("County by county", tuple(county_lines(edition, brief)))
    if asked := question_lines(edition, brief.questions):
        yield Section(label["questions"], tuple(line.text for line in asked))
    if trust := trust_lines(edition, brief.trust):
        told_of = tuple(f"{title}: {share}" for title, share in trust.signals)
        yield Section(labels.trust.format(trust.where), told_of)
    held = held_back(brief.held_back_n, edition.words)
    yield Section(label["hold"], (held,), is_list=False)
    release, place = edition.numbers.release, edition.name(brief.geo)
    is_county = brief.geo.type == "county"
    county = edition.numbers.counties[brief.geo.value] if is_county else None
    yield Section(label["limits"], tuple(limits(release, place, county, edition.words)))


def _heading(label: str) -> str:
    return label.removesuffix(":")


def footer(edition: Edition) -> str:
    """Which release this is, with its mark."""
    release, words = edition.numbers.release, edition.words.labels
    mark = f". {words.SAMPLE}" if release.is_sample else ""
    named = f"{words.CHROME['release']} {release.release_id}{mark}"
    return f"Grapevine, {named}. {words.CHROME['never']}"
