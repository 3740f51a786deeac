"""Collect new submissions and comments of local communities on Reddit, through PRAW.

Reddit gives tokens by approval only, so nothing starts without the approval's reference. The
brief is complete with no Reddit at all. `fetch` reads, `parse` turns one item into a post or
what Reddit took back, `verify` asks which posts are gone.
"""

from __future__ import annotations

from flows.sources.reddit.item import SOURCE, parse
from flows.sources.reddit.settings import Settings
from flows.sources.reddit.sweep import verify
from flows.sources.reddit.visiting import fetch

PAUSE_S = 900.0
"""Seconds between two rounds; one round of all communities takes about ten minutes."""

__all__ = ["PAUSE_S", "SOURCE", "Settings", "fetch", "parse", "verify"]
