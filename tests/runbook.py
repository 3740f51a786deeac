"""Read the commands of `flows/RUNBOOK.md`, and run them as a reader would, in a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "flows/RUNBOOK.md"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of commands, and the headings it stands under, the nearest last."""

    headings: tuple[str, ...]
    text: str

    @property
    def needs(self) -> str:
        """What it wants from outside this machine; nothing for a block that runs here."""
        match = re.match(r"# needs (.+)", self.text)
        return match[1] if match else ""

    @property
    def commands(self) -> list[str]:
        """Its lines, less those that are for people."""
        return [line for line in self.text.splitlines() if line and not line.startswith("#")]


def blocks(kind: str = "sh") -> list[Block]:
    """Every fenced block of one kind, in the order of the page."""
    found, headings = list[Block](), list[str]()
    parts = re.split(
        rf"^(##+ [^\n]+|[ ]*```{kind}\n.*?^[ ]*```)$", PAGE.read_text(), flags=re.M | re.S
    )
    for part in parts:
        if part.startswith("## "):
            headings = [part[3:]]
        elif part.startswith("### "):
            headings = [headings[0], part[4:]]
        elif f"```{kind}\n" in part:
            text = textwrap.dedent("\n".join(part.splitlines()[1:-1]))
            found.append(Block(tuple(headings), text))
    return found


def shell(folder: Path, home: Path, **settings: str) -> dict[str, str]:
    """The environment of a reader in a small country: the command on the path, no settings
    but these."""
    program = folder / "bin" / "grapevine"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from flows.cli import main\nif __name__ == '__main__':\n"
        "    if sys.argv[1] in ('run', 'backfill'):\n"
        "        from tests import small_country\n        small_country.settle()\n"
        "    main()\n"
    )
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    return kept | settings | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "GRAPEVINE_HOME": str(home),
        "PREFECT_HOME": str(folder / "prefect"),
    }  # fmt: skip


def run(text: str, folder: Path, env: dict[str, str]) -> str:
    """Run a block in a shell that stops at the first failure; what it said."""
    done = subprocess.run(
        ["sh", "-e", "-c", text], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout
