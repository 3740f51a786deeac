"""Score a county's brief by the CDC Clear Communication Index, as far as a program can.

The Index has 20 items; a material scores a point for each that holds everywhere in it, and 90
of 100 is its bar. What is judged here, and how:

 1  one main message       one sentence marked as such, one action, one heading over both
 2  at the top             it is in the first section after the heading of the page
 3  a visual cue           the style sheet gives it larger and heavier type and its box a border
 4  a visual               a drawing or a grade letter whose words a reader can be told
 5  a call to action       it says "Do this:" and then what, as an order
 6  active voice           no passive in the main message and the call; in all, at most 1 in 4
 7  words readers use      none of `JARGON`; abbreviations are known or written out; "health
                           voice" is explained where it is used; reading grade 8 or below
 8  lists                  a list of two or more
 9  chunks with headings   every section has one; no paragraph is over 75 words
10  summary first          the first section says what, where and how many, and what to do
11  known and not known    how good the evidence is, and what cannot be seen
12  a recommendation       the call to action is one, and each claim has a conversation card
13  why it matters         each claim says why it is graded so; without claims: why to ask
14  how to do it           words to say, in quotation marks
15  numbers readers use    whole numbers; no per cent, no decimals, no rate per 1,000
16  what numbers mean      each share says of whom, and compares with earlier weeks; each grade
                           of 10 shows its parts
17  no arithmetic          all shares of a list are out of the same number
18  the nature of the risk each claim says what believing it may do
20  chance in words        each share says its likely range, or lines show it with words

Item 19, benefits and risks of what is recommended, is for a clinician to judge; the review of
the conversation cards asks for it. An item that does not apply (a brief without claims has no
risk to explain) is left out of the score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

from dashboards.rendering import read_style
from tests.pages import tree
from tests.reading import flesch_kincaid_grade

HARDEST_GRADE = 8.0
LONGEST_CHUNK = 75
MOST_PASSIVE = 0.25

JARGON = (
    *("prevalence", "incidence", "confidence interval", "credible interval", "posterior"),
    *("p-value", "standard error", "estimator", "stratif", "cohort", "classifier", "algorithm"),
    *("infodemic", "disinformation", "prebunk", "inoculation theory", "narrative", "stance"),
    *("promoter", "sentiment", "engagement", "morbidity", "mortality", "etiology", "comorbid"),
    *("prophyla", "efficacy", "hesitan", "adherence", "epidemiolog", "geospatial", "granular"),
    *("stakeholder", "utiliz", "facilitat", "methodolog", "suppress", "k-anonym", "metadata"),
)
KNOWN = {
    *(
        "US",
        "ZIP",
        "FDA",
        "CDC",
        "HIV",
        "AIDS",
        "STI",
        "COVID",
        "DNA",
        "RNA",
        "MMR",
        "HPV",
        "RSV",
    ),
    *(
        "PSA",
        "UV",
        "SPF",
        "MMS",
        "MD",
        "NP",
        "PA",
        "RN",
        "TV",
        "IUD",
        "ER",
        "ICU",
        "ID",
        "IUDs",
    ),
    *("EMF", "CPR", "OK", "WHO", "NIH", "NCI", "AAP", "ACIP"),
}
"""Abbreviations that a clinician in the US needs no help with."""

PARTICIPLES = (
    "said|seen|shown|told|made|put|held|hidden|known|taken|given|kept|found|heard|sent|set"
)
PASSIVE = re.compile(
    rf"\b(?:am|is|are|was|were|be|been|being)\b (?:\w+ly |not )?(?:\w{{2,}}ed|{PARTICIPLES})\b",
    re.I,
)
ADJECTIVES = re.compile(
    r"\b(?:is|are|was|were|be) (?:tired|worried|red|needed|unneeded)\b", re.I
)
SENTENCE = re.compile(r"(?<=[.!?”])(?<!\bSte\.)(?<!\bSt\.)\s+(?=[A-Z“])")  # not St. John
DECIMAL = re.compile(r"\d\.\d|\d ?%|per 1,000|percent")
SHARE = re.compile(r"\b(?:about|fewer than) [\d,]+ in ([\d,]+)\b")
VERSION = re.compile(r"(?:release|Versions:).*")


@dataclass(frozen=True)
class Brief:
    """A county's page, taken apart."""

    html: str

    @cached_property
    def page(self) -> Element:
        """The page as a tree."""
        return tree(self.html)

    @cached_property
    def main(self) -> Element:
        """What the page is about."""
        return self.one(".//main")

    @cached_property
    def sections(self) -> list[Element]:
        """The sections, in order."""
        return list(self.main.iter("section"))

    @cached_property
    def themes(self) -> list[Element]:
        """The claims laid out, in order."""
        return self.main.findall(".//article[@class='theme']")

    @cached_property
    def sentences(self) -> list[str]:
        """Every sentence of the page in English, without the words of cards."""
        texts = [VERSION.sub("", words(block)) for block in blocks(self.page)]
        return [s for text in texts for s in SENTENCE.split(text) if s]

    def one(self, path: str) -> Element:
        """The one element at a path; an empty one when there is none."""
        found = self.page.findall(path)
        return found[0] if found else Element("none")

    def said(self, path: str) -> str:
        """The words of the one element at a path."""
        return words(self.one(path))


