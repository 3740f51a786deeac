"""List subscribers, and do for one what a person asked: the lines that the commands print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dashboards.snapshot import read_snapshot
from delivery.bounces import note_bounces
from delivery.ledger import open_ledger
from delivery.office import read_office
from flows.delivering import find
from warehouse.errors import GrapevineError
from warehouse.home import Home


def listed(home: Home, file: Path | None) -> Iterator[str]:
    """One line a subscriber."""
    office = read_office(file or home.delivery)
    with open_ledger(home.deliveries) as ledger:
        last, stopped, came_back = ledger.last(), ledger.stopped(), ledger.bounces()
        for to in office.subscribers:
            key = ledger.subscription(to)
            found = last.get(key)
            said = (
                f"{found.release_id} {found.state} ({found.told})" if found else "nothing yet"
            )
            back = f", {came_back[key]} came back" if key in came_back else ""
            why = f", stopped: {stopped[key]}" if key in stopped else ""
            place = f"{to.place.type} {to.place.value}"
            yield f"{to.id}  {place}, {to.lang}, {to.channel}: {said}{back}{why}"
    if not office.subscribers:
        yield "There is no subscriber yet."


def leave(home: Home, token: str) -> str:
    """Stop the subscription of this token."""
    with open_ledger(home.deliveries) as ledger:
        if not ledger.leave(token.strip().lower()):
            raise GrapevineError(
                "No mail was sent with this token. Copy it again from the unsubscribe request."
            )
    return "This subscription is stopped. Take it out of the list as well."


def rejoin(home: Home, file: Path | None, name: str) -> str:
    """Take a stopped subscription up again."""
    to = find(read_office(file or home.delivery), name)
    with open_ledger(home.deliveries) as ledger:
        was_stopped = ledger.rejoin(to)
    return (
        f"'{name}' {'gets' if was_stopped else 'was not stopped, and gets'} the next release."
    )


def again(home: Home, file: Path | None, name: str) -> str:
    """Let the published release be tried again with one subscriber."""
    to = find(read_office(file or home.delivery), name)
    release_id = read_snapshot(home.snapshot).release.release_id
    with open_ledger(home.deliveries) as ledger:
        if not ledger.allow_again(release_id, to):
            raise GrapevineError(
                f"Release {release_id} was neither refused by '{name}' nor is it in doubt. "
                "`grapevine subscribers list` says how it stands."
            )
    return f"'{name}' is tried again by the next `grapevine deliver`."


def bounces(home: Home, mailbox: Path) -> str:
    """Note the mail that came back."""
    with open_ledger(home.deliveries) as ledger:
        ours_n, others_n = note_bounces(ledger, mailbox)
    return f"Mail that came back: {ours_n:,}. Reports of mail that is not ours: {others_n:,}."
