"""A data folder with a published release and a `delivery.toml`, for tests of the delivery."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dashboards.published import Release
from dashboards.snapshot import read_snapshot
from delivery.deliver import Delivery
from delivery.issue import Issue, take
from delivery.ledger import Ledger
from delivery.office import read_office
from tests import snapshots
from tests.fakes.hook import SECRET
from tests.snapshots import Snapshot
from warehouse import publication, release
from warehouse.database import open_database
from warehouse.home import Home

NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
"""The Monday after the week of the snapshots."""


def publish(home: Home, snapshot: Snapshot | None = None, is_published: bool = True) -> str:
    """Put a snapshot where readers look, as a release that is published; return its name."""
    home.snapshot.parent.mkdir(parents=True, exist_ok=True)
    home.snapshot.unlink(missing_ok=True)
    found = snapshots.put(snapshot or snapshots.plenty(), home.snapshot).release
    with open_database(home) as con:
        con.execute(release._TABLES)
        con.execute(
            "insert or ignore into releases (release_id, week, revision, is_sample, weeks_n, "
            "created_at, content_sha256, code, taxonomy, model, reference, posts_n, placed_n, "
            "health_n, no_author_n) "
            "values (?, ?, 1, ?, 12, now(), '', '', '', '', '', 1, 1, 1, 0)",
            [found.release_id, found.week, found.is_sample],
        )
        if is_published:
            publication.admit(con, found.release_id)
    return found.release_id


def put_pdf(home: Home, place: str, content: bytes) -> Path:
    """A PDF in the site, `county/56025`."""
    file = home.site / f"{place}.pdf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@dataclass
class OfficeFile:
    """A `delivery.toml` to be: name only what the test is about."""

    port: int = 25
    mail: dict[str, object] = field(default_factory=dict)
    site: str = "https://briefs.example/"
    rows: list[str] = field(default_factory=list)
    top: str = ""

    def add(self, name: str, **keys: object) -> OfficeFile:
        """A subscriber; Natrona County by mail unless told otherwise."""
        if not {"county", "state"} & keys.keys():
            keys["county"] = "56025"
        if not {"email", "webhook"} & keys.keys():
            keys["email"] = f"{name}@clinic.example"
        if "webhook" in keys:
            keys.setdefault("secret", "env:HOOK_SECRET")
        self.rows.append(f"[subscribers.{name}]\n{_toml(keys)}")
        return self

    def write(self, home: Home) -> Path:
        mail = {
            "server": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "timeout_s": 2,
            "name": "County briefs",
            "from": "briefs@health.example",
        } | self.mail
        site = f'[site]\nurl = "{self.site}"\n' if self.site else ""
        text = "\n".join([self.top, site, f"[mail]\n{_toml(mail)}", *self.rows])
        home.root.mkdir(parents=True, exist_ok=True)
        home.delivery.write_text(text, encoding="utf-8")
        return home.delivery


def _toml(keys: dict[str, object]) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def secrets(reference: str, who: str) -> str:
    """Every secret is the hooks' own."""
    return SECRET


def issue(home: Home) -> Issue:
    """What is published in this data folder, with the PDFs of its subscribers."""
    places = {one.place for one in read_office(home.delivery).subscribers}
    return take(home, places, home.root / "delivering")


def delivery(home: Home, ledger: Ledger) -> Delivery:
    """A delivery that does not wait between its rounds."""
    return Delivery(
        issue(home), read_office(home.delivery), ledger, secrets, wait=lambda _seconds: None
    )


def states(run: Delivery) -> dict[str, str]:
    """How the release stands with each subscriber, by name."""
    return {one.to.id: one.why for one in run.standings()}


def release_of(home: Home) -> Release:
    """The release that readers see."""
    return read_snapshot(home.snapshot).release
