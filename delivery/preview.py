"""Write what would be sent as files to look at: `.eml` for mail, `.json` for a webhook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from delivery.deliver import Delivery
from delivery.plan import Standing
from delivery.webhook import payload
from warehouse.files import readable_errors


def write_previews(delivery: Delivery, found: Iterable[Standing], out: Path) -> None:
    """One file in `out` for everybody for whom the release is due, by the subscriber's name."""
    with readable_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        for one in found:
            if not one.is_due:
                continue
            if one.to.channel == "mail":
                (out / f"{one.to.id}.eml").write_bytes(delivery.mail(one.to).content)
            else:
                letter = delivery.letters.letter(one.to.place, one.to.lang)
                body = payload(letter, delivery.issue.release, one.to)
                (out / f"{one.to.id}.json").write_bytes(body)
