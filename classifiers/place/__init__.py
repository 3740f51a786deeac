"""Say where a post belongs: a US county, a state, or nowhere, with how that is known.

`load_locator().locate(text, community, location)` is all that other packages need.
"""

from __future__ import annotations

from classifiers.place.locator import Locator, load_locator

__all__ = ["Locator", "load_locator"]
