"""Put together what is known of the tagger's errors: the audit, and else its model card."""

from __future__ import annotations

import pyarrow as pa

from classifiers.evaluation.error_rates import FILE
from classifiers.tagger import load_tagger
from classifiers.taxonomy import load_taxonomy
from warehouse.audit.counts import audited
from warehouse.error_rates import Tag, joined, read_card
from warehouse.home import Home


def known_error_rates(home: Home, is_sample: bool) -> pa.Table:
    """The counts for the table `ref_error_rates`, for every theme and signal.

    Raise `GrapevineError` when the counts of the model card cannot be read.
    """
    model = load_tagger().name
    return joined(read_card(FILE), audited(home, model, is_sample), model, tags())


def tags() -> list[Tag]:
    """Every theme and signal of the taxonomy, by kind."""
    taxonomy = load_taxonomy()
    themes = [("theme", theme) for theme in taxonomy.themes]
    return themes + [("signal", signal) for signal in taxonomy.signals]
