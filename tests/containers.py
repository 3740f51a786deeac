"""Read the container files: what an image is made by, what goes into it, what is run of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pathspec import PathSpec

ROOT = Path(__file__).parents[1]
DOCKERFILE, COMPOSE, IGNORED = (
    ROOT / name for name in ("Dockerfile", "compose.yaml", ".dockerignore")
)
KNOWN = {
    *("FROM", "WORKDIR", "ENV", "COPY", "RUN", "VOLUME", "USER", "EXPOSE", "HEALTHCHECK"),
    "CMD",
}


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile, its lines joined."""

    name: str
    said: str

    @property
    def words(self):
        """What a CMD or HEALTHCHECK runs, or the words of any other instruction."""
        form = self.said.partition("[")
        return json.loads(f"[{form[2]}") if form[1] else self.said.split()


def steps(text):
    """Every instruction, in order. Raise `ValueError` for one that is not known here."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(str.strip, joined.splitlines()):
        name, _, said = line.partition(" ")
        if name not in KNOWN:
            raise ValueError(f"The Dockerfile has {name}, which is not known here.")
        yield Step(name, said.strip())


def stages(text):
    """The instructions of each stage."""
    found = []
    for step in steps(text):
        found += [[]] if step.name == "FROM" else []
        found[-1].append(step)
    return found


def environment(stage):
    """What the ENV instructions of a stage set."""
    said = " ".join(step.said for step in stage if step.name == "ENV")
    return dict(word.split("=", 1) for word in said.split())


def context():
    """Files of the clone that an engine is given, by .dockerignore; relative, sorted."""
    lines = IGNORED.read_text().splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    # A name holds from the root, unless a star says otherwise; a later line wins.
    rooted = [re.sub(r"^(!?)(?!\*)", r"\1/", line) for line in said]
    left_out = PathSpec.from_lines("gitignore", rooted)
    names = (file.relative_to(ROOT) for file in ROOT.rglob("*") if file.is_file())
    return sorted(name for name in names if not left_out.match_file(name.as_posix()))


def services():
    """The services of compose.yaml, anchors resolved."""
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
