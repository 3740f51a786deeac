"""Get a clinic's report from where `GRAPEVINE_CLINIC` says: a file, or an address.

An address is `https`, or `http` on this machine. It is asked once, its answer is capped in
size and time, and a redirect is refused: the setting names the file itself. The address may
hold a password or a token, so no message, log or file ever shows it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from flows.sources.collected import SettingsError
from flows.sources.listed import seconds
from flows.sources.reading import shown
from warehouse.errors import InputError
from warehouse.network import ended_after, is_loopback

VARIABLE = "GRAPEVINE_CLINIC"
MAX_BYTES = 5 * 1024 * 1024
"""Of a whole report: some 100,000 rows."""

WHERE = f"The address in {VARIABLE}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the report is.

    address  a path, or an https or loopback URL; never shown
    seconds  an answer that takes longer is given up
    """

    address: str = field(repr=False)
    seconds: float = 20.0

    @classmethod
    def from_env(cls) -> Settings:
        """What `GRAPEVINE_CLINIC` says; `SettingsError` when that is nothing we can read."""
        address = os.environ.get(VARIABLE, "").strip()
        if not address:
            raise SettingsError(
                f"{VARIABLE} is not set. Set it to the path or https address of the report."
            )
        settings = cls(address, seconds("GRAPEVINE_CLINIC_TIMEOUT_S", 20, 60))
        if settings.is_url:
            _check(settings.url)
        return settings

    @property
    def is_url(self) -> bool:
        """Whether it is an address to be asked rather than a file."""
        return "://" in self.address

    @property
    def url(self) -> httpx.URL:
        """The address, taken apart."""
        try:
            return httpx.URL(self.address)
        except (httpx.InvalidURL, ValueError):  # either may quote it
            raise SettingsError(f"{WHERE} is no address. Copy it again, whole.") from None

    @property
    def name(self) -> str:
        """What people are shown; of an address without its `https://`, no password either."""
        if self.is_url:
            return "clinics' report"
        return shown(Path(self.address.partition("?")[0].rpartition("@")[2]).name)

    @property
    def identity(self) -> str:
        """What makes two readings those of one file: its name, or its place on the web."""
        return f"{self.url.host}{self.url.path}" if self.is_url else Path(self.address).name


def _check(url: httpx.URL) -> None:
    if not url.host or url.scheme not in ("https", "http"):
        raise SettingsError(f"{WHERE} must begin with https:// and name a machine.")
    if url.scheme == "http" and not is_loopback(url.host):
        raise SettingsError(
            f"{WHERE} is not encrypted. Use https://; http:// is for this machine only."
        )


@contextmanager
def opened(settings: Settings) -> Iterator[Path]:
    """The report as a file on this machine while it is read. Raises `InputError`."""
    if not settings.is_url:
        yield _checked(Path(settings.address), settings.name)
        return
    _check(settings.url)
    content = _downloaded(settings)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clinics.csv"
        path.write_bytes(content)
        yield path


def _checked(path: Path, name: str) -> Path:
    if not path.is_file():
        raise InputError(f"{name} is no file. Check the path in {VARIABLE}.")
    if path.stat().st_size > MAX_BYTES:
        raise _too_large(name)
    return path


def _too_large(what: str) -> InputError:
    return InputError(
        f"{what} is over {MAX_BYTES // 1024**2} MB; no clinic's report is. Check {VARIABLE}."
    )


def _downloaded(settings: Settings) -> bytes:
    """What the address answers, whole; half an answer is none."""
    until = time.monotonic() + settings.seconds
    try:
        with (
            httpx.Client(
                timeout=settings.seconds, trust_env=not is_loopback(settings.url.host)
            ) as client,
            ended_after(settings.seconds, client.close),
            client.stream(
                "GET", settings.url, headers={"Accept-Encoding": "identity"}
            ) as reply,
        ):
            _refuse(reply)
            return _within_caps(reply, until)
    except httpx.TimeoutException as error:
        raise _too_slow(settings.seconds) from error
    except (httpx.HTTPError, ValueError) as error:  # the second: a redirect to no address
        if time.monotonic() >= until:
            raise _too_slow(settings.seconds) from error
        why = type(error).__name__
        raise InputError(f"{WHERE} gave no whole answer ({why}). Try again later.") from error


def _refuse(reply: httpx.Response) -> None:
    """Raise for an answer that is no file: it could be anything, cut anywhere."""
    if reply.is_redirect:
        raise InputError(f"{WHERE} leads to another one. Put the one it leads to there.")
    if reply.status_code in (401, 403):
        raise InputError(f"{WHERE} does not let us in. Check its password or token.")
    if reply.status_code != 200:
        wait = reply.headers.get("retry-after", "")
        later = f"in {wait} seconds" if re.fullmatch("[0-9]{1,5}", wait) else "later"
        raise InputError(f"{WHERE} answers {reply.status_code}. Try again {later}.")
    sized = {"content-length", "transfer-encoding"} & reply.headers.keys()
    if not sized or reply.headers.get("content-encoding", "identity") != "identity":
        raise InputError(
            f"{WHERE} does not say how long the file is. Serve it as a plain file."
        )


def _within_caps(reply: httpx.Response, until: float) -> bytes:
    content = bytearray()
    for piece in reply.iter_raw():
        content += piece
        if len(content) > MAX_BYTES:
            raise _too_large("What the address answers")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("slow to the end")
    return bytes(content)


def _too_slow(seconds: float) -> InputError:
    return InputError(f"{WHERE} took over {seconds:g} seconds. Try again later.")
