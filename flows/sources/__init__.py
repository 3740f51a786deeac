"""Read public posts from where they come from: one module a source.

At its most talkative httpx logs every address whole, and some hold a password or a subscriber's
key. A filter keeps such lines back, since a level would be undone by who asks for more lines.
"""

from __future__ import annotations

import logging


def _is_no_address(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


logging.getLogger("httpx").addFilter(_is_no_address)
