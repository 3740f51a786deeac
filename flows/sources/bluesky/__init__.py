"""Collect public posts from Bluesky: the live tail of Jetstream, no login.

`fetch` reads the stream, `parse` turns one frame into a post or what the source took back,
`verify` asks which posts are gone. What is kept is small: posts in English or Spanish that
speak of health or name a place in the US.
"""

from __future__ import annotations

from flows.sources.bluesky.appview import verify
from flows.sources.bluesky.events import SOURCE, parse
from flows.sources.bluesky.settings import Settings, following
from flows.sources.bluesky.stream import fetch

__all__ = ["SOURCE", "Settings", "fetch", "following", "parse", "verify"]
