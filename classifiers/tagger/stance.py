"""Decide what a post does with a claim: promote it, refute it, ask about it, report it.

The same words serve all four, so besides the text's own features the stance heads see cues:
negation, verdicts, reported speech, questions, mockery, correction, worry. The cues are words
of everyday English and Spanish chosen by hand, without looking at any measured post.

A rebuttal counted as promotion harms the reader most, so `promotes` needs more than being the
likeliest stance: it must reach a threshold set on training data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_CUES = {
    "negation": r"not|no|never|none|nope|nah|cannot|cant|dont|doesnt|isnt|wont|didnt|aint"
    r"|\w+n't|nunca|jamas|nada|ni|sin|tampoco|ningun\w*",
    "verdict": r"myths?|debunk\w*|fake|false|hoax|misinfo\w*|disinfo\w*|conspira\w*|bogus"
    r"|nonsense|bs|bullshit|baloney|hogwash|lies?|lied|lying|wrong|incorrect|untrue|fact check\w*"
    r"|mitos?|bulos?|fals[oa]s?|mentiras?|desmient\w*|desinfo\w*|tonterias?|cuentos?|puro cuento",
    "report": r"they say|they said|people say|people think|says|said|claim\w*|believe[sd]?"
    r"|thinks|heard|told me|swears|rumou?rs?|apparently|supposedly|allegedly|dicen|dice|dijo"
    r"|dijeron|segun|supuestamente|creen?|oi|conto|comentan|anda diciendo",
    "question": r"is it true|anyone know|does anyone|should i|wondering|any truth|es verdad"
    r"|es cierto|alguien sabe|sera que|deberia",
    "mockery": r"lol|lmf?ao|rofl|haha\w*|jaja\w*|yeah right|tin ?foil|idiots?|morons?|stupid"
    r"|dumb|nuts|loons?|clowns?|seriously|facepalm|ridiculous|ridicul[oa]|payas\w+",
    "evidence": r"stud(?:y|ies)|evidence|research|data|science|scientists?|experts?|proven"
    r"|proof|estudios?|evidencia|ciencia|cientific\w+|pruebas?",
    "professional": r"doctors?|dr|pediatrician|dentists?|nurses?|pharmacist|doctora|medic[oa]s?"
    r"|pediatra|dentista|enfermer[oa]",
    "correction": r"actually|in fact|facts?|truth|reality|that's not|not how|does not|do not"
    r"|doesn't|don't|en realidad|no es|no son|no causan?|la verdad|de hecho",
    "denied_link": r"(?:no|zero|without|sin|ningun\w*) (?:link|evidence|proof|connection|science"
    r"|evidencia|prueba|relacion)",
    "reassurance": r"safe|safely|segur[oa]s?|works?|effective|saves?|saved|protects?|harmless"
    r"|benefits?|glad|grateful|thank\w*|gracias",
    "alarm": r"wake up|sheep|sheeple|hiding|cover ?up|exposed|poison\w*|toxic|agenda"
    r"|do your (?:own )?research|look it up|despierten|veneno|ocultan",
    "worry": r"worried|worry|scared|nervous|unsure|confused|not sure|preocupa\w*|miedo|no se"
    r"|dudas?|confundid\w+",
    "first_person": r"i|my|me|we|our|mi|yo|nosotros|nuestr[oa]s?",
    "second_person": r"you|your|u|ur|tu|usted|ustedes|te",
    "quotation": '"',
    "exclamation": "!",
    "question_mark": r"\?",
}
_PATTERNS = [
    re.compile(
        cue if name in ("quotation", "exclamation", "question_mark") else rf"\b(?:{cue})\b"
    )
    for name, cue in _CUES.items()
]
_MOST = 3
"""A cue counts up to three times."""

CUES_N = 2 * len(_CUES) + 4


def cues(tokens: Sequence[str]) -> npt.NDArray[np.float32]:
    """One row a post, `CUES_N` columns of 0 to 1: counts, presence, and four of the form."""
    return np.array([_cues(post) for post in tokens], np.float32).reshape(-1, CUES_N)


def _cues(post: str) -> list[float]:
    counts = [min(len(pattern.findall(post)), _MOST) / _MOST for pattern in _PATTERNS]
    form = [
        post.endswith("?"),
        min(post.count(" "), 60) / 60,
        "@user" in post,
        "[link]" in post,
    ]
    return [*counts, *(float(count > 0) for count in counts), *map(float, form)]


def decide(
    probabilities: npt.NDArray[np.float32], promotes_from: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The stance (column) of each row and its probability; column 0 is `promotes`.

    Below `promotes_from` the likeliest of the other three is taken, however likely promotion.
    """
    likeliest_other = probabilities[:, 1:].argmax(axis=1) + 1
    stance = np.where(probabilities[:, 0] >= promotes_from, 0, likeliest_other)
    return stance, probabilities[np.arange(len(stance)), stance]