def words(element: Element) -> str:
    """What an element says, on one line, without what it says in Spanish."""
    return " ".join("".join(_spoken(element)).split())


def _spoken(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in ("style", "script", "title") and child.get("lang") != "es":
            yield from _spoken(child)
        if child.tag in ("li", "p", "div", "dd", "dt", "h2", "h3"):
            yield " "
        yield child.tail or ""


def blocks(element: Element) -> Iterator[Element]:
    """Paragraphs, items and answers, without those inside others."""
    for child in element:
        if child.tag in ("p", "li", "dd"):
            yield child
        elif child.tag not in ("nav", "footer", "details"):
            yield from blocks(child)


def is_passive(sentence: str) -> bool:
    """Whether a sentence has a finite passive: a form of *be* and a participle."""
    return bool(PASSIVE.search(ADJECTIVES.sub("", sentence)))


def score(html: str) -> dict[int, bool]:
    """Which items hold for a county's page; those that do not apply are left out."""
    brief = Brief(html)
    held = {item: judge(brief) for item, judge in ITEMS.items()}
    if not held[1]:  # as the Index has it: without a message nothing sets it off
        held |= {2: False, 3: False, 4: False}
    return {item: bool(is_held) for item, is_held in held.items() if is_held is not None}


def percent(items: dict[int, bool]) -> float:
    """The score out of 100."""
    return 100 * sum(items.values()) / len(items)


def _one_message(brief: Brief) -> bool:
    mains = brief.page.findall(".//p[@class='main']")
    calls = brief.page.findall(".//p[@class='do']")
    return len(mains) == len(calls) == 1 and len(SENTENCE.split(words(mains[0]))) == 1


def _at_the_top(brief: Brief) -> bool:
    first = brief.sections[0]
    return first.get("class") == "lead" and next(brief.main.iter("p")).get("class") == "main"


def _visual_cue(_brief: Brief) -> bool:
    rules = dict(re.findall(r"([^{}]+)\{([^{}]*)\}", read_style().partition("@media print")[0]))
    main, box = rules[".lead .main"], rules[".lead"]
    size = float(re.search(r"font-size: ([\d.]+)rem", main)[1])
    weight = int(re.search(r"font-weight: (\d+)", main)[1])
    return size >= 1.2 and weight >= 600 and "border" in box


def _visual(brief: Brief) -> bool:
    drawn = [svg for svg in brief.page.iter("svg") if svg.get("aria-label")]
    letter = brief.said(".//span[@class='letter']")
    return bool(drawn) or f"Evidence {letter} (" in brief.said(".//div[@class='evidence']")


def _call(brief: Brief) -> str:
    return brief.said(".//p[@class='do']")


def _is_called(brief: Brief) -> bool:
    return bool(re.match(r"Do this: (?:Ask|Do not|Start|Raise|Listen|Offer)\b", _call(brief)))


def _active(brief: Brief) -> bool:
    lead = [brief.said(".//p[@class='main']"), _call(brief)]
    passive = [sentence for sentence in brief.sentences if is_passive(sentence)]
    return not any(map(is_passive, lead)) and (
        len(passive) <= MOST_PASSIVE * len(brief.sentences)
    )


def _familiar(brief: Brief) -> bool:
    text = " ".join(brief.sentences)
    short = set(re.findall(r"\b[A-Z]{2,}s?\b", text)) - KNOWN
    unexplained = [word for word in short if f"({word})" not in text]
    is_told = "health voice" not in text or "A health voice is one person" in text
    strange = [word for word in JARGON if word in text.lower()]
    return is_told and not strange and not unexplained and grade(brief) <= HARDEST_GRADE


def grade(brief: Brief) -> float:
    """The reading grade of the whole page."""
    ended = (s if s[-1] in ".!?”" else f"{s}." for s in brief.sentences)
    return flesch_kincaid_grade(" ".join(ended))


def _lists(brief: Brief) -> bool:
    return any(len(found.findall("li")) >= 2 for found in brief.main.iter("ul"))


def _chunks(brief: Brief) -> bool:
    headed = all(section.find("h2") is not None for section in brief.sections)
    long = [block for block in blocks(brief.main) if len(words(block).split()) > LONGEST_CHUNK]
    return headed and len(brief.sections) >= 5 and not long


def _summary(brief: Brief) -> bool:
    lead = words(brief.sections[0])
    return 15 <= len(lead.split()) <= 100 and len(SENTENCE.split(lead)) >= 3


def _known(brief: Brief) -> bool:
    evidence = brief.said(".//div[@class='evidence']")
    limits = brief.main.find(".//section[@aria-labelledby='limits']")
    told = words(limits) if limits is not None else ""
    return "Evidence" in evidence and "Hardly seen here" in told and "mistakes" in told


def _recommends(brief: Brief) -> bool:
    answered = all(theme.find(".//dl") is not None for theme in brief.themes)
    return _is_called(brief) and answered


def _why(brief: Brief) -> bool:
    if brief.themes:
        return all(theme.find(".//ul[@class='parts']") is not None for theme in brief.themes)
    return bool(re.search(r"gap in what we see|none needs action", words(brief.sections[0])))


def _how(brief: Brief) -> bool:
    spoken = [words(dd) for theme in brief.themes for dd in theme.iter("dd")]
    return bool(re.search(r"“[^”]+\?”", _call(brief))) and (
        not brief.themes or sum("“" in each for each in spoken) >= 4 * len(brief.themes)
    )


def _whole_numbers(brief: Brief) -> bool:
    return not DECIMAL.search(" ".join(brief.sentences))


def _meaning(brief: Brief) -> bool | None:
    if not brief.themes:
        return None
    told = [words(theme) for theme in brief.themes]
    return all(
        re.search(r"health voices .*passed this on, [\w ]+", each)
        and re.search(r"\d+ of 10", each)
        and len(theme.findall(".//ul[@class='parts']/li")) == 5
        for each, theme in zip(told, brief.themes, strict=True)
    )


def _no_arithmetic(brief: Brief) -> bool | None:
    lists = [
        {base for item in found.findall("li") for base in SHARE.findall(words(item))}
        for name in ("questions", "trust")
        for found in brief.main.findall(f".//section[@class='{name}']/ul")[:1]
    ]
    return all(len(bases) <= 1 for bases in lists) if lists or brief.themes else None


def _risk(brief: Brief) -> bool | None:
    if not brief.themes:
        return None
    return all("Harm if believed" in words(theme) for theme in brief.themes)


def _chance(brief: Brief) -> bool | None:
    if not brief.themes:
        return None
    return all(
        "likely" in words(theme) or theme.find(".//svg[@aria-label]") is not None
        for theme in brief.themes
    )


ITEMS: dict[int, Callable[[Brief], bool | None]] = {
    1: _one_message,
    2: _at_the_top,
    3: _visual_cue,
    4: _visual,
    5: _is_called,
    6: _active,
    7: _familiar,
    8: _lists,
    9: _chunks,
    10: _summary,
    11: _known,
    12: _recommends,
    13: _why,
    14: _how,
    15: _whole_numbers,
    16: _meaning,
    17: _no_arithmetic,
    18: _risk,
    20: _chance,
}
"""How each item is judged; None: it does not apply."""
