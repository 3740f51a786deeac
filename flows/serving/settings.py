"""Read where the site is served and who may see it; refuse what would leave it open.

On an address that others can reach, a password is demanded, or a proxy of yours that has asked
for one and names the reader in a header. There is no password unless somebody sets one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from flows.secret_reference import secret_of
from flows.sources.collected import SettingsError

Network = IPv4Network | IPv6Network

HOST, PORT = "127.0.0.1", 8000
LEAST_SIGNS = 12
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_NOT_A_USER = {"authorization", "connection", "cookie", "host", "x-forwarded-for"}
"""Headers that anybody's browser sends, and that name no reader."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the site is served, and to whom.

    host, port    the address to listen on; port 0 takes a free one
    password      what readers must say; empty for none
    proxy_header  the header in which a proxy names the reader; empty for none
    proxies       the networks that this proxy asks from
    hosts         names that readers may ask for besides this machine's; none: any
    certificate, key  PEM files for https, or None
    """

    host: str = HOST
    port: int = PORT
    password: str = field(default="", repr=False)
    proxy_header: str = ""
    proxies: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        """Raise `SettingsError` for a server that would stand open, or cannot stand at all."""
        for wrong in (
            _address(self),
            _password(self),
            _proxy(self),
            _hosts(self),
            _files(self),
        ):
            if wrong:
                raise SettingsError(wrong)

    @property
    def is_own(self) -> bool:
        """Whether only this machine can reach it."""
        return ip_address(self.host).is_loopback

    @classmethod
    def from_env(
        cls, host: str | None, port: int | None, env: Mapping[str, str] = os.environ
    ) -> Served:
        """What the environment says; `host` and `port` win. Raise `SettingsError`."""
        said = host or env.get("GRAPEVINE_SERVE_HOST", "").strip() or HOST
        certificate, key = (
            env.get(f"GRAPEVINE_SERVE_{name}", "").strip() for name in ("CERTIFICATE", "KEY")
        )
        return cls(
            host=HOST if said == "localhost" else said,
            port=_port(env) if port is None else port,
            password=secret_of("GRAPEVINE_SERVE_PASSWORD", "GRAPEVINE_SERVE_SECRET_BLOCK", env),
            proxy_header=env.get("GRAPEVINE_SERVE_PROXY_HEADER", "").strip().lower(),
            proxies=tuple(map(_network, _listed(env, "GRAPEVINE_SERVE_PROXIES"))),
            hosts=frozenset(one.lower() for one in _listed(env, "GRAPEVINE_SERVE_HOSTS")),
            certificate=Path(certificate) if certificate else None,
            key=Path(key) if key else None,
        )


def _address(said: Served) -> str:
    try:
        ip_address(said.host)
    except ValueError:
        return (
            "--host or GRAPEVINE_SERVE_HOST is no address. Write one of this machine, as "
            "127.0.0.1, or 0.0.0.0 for all of them."
        )
    if said.is_own or said.password or said.proxy_header:
        return ""
    return (
        f"{said.host} can be reached by others, so a password is needed: set password under "
        "[serve] in grapevine.toml, or proxy_header and proxies when a proxy of yours asks "
        "for one. Or serve on 127.0.0.1."
    )


def _password(said: Served) -> str:
    if said.password and not (
        len(said.password) >= LEAST_SIGNS and said.password.isprintable()
    ):
        return (
            f"The password of [serve] must have {LEAST_SIGNS} signs or more, on one line. "
            "Make one with `openssl rand -base64 18`."
        )
    if said.password and said.proxy_header:
        return "[serve] has a password and a proxy_header: who then asks for it? Take one out."
    return ""


def _proxy(said: Served) -> str:
    if bool(said.proxy_header) != bool(said.proxies):
        return (
            "proxy_header and proxies of [serve] belong together: the header counts only when "
            "it comes from these addresses. Set both, or neither."
        )
    if any(network.prefixlen == 0 for network in said.proxies):
        return (
            "proxies of [serve] names every address there is, so anybody could say who they "
            "are. Name your proxy's own."
        )
    is_fit = _HEADER.fullmatch(said.proxy_header) and said.proxy_header not in _NOT_A_USER
    if said.proxy_header and not is_fit:
        return "proxy_header of [serve] is no header that names a reader, as X-Remote-User."
    return ""


def _hosts(said: Served) -> str:
    if all(_NAME.fullmatch(name) for name in said.hosts):
        return ""
    return "hosts of [serve] are names alone, as briefs.health.example: no port, no https://."


def _files(said: Served) -> str:
    if bool(said.certificate) != bool(said.key):
        return "certificate and key of [serve] belong together. Set both, or neither."
    return ""


def _network(written: str) -> Network:
    try:
        return ip_network(written)
    except ValueError:
        raise SettingsError(
            "proxies of [serve] has something that is no address or network. Write them as "
            "10.0.0.7 or 10.0.0.0/24."
        ) from None


def _port(env: Mapping[str, str]) -> int:
    written = env.get("GRAPEVINE_SERVE_PORT", "").strip() or str(PORT)
    if not (written.isascii() and written.isdigit() and int(written) <= 65535):
        raise SettingsError("GRAPEVINE_SERVE_PORT must be a number from 0 to 65535.")
    return int(written)


def _listed(env: Mapping[str, str], name: str) -> list[str]:
    return [one.strip() for one in env.get(name, "").split(",") if one.strip()]
