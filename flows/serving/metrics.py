"""Write numbers as Prometheus reads them: text, a line a number.

https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from flows.watching.account import WELL, Account, How
from flows.watching.findings import Finding, Kind, State
from warehouse import watermarks
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Family:
    """One quantity. rows: (labels, value); none of them is told when there are no rows."""

    name: str
    told: str
    rows: Sequence[tuple[Mapping[str, str], float]]
    kind: str = "gauge"


def metrics(
    home: Home, state: State | None, findings: Sequence[Finding], answered: Mapping[int, int]
) -> str:
    """All numbers. state: None when it cannot be read; then only what needs none is told."""
    families = [
        _one("grapevine_readable", "Whether the data folder can be read.", state is not None),
        *(_state(state) if state else ()),
        *(_sources(home) if state else ()),
        *_findings(findings),
        Family(
            "grapevine_http_answers_total",
            "Answers since the server began, by status.",
            [({"status": str(status)}, n) for status, n in sorted(answered.items())],
            "counter",
        ),
    ]
    return "".join(line for family in families for line in _lines(family))


def _state(state: State) -> Iterator[Family]:
    yield _one(
        "grapevine_disk_free_bytes", "Free where the data folder lies.", state.free_bytes
    )
    yield _one("grapevine_run_under_way", "Whether a run is under way.", state.is_under_way)
    if state.good_at:
        yield _at(
            "grapevine_last_good_run_timestamp_seconds", "Last run ended well.", state.good_at
        )
    if state.shown:
        labels = {"release": state.shown.release_id, "week": state.shown.week}
        labels["sample"] = "1" if state.shown.is_sample else "0"
        yield Family("grapevine_release_info", "The release that readers see.", [(labels, 1)])
        yield _at("grapevine_release_timestamp_seconds", "It was put there.", state.shown.since)
    if state.accounts.ended:
        yield from _run(state.accounts.ended)


def _run(ended: Account) -> Iterator[Family]:
    if ended.ended_at is None:
        return
    hows = [
        ({"how": how}, float(ended.how == how)) for how in get_args(How) if how != "under way"
    ]
    yield Family("grapevine_last_run_outcome", "How the last run ended: 1 for that.", hows)
    yield _one("grapevine_last_run_well", "Whether the last run ended well.", ended.how in WELL)
    yield _at("grapevine_last_run_timestamp_seconds", "The last run ended.", ended.ended_at)
    yield _one("grapevine_last_run_seconds", "How long it took.", ended.seconds or 0.0)
    stages = [({"stage": one.stage}, one) for one in ended.stages]
    yield Family(
        "grapevine_last_run_stage_seconds",
        "How long each of its stages took.",
        [(labels, one.seconds) for labels, one in stages],
    )
    yield Family(
        "grapevine_last_run_stage_rows",
        "What each of its stages counted.",
        [(labels, one.rows_n) for labels, one in stages],
    )
    if ended.release:
        yield from _release(ended)


def _release(ended: Account) -> Iterator[Family]:
    yield _one("grapevine_last_run_posts", "Posts that its release rests on.", ended.posts_n)
    yield _one("grapevine_last_run_posts_placed", "Of these placed.", ended.placed_n)
    yield _one("grapevine_last_run_posts_health", "Of these about health.", ended.health_n)
    yield _one(
        "grapevine_last_run_checks_missed", "Checks that did not hold.", len(ended.misses)
    )
    yield _one("grapevine_last_run_outages", "Weeks with a source out.", len(ended.outages))


def _sources(home: Home) -> Iterator[Family]:
    names = sorted(path.stem for path in home.watermarks.glob("*.json"))
    found = [(name, watermarks.written_at(home, name)) for name in names]
    yield Family(
        "grapevine_source_timestamp_seconds",
        "A source last gave something.",
        [({"source": name}, at.timestamp()) for name, at in found if at],
    )


def _findings(findings: Sequence[Finding]) -> Iterator[Family]:
    kinds = [kind for kind in get_args(Kind) if kind != "trial"]
    counts = [
        ({"kind": kind}, float(sum(one.kind == kind for one in findings))) for kind in kinds
    ]
    yield Family("grapevine_findings", "What is wrong now, by kind.", counts)


def _one(name: str, told: str, value: float) -> Family:
    return Family(name, told, [({}, value)])


def _at(name: str, told: str, at: datetime) -> Family:
    return _one(name, f"{told} Seconds since 1970.", at.timestamp())


def _lines(family: Family) -> Iterator[str]:
    if not family.rows:
        return
    yield f"# HELP {family.name} {family.told}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for labels, value in family.rows:
        said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{family.name}{f'{{{said}}}' if said else ''} {_number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
