"""Name every table that Python computes among the models, for `build`."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.alarms.table import ALARMS
from warehouse.build import Computed
from warehouse.estimates.shares import SHARES
from warehouse.hiding.steps import TOLD_CLINIC, TOLD_SHARE, TOLD_VOLUME
from warehouse.moved import MOVED

COMPUTED: Mapping[str, Computed] = {
    "est_alarm": ALARMS,
    "est_share_week": SHARES,
    "est_told_clinic": TOLD_CLINIC,
    "est_told_share": TOLD_SHARE,
    "est_told_volume": TOLD_VOLUME,
    "stg_moved": MOVED,
}
"""Table → how it is computed. Private, like marts; `pub_` models read them."""
