"""Read `delivery.toml`: the mail server, where the site stands, and who gets what.

lists = ["clinics.csv"]              # further subscribers, beside this file

[site]
url = "https://briefs.health.example/"

[mail]
server      = "smtp.health.example"
port        = 587
security    = "starttls"             # or "tls"; "none" for a server on this machine
user        = "briefs"
password    = "env:BRIEFS_PASSWORD"  # or "prefect-secret:NAME"
name        = "County briefs"
from        = "briefs@health.example"
unsubscribe = "https://health.example/leave"

[subscribers.niobrara-clinic]
county = "56027"
email  = "office@clinic.example"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from classifiers.entries import Entry, read_entry
from delivery.subscribers import (
    Subscriber,
    check_email,
    is_fit,
    read_csv,
    reference,
    subscriber,
    without_twins,
)
from warehouse.errors import GrapevineError
from warehouse.network import is_loopback

Security = Literal["starttls", "tls", "none"]

PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT_S = 30.0
MOST_TIMEOUT_S = 300.0

_MAIL_KEYS = frozenset(
    (
        *("server", "port", "security", "user", "password", "ca", "timeout_s"),
        *("name", "from", "reply_to", "bounces_to", "unsubscribe"),
    )
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our mail.

    security   `starttls` or `tls`; `none` only on this machine
    user       empty: the server asks for none
    password   where it lies, never the password
    ca         a file of certificates to trust instead of the system's, or None
    timeout_s  seconds the server has for each answer
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from.

    name         what readers see before the address
    bounces_to   where mail that cannot be delivered comes back to
    unsubscribe  an https address that takes one-click requests (RFC 8058), or empty
    """

    name: str
    address: str
    reply_to: str
    bounces_to: str
    unsubscribe: str = ""

    @property
    def domain(self) -> str:
        """The part of the address behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that `delivery.toml` says.

    site  address of the site, ending in a slash, or empty when it is on no web host
    """

    subscribers: tuple[Subscriber, ...]
    site: str = ""
    server: MailServer | None = None
    sender: Sender | None = None


def read_office(path: Path) -> Office:
    """What the file says. Raises `GrapevineError` naming the file, the entry and the slip."""
    if not path.exists():
        raise GrapevineError(f"There is no {path} yet; delivery/README.md has one to copy.")
    whole = read_entry(path)
    whole.allow({"lists", "site", "mail", "subscribers"})
    found = without_twins(_subscribers(whole, path.parent))
    site = _site(whole)
    if "mail" in whole.values:
        mail = whole.table("mail")
        mail.allow(_MAIL_KEYS)
        return Office(found, site, _server(mail, path.parent), _sender(mail))
    if any(one.channel == "mail" for one in found):
        raise whole.refuse("subscribers have e-mail, and the part [mail] is missing. Add it.")
    return Office(found, site)


def _subscribers(whole: Entry, folder: Path) -> Iterator[Subscriber]:
    if "subscribers" in whole.values:
        tables = whole.table("subscribers")
        for name in tables.values:
            yield subscriber(tables.table(name), name)
    if "lists" in whole.values:
        for name in whole.texts("lists"):
            yield from read_csv(folder / name)


def _site(whole: Entry) -> str:
    if "site" not in whole.values:
        return ""
    site = whole.table("site")
    site.allow({"url"})
    return f"{_address(site, 'url').rstrip('/')}/"


def _address(entry: Entry, key: str) -> str:
    url = entry.text(key)
    if not is_fit(url) or any(sign in url for sign in "<>\"'\\?"):
        raise entry.refuse(f"'{key}' is no plain https address. Write https://….")
    return url


def _server(mail: Entry, folder: Path) -> MailServer:
    host = mail.text("server")
    security = _security(mail, host)
    user = mail.text("user") if "user" in mail.values else ""
    if security == "none" and user:
        raise mail.refuse(
            'a password is never sent in the clear. Use security = "starttls", or no user.'
        )
    return MailServer(
        host,
        int(_number(mail, "port", PORTS[security], 65_535)),
        security,
        user,
        reference(mail, "password") if user else "",
        _authority(mail, folder),
        _number(mail, "timeout_s", TIMEOUT_S, MOST_TIMEOUT_S),
    )


def _authority(mail: Entry, folder: Path) -> Path | None:
    if "ca" not in mail.values:
        return None
    file = folder / mail.text("ca")
    if not file.is_file():
        raise mail.refuse("'ca' names no file. Correct its path, seen from this file.")
    return file


def _security(mail: Entry, host: str) -> Security:
    if "security" not in mail.values:
        return "starttls"
    found = cast(Security, mail.choice("security", tuple(PORTS)))
    if found == "none" and not is_loopback(host):
        raise mail.refuse(
            'security = "none" is for a mail server on this machine. Use "starttls" or "tls".'
        )
    return found


def _number(mail: Entry, key: str, usual: float, most: float) -> float:
    value = mail.values.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise mail.refuse(f"'{key}' is no number above 0 and up to {most:,.0f}. Correct it.")
    return float(value)


def _sender(mail: Entry) -> Sender:
    address = check_email(mail, "from")
    return Sender(
        name=mail.text("name") if "name" in mail.values else "Grapevine",
        address=address,
        reply_to=check_email(mail, "reply_to") if "reply_to" in mail.values else address,
        bounces_to=check_email(mail, "bounces_to") if "bounces_to" in mail.values else address,
        unsubscribe=_address(mail, "unsubscribe") if "unsubscribe" in mail.values else "",
    )
