"""Say a brief in English, as its page does (templates/county.html.j2, parts.html.j2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dashboards.blocks import QuestionLine, ThemeBlock, question_lines, trust_lines
from dashboards.brief import Brief
from dashboards.cards import Card
from dashboards.clinics import clinic_line
from dashboards.county_page import held_back, more_themes
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.limits import limits
from dashboards.tables import notice
from dashboards.words import list_of, sentence, week_dates, week_number
from delivery.parts import Labels, Section, ThemePart

LABELS = Labels(
    this_week="This week",
    do_this="Do this",
    claims="Claims to be ready for",
    check="Check",
    whole="The whole brief",
    attached="The brief is attached as a PDF, to print.",
    unsubscribe="You get this because your address is on the list for {place}.",
    leave="Leave the list",
    is_revised="What changed",
)
SEEN = (
    "Seen in public posts we collected. A health voice is one person who posted about health "
    "in the week."
)
ANY_WEEK = (
    "What helps in any week: ask what the patient has heard, take the worry seriously before "
    "you explain, and agree on one next step."
)


@dataclass(frozen=True, slots=True)
class English:
    """The words of one edition's letters in English."""

    edition: Edition

    @property
    def labels(self) -> Labels:
        """What the layout says."""
        return LABELS

    def place(self, geo: Geo) -> str:
        """`Natrona County, Wyoming`, or `Wyoming`."""
        if geo.type == "state":
            return self.edition.states[geo.value]
        county = self.edition.numbers.counties[geo.value]
        return f"{county.name}, {county.state_name}"

    def subject(self, geo: Geo) -> str:
        """The place, the week, and what is out of the ordinary about the release."""
        release = self.edition.numbers.release
        told = f"{self.place(geo)}: brief for {week_number(release.week)}"
        revised = ", revised" if release.changed else ""
        return f"{told}{revised}{' (sample data)' if release.is_sample else ''}"

    def notice(self) -> str:
        """The sample mark."""
        return notice(self.edition.numbers.release)

    def changed(self) -> str:
        """What changed since the release of this week published before."""
        return self.edition.numbers.release.changed

    def facts(self, brief: Brief) -> tuple[str, ...]:
        """The week and the evidence."""
        release, evidence = self.edition.numbers.release, brief.evidence
        dates = week_dates(release.week_start, release.week_end)
        copies = f" {brief.copies}" if brief.copies else ""
        return (
            f"Week of {dates} ({week_number(release.week)}) · release {release.release_id}",
            f"Evidence {evidence.letter} ({evidence.name}): {evidence.reason}.{copies}",
        )

    def lead(self, brief: Brief, _blocks: Sequence[ThemeBlock]) -> tuple[str, str, str]:
        """Main sentence, what stands behind it, action."""
        return brief.lead.main, brief.lead.detail, brief.lead.action

    def opening(self, brief: Brief) -> tuple[str, ...]:
        """What to know before the claims, or in place of them."""
        if brief.themes:
            return brief.unusual, SEEN
        levels = list_of(
            [self.edition.name(geo) for geo in self.edition.chain(brief.geo)], "or"
        )
        none = f"No claim was counted that is worth preparing for, in {levels}."
        return brief.unusual, none, ANY_WEEK

    def theme(self, block: ThemeBlock) -> ThemePart:
        """One theme with its card."""
        risk = block.seen.risk
        part = ThemePart(
            title=block.seen.theme.title,
            grade=f"{risk.verdict.capitalize()} · {risk.score} of 10",
            figures=_figures(block),
            claim=f"A false or misleading claim of this kind, in our words: “{block.claim}”",
        )
        return _with_card(part, block.card, block.status) if block.card else part

    def sections(self, brief: Brief) -> tuple[Section, ...]:
        """Everything behind the claims."""
        return tuple(self._sections(brief))

    def _sections(self, brief: Brief) -> Iterator[Section]:
        heard = clinic_line(self.edition, brief.geo)
        if heard:
            told = f"{sentence(heard.text)} Counted apart from posts."
            yield Section("Heard in clinics", (told,), is_list=False)
        if brief.more:
            told = sentence(more_themes(brief.more))
            yield Section("Also worth being ready for", (told,), is_list=False)
        asked = question_lines(self.edition, brief.questions)
        if asked:
            yield Section("Questions people ask", tuple(map(_question, asked)))
        trust = trust_lines(self.edition, brief.trust)
        if trust:
            told_of = tuple(f"{title}: {share}" for title, share in trust.signals)
            yield Section(f"Trust, of health voices {trust.where}", told_of)
        yield Section("Do not raise", (held_back(brief.held_back_n),), is_list=False)
        release, geo = self.edition.numbers.release, brief.geo
        facts = self.edition.numbers.counties.get(geo.value)
        yield Section("Limits", tuple(limits(release, self.edition.name(geo), facts)))

    def footer(self) -> str:
        """Which release this is, with its mark."""
        release = self.edition.numbers.release
        mark = f". {notice(release)}" if release.is_sample else ""
        return (
            f"Grapevine, release {release.release_id}{mark}. Numbers of a release never change."
        )


def _figures(block: ThemeBlock) -> str:
    likely = f" ({block.share.likely})" if block.share.likely else ""
    said = f"{block.where}, {block.share.about} health voices{likely} passed this on"
    rests = (
        f" Few posts: the figure rests mainly on {block.borrowed}." if block.borrowed else ""
    )
    return f"{sentence(f'{said}, {block.direction}')}{rests}"


def _question(line: QuestionLine) -> str:
    likely = f", {line.share.likely}" if line.share.likely else ""
    asked = f"{line.title}: {line.share.about} health voices asked {line.where}{likely}."
    if line.is_void:
        return f"{asked} More ask than before, and few answer."
    return f"{asked} Asked more often than answered." if line.is_unanswered else asked


def _with_card(part: ThemePart, card: Card, status: str) -> ThemePart:
    words = card.en
    red = (("Red flag", words.red_flag),) if words.red_flag else ()
    avoid = f"{', '.join(f'“{word}”' for word in words.avoid)}."
    return replace(
        part,
        status=f"Conversation card: {status}",
        spoken=(
            ("Open with", f"“{words.ask}”"),
            ("Acknowledge", f"“{words.acknowledge}”"),
            ("Explain", f"“{words.explain}”"),
            ("Follow up", f"“{words.follow_up}”"),
        ),
        after=(*red, ("Words to avoid", avoid)),
        links=tuple((link.title, link.url) for link in card.links if link.lang == "en"),
    )
