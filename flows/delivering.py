"""Deliver the published release: hold the folder for the taking, then send without it.

A delivery takes as long as mail servers like; the folder is free again as soon as the numbers
and PDFs are taken, so a weekly run or a sweep never waits for it. Two deliveries never run at
once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from delivery import report
from delivery.deliver import Delivery
from delivery.issue import Issue, check, check_district, take
from delivery.ledger import Ledger, open_ledger
from delivery.office import Office, read_office
from delivery.preview import write_previews
from delivery.subscribers import Subscriber
from flows.running import hold
from flows.secret_reference import look_up
from flows.watching.json_lines import event
from warehouse.errors import GrapevineError
from warehouse.files import alone_or_told
from warehouse.home import Home

Say = Callable[[str], None]


def deliver(
    home: Home, file: Path | None, is_sample_meant: bool, is_late_meant: bool, say: Say
) -> None:
    """Send the published release to everybody for whom it is due.

    Raise `GrapevineError` when some still wait at the end.
    """
    office = read_office(file or home.delivery)
    with _alone(home), open_ledger(home.deliveries) as ledger, _taken(home, office) as issue:
        check(issue.release, datetime.now(UTC).date(), is_sample_meant, is_late_meant)
        delivery = Delivery(issue, office, ledger, look_up)
        before = delivery.standings()
        delivery.run()
        after = delivery.standings()
    for line in report.told(issue.release, before, after):
        say(line)
    for how, subscribers_n in sorted(Counter(one.why for one in after).items()):
        event("stands", release=issue.release.release_id, how=how, subscribers_n=subscribers_n)
    for channel in delivery.problems:
        event("channel down", channel=channel)
    if delivery.problems:
        raise GrapevineError(" ".join(delivery.problems.values()))
    if waiting_n := report.waiting_n(after):
        raise GrapevineError(f"{waiting_n:,} subscribers still wait. Deliver again later.")


def due(home: Home) -> Iterator[str]:
    """Deliver what is due, as `deliver` does; nothing is due without `delivery.toml`."""
    if not home.delivery.exists():
        yield f"There is no {home.delivery}, so nobody is sent anything."
        return
    told = list[str]()
    try:
        deliver(home, None, False, False, told.append)
    except GrapevineError:
        yield from told
        raise
    yield from told


def dry_run(home: Home, file: Path | None, out: Path | None, say: Say) -> None:
    """Say to whom the published release would go; write the messages to `out`, if named."""
    office = read_office(file or home.delivery)
    with _alone(home), _ledger_to_read(home) as ledger, _taken(home, office) as issue:
        delivery = Delivery(issue, office, ledger, look_up)
        found = delivery.standings()
        if out:
            write_previews(delivery, found, out)
    for line in report.planned(issue.release, found):
        say(line)


def find(office: Office, name: str) -> Subscriber:
    """The subscriber of this name. Raise `GrapevineError` when there is none."""
    for one in office.subscribers:
        if one.id == name:
            return one
    raise GrapevineError(
        f"No subscriber is called '{name}'. `grapevine subscribers list` lists them."
    )


@contextmanager
def _taken(home: Home, office: Office) -> Iterator[Issue]:
    folder = home.root / "delivering"
    try:
        with hold(home):
            issue = take(home, {one.place for one in office.subscribers}, folder)
        for one in office.subscribers:
            check_district(issue.edition, one.id, one.place)
        yield issue
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _ledger_to_read(home: Home) -> Iterator[Ledger]:
    """The ledger, or before the first delivery an empty one that is thrown away."""
    if home.deliveries.exists():
        with open_ledger(home.deliveries) as ledger:
            yield ledger
        return
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "empty") as ledger:
        yield ledger


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    told = f"Another delivery is using {home.root}. Wait until it has ended."
    with alone_or_told(home.root / "deliver.lock", told):
        yield
