"""Write small published snapshots for tests, with a small taxonomy and cards of their own.

Columns are those the warehouse publishes; a test in test_site.py holds the two together. A
test names only the rows it is about.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from classifiers.claims import Catalogue, Claim
from classifiers.taxonomy import Signal, Taxonomy, Theme
from dashboards.cards import Card, Link, Wording
from dashboards.conversation.full_card import Fact, Handout, Talk
from dashboards.edition import Edition
from dashboards.published import Numbers
from dashboards.snapshot import read_snapshot
from warehouse.weeks import Week

WEEK = "2024-W10"
Z = 1.6448536

TABLES = {
    "pub_volume_week": "geo_type text, geo_value text, week text, health_author_n bigint",
    "pub_theme_week": (
        "geo_type text, geo_value text, week text, theme_id text, stance text, "
        "author_n bigint, health_author_n bigint, "
        "share_per_1000 double, low_per_1000 double, high_per_1000 double"
    ),
    "pub_signal_week": (
        "geo_type text, geo_value text, week text, signal_id text, "
        "author_n bigint, health_author_n bigint, "
        "share_per_1000 double, low_per_1000 double, high_per_1000 double"
    ),
    "pub_estimate_week": (
        "geo_type text, geo_value text, week text, kind text, tag_id text, "
        "share_per_1000 double, low_per_1000 double, high_per_1000 double, rests_on text, "
        "own_evidence double, has_numbers boolean"
    ),
    "pub_change_week": (
        "geo_type text, geo_value text, week text, kind text, tag_id text, direction text, "
        "past_low double, past_high double, rise_probability double, fall_probability double, "
        "weeks_n bigint, weeks_left_out bigint"
    ),
    "pub_void_week": (
        "geo_type text, geo_value text, week text, theme_id text, asks_per_1000 double, "
        "asks_low double, asks_high double, refutes_per_1000 double, refutes_high double, "
        "rise_probability double, is_void boolean"
    ),
    "pub_alarm_week": (
        "geo_type text, geo_value text, week text, kind text, tag_id text, method text, "
        "author_n bigint, expected_per_1000 double, threshold_per_1000 double, p_value double, "
        "is_alarm boolean"
    ),
    "pub_outage_week": "week text, source text, reason text",
    "pub_clinic_week": (
        "geo_type text, geo_value text, week text, theme_id text, heard_n bigint"
    ),
    "pub_evidence": (
        "geo_type text, geo_value text, voice_band text, health_voice_band text, copies text"
    ),
    "pub_county": (
        "fips text, name text, state text, state_name text, region text, pop bigint, "
        "pop_year integer, land_km2 double, lat double, lon double, rucc_2023 integer, "
        "is_rural boolean, pop_per_pcp_2021 integer, has_pcp_2021 boolean, "
        "pcp_quality_2021 integer, hpsa_primary_care_2023 text, "
        "digital_access_pct_2023 double, no_internet_pct_2019 double, "
        "uninsured_pct_2018 double, age_65_plus_pct_2018 double, hispanic_pct_2018 double, "
        "limited_english_pct_2018 double"
    ),
    "pub_release": (
        "release_id text, code text, taxonomy text, model text, reference text, "
        "correction text, content_sha256 text, seed bigint, changed text, checked text, "
        "week text, week_start date, week_end date, weeks_n integer, "
        "is_sample boolean, posts_n bigint, placed_n bigint, health_n bigint, "
        "no_author_n bigint, sources text, error_rates text"
    ),
    "past_release": (
        "release_id text, week text, weeks_n integer, is_sample boolean, content_sha256 text, "
        "code text, taxonomy text, model text, reference text, correction text, changed text, "
        "checked text"
    ),
    "past_theme": (
        "release_id text, geo_type text, geo_value text, theme_id text, author_n bigint, "
        "health_author_n bigint, share_per_1000 double, low_per_1000 double, "
        "high_per_1000 double, estimate_per_1000 double, estimate_low double, "
        "estimate_high double, rests_on text, has_numbers boolean, direction text"
    ),
}

Row = tuple[Any, ...]


def county(fips: str, name: str, state: str, state_name: str, **changes: Any) -> dict[str, Any]:
    """A plain rural county; name only what the test is about."""
    row = {
        "fips": fips,
        "name": name,
        "state": state,
        "state_name": state_name,
        "pop": 12_345,
        "pop_year": 2024,
        "land_km2": 6_000.0,
        "lat": 43.0,
        "lon": -106.0,
        "rucc_2023": 7,
        "pop_per_pcp_2021": 1_480,
        "has_pcp_2021": True,
        "pcp_quality_2021": 1,
        "hpsa_primary_care_2023": "whole",
        "digital_access_pct_2023": 60.0,
        "no_internet_pct_2019": 17.2,
        "uninsured_pct_2018": 12.4,
        "age_65_plus_pct_2018": 18.0,
        "hispanic_pct_2018": 9.0,
        "limited_english_pct_2018": 1.0,
    } | changes
    row["is_rural"] = row["rucc_2023"] >= 4
    row["region"] = f"{state}-{'rural' if row['is_rural'] else 'urban'}"
    return row


WYOMING = (
    county("56021", "Laramie County", "WY", "Wyoming", rucc_2023=3, pop=100_984),
    county("56025", "Natrona County", "WY", "Wyoming", rucc_2023=3, pop=79_941),
    county("56027", "Niobrara County", "WY", "Wyoming", rucc_2023=9, pop=2_380),
    county("56039", "Teton County", "WY", "Wyoming", rucc_2023=7, pop=23_232),
)
MONTANA = (county("30049", "Lewis and Clark County", "MT", "Montana", rucc_2023=5),)


def rates(author_n: int, of: int) -> tuple[float, float, float]:
    """Share per 1,000 with its 90 % Wilson interval."""
    share, spread = author_n / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / of / 4)
    return 1_000 * share, 1_000 * max(0.0, middle - half), 1_000 * min(1.0, middle + half)


@dataclass
class Snapshot:
    """A snapshot to be: fill it row by row, then `write` it."""

    counties: Sequence[dict[str, Any]] = WYOMING + MONTANA
    week: str = WEEK
    weeks_n: int = 12
    is_sample: bool = False
    release: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def health(self, geo: str, count: int, weeks: Iterable[int] = (0,)) -> Snapshot:
        """`count` health voices at `geo` ("county 56025"), some weeks back."""
        for back in weeks:
            self.rows["pub_volume_week"].append((*geo.split(), self._week(back), count))
        return self

    def theme(
        self,
        geo: str,
        theme: str,
        author_n: int,
        of: int,
        stance: str = "promotes",
        back: int = 0,
    ) -> Snapshot:
        """`author_n` of `of` health voices took a stance to a theme."""
        key = (*geo.split(), self._week(back), theme, stance)
        self.rows["pub_theme_week"].append((*key, author_n, of, *rates(author_n, of)))
        return self

    def signal(self, geo: str, signal: str, author_n: int, of: int) -> Snapshot:
        """`author_n` of `of` health voices gave a trust signal."""
        key = (*geo.split(), self.week, signal)
        self.rows["pub_signal_week"].append((*key, author_n, of, *rates(author_n, of)))
        return self

    def change(self, geo: str, theme: str, direction: str) -> Snapshot:
        """The direction of a theme."""
        key = (*geo.split(), self.week, "theme", theme, direction)
        self.rows["pub_change_week"].append((*key, 20.0, 22.0, 0.5, 0.5, 8, 0))
        return self

    def estimate(
        self,
        geo: str,
        theme: str,
        rates: tuple[float, float, float],
        rests_on: str = "",
        has_numbers: bool = True,
        back: int = 0,
    ) -> Snapshot:
        """The corrected share of a theme's promoters: mean, low and high per 1,000."""
        key = (*geo.split(), self._week(back), "theme", theme)
        level = rests_on or geo.split()[0]
        self.rows["pub_estimate_week"].append((*key, *rates, level, 0.5, has_numbers))
        return self

    def alarm(
        self,
        geo: str,
        tag: str,
        author_n: int = 60,
        expected: float = 20.0,
        kind: str = "theme",
        is_alarm: bool = True,
    ) -> Snapshot:
        """A theme or signal seen more often than `expected`, three times so unless told."""
        row = (*geo.split(), WEEK, kind, tag, "c2", author_n, expected, 40.0, 1e-6, is_alarm)
        self.rows["pub_alarm_week"].append(row)
        return self

    def void(self, geo: str, theme: str) -> Snapshot:
        """Questions on a theme rise and few answer."""
        key = (*geo.split(), self.week, theme)
        self.rows["pub_void_week"].append((*key, 30.0, 20.0, 40.0, 5.0, 9.0, 0.99, True))
        return self

    def outage(self, back: int) -> Snapshot:
        """A source gave nothing, so many weeks back."""
        self.rows["pub_outage_week"].append((self._week(back), "import", "outage"))
        return self

    def clinic(self, geo: str, theme: str, heard_n: int, back: int = 0) -> Snapshot:
        """A theme was heard so often in the clinics of a place."""
        row = (*geo.split(), self._week(back), theme, heard_n)
        self.rows["pub_clinic_week"].append(row)
        return self

    def band(
        self,
        geo: str,
        health_voices: str,
        voices: str = "500 or more",
        copies: str = "none shown",
    ) -> Snapshot:
        """The evidence band of a place."""
        self.rows["pub_evidence"].append((*geo.split(), voices, health_voices, copies))
        return self

    def past(self, back: int, revision: int = 1, changed: str = "", checked: str = "") -> str:
        """A release published earlier, so many weeks back; its name."""
        name = f"{self._week(back)}.{revision}{'-sample' if self.is_sample else ''}"
        digest, made_by = f"{back:032}{revision:032}", ("0.1.0", "t", "m", "r", "none")
        row = (name, self._week(back), self.weeks_n, self.is_sample, digest, *made_by)
        self.rows["past_release"].append((*row, changed, checked))
        return name

    def past_theme(
        self, release_id: str, geo: str, theme: str, author_n: int, of: int, direction: str
    ) -> Snapshot:
        """What an earlier release told of a theme in the nation or a state."""
        key = (release_id, *geo.split(), theme)
        nothing = (None,) * 5
        row = (*key, author_n, of, *rates(author_n, of), *nothing, direction)
        self.rows["past_theme"].append(row)
        return self

    def past_estimate(
        self,
        release_id: str,
        geo: str,
        theme: str,
        rates: tuple[float, float, float],
        has_numbers: bool = True,
    ) -> Snapshot:
        """The corrected share that an earlier release told beside `past_theme`."""
        rows, told = self.rows["past_theme"], (*rates, geo.split()[0], has_numbers)
        place = next(
            n for n, r in enumerate(rows) if r[:4] == (release_id, *geo.split(), theme)
        )
        rows[place] = (*rows[place][:9], *told, rows[place][-1])
        return self

    def write(self, path: Path) -> Path:
        """Write the DuckDB file and return its path."""
        self.rows["pub_county"] = [self._in_order("pub_county", row) for row in self.counties]
        self.rows["pub_release"] = [self._in_order("pub_release", self._release())]
        with duckdb.connect(str(path)) as con:
            for name, columns in TABLES.items():
                con.execute(f"create table {name} ({columns})")
                if rows := self.rows[name]:
                    marks = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
                    values = [value for row in rows for value in row]
                    con.execute(f"insert into {name} values {marks}", values)
        return path

    def _week(self, back: int) -> str:
        return str(Week.parse(self.week).back(back))

    def _release(self) -> dict[str, Any]:
        week = Week.parse(self.week)
        return {
            "content_sha256": "0" * 64,
            "release_id": f"{self.week}.1{'-sample' if self.is_sample else ''}",
            "week": self.week,
            "week_start": week.start,
            "week_end": week.end,
            "weeks_n": self.weeks_n,
            "is_sample": self.is_sample,
            "posts_n": 6_646,
            "placed_n": 4_020,
            "health_n": 2_210,
            "no_author_n": 1_204,
            "sources": json.dumps(["sample"] if self.is_sample else ["import", "news"]),
            "code": "0.1.0",
            "taxonomy": "0a1b2c3d4e5f",
            "model": "test",
            "reference": "5f4e3d2c1b0a",
            "correction": "model card 0123456789ab",
            "seed": int(self.week.replace("-W", "")),
            "changed": "",
            "checked": "",
            "error_rates": "model card",
        } | self.release

    @staticmethod
    def _in_order(table: str, row: dict[str, Any]) -> Row:
        return tuple(row[name] for name in column_names(table))


