"""A part of a document that a command writes: what stands between two marks."""

from pathlib import Path


def insert(file: Path, mark: str, text: str) -> None:
    """Put the text between `<!-- mark -->` and its end. Raise `ValueError` where none is."""
    before, _, after = _parted(file, mark)
    file.write_text(f"{before}{text.strip()}\n{after}", encoding="utf-8")


def held(file: Path, mark: str) -> str:
    """The text between the marks. Raise `ValueError` where none is."""
    return _parted(file, mark)[1].strip()


def _parted(file: Path, mark: str) -> tuple[str, str, str]:
    """What comes before the text, with its mark; the text; what comes after, with its own."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    before, begun, rest = file.read_text(encoding="utf-8").partition(begin)
    text, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"{file} has no {begin.strip()} … {end}")
    return before + begun, text, ended + after
