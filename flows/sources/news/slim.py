"""Cut a feed down to what we take of it, before anything else reads it.

Kept are each entry's id, link, dates, title and summary. The article that many feeds carry
along is dropped unread, and so is everything made to keep a reader busy: on the 5 MB that we
accept, feedparser alone can work for minutes. A feed that is not well-formed is not guessed
at, with two exceptions that are common and safe to mend: control signs, and HTML's names for
signs (`&nbsp;`) that XML does not know.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from flows.sources.markup import BLOCKS

MAX_ENTRIES = 1_000
MAX_DEPTH = 100
MAX_FIELD = 20_000
"""Characters of one field that are read."""

MAX_FIELDS = 50
"""Fields of one entry that are read; none has need of more than ten."""

MAX_SPACE = 500
"""Characters of a namespace: each element below repeats it."""

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    _ATOM: "",
    "http://purl.org/atom/ns#": "",
    _DC: "dc:",
}
_KEPT = {
    *("title", "description", "summary", "guid", "id", "link"),
    *("pubDate", "published", "updated", "issued", "modified", "created", "dc:date"),
}
_ROOTS = {"rss", "feed", "RDF"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}
_DECLARED = re.compile(
    r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"'][^>]*\?>"
)
_CODECS = re.compile(r"(?:ascii|utf-8|utf-16(?:-[lb]e)?|iso8859-\d+|cp125\d|mac-roman)")


class MalformedError(Exception):
    """A feed that cannot be read; plain words, with the line, without its text."""


def slim(body: bytes, charset: str | None) -> bytes:
    """The feed cut down, as UTF-8. Raises `MalformedError`.

    `charset` is what the answer's header says; what the feed says of itself goes before it.
    """
    text = _mended(_decoded(body, charset))
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        why = expat.errors.messages.get(error.code) and expat.ErrorString(error.code)
        raise MalformedError(f"line {error.lineno}: {why}") from None
    return reader.result()


def _decoded(body: bytes, charset: str | None) -> str:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return _decode(body.removeprefix(mark), codec)
    declared = _DECLARED.match(body[:500].decode("latin-1"))
    return _decode(body, declared[1] if declared else charset or "utf-8")


def _decode(body: bytes, name: str) -> str:
    try:
        codec = codecs.lookup(name).name
        if not _CODECS.fullmatch(codec):
            raise MalformedError("an encoding that we do not read")
        # What calls itself ASCII or Latin-1 is Windows-1252 or UTF-8 on the web.
        if codec == "ascii":
            codec = "utf-8"
        return body.decode("cp1252" if codec == "iso8859-1" else codec)
    except (LookupError, UnicodeError):
        raise MalformedError("not in the encoding that it names") from None


def _mended(text: str) -> str:
    """Without its XML declaration, whose encoding is no longer true, and with known names."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text[:600]).lstrip() + text[600:]
    return _NAMED.sub(_number, _CONTROLS.sub("", text))


def _number(name: re.Match[str]) -> str:
    signs = None if name[1] in _XML_NAMES else html.entities.html5.get(f"{name[1]};")
    return "".join(f"&#{ord(sign)};" for sign in signs) if signs else name[0]


class _Reader:
    """Takes what expat meets, and keeps the fields of the entries."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.AttlistDeclHandler = self._attributes
        self.parser.StartNamespaceDeclHandler = self._space
        self._pieces: list[str] = []
        self._entry_n = 0
        self._depth = 0
        self._entry_depth = 0
        self._fields_n = 0
        self._field: _Field | None = None
        self._is_atom = False

    def result(self) -> bytes:
        """The feed cut down."""
        body = "".join(self._pieces)
        if self._is_atom:
            return f'<feed xmlns="{_ATOM}">{body}</feed>'.encode()
        return f'<rss version="2.0" xmlns:dc="{_DC}"><channel>{body}</channel></rss>'.encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise MalformedError(f"line {self.parser.CurrentLineNumber}: nested too deep")
        space, _, local = name.rpartition(" ")
        if self._depth == 1:
            self._root(local)
        elif self._field is not None:
            self._field.inner(local)
        elif self._entry_depth:
            self._start_field(_SPACES.get(space, "?:") + local, attributes)
        elif local in ("item", "entry") and space in _SPACES:
            self._start_entry(attributes)

    def _root(self, local: str) -> None:
        if local not in _ROOTS:
            raise MalformedError("no feed: neither RSS nor Atom")
        self._is_atom = local == "feed"

    def _start_entry(self, attributes: dict[str, str]) -> None:
        self._entry_n += 1
        if self._entry_n > MAX_ENTRIES:
            raise MalformedError(f"over {MAX_ENTRIES:,} entries")
        self._entry_depth, self._fields_n = self._depth, 0
        self._pieces.append("<entry>" if self._is_atom else "<item>")
        if about := attributes.get(f"{_RDF} about"):
            self._pieces.append(f"<guid>{escape(about[:MAX_FIELD])}</guid>")

    def _start_field(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth != self._entry_depth + 1 or name not in _KEPT:
            return
        self._fields_n += 1
        if self._fields_n > MAX_FIELDS:
            return
        if name == "link" and self._is_atom:
            href = attributes.get("href", "")[:MAX_FIELD]
            if attributes.get("rel", "alternate") == "alternate":
                self._pieces.append(f"<link rel='alternate' href={quoteattr(href)}/>")
            return
        is_plain = attributes.get("type") in ("text", "xhtml", "text/plain") or (
            self._is_atom and "type" not in attributes
        )
        self._field = _Field(name, self._depth, is_plain)

    def _text(self, text: str) -> None:
        if self._field is not None:
            self._field.add(text)

    def _end(self, _name: str) -> None:
        if self._field is not None and self._field.depth == self._depth:
            self._pieces.append(self._field.written())
            self._field = None
        if self._depth == self._entry_depth:
            self._entry_depth = 0
            self._pieces.append("</entry>" if self._is_atom else "</item>")
        self._depth -= 1

    def _entity(self, *_declared: object) -> None:
        raise MalformedError(
            f"line {self.parser.CurrentLineNumber}: declares entities of its own"
        )

    def _attributes(self, *_declared: object) -> None:
        # What an attribute holds by default is handed out anew with every element.
        raise MalformedError(
            f"line {self.parser.CurrentLineNumber}: declares attributes of its own"
        )

    def _space(self, _prefix: str | None, space: str | None) -> None:
        if len(space or "") > MAX_SPACE:
            raise MalformedError(
                f"line {self.parser.CurrentLineNumber}: names a namespace too long"
            )


class _Field:
    """One kept element while it is read; written as HTML, in one piece."""

    def __init__(self, name: str, depth: int, is_plain: bool) -> None:
        self.name = name
        self.depth = depth
        self._is_plain = is_plain
        self._pieces: list[str] = []
        self._left_n = MAX_FIELD

    def inner(self, local: str) -> None:
        """An element inside: of XHTML only the text is kept."""
        if local in BLOCKS:
            self._pieces.append(" ")

    def add(self, text: str) -> None:
        """Text of the element, up to what is read of one."""
        self._pieces.append(text[: self._left_n])
        self._left_n -= len(self._pieces[-1])

    def written(self) -> str:
        """The element again, with HTML inside whatever it was before."""
        text = " ".join("".join(self._pieces).split())
        text = escape(text) if self._is_plain and self.name in ("title", "summary") else text
        kind = ' type="html"' if self.name in ("title", "summary") else ""
        return f"<{self.name}{kind}>{escape(text)}</{self.name}>"
