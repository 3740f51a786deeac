"""Kill every stage at random moments, do it again, and compare with what nobody disturbed."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from delivery.ledger import open_ledger
from tests.fakes.hook import FakeHook
from tests.fakes.mail import FakeMailServer
from tests.fakes.mastodon import FakeMastodon
from tests.faults import processes
from tests.faults.left import differing, digests, left
from tests.faults.steps import COPIES, ENVIRONMENT, STEPS, WEEKLY
from tests.faults.week import UndisturbedWeek
from tests.offices import OfficeFile, delivery, states
from tests.source_contract import stored
from warehouse.backup import packing, unpacking
from warehouse.home import Home

COLLECTED_N = 60
GONE_N = 7
READERS_N = 6

DRAWS = 4
"""Moments drawn for one kill until one meets the stage at work: how long it takes varies."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of killing one stage.

    seconds   how long it takes undisturbed
    points_n  kills; at_work_n of them met it at work, the others after its end
    wrong     what differed after it was done again, one entry a kill; empty when nothing did
    note      what a reader must know besides
    """

    stage: str
    seconds: float
    points_n: int
    at_work_n: int
    wrong: tuple[str, ...]
    note: str = ""


Trial = Callable[[Path, float], tuple[bool, str]]
"""Kill the stage in a new folder after so many seconds and mend it: (was at work, what is
wrong)."""


def kill_all(week: UndisturbedWeek, folder: Path, points_n: int) -> Iterator[Killed]:
    """Every stage of the weekly run, and what comes before and after it."""
    for stage in WEEKLY:
        trial = _weekly(week, stage)
        yield _killed(stage, week.seconds[stage], trial, folder, points_n)
    around = {
        "print": _printing,
        "backfill": _backfilling,
        "deliver": _delivering,
        "collect": _collecting,
        "sweep": _sweeping,
        "backup": _backing_up,
    }
    for stage, made in around.items():
        seconds, trial, note = made(week, folder)
        yield _killed(stage, seconds, trial, folder, points_n, note)


def _killed(
    stage: str, seconds: float, trial: Trial, folder: Path, points_n: int, note: str = ""
) -> Killed:
    def killed(number: int) -> tuple[bool, str]:
        chance = random.Random(f"{stage} {number}")
        return _met(trial, folder / f"{stage} {number}", lambda: chance.uniform(0, seconds))

    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:  # each waits for its processes
        found = list(side_by_side.map(killed, range(points_n)))
    wrong = tuple(what for _, what in found if what)
    return Killed(stage, seconds, points_n, sum(was for was, _ in found), wrong, note)


def _met(trial: Trial, own: Path, moment: Callable[[], float]) -> tuple[bool, str]:
    """Kill at one moment after another until one meets the stage at work."""
    wrong = list[str]()
    for _ in range(DRAWS):
        was_at_work, what = trial(own, moment())
        shutil.rmtree(own)
        wrong += [what] if what else []
        if was_at_work:
            break
    return was_at_work, "; ".join(wrong)


def _weekly(week: UndisturbedWeek, stage: str) -> Trial:
    whole = week.left

    def trial(folder: Path, after_s: float) -> tuple[bool, str]:
        home = week.copy_before(stage, folder)
        was_at_work = processes.Running(home, [stage]).kill(after_s)
        said = processes.run(home, WEEKLY)
        return was_at_work, said or differing(left(home), whole)

    return trial


def _printing(week: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    home = week.copy(folder / "printed")
    seconds, whole = _timed(home, "print"), digests(home / "site")

    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        begun = week.copy(own)
        was_at_work = processes.Running(begun, ["print"]).kill(after_s)
        said = processes.run(begun, ["print"])
        return was_at_work, said or ("" if digests(begun / "site") == whole else "site")

    return seconds, trial, ""


def _backfilling(week: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    home = week.copy_before("read", folder / "filled in")
    seconds, whole = _timed(home, "backfill"), left(home)

    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        begun = week.copy_before("read", own)
        was_at_work = processes.Running(begun, ["backfill"]).kill(after_s)
        said = processes.run(begun, ["backfill"])
        return was_at_work, said or differing(left(begun), whole)

    return seconds, trial, "two weeks, a release each"


def _delivering(week: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    @contextmanager
    def office(own: Path) -> Iterator[tuple[Path, FakeMailServer, FakeHook]]:
        home = week.copy(own)
        with FakeMailServer() as mail, FakeHook() as hook:
            written = OfficeFile(mail.port)
            for n in range(READERS_N):
                written.add(f"m{n}").add(f"h{n}", webhook=f"{hook.url}/{n}")
            written.write(Home(home))
            yield home, mail, hook

    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        with office(own) as (home, mail, hook):
            was_at_work = processes.Running(home, ["deliver"]).kill(after_s)
            said = processes.run(home, ["deliver"])
            readers = Counter(mail.readers)
            in_doubt = _in_doubt(home)
            wrong = [said] if said else []
            if len(readers) < READERS_N - in_doubt or max(readers.values(), default=0) > 1:
                wrong.append(f"mails: {dict(readers)}, in doubt {in_doubt}")
            if len(set(hook.ids)) != READERS_N:
                wrong.append("webhooks")
            return was_at_work, "; ".join(wrong)

    with office(folder / "delivered") as (home, _, _):
        seconds = _timed(home, "deliver")
    return (
        seconds,
        trial,
        (
            "nobody gets two mails; one cut off while it was handed over is told as in doubt "
            "and not sent again; a webhook may come twice under one id, as its standard asks"
        ),
    )


def _in_doubt(home: Path) -> int:
    with open_ledger(Home(home).deliveries) as ledger:
        stands = states(delivery(Home(home), ledger))
    return sum(state == "in doubt" for state in stands.values())


def _collecting(_: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        with _source(own) as (home, fake):
            was_at_work = processes.Running(home, ["collect"]).kill(after_s)
            said = processes.run(home, ["collect"])
            there = stored(Home(home), "mastodon")
            return was_at_work, said or _uneven(there, fake.offered)

    with _source(folder / "collected") as (home, _fake):
        return _timed(home, "collect"), trial, ""


def _sweeping(_: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        with _source(own) as (home, fake):
            gone = _let_some_go(home, fake)
            was_at_work = processes.Running(home, ["sweep"]).kill(after_s)
            said = processes.run(home, ["sweep"])
            there = stored(Home(home), "mastodon")
            return was_at_work, said or _uneven(there, set(fake.offered) - gone)

    with _source(folder / "swept") as (home, fake):
        _let_some_go(home, fake)
        return _timed(home, "sweep"), trial, ""


def _backing_up(week: UndisturbedWeek, folder: Path) -> tuple[float, Trial, str]:
    def trial(own: Path, after_s: float) -> tuple[bool, str]:
        home = week.copy(own)
        was_at_work = processes.Running(home, ["backup"]).kill(after_s)
        wrong = [_restored(week, file) for file in _copies(own)]  # whole, or not there
        wrong.append(processes.run(home, ["backup"]))
        wrong.append(_restored(week, own / COPIES))
        left_over = [file for file in (own / COPIES).iterdir() if file not in _copies(own)]
        wrong.append("half a copy" if left_over or Home(home).copying.exists() else "")
        return was_at_work, "; ".join(filter(None, wrong))

    home = week.copy(folder / "copied")
    return _timed(home, "backup"), trial, ""


def _restored(week: UndisturbedWeek, source: Path) -> str:
    """What of a copy differs from the week, once it is put back."""
    held = source.with_name(f"{source.name} restored")
    unpacking.restore(source, Home(held))
    now, whole = left(held), week.left
    shutil.rmtree(held)
    parts = ("lake", "marts", "published", "quarantine", "deletions")
    return ", ".join(part for part in parts if _named(now[part]) != _named(whole[part]))


def _copies(own: Path) -> list[Path]:
    return packing.copies(own / COPIES) if (own / COPIES).exists() else []


def _named(held: dict[str, object]) -> dict[str, object]:
    """Less locks, which are in no copy."""
    return {name: one for name, one in held.items() if not name.startswith(".")}


@contextmanager
def _source(own: Path) -> Iterator[tuple[Path, FakeMastodon]]:
    own.mkdir(parents=True)
    with FakeMastodon() as fake:
        fake.seed(COLLECTED_N)
        lines = "".join(f"{name}={value}\n" for name, value in fake.env.items())
        (own / ENVIRONMENT).write_text(lines, encoding="utf-8")
        yield own / "data", fake


def _let_some_go(home: Path, fake: FakeMastodon) -> set[str]:
    """Collect, put into the lake, and take some back at the source; which ones."""
    assert processes.run(home, ["collect"]) == ""
    gone = set(sorted(stored(Home(home), "mastodon"))[:GONE_N])
    for post_id in gone:
        fake.delete(post_id)
    return gone


def _uneven(there: Counter[str], wanted: set[str]) -> str:
    """What is lost, and what is there that should not be, or twice."""
    lost, more = wanted - set(there), set(there) - wanted
    twice = [post_id for post_id, n in there.items() if n > 1]
    if lost or more or twice:
        return f"lost {len(lost)}, too many {len(more) + len(twice)}"
    return ""


def _timed(home: Path, step: str) -> float:
    assert step in STEPS
    running = processes.Running(home, [step])
    said = running.end()
    assert not said, f"{step}: {said}"
    return time.monotonic() - running.began
