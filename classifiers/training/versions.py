"""Name the libraries a part was trained with, for its record."""

from __future__ import annotations

import platform
from importlib.metadata import version


def libraries(*names: str) -> dict[str, str]:
    """Versions of Python and of the libraries named."""
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
