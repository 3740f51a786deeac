"""Ask R's own `surveillance` about every simulated series: `make check-farrington`.

Needs R with the package (Debian: r-cran-surveillance). R's answers must be the golden ones of
`tests/golden`, which the ordinary tests hold our version to; `--write` puts new ones there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.alarm_series import GOLDEN, answers, asked, differences, write_questions

NAMES = ("farrington.csv", "ears.csv")


def main() -> None:
    """Run R, compare, and say so; exit 1 when R or we differ from the golden answers."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        sys.exit(
            "R was not found. Install R with its package surveillance 1.20.3 "
            "(Debian: apt-get install r-cran-surveillance), then run again."
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        questions = write_questions(folder)
        script = Path(__file__).with_name("farrington.R")
        given = [str(path) for path in (script, *questions, *(folder / n for n in NAMES))]
        subprocess.run([rscript, *given], check=True)
        changed = [n for n in NAMES if is_changed(n, folder)]
        worst = differences(answers("farrington.csv", folder))
        say(folder, worst, changed)
        if "--write" in sys.argv:
            for n in NAMES:
                shutil.copy(folder / n, GOLDEN / n)
    if (changed and "--write" not in sys.argv) or max(worst.values()) > 1e-6:
        sys.exit("R's answers and ours, or the golden ones, differ.")


def is_changed(name: str, folder: Path) -> bool:
    """Whether R's answers are not the golden ones, to nine digits."""
    if not (GOLDEN / name).exists():
        return True
    pairs = zip(answers(name, folder), answers(name), strict=True)
    return any(rounded(new) != rounded(old) for new, old in pairs)


def rounded(row: dict[str, str]) -> dict[str, str]:
    """Numbers to nine digits: the last ones differ from machine to machine."""
    return {name: f"{float(text):.9g}" if "." in text else text for name, text in row.items()}


def say(folder: Path, worst: dict[str, float], changed: list[str]) -> None:
    """Print what was compared and how far apart it is."""
    with (folder / NAMES[0]).open() as file:
        versions = [file.readline().strip("# \n") for _ in range(2)]
    print(f"{'; '.join(versions)}: {len(asked())} answers")  # noqa: T201
    for name, most in worst.items():
        print(f"  {name}: largest difference {most:.1e}")  # noqa: T201
    print(f"  golden answers changed: {', '.join(changed) or 'none'}")  # noqa: T201


if __name__ == "__main__":
    main()
