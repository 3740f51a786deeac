"""Say where everything Grapevine writes lies: one data folder, one property a part.

Set `GRAPEVINE_HOME` to move it; the default is `data` under the folder the command runs in.
Nothing else in the project spells a path inside the data folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import DataFolderError


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder and the places inside it. Making one creates nothing on disk."""

    root: Path

    @classmethod
    def from_env(cls) -> Home:
        """The folder named in `GRAPEVINE_HOME`, or `./data` when it is empty or not set.

        Raise `DataFolderError` when that is a file.
        """
        root = Path(os.environ.get("GRAPEVINE_HOME") or "data").resolve()
        if root.is_file():
            raise DataFolderError(
                f"{root} is a file, not a folder. Set GRAPEVINE_HOME to a folder."
            )
        return cls(root)

    @property
    def inbox(self) -> Path:
        """Posts read but not yet in the lake; emptied by every run that ends well."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """Posts that live sources handed over, until the lake holds them."""
        return self.root / "landing"

    @property
    def watermarks(self) -> Path:
        """How far each live source was read: one JSON file a source, and its lock."""
        return self.root / "watermarks"

    @property
    def deletions(self) -> Path:
        """The ledger of what sources took back: no text, no name, no post id in the clear."""
        return self.root / "deletions.sqlite"

    @property
    def verified(self) -> Path:
        """When sources were last asked about the posts held: hashes of ids and times."""
        return self.root / "verified.sqlite"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be used, with their reason; never published."""
        return self.root / "quarantine"

    @property
    def keys(self) -> Path:
        """One random key a week, to count authors without knowing them; owner-readable only."""
        return self.root / "keys"

    @property
    def posts(self) -> Path:
        """The lake's posts with text: `source=…/day=…/posts.parquet`."""
        return self.root / "lake" / "posts"

    @property
    def tags(self) -> Path:
        """The lake's tags, no text: `source=…/day=…/tags.parquet`."""
        return self.root / "lake" / "tags"

    @property
    def clinic(self) -> Path:
        """What clinics heard, counts only, never with the posts: `week=…/heard.parquet`."""
        return self.root / "lake" / "clinic"

    @property
    def layout(self) -> Path:
        """The number of the layout of all files here that are no database."""
        return self.root / "lake" / "layout"

    @property
    def audit_labels(self) -> Path:
        """Posts drawn for the audit, by id, and what a reader of the team found; no text."""
        return self.root / "audit" / "labels.parquet"

    @property
    def database(self) -> Path:
        """Ledgers, marts and releases: one writer, short-lived."""
        return self.root / "grapevine.duckdb"

    @property
    def spill(self) -> Path:
        """What DuckDB had no memory for while it counted; a killed run leaves it behind."""
        return self.root / "grapevine.duckdb.tmp"

    @property
    def copying(self) -> Path:
        """What a backup is being made of; a killed one leaves it behind."""
        return self.root / "copying"

    @property
    def snapshot(self) -> Path:
        """What may be read by anyone: only published numbers, swapped in whole."""
        return self.root / "published" / "marts.duckdb"

    @property
    def delivery(self) -> Path:
        """Who gets which brief, and by which mail server; written by people."""
        return self.root / "delivery.toml"

    @property
    def deliveries(self) -> Path:
        """The ledger of what was handed over, under keyed hashes; keep a copy of it."""
        return self.root / "deliveries.sqlite"

    @property
    def watch(self) -> Path:
        """How the last run went, and who was told of what is wrong."""
        return self.root / "watch"

    @property
    def districts(self) -> Path:
        """Groups of counties that get a brief of their own; written by people."""
        return self.root / "regions.toml"

    @property
    def links(self) -> Path:
        """Pages that cards and themes point to and that were not found lately."""
        return self.root / "links.json"

    @property
    def service(self) -> Path:
        """What `grapevine up` started: its process ids and its logs."""
        return self.root / "service"

    @property
    def site(self) -> Path:
        """The static site."""
        return self.root / "site"
