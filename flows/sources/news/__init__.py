"""Collect titles and summaries from the feeds of local news outlets."""

from flows.sources.news.collecting import fetch
from flows.sources.news.entries import parse
from flows.sources.news.settings import SOURCE, Feed, Settings

PAUSE_S = 1_800.0
"""Seconds between two looks: few outlets publish more than twice an hour."""

__all__ = ["PAUSE_S", "SOURCE", "Feed", "Settings", "fetch", "parse"]
