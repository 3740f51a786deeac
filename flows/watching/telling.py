"""Look at what is wrong, and tell whoever is to be told of it, each once an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from delivery.outcome import ChannelDownError, Outcome
from flows.watching.channels import Channel, MailChannel, WebhookChannel
from flows.watching.findings import Finding, find
from flows.watching.json_lines import event
from flows.watching.settings import Limits, Told
from flows.watching.told import Ledger, open_told
from warehouse.errors import GrapevineError
from warehouse.files import alone_or_told
from warehouse.home import Home

Say = Callable[[str], None]

TRIAL = Finding(
    "trial", "trial", "This is a trial. Grapevine can tell you when something is wrong."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of telling one receiver. problem: why a channel is down, else empty."""

    channel: Channel
    findings: Sequence[Finding]
    outcome: Outcome
    problem: str = ""


def watch(home: Home, now: datetime, say: Say, is_again: bool = False) -> None:
    """Tell everybody of what they have not been told of yet.

    is_again  also of what was refused or is in doubt

    Raise `GrapevineError` at the end when somebody could not be told.
    """
    limits, channels = Limits.from_env(), channels_of(home, Told.from_env())
    with _alone(home), open_told(_ledger(home)) as ledger:
        if is_again:
            ledger.allow_again()
        findings = find(home, limits, now, ledger.standing())
        if not any(one.kind == "unreadable" for one in findings):
            ledger.forget_others([one.key for one in findings])
        attempts = [_tell(ledger, channel, findings) for channel in channels]
        refused = [one.kind for one in channels if ledger.refused(one.who)]
    _say_all(findings, channels, say)
    _complain([one for one in attempts if one], refused)


def rehearse(home: Home, now: datetime, say: Say) -> None:
    """Say what is wrong and what each receiver would be told now; send and note nothing."""
    limits, channels = Limits.from_env(), channels_of(home, Told.from_env())
    path = _ledger(home)
    with open_told(path if path.exists() else None) as ledger:
        findings = find(home, limits, now, ledger.standing())
        _say_all(findings, channels, say)
        for number, channel in enumerate(channels, start=1):
            due = _due(ledger, channel, findings)
            told = ", ".join(one.key for one in due) or "nothing new"
            say(f"  would be told by {channel.kind} ({number}): {told}")


def try_out(home: Home, say: Say) -> None:
    """Send everybody a trial message. Raise `GrapevineError` when one did not go out."""
    with open_told(None) as ledger:
        channels = channels_of(home, Told.from_env())
        attempts = [_tell(ledger, channel, [TRIAL]) for channel in channels]
        refused = [one.kind for one in channels if ledger.refused(one.who)]
    say(f"Trial messages sent: {sum(_is_sent(one) for one in attempts)} of {len(channels)}")
    _complain([one for one in attempts if one], refused)


def channels_of(home: Home, told: Told) -> list[Channel]:
    """Everybody who is told."""
    channels: list[Channel] = [MailChannel(home.delivery, to) for to in told.mail_to]
    if told.webhook:
        channels.append(WebhookChannel(told.webhook))
    return channels


def _tell(ledger: Ledger, channel: Channel, findings: Sequence[Finding]) -> Attempt | None:
    due = _due(ledger, channel, findings)
    if not due:
        return None
    keys = [one.key for one in due]
    doubt = Outcome("in doubt", "stopped while it was handed over")
    try:
        outcome = channel.tell(due, lambda: ledger.note(keys, channel.who, doubt))
        problem = ""
    except GrapevineError as error:
        is_final = isinstance(error, ChannelDownError) and error.is_final
        outcome = Outcome("refused" if is_final else "later", "channel down")
        problem = str(error)
    ledger.note(keys, channel.who, outcome)
    event("told", channel=channel.kind, how=outcome.state, findings=len(due))
    return Attempt(channel, due, outcome, problem)


def _due(ledger: Ledger, channel: Channel, findings: Sequence[Finding]) -> list[Finding]:
    settled = ledger.settled(channel.who)
    return [one for one in findings if one.key not in settled]


def _say_all(findings: Sequence[Finding], channels: Sequence[Channel], say: Say) -> None:
    for one in findings:
        say(f"{one.kind}: {one.told}")
    if not findings:
        say("All is well.")
    elif not channels:
        say("Nobody is told: set mail_to or webhook under [watch] in grapevine.toml.")


def _complain(attempts: Sequence[Attempt], refused: Sequence[str]) -> None:
    """Raise `GrapevineError` for what was not told now, and for what was refused for good."""
    lines = [line for one in attempts if (line := _told(one))]
    lines += [
        f"A message by {kind} was refused for good. Correct [watch], then run `grapevine watch "
        "--again`: by itself it is not sent again while it lasts."
        for kind in dict.fromkeys(refused)
    ]
    if lines:
        raise GrapevineError(" ".join(dict.fromkeys(lines)))


def _told(attempt: Attempt) -> str:
    if attempt.problem:
        return attempt.problem
    if attempt.outcome.state not in ("in doubt", "later"):
        return ""
    if attempt.outcome.state == "in doubt":
        return (
            f"A message by {attempt.channel.kind} may have arrived or not "
            f"({attempt.outcome.told}); it is not sent again."
        )
    return (
        f"A message by {attempt.channel.kind} was not taken ({attempt.outcome.told}). It is "
        "tried again at the next look."
    )


def _is_sent(attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.outcome.state == "sent"


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    told = f"Somebody else is looking after {home.root} just now. Wait until that has ended."
    with alone_or_told(home.watch / "watch.lock", told):
        yield


def _ledger(home: Home) -> Path:
    return home.watch / "told.sqlite"