def column_names(table: str) -> list[str]:
    """The columns of a published table, in order."""
    return [part.split()[0] for part in TABLES[table].split(", ")]


def theme(
    theme_id: str,
    title: str,
    harm: int,
    months: tuple[int, ...] = (),
) -> Theme:
    """A theme with one claim."""
    added, kind, checks = date(2024, 1, 1), "delays_care", ("https://example.org/check",)
    untrue = (f"Something untrue about {theme_id}.", "Algo falso.")
    claim = Claim(f"{theme_id}-1", *untrue, "distrust", kind, added)
    return Theme(
        theme_id, title, "Otro tema", kind, harm, months, added, None, checks, (claim,)
    )


TAXONOMY = Taxonomy(
    themes={
        found.id: replace(found, title_es=title_es)
        for found, title_es in (
            (
                theme("raw_milk", "Raw milk said to be safer or healing", 2),
                "Leche cruda presentada como más segura o curativa",
            ),
            (
                theme("sunscreen", "Sunscreen said to cause cancer", 1, (4, 5, 6, 7, 8, 9)),
                "Protector solar acusado de causar cáncer",
            ),
            (
                theme("fluoride", "Fluoride in water said to be poison", 1),
                "Flúor en el agua tachado de veneno",
            ),
            (
                theme("measles", "Measles said to be harmless", 2, (2, 3, 4)),
                "Sarampión tachado de inofensivo",
            ),
            (
                theme("trails", "Plane trails said to make people ill", 0, (7,)),
                "Supuestos males por estelas de avión",
            ),
            (theme("hiv", "HIV said not to exist", 2), "VIH tachado de inexistente"),
        )
    },
    signals={
        name: Signal(name, title, title_es, f"{title}, in a sentence.")
        for name, title, title_es in (
            ("blame_insurers", "Insurers blamed", "Culpan a las aseguradoras"),
            ("blame_clinicians", "Clinicians blamed", "Culpan al personal médico"),
            ("portal_distress", "Upset by results seen alone", "Angustia por resultados"),
            ("access_barrier", "Care out of reach", "Atención fuera de alcance"),
        )
    },
    catalogue=Catalogue((), "5f4e3d2c1b0a"),
    version="0a1b2c3d4e5f",
)


