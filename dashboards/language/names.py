"""Name everything that a language must be able to say; mypy holds each language to it.

Titles, places and shares come in; a phrase or a whole sentence goes out, not yet escaped. What
each one looks like is best seen in `english`: its functions have these names, and this file
has their docstrings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

from classifiers.claims import AttitudeRoot
from dashboards.geo import Place
from dashboards.published import PlaceFacts
from dashboards.risk import Part, PartName, Reason, Verdict
from dashboards.words import Frequency

Words = Mapping[str, str]
"""Name of a label → what it reads."""

Answered = Literal["enough", "seldom", "void"]
"""Whether a question is answered; `void`: asked on the rise, and few answer."""


class PlaceWords(Protocol):
    """Names of places, and what a county is like."""

    UNPLACED: Mapping[str, str]
    """Kind of a wide place → where too few posts could be placed."""

    def name(self, place: Place) -> str:
        """The place by its name, inside a sentence."""

    def level(self, place: Place) -> str:
        """As `name`, but a county is `this county` (or parish, borough, …)."""

    def within(self, place: Place) -> str:
        """`level` with its preposition: `in this county`."""

    def inside(self, place: Place) -> str:
        """`name` with its preposition: `in Natrona County`."""

    def described(self, county: PlaceFacts) -> str:
        """Rural or urban, and how many live there."""

    def access_lead(self, county_name: str) -> str:
        """What stands above the facts about access to care."""


class HeadWords(Protocol):
    """What a brief is: of which place and week, from which release, how well founded."""

    AND_CLINICS: str
    """What follows the reason of the evidence grade where clinics' counts are shown."""
    EVIDENCE: Mapping[str, str]
    """Evidence grade → its name in a word."""

    def page_title(self, place: str, week: str, is_sample: bool) -> str:
        """The title of a county's page."""

    def week(self, week: str) -> str:
        """A week by its number."""

    def week_line(self, start: date, end: date, week: str, release_id: str) -> str:
        """Which week the page is about, and which release it is from."""

    def versions(self, versions: Mapping[str, str]) -> str:
        """What made the figures."""

    def evidence_head(self, letter: str) -> str:
        """The evidence grade, before its reason."""

    def rests_on(self, where: str, band: str, weeks_n: int, sources: Sequence[str]) -> str:
        """Why the evidence has its grade, when a theme is shown."""

    def voices_here(self, band: str, weeks_n: int, sources: Sequence[str]) -> str:
        """Why there is no evidence on a theme though voices were heard."""

    def too_few_posts(self, sources: Sequence[str]) -> str:
        """Why there is no evidence at all."""

    def copies(self, where: str, weeks_n: int) -> str:
        """That near-copies were put up under many names."""


class BriefWords(Protocol):
    """The sentences of a brief, in its order."""

    QUESTION: str
    """An open question for a theme that has no card."""
    NOTHING_TO_RAISE: str
    NOTHING_UNUSUAL: str
    MIX_CHANGED: str
    """Why it cannot be told what is unusual: an outage."""
    TOO_FEW: str
    """Why it cannot be told what is unusual: too few posts this week."""
    VERDICTS: Mapping[Verdict, str]
    """Verdict → a badge."""
    RISK_PARTS: Mapping[PartName, str]
    REASONS: Mapping[Reason, str]

    def main(self, verdict: Verdict, title: str) -> str:
        """The main sentence when a theme is worth preparing for."""

    def no_figure(self, places: Sequence[str]) -> str:
        """That the figure is of everywhere, and none is of these places."""

    def no_own_figure(self, place: str) -> str:
        """That the figure is of a wider place."""

    def one_of(self, counties_n: int) -> str:
        """That the figure is of one county of a district, for which none is made."""

    def action(self, verdict: Verdict, question: str) -> str:
        """The one thing to do about a theme."""

    def listen(self) -> str:
        """The one thing to do when there is no theme."""

    def counted(self, themes_n: int) -> str:
        """That these themes need no action."""

    def nothing_known(self, place: str) -> str:
        """The main sentence when there are no figures."""

    def gap(self, places: Sequence[str]) -> str:
        """That too few posts were placed in these places, and what that means."""

    def too_early(self, weeks_n: int, needed_n: int) -> str:
        """Why it cannot be told what is unusual: too few weeks to compare with."""

    def unusual(self, told: Sequence[str], others_n: int) -> str:
        """What is unusual this week, and how much of it is not named."""

    def as_often(self, title: str, fold: float, where: str) -> str:
        """One theme or signal that is unusual, how many times as often, and where."""

    def none_counted(self, places: Sequence[str]) -> str:
        """That no theme is worth preparing for."""

    def our_words(self, claim: str) -> str:
        """A claim, said to be false before it is named."""

    def grade(self, verdict: Verdict, score: int) -> str:
        """The grade of a theme as a badge."""

    def why(self, score: int) -> str:
        """The name of the list of the grade's parts."""

    def points(self, points: int) -> str:
        """The points of one part of the grade."""

    def reason(self, part: Part) -> str:
        """Why a part of the grade has its points."""

    def more(self, titles: Sequence[str], others_n: int) -> str:
        """Names of further themes in one phrase, or nothing."""

    def heard(self, counts: Sequence[tuple[str, int]], where: str) -> str:
        """What clinics reported: (title, times)."""

    def held_back(self, themes_n: int) -> str:
        """How many themes are not named, and why."""


