"""Name what can come of handing a brief over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from warehouse.errors import GrapevineError

State = Literal["sent", "later", "refused", "gone", "in doubt"]
"""`sent`: taken, for good. `later`: not taken, may be tried again. `refused`: not taken, and
trying again is of no use. `gone`: refused, and the receiver wants nothing more. `in doubt`: it
may have been taken or not, and nobody can tell."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt; `told` is ours or a status code, never a server's own words."""

    state: State
    told: str


class ChannelDownError(GrapevineError):
    """Nothing can be handed over at all: the mail server is away, or does not let us in.

    is_final  trying again soon is of no use, and may get us locked out
    """

    def __init__(self, told: str, is_final: bool = False) -> None:
        super().__init__(told)
        self.is_final = is_final