def talk(card_id: str, word: str) -> Talk:
    """A small whole talk, without what only some cards have."""
    parts = {
        key: f"{word} {key} of {card_id}."
        for key in ("kernel", "trick", "recommendation", "if_no", "raise_when", "raise_not")
    }
    affirm = (("distrust", f"{word} trust of {card_id}."), ("fear_and_phobias", "No fear."))
    return Talk(announce="", safety_first="", **parts, affirm=affirm)


def handout(card_id: str, word: str) -> Handout:
    """A small handout of five sentences to do."""
    parts = {
        key: f"{word} {key} of {card_id}." for key in ("title", "fact", "claim", "why", "help")
    }
    return Handout(**parts, do=f"{word} call us. {word} come in.")


def card(card_id: str, **changes: Any) -> Card:
    """A draft card; name only what the test is about."""
    spoken = {
        lang: Wording(
            topic=f"{word} zero of {card_id}",
            acknowledge=f"{word} one of {card_id}.",
            explain=f"{word} two of {card_id}.",
            follow_up=f"{word} three of {card_id}.",
            ask=f"{word} question of {card_id}?",
            avoid=("one thing", "another"),
            red_flag=f"{word} danger of {card_id}.",
            talk=talk(card_id, word),
            handout=handout(card_id, word),
        )
        for lang, word in (("en", "Part"), ("es", "Parte"))
    }
    links = (Link("A page to check", "https://example.org/check", "en"),)
    facts = (Fact("One fact.", "Un dato.", "WHO", "https://www.who.int/", None),)
    row = {"status": "draft", "reviewed_by": "", "reviewed_on": None, "review_due": None}
    row |= {"facts": facts}
    return Card(**({"id": card_id, **spoken, "links": links, **row} | changes))


