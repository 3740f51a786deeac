"""Decide which counts may be told, so that no other can be worked out from them.

Pure functions over arrays (a row a series, a column a place) and, in `steps`, the tables of
the warehouse that rest on them. `warehouse/README.md`, "What is hidden", says the rules.
"""

from warehouse.hiding.again import Told, tell, tell_again
from warehouse.hiding.places import Places
from warehouse.hiding.spans import NARROWEST, UNBOUNDED, Bounds, spans
from warehouse.hiding.telling import FEWEST, Counts

__all__ = [
    "FEWEST",
    "NARROWEST",
    "UNBOUNDED",
    "Bounds",
    "Counts",
    "Places",
    "Told",
    "spans",
    "tell",
    "tell_again",
]
