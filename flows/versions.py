"""Say by which code, taxonomy, model and tables a run's numbers were made."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

from classifiers import copies
from classifiers.evaluation.error_rates import FILE as ERROR_RATES
from classifiers.place import load_locator
from classifiers.tagger import load_tagger
from classifiers.taxonomy import load_taxonomy
from warehouse.reference import FOLDER, reference_version

ROOT = Path(__file__).parents[1]
PACKAGES = ("flows", "dashboards", "classifiers", "warehouse")
WRITERS = ("duckdb", "jinja2", "markupsafe", "pyarrow", "zipcodes")
KINDS = {".py", ".sql", ".j2", ".css", ".js", ".toml"}


@functools.cache
def versions() -> dict[str, str]:
    """The version of each thing that can change a number, by its name in a release."""
    return {
        "code": f"{version('grapevine')}+{code_fingerprint()}",
        "taxonomy": load_taxonomy().version,
        "model": made_by(),
        "reference": reference_version(),
        "libraries": libraries(),
    }


@functools.cache
def libraries() -> str:
    """What writes the pages and files besides our own code: packages, and the shapes drawn.

    They change no number, so they make no new release; but they can change a file's bytes.
    """
    digest = hashlib.sha256()
    for file in sorted((FOLDER / "shapes").glob("*.json")):
        digest.update(file.name.encode() + file.read_bytes())
    named = [f"{package} {version(package)}" for package in WRITERS]
    return ", ".join([*named, f"shapes {digest.hexdigest()[:8]}"])


@functools.cache
def made_by() -> str:
    """Tagger, locator, claims and copies together: what a row of tags was made by.

    A claim added changes it, so that the next run matches the posts of the lake with it.
    """
    claims = load_taxonomy().catalogue.version
    return f"{load_tagger().name} {load_locator().version} {claims} {copies.VERSION}"


@functools.cache
def code_fingerprint() -> str:
    """8 hexadecimal digits that change when any line of the program does.

    Worked out once: a process goes on running the code that it loaded.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in KINDS or file == ERROR_RATES:
                digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:8]
