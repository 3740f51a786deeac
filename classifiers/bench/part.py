"""Run one part of the benchmark: `python -m classifiers.bench.part MODULE ASKED ANSWER`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import msgspec

from classifiers.bench.parts import path


def main() -> None:
    """Read what is asked, and write the answer of the module's function `answer`."""
    module, question, answer = sys.argv[1:]
    answered_by = import_module(f"classifiers.bench.{module}").answer
    wanted = get_type_hints(answered_by)["asked"]
    asked = msgspec.json.decode(Path(question).read_bytes(), type=wanted, dec_hook=path)
    Path(answer).write_bytes(msgspec.json.encode(answered_by(asked)))


if __name__ == "__main__":
    main()
