"""Turn the HTML that networks and feeds hand out into the text that people saw.

It reads what was written, well-formed or not, in time that grows with its length only, and
never fetches anything. What shows nothing is dropped: scripts, styles, comments, and the
repeated link in front of a quoted post.
"""

from __future__ import annotations

import html
import re

MAX_MARKUP = 200_000
"""Characters of HTML that are read; a post's text is cut at a fifth of that."""

_TAG = re.compile(
    r"""<(?:!--|[!?][^<>]*>|(?P<close>/?)(?P<name>[a-z][a-z0-9:-]*)"""
    r"""(?P<rest>(?>[^<>"']+|"[^"<]*"|'[^'<]*'|["'])*+)>)""",
    re.I,
)
_HIDDEN = {"script", "style", "template", "noscript", "iframe", "svg", "math"}
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
    }
)
"""Elements that stand apart from the text before them."""

_QUOTED_LINK = re.compile(r"""\bclass\s*=\s*["'][^"']*\bquote-inline\b""", re.I)


def html_text(markup: str) -> str:
    """The text of a piece of HTML in one line; a sign that opens no tag stays as it is."""
    markup, pieces, at = markup[:MAX_MARKUP], list[str](), 0
    while tag := _TAG.search(markup, at):
        pieces.append(markup[at : tag.start()])
        at = _behind(markup, tag)
        if (tag["name"] or "").lower() in BLOCKS:
            pieces.append(" ")
    pieces.append(markup[at:])
    text = " ".join(html.unescape("".join(pieces)).split())
    # JSON can hold half a surrogate pair, which no file takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _behind(markup: str, tag: re.Match[str]) -> int:
    """Where reading goes on: behind the tag, or behind all that it hides."""
    if tag[0] == "<!--":
        end = markup.find("-->", tag.end())
        return end + 3 if end >= 0 else len(markup)
    if not tag["name"] or tag["close"] or not _hides(tag):
        return tag.end()
    closing = re.compile(rf"</{re.escape(tag['name'])}\s*>", re.I).search(markup, tag.end())
    return closing.end() if closing else len(markup)


def _hides(tag: re.Match[str]) -> bool:
    is_empty = tag["rest"].endswith("/")
    hidden = tag["name"].lower() in _HIDDEN or _QUOTED_LINK.search(tag["rest"]) is not None
    return hidden and not is_empty
