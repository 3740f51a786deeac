"""Add a claim to `claims.toml`: check it, number it, write it; leave all else as it stands.

The file is people's handwriting, so it is not written anew from what was read: the claim's
lines go in after the last claim of its theme, and every other byte stays. What the file then
says is compared with what it should say before it replaces the old one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from classifiers.claims.catalogue import (
    ATTITUDE_ROOTS,
    AttitudeRoot,
    Catalogue,
    Claim,
    HarmClass,
    read_catalogue,
    read_claim,
)
from classifiers.claims.likeness import too_alike
from classifiers.entries import Entry
from classifiers.taxonomy import TAXONOMY, Theme, find_theme, read_themes
from warehouse.errors import GrapevineError
from warehouse.files import replace_file


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says of a claim that is to be added.

    attitude_root  None: the commonest among the theme's claims
    harm_class     None: the theme's
    """

    theme_id: str
    text_en: str
    text_es: str
    attitude_root: AttitudeRoot | None = None
    harm_class: HarmClass | None = None


def add_claim(draft: Draft, today: date, path: Path, taxonomy: Path = TAXONOMY) -> Claim:
    """Write the claim into the catalogue at `path` and return it as it stands there.

    Raises `GrapevineError` when the draft or the catalogue is broken, when the claim is there
    already, and when the file cannot be written; the file is then as it was.
    """
    themes = read_themes(taxonomy)
    theme = find_theme(themes, draft.theme_id)
    with _alone_with(path):
        catalogue = read_catalogue(path, {one.id: one.harm_class for one in themes.values()})
        values = _values(draft, theme, catalogue, today)
        claim = read_claim(
            theme.id, Entry(f"the new claim of '{theme.id}'", values), theme.harm_class
        )
        _refuse_known(claim, catalogue)
        before = path.read_bytes().decode("utf-8")
        after = _with_block(before, theme.id, values)
        _check(before, after, theme.id, values)
        _write(path, after.encode("utf-8"))
    return claim


def _values(draft: Draft, theme: Theme, catalogue: Catalogue, today: date) -> dict[str, Any]:
    if theme.retired:
        raise GrapevineError(
            f"The theme '{theme.id}' was retired on {theme.retired} and is not followed any "
            "more. Choose another theme."
        )
    number = max((claim.number for claim in catalogue.of(theme.id)), default=0) + 1
    return {
        "id": f"{theme.id}-{number}",
        "en": " ".join(draft.text_en.split()),
        "es": " ".join(draft.text_es.split()),
        "attitude_root": draft.attitude_root or _commonest_root(theme.id, catalogue),
        "harm_class": draft.harm_class or theme.harm_class,
        "added": today,
    }


def _commonest_root(theme_id: str, catalogue: Catalogue) -> AttitudeRoot:
    roots = Counter(claim.attitude_root for claim in catalogue.live(theme_id))
    if not roots:
        raise GrapevineError(
            f"The theme '{theme_id}' has no claims to take the attitude root from. Name one "
            f"with --root: {', '.join(ATTITUDE_ROOTS)}."
        )
    return roots.most_common(1)[0][0]


def _refuse_known(claim: Claim, catalogue: Catalogue) -> None:
    known = too_alike(catalogue.claims, claim.text_en, claim.text_es)
    if known and known.retired:
        raise GrapevineError(
            f"'{claim.text_en}' is too much like {known.id}, '{known.text_en}', which was "
            f"retired on {known.retired}. To follow that one again, delete its 'retired' line."
        )
    if known:
        raise GrapevineError(
            f"'{claim.text_en}' is too much like {known.id}, '{known.text_en}' / "
            f"'{known.text_es}'. If it says something else, word it differently."
        )


def _with_block(text: str, theme_id: str, values: Mapping[str, Any]) -> str:
    """`text` with the claim's lines after the last claim of its theme, else at the end."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = re.findall(r".*\n|.+", text)
    place = _after_last(lines, theme_id)
    before, after = "".join(lines[:place]), "".join(lines[place:])
    gap = end if before.endswith("\n") else end * 2
    block = [f"[[claims.{theme_id}]]", *(f"{key} = {_toml(values[key])}" for key in values)]
    return f"{before}{gap}{end.join(block)}{end}{after}"


def _after_last(lines: list[str], theme_id: str) -> int:
    """How many lines end with the theme's last claim: all of them when it has none."""
    place, is_inside = len(lines), False
    for number, line in enumerate(lines, start=1):
        bare = line.strip()
        if bare.startswith("["):
            is_inside = "".join(bare.split()).startswith(f"[[claims.{theme_id}]]")
        if is_inside and bare and not bare.startswith("#"):
            place = number
    return place


def _toml(value: str | date) -> str:
    """A value as TOML writes it: printable text is quoted in TOML as it is in JSON."""
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _check(before: str, after: str, theme_id: str, values: Mapping[str, Any]) -> None:
    wanted = tomllib.loads(before)
    wanted["claims"].setdefault(theme_id, []).append(values)
    try:
        is_right = tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        raise GrapevineError(
            f"The claims of '{theme_id}' do not stand in blocks that begin with "
            f"[[claims.{theme_id}]], so there is no telling where one goes. Add it by hand."
        )


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Hold the file's folder, so that two who add at once do not take the same number."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        raise _not_writable(path, error) from error
    try:
        yield
    finally:
        os.close(folder)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        replace_file(path, content, draft)
        path.chmod(mode)
    except OSError as error:
        raise _not_writable(path, error) from error


def _not_writable(path: Path, error: OSError) -> GrapevineError:
    return GrapevineError(
        f"{path} cannot be written: {error.strerror}. It is part of the installed program: ask "
        "whoever installed it, or install Grapevine in a folder of your own."
    )
