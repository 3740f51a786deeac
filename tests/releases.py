"""Releases of every kind that readers may meet, with the project's own themes and cards.

A small country of two states each: what is measured here is how pages read and look, and that
hangs on which parts a page has and how long they are, not on how many pages there are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import load_cards
from dashboards.districts import District
from dashboards.edition import Edition
from dashboards.snapshot import read_snapshot
from tests.snapshots import Snapshot

LONGEST = ("reproductive", "chronic_cure", "toxic_cures")
"""Themes with the longest cards: with three of these a brief is as long as it gets."""

MORE = ("raw_milk", "sunscreen", "fluoride", "vaccine_injury", "masks", "screening")
CHAIN = (("county 56025", 400), ("region WY-urban", 900), ("region WY-rural", 600),
         ("state WY", 1_500), ("nation US", 9_000))  # fmt: skip
SIGNALS = {
    "blame_insurers": 20,
    "blame_pharma": 30,
    "hostility": 25,
    "portal_distress": 36,
    "access_barrier": 25,
    "conceals_treatment": 38,
}
"""One in so many health voices."""


DISTRICT = District("platte-valley", "Platte Valley", ("56025", "56027", "56039"))


def everything(**changes: Any) -> Snapshot:
    """Natrona County with all that a brief can show, its state and the nation behind it."""
    made = Snapshot(**changes)
    for geo, size in CHAIN:
        made.health(geo, size, range(12)).band(geo, "500 or more", copies="10 names or more")
        for theme, per_1000 in zip([*LONGEST, *MORE], range(60, 24, -4), strict=True):
            for back in range(6):
                made.theme(geo, theme, size * (per_1000 - back) // 1_000, size, back=back)
        for theme in LONGEST:
            made.theme(geo, theme, size // 36, size, "asks").void(geo, theme)
            made.change(geo, theme, "rising")
        for signal, one_in in SIGNALS.items():
            made.signal(geo, signal, size // one_in, size)
    made.theme("nation US", "emf_chemtrails", 12, 9_000)
    made.theme("state WY", "disease_hoax", 15, 1_500)
    if not made.is_sample:  # clinics' reports are real, and never stand beside the sample
        made.clinic("county 56025", "raw_milk", 14).clinic("state WY", "fluoride", 23)
    return made


def few(themes_n: int) -> Snapshot:
    """Natrona County with so many themes of its own, and nothing else."""
    made = Snapshot().health("county 56025", 400, range(12))
    for theme in LONGEST[:themes_n]:
        made.theme("county 56025", theme, 24, 400)
    return made.band("county 56025", "100 to 499")


def hidden() -> Snapshot:
    """Rural Wyoming has two themes, with most of each from the nation; no county has one."""
    made = Snapshot()
    for geo, size in (("region WY-rural", 500), ("nation US", 9_000)):
        made.health(geo, size).band(geo, "500 or more")
        for theme in ("raw_milk", "fluoride"):
            made.theme(geo, theme, size // 38, size)
            made.estimate(geo, theme, (24.0, 12.0, 41.0), rests_on="nation")
    return made.band("county 56027", "fewer than 10").band("county 56039", "10 to 19")


def voices() -> Snapshot:
    """Natrona County has some health voices, too few on any theme, and one trust signal."""
    made = Snapshot().band("county 56025", "20 to 49").health("county 56025", 40)
    return made.signal("county 56025", "access_barrier", 12, 40)


def alarm() -> Snapshot:
    """Natrona County and its state see far more of two claims than the weeks before."""
    return everything().alarm("county 56025", "toxic_cures").alarm("state WY", "masks")


RELEASES: dict[str, Callable[[], Snapshot]] = {
    "sample": lambda: everything(is_sample=True, week="2026-W46"),
    "plenty": everything,
    "none": Snapshot,
    "hidden": hidden,
    "voices": voices,
    "outage": lambda: everything(release={"error_rates": "audit"}).outage(0).outage(3),
    "alarm": alarm,
    "one theme": lambda: few(1),
    "two themes": lambda: few(2),
    "revised": lambda: Snapshot(release={"changed": "Posts that came late were added."}),
}
"""What a release may be, by name."""


def edition_of(name: str, folder: Path) -> Edition:
    """The edition of a release, written into an empty folder and read back."""
    snapshot = RELEASES[name]().write(folder / "marts.duckdb")
    numbers = read_snapshot(snapshot)
    return Edition(numbers, load_taxonomy(), load_cards(), districts={DISTRICT.slug: DISTRICT})