class FigureWords(Protocol):
    """Shares: how many passed a claim on, asked, or gave a sign."""

    CHANGES: Mapping[str | None, str]
    """Direction → the end of a sentence about a share."""
    DIRECTIONS: Mapping[str | None, str]
    """Direction → a word for a table."""

    def theme(
        self, where: str, share: Frequency, direction: str | None, borrowed: str
    ) -> tuple[str, str, str]:
        """A theme's share in a sentence, cut around the number that is set in bold.

        borrowed  the wider place that most of the figure comes from, or nothing
        """

    def share(self, share: Frequency) -> str:
        """A share with its likely range."""

    def trend(self, ends: tuple[Frequency, Frequency], weeks_n: int, hidden_n: int) -> str:
        """What a line of shares shows; `hidden_n` weeks have none."""

    def trend_note(self, weeks_n: int) -> str:
        """What stands under the line."""

    def year(self, top: Frequency, weeks_n: int) -> str:
        """What stands under a drawing of at most a year; it goes from zero to `top`."""

    def short_of_year(self, weeks_n: int) -> str:
        """That the release holds less than a year."""

    def asked(self, title: str, share: Frequency, where: str, answered: Answered) -> str:
        """One thing people ask about."""

    def cell(self, share: Frequency) -> str:
        """A share with its likely range, for a table whose heading says the base."""

    def told(self, stance: str, where: str, share: Frequency, direction: str | None) -> str:
        """How many took a stance to a theme, or gave a `signal`, in a sentence."""


class LimitWords(Protocol):
    """What the figures cannot tell, and how hard care is to reach."""

    HIDDEN: str
    SHIFTED: str
    """What follows the weeks of outages."""
    NO_OUTAGE: str
    NO_PHYSICIAN: str
    NO_FIRM_FIGURE: str

    def seen(self, place: str) -> str:
        """That posts are not what people believe."""

    def not_seen(self, offline: int | None) -> str:
        """Who is hardly seen; `offline` in 100 households have no internet."""

    def errors(self, error_rates: str | None) -> str:
        """What is known of the software's mistakes; as in the table `pub_release`."""

    def posts_from(self, sources: Sequence[str]) -> str:
        """Where the posts came from."""

    def silent(self, source: str, weeks: Sequence[str]) -> str:
        """In which weeks a source gave nothing."""

    def mixed(self, weeks: Sequence[str]) -> str:
        """In which weeks the mix of sources was another."""

    def placed(self, posts_n: int, weeks_n: int, placed_n: int) -> str:
        """How many posts could be placed."""

    def no_author(self, posts_n: int) -> str:
        """How many posts named no author, and how they count."""

    def physicians(self, residents_n: int) -> str:
        """How many residents there are for one primary care physician."""

    def shortage(self, extent: str, county_name: str) -> str:
        """Whether the `whole`, a `part` or `none` of a county is a shortage area."""

    def uninsured(self, in_100: int) -> str:
        """How many residents have no health insurance."""


class Labels(Protocol):
    """Headings and notices; both languages have the same keys, which a test holds."""

    SAMPLE: str
    CHROME: Words
    BRIEF: Words
    THEME: Words
    HANDOUT: Words
    ROOTS: Mapping[AttitudeRoot, str]
    REVIEW: Words
