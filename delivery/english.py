"""Say in English what only a letter says."""

from __future__ import annotations

from delivery.parts import Labels

LABELS = Labels(
    subject="{place}: brief for {week}",
    revised=", revised",
    is_revised="What changed",
    changed="",
    trust="Trust, of health voices {}",
    whole="The whole brief",
    elsewhere="The whole brief",
    attached="The brief is attached as a PDF, to print.",
    unsubscribe="You get this because your address is on the list for {place}.",
    leave="Leave the list",
)
