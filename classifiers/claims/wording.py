"""Say what is wrong with the wording of a claim: too long, a link, a handle, a dose.

A claim is shown on public pages, so it must name no person, lead nowhere and teach no recipe.
A rule can see links, handles and doses; names of people it cannot see.
"""

from __future__ import annotations

import re

from warehouse.redact import mask

MAX_WORDS = 20

_COUNT = (
    r"(?:\d+(?:[.,/]\d+)?|half|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|medi[oa]|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
)
_UNIT = (
    r"(?:mg|mcg|µg|μg|g|gr|grams?|gramos?|kg|ml|cc|l|lit(?:er|re)s?|litros?|iu|ui|units?"
    r"|unidades|oz|ounces?|onzas?|drops?|gotas?|cups?|tazas?|tsp|tbsp|teaspoons?|tablespoons?"
    r"|spoonfuls?|cucharad(?:it)?as?|capfuls?|pills?|tablets?|capsules?|pastillas?"
    r"|tabletas?|c[aá]psulas?)"
)
_DOSE = re.compile(rf"(?<!\w){_COUNT}[\s-]*(?:an?\s+)?{_UNIT}(?!\w)", re.I)
_MOBILE_NETWORK = re.compile(r"(?<!\w)[2-6]g(?!\w)", re.I)
_SENTENCE_END = re.compile(r"[.!?…]\s")


def fault(text: str) -> str | None:
    """What to mend in a claim's wording, as the end of a sentence; None when it is good."""
    words_n = len(text.split())
    if not text.isprintable():
        return "holds a sign that cannot be printed, such as a line break. Take it out."
    if words_n > MAX_WORDS:
        return f"has {words_n} words. Say it in {MAX_WORDS} at most."
    if "@" in text or "#" in text or mask(text) != " ".join(text.split()):
        return "holds a link, handle, hashtag, e-mail or telephone number. Take it out."
    if _DOSE.search(_MOBILE_NETWORK.sub("", text)):
        return "holds a dose. Say it without the amount."
    if not text.endswith(".") or _SENTENCE_END.search(text):
        return "is not one sentence with a full stop at its end. Write it as one."
    return None
