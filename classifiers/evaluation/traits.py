"""Describe a post by what can be computed of it, so that errors are told without quoting it."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

from classifiers.evaluation.gold import Gold
from classifiers.language import detect
from classifiers.linear import cues as linear_cues
from classifiers.normalise import normalise
from classifiers.taxonomy import Theme, load_taxonomy

SHORT, LONG = 8, 60
"""Words under which a post is short, and from which it is long."""

STEM = 5
"""Letters by which words are held to be the same; shorter words are passed over."""

SHARED = 2
"""A word of more themes than this belongs to none of them."""

CUES = {
    "negation": "words of negation",
    "report": "reported speech",
    "verdict": "calls something false",
    "mockery": "words of mockery",
}
_NAMES = list(
    tomllib.loads(Path(linear_cues.__file__).with_name("cues.toml").read_text(encoding="utf-8"))
)


def traits(post: Gold) -> list[str]:
    """What a reader would notice first, in plain words; empty when there is nothing."""
    tokens, words_n = normalise(post.text), len(post.text.split())
    counts = linear_cues.cues([tokens])[0]
    seen = {
        f"under {SHORT} words": words_n < SHORT,
        f"{LONG} words and more": words_n >= LONG,
        "question mark": "?" in tokens,
        "quotation marks": '"' in tokens,
        "link": "[link]" in tokens,
        "reply": tokens.startswith("@user"),
        **{words: counts[_NAMES.index(name)] > 0 for name, words in CUES.items()},
        "several themes": len({*post.themes, *post.theme_only}) > 1,
        "reads as another language": _reads_as_another(post),
    }
    return [trait for trait, is_seen in seen.items() if is_seen]


def names_theme(post: Gold, theme_id: str) -> bool:
    """Whether a word stands in the post that only this theme's catalogued claims use."""
    return bool(_stems(post.text) & own_stems()[theme_id])


@cache
def own_stems() -> dict[str, frozenset[str]]:
    """Of each theme, the starts of the words in its claims that few other themes use."""
    of_theme = {theme.id: _claimed(theme) for theme in load_taxonomy().themes.values()}
    themes_n = Counter(stem for stems in of_theme.values() for stem in stems)
    return {
        theme_id: frozenset(stem for stem in stems if themes_n[stem] <= SHARED)
        for theme_id, stems in of_theme.items()
    }


def _claimed(theme: Theme) -> frozenset[str]:
    return _stems(" ".join(f"{claim.text_en} {claim.text_es}" for claim in theme.claims))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in normalise(text).split() if len(word) >= STEM)


def _reads_as_another(post: Gold) -> bool:
    (found,) = detect([post.text])
    return found not in (post.lang, "und")