CARDS = {card_id: card(card_id) for card_id in [*TAXONOMY.themes, "portal_distress"]}


KEPT = TemporaryDirectory(prefix="snapshots-")
READ: dict[str, tuple[Path, Numbers]] = {}
"""Snapshots of this process: writing and reading one takes a fifth of a second."""


def put(snapshot: Snapshot, file: Path) -> Numbers:
    """Write the snapshot to `file`; what is read from it."""
    if (said := repr(snapshot)) not in READ:
        kept = snapshot.write(Path(KEPT.name) / f"{len(READ)}.duckdb")
        READ[said] = (kept, read_snapshot(kept))
    kept, numbers = READ[said]
    shutil.copyfile(kept, file)
    return deepcopy(numbers)


def edition(snapshot: Snapshot, folder: Path) -> Edition:
    """An edition of this snapshot, which lies in `folder`, with the small taxonomy."""
    return Edition(put(snapshot, folder / "marts.duckdb"), TAXONOMY, CARDS)


def plenty(**changes: Any) -> Snapshot:
    """Natrona County with figures of its own, its state and the nation behind it."""
    made = Snapshot(**changes)
    for geo, size in (("county 56025", 400), ("region WY-urban", 900), ("state WY", 1_500),
                      ("nation US", 9_000)):  # fmt: skip
        made.health(geo, size, range(12)).band(geo, "500 or more")
        for theme_id, per_1000 in (("raw_milk", 45), ("measles", 30), ("fluoride", 27)):
            for back in range(6):
                made.theme(geo, theme_id, size * (per_1000 - back) // 1_000, size, back=back)
        made.theme(geo, "raw_milk", size // 80 + 9, size, "refutes")
        made.theme(geo, "raw_milk", size // 40, size, "asks")
        made.theme(geo, "fluoride", size // 36, size, "asks")
        made.signal(geo, "blame_insurers", size // 20, size)
        made.signal(geo, "portal_distress", size // 36, size)
        made.signal(geo, "access_barrier", size // 25, size)
    made.theme("state WY", "trails", 15, 1_500).theme("nation US", "hiv", 12, 9_000)
    if not made.is_sample:  # clinics' reports are real, and never stand beside the sample
        made.clinic("county 56025", "raw_milk", 14).clinic("state WY", "fluoride", 23)
    made.change("county 56025", "raw_milk", "rising").change("state WY", "raw_milk", "steady")
    made.change("nation US", "raw_milk", "steady").change("county 56025", "measles", "falling")
    return made.band("county 56025", "100 to 499")


def region_only(**changes: Any) -> Snapshot:
    """Rural Wyoming and the nation have figures; no rural county has any."""
    made = Snapshot(**changes)
    for geo, size in (("region WY-rural", 500), ("nation US", 9_000)):
        made.health(geo, size).band(geo, "500 or more")
        made.theme(geo, "raw_milk", size // 38, size).theme(geo, "fluoride", size // 40, size)
    return made.band("county 56027", "fewer than 10").band("county 56039", "10 to 19")
