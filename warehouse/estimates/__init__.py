"""Estimate shares from published counts: the tagger's errors undone, small places pooled."""

from warehouse.estimates.counts import Counts
from warehouse.estimates.pooling import pooled
from warehouse.estimates.strength import strengths

__all__ = ["Counts", "pooled", "strengths"]
