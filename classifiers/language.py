"""Tell English from Spanish from anything else, on texts as short as a comment.

Little words decide first ("the", "los"): they settle two posts in three at a fraction of the
cost. The rest goes to lingua, which knows the neighbours that would otherwise pass for ours
(French, Portuguese, …). Words of medicine are Latin, so lingua takes "fluoride is a poison"
for Italian with confidence .97; hence a text is called `other` only when lingua is sure *and*
the text holds a little word of a neighbour. Everything else goes to the likelier of our two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

READ = 1000
"""Characters of a text that are read; a language shows early."""

MIN_OTHER = 0.8
"""Lingua's confidence, 0 to 1, from which a third language is believed."""

_EN, _ES = Language.ENGLISH, Language.SPANISH
_NEIGHBOURS = (
    Language.CATALAN,
    Language.DUTCH,
    Language.FRENCH,
    Language.GERMAN,
    Language.ITALIAN,
    Language.PORTUGUESE,
    Language.TAGALOG,
)
_CODES = {_EN: "en", _ES: "es"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Little words of one language that none of the others writes the same.
_ENGLISH = _words(
    "the and that you they with this have not your what because who would people about there "
    "their just from when how if it's don't i'm which could should were been than these those "
    "our got get know think why where going want"
)
_SPANISH = _words(
    "el los las y pero muy hay yo eso esto ustedes usted nosotros también tambien ahora ella "
    "ellos entonces porqué aquí aqui nada hijo hija gente cuando mucho muchos dijo hace tiene "
    "tienen fue bueno siempre después despues todos todas unos unas hoy está estoy están"
)
# Little words that a neighbour shares: they count where no word of a neighbour stands.
_ALSO_ENGLISH = _words(
    "i is in of to for my are be can it was on at so we he she do all if an or by s t"
)
_ALSO_SPANISH = _words(
    "de la que en se por un una con es para su mi lo le del al como más mas sin si sí ya"
)
_NEIGHBOUR = _words(
    "les des est une dans pour pas avec vous nous c'est cette je très sont être mais du au "
    "não nao uma você voce dos em são isso muito também eu mais pelo pela com foi ao às faz "
    "bem il gli di che è non sono della delle nel questo questa anche più molto alla dei fa ai "
    "der und ist nicht ein eine ich wir auch mit auf für von zu den dem sich wird niemand "
    "het een niet van ik op voor dat zijn maar ook naar onze zeggen wij "
    "ang ng sa mga ako ko ka hindi ito po yung siya ay "
    "els amb més això molt és aquest perquè"
)
_MASKS = re.compile(r"\[\w+\]|https?://\S+|[@#]\w+|u/\w+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")


def detect(texts: Sequence[str]) -> list[str]:
    """The language of each text: `en`, `es`, `other`, or `und` when nothing tells."""
    return [_detect(text) for text in texts]


def _detect(text: str) -> str:
    text = _MASKS.sub(" ", text[:READ])
    words = _WORDS.findall(text.replace("’", "'").lower())
    if not words:
        return "und"
    english_n, spanish_n, third_n = (
        sum(word in known for word in words) for known in (_ENGLISH, _SPANISH, _NEIGHBOUR)
    )
    found = _clear_lead(english_n, spanish_n)
    if not found and not third_n:
        english_n += sum(word in _ALSO_ENGLISH for word in words)
        spanish_n += sum(word in _ALSO_SPANISH for word in words)
        found = _clear_lead(english_n, spanish_n)
    if found:
        return found
    if not _is_latin(words):
        return "other"
    if third_n > max(english_n, spanish_n) and _is_neighbour(" ".join(words)):
        return "other"
    return _likelier(" ".join(words))


def _clear_lead(english_n: int, spanish_n: int) -> str | None:
    """The language ahead by two words and at least twofold, or None."""
    behind, ahead = sorted((english_n, spanish_n))
    if ahead < 2 or 2 * behind > ahead:
        return None
    return "en" if english_n > spanish_n else "es"


def _is_latin(words: Sequence[str]) -> bool:
    letters = "".join(words)
    return 2 * len(_LATIN.findall(letters)) >= len(letters)


@cache
def _lingua(*languages: Language) -> LanguageDetector:
    """A detector in its low-accuracy mode: 20 MB of memory where the other takes 180."""
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()


def _is_neighbour(text: str) -> bool:
    """True when lingua is sure that `text` is neither English nor Spanish."""
    best = _lingua(_EN, _ES, *_NEIGHBOURS).compute_language_confidence_values(text)[0]
    return best.language in _NEIGHBOURS and best.value >= MIN_OTHER


def _likelier(text: str) -> str:
    found = _lingua(_EN, _ES).detect_language_of(text)
    return _CODES[found] if found else "und"
