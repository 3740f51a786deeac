"""Deliver one release to everybody who waits for it, a few rounds, then say how it stands.

What can be tried again is tried in the next round, and after the last by the next `grapevine
deliver`. The ledger decides, so any run can be killed and repeated.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import islice

from delivery.issue import Issue, pdf_name
from delivery.ledger import Ledger
from delivery.letter import Letters
from delivery.mail import Ids, Mail, make_mail
from delivery.office import Office
from delivery.outcome import ChannelDownError, Outcome
from delivery.plan import Standing, plan
from delivery.smtp import Postman
from delivery.subscribers import Channel, Subscriber
from delivery.webhook import Post, make_post, send, signing_key
from warehouse.errors import GrapevineError

PAUSES_S = (0.0, 10.0, 60.0)
"""Seconds to wait before each round."""

AT_ONCE = 8
"""Webhooks posted to at once; mail goes one by one, over one connection."""

Secrets = Callable[[str, str], str]
"""Takes where a secret lies and who asks, gives the secret."""


@dataclass(slots=True)
class Delivery:
    """One run of a delivery.

    problems  why a whole channel was given up, by channel
    """

    issue: Issue
    office: Office
    ledger: Ledger
    secrets: Secrets
    wait: Callable[[float], None] = time.sleep
    problems: dict[Channel, str] = field(default_factory=dict)
    letters: Letters = field(init=False)
    _keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    _password: str = field(default="", repr=False)
    _is_given_up: bool = False

    def __post_init__(self) -> None:
        """Write each letter once, whoever it is for."""
        self.letters = Letters(self.issue.edition, self.office.site)

    def standings(self) -> list[Standing]:
        """How the release stands with every subscriber."""
        release_id = self.issue.release.release_id
        return plan(self.ledger, release_id, self.letters, self.office.subscribers)

    def run(self) -> None:
        """Send to everybody for whom it is due; at the end the ledger says how it stands.

        Raise `GrapevineError` before anything is sent when a secret is missing.
        """
        self._read_secrets()
        for pause_s in PAUSES_S:
            due = [one for one in self.standings() if one.is_due]
            mails = [one for one in due if one.to.channel == "mail"]
            posts = [one for one in due if one.to.channel == "webhook"]
            if not posts and (not mails or self._is_given_up):
                return
            self.wait(pause_s)
            if mails and not self._is_given_up:
                self._mail_round(mails)
            self._post_round(posts)

    def mail(self, to: Subscriber) -> Mail:
        """The mail for one subscriber."""
        if self.office.sender is None:
            raise GrapevineError("There is no part [mail]. Add it, then deliver again.")
        place, release = to.place, self.issue.release
        found = self.issue.pdfs.get((place, to.lang))
        pdf = (pdf_name(release, place, to.lang), found.read_bytes()) if found else None
        letter = self.letters.letter(place, to.lang)
        return make_mail(
            letter, to.address, self.office.sender, self._ids(to), self.ledger.now(), pdf
        )

    def post(self, to: Subscriber, key: bytes) -> Post:
        """The post for one subscriber, signed with `key`."""
        letter = self.letters.letter(to.place, to.lang)
        at = int(self.ledger.now().timestamp())
        return make_post(letter, self.issue.release, to, self._ids(to).delivery, at, key)

    def _ids(self, to: Subscriber) -> Ids:
        key = self.ledger.subscription(to)
        return Ids(self.ledger.delivery_id(self.issue.release.release_id, key), key)

    def _read_secrets(self) -> None:
        due = [one.to for one in self.standings() if one.is_due]
        for to in due:
            if to.channel == "webhook":
                where = f"Subscriber '{to.id}'"
                self._keys[to.id] = signing_key(self.secrets(to.secret, where), where)
        server = self.office.server
        if server and server.password and any(to.channel == "mail" for to in due):
            self._password = self.secrets(server.password, "password in [mail]")

    def _mail_round(self, due: Sequence[Standing]) -> None:
        if self.office.server is None or self.office.sender is None:
            raise GrapevineError("There is no part [mail]. Add it, then deliver again.")
        self.problems.pop("mail", None)
        postman = Postman(self.office.server, self._password, self.office.sender.domain)
        try:
            for one in due:
                self._hand_over(postman, one)
        except ChannelDownError as error:
            self.problems["mail"], self._is_given_up = str(error), error.is_final
        finally:
            postman.close()

    def _hand_over(self, postman: Postman, one: Standing) -> None:
        handed = Outcome("in doubt", "stopped while it was handed over")
        self._note(one, postman.hand_over(self.mail(one.to), lambda: self._note(one, handed)))

    def _post_round(self, due: Sequence[Standing]) -> None:
        trust = ssl.create_default_context()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for some in _in_parts(due, 8 * AT_ONCE):
                posted = {
                    pool.submit(send, self.post(one.to, self._keys[one.to.id]), trust): one
                    for one in some
                }
                for done in as_completed(posted):
                    self._note(posted[done], done.result())

    def _note(self, one: Standing, outcome: Outcome) -> None:
        release_id = self.issue.release.release_id
        self.ledger.note(release_id, one.to, outcome, one.tries_n + 1)


def _in_parts(due: Sequence[Standing], size: int) -> Iterator[list[Standing]]:
    left = iter(due)
    while some := list(islice(left, size)):
        yield some
