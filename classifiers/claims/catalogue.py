"""Load the catalogue of claims from `claims.toml`; refuse a broken claim by its name.

Retired claims are loaded too, since tags of past weeks still name them and their numbers must
never be given out again; nothing is matched with them. That each theme has claims enough is
for the taxonomy to see: here a new theme may have none yet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast, get_args

from classifiers.claims.wording import fault
from classifiers.entries import Entry, read_entry

CATALOGUE = Path(__file__).parents[1] / "claims.toml"

HarmClass = Literal["delays_care", "avoids_prevention", "dangerous_alternative"]

AttitudeRoot = Literal[
    "conspiracist_ideation",
    "distrust",
    "unwarranted_beliefs",
    "worldview_and_politics",
    "religious_concerns",
    "moral_concerns",
    "fear_and_phobias",
    "distorted_risk_perception",
    "perceived_self_interest",
    "epistemic_relativism",
    "reactance",
]
"""Why a claim is found convincing: the eleven roots of Fasce et al. 2023, Nature Human
Behaviour 7, 1462-1480, made for arguments against vaccines and used here for all themes."""

HARM_CLASSES: tuple[HarmClass, ...] = get_args(HarmClass)
ATTITUDE_ROOTS: tuple[AttitudeRoot, ...] = get_args(AttitudeRoot)

_KEYS = frozenset(["id", "en", "es", "attitude_root", "harm_class", "added", "retired"])


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is being said, in our own words; never a quotation.

    id             `<theme id>-<number>`, for ever
    text_en        one sentence, at most 20 words
    text_es        the same in Spanish
    attitude_root  why people find it convincing
    harm_class     what believing it leads to
    added          the day it was first matched
    retired        the day it stopped being matched, or None
    """

    id: str
    text_en: str
    text_es: str
    attitude_root: AttitudeRoot
    harm_class: HarmClass
    added: date
    retired: date | None = None

    @property
    def theme_id(self) -> str:
        """The theme it belongs to."""
        return self.id.rpartition("-")[0]

    @property
    def number(self) -> int:
        """Its number within the theme."""
        return int(self.id.rpartition("-")[2])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of `claims.toml`.

    claims   in the order of the file, retired ones included
    version  first 12 hex digits of the file's SHA-256; any change to the file changes it
    """

    claims: tuple[Claim, ...]
    version: str

    def of(self, theme_id: str) -> tuple[Claim, ...]:
        """The theme's claims, retired ones included."""
        return tuple(claim for claim in self.claims if claim.theme_id == theme_id)

    def live(self, theme_id: str) -> tuple[Claim, ...]:
        """The theme's claims that posts are matched with."""
        return tuple(claim for claim in self.of(theme_id) if claim.retired is None)


def read_catalogue(path: Path, harm_classes: Mapping[str, HarmClass]) -> Catalogue:
    """The catalogue in the file at `path`. Raises `GrapevineError` naming the broken claim.

    `harm_classes` holds every theme's harm class by the theme's id: a claim that names none
    has its theme's.
    """
    file = read_entry(path)
    file.allow({"claims"})
    table = file.table("claims")
    for theme_id in table.values.keys() - harm_classes.keys():
        raise file.refuse(
            f"[[claims.{theme_id}]] belongs to no theme of taxonomy.toml. Mend the theme's id."
        )
    claims = [
        claim
        for theme_id in table.values
        for claim in _claims(theme_id, table.tables(theme_id), harm_classes[theme_id])
    ]
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Catalogue(tuple(claims), version)


def _claims(theme_id: str, items: list[Entry], harm_class: HarmClass) -> list[Claim]:
    claims: dict[str, Claim] = {}
    for item in items:
        claim_id = item.text("id")
        entry = Entry(f"{item.where.partition(',')[0]}, claim '{claim_id}'", item.values)
        if claim_id in claims:
            raise entry.refuse("this id is used twice. Take the theme's next free number.")
        claims[claim_id] = read_claim(theme_id, entry, harm_class)
    return list(claims.values())


def read_claim(theme_id: str, entry: Entry, harm_class: HarmClass) -> Claim:
    """The claim that `entry` holds. Raises `GrapevineError` saying what to mend in it."""
    entry.allow(_KEYS)
    claim_id = entry.text("id")
    if not re.fullmatch(rf"{theme_id}-[1-9][0-9]{{0,5}}", claim_id):
        raise entry.refuse(f"its id is not '{theme_id}-' and a number. Mend the id.")
    named = entry.choice("harm_class", HARM_CLASSES) if "harm_class" in entry.values else None
    text_en, text_es = _wordings(entry)
    added, retired = _days(entry)
    return Claim(
        id=claim_id,
        text_en=text_en,
        text_es=text_es,
        attitude_root=cast(AttitudeRoot, entry.choice("attitude_root", ATTITUDE_ROOTS)),
        harm_class=cast(HarmClass, named or harm_class),
        added=added,
        retired=retired,
    )


def _wordings(entry: Entry) -> tuple[str, str]:
    text_en, text_es = entry.text("en"), entry.text("es")
    for language, text in (("English", text_en), ("Spanish", text_es)):
        if problem := fault(text):
            raise entry.refuse(f"its {language} wording {problem}")
    if text_en == text_es:
        raise entry.refuse("its two wordings are the same. Write 'es' in Spanish.")
    return text_en, text_es


def _days(entry: Entry) -> tuple[date, date | None]:
    added = entry.day("added")
    retired = entry.day("retired") if "retired" in entry.values else None
    if retired and retired < added:
        raise entry.refuse(f"it retired on {retired}, before it was added. Mend one date.")
    return added, retired
