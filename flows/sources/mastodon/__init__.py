"""Collect public posts of the Mastodon instances on the allow-list, the way they ask for it."""

from flows.sources.mastodon.fetching import fetch
from flows.sources.mastodon.settings import SOURCE, Instance, Settings
from flows.sources.mastodon.statuses import parse
from flows.sources.mastodon.verifying import verify

PAUSE_S = 300.0
"""Seconds between two looks: what is left of the limit is for others at the same address."""

__all__ = ["PAUSE_S", "SOURCE", "Instance", "Settings", "fetch", "parse", "verify"]
