"""Set a sheet as a tagged PDF by Typst, in PDF/UA-1 mode, so that it can be read aloud.

In that mode Typst refuses what is not accessible as far as a program can tell: a document
without a title or a language, headings out of order, a drawing without words, a letter without
a glyph. Only the fonts beside this file are used, and the only date is the sheet's, so that
the same sheet gives the same bytes on every machine. Nothing is fetched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import typst

from dashboards.pdf.letters import legible
from dashboards.pdf.parts import Part

LAYOUT = Path(__file__).with_name("brief.typ")
FONTS = Path(__file__).with_name("fonts")
STANDARD: typst.PDFStandard = "ua-1"


@dataclass(slots=True)
class Typesetter:
    """A Typst compiler that lays out once what one sheet has in common with the next.

    Not for two threads at once.
    """

    _layout: str = field(init=False)
    _compiler: typst.Compiler = field(init=False)

    def __post_init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
        )
        self._layout = LAYOUT.read_text(encoding="utf-8")
        self._compiler = typst.Compiler(root=FONTS, font_paths=fonts)

    def pdf(self, sheet: str) -> bytes:
        """The PDF of a sheet as `written` gives it."""
        source = f"#let sheet = json(bytes({quoted(sheet)}))\n{self._layout}"
        made = self._compiler.compile(
            source.encode(), format="pdf", pdf_standards=STANDARD, timestamp=0
        )
        if not isinstance(made, bytes):
            raise TypeError("Typst gives one file for a PDF")
        return made


def written(sheet: Part) -> str:
    """A sheet as JSON text, in ASCII, every word of it fit to be set."""
    return json.dumps(legible(sheet))


def quoted(ascii_text: str) -> str:
    """A Typst string that holds just this text: two characters would end or bend it.

    A string in the source, for `sys.inputs` is part of what Typst knows every piece by: with
    it nothing would be laid out only once.
    """
    escaped = ascii_text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
