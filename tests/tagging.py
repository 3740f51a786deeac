"""Small taggers for tests: heads learnt from a hundred short posts, encoders made of rules."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from classifiers.encoder import Reading
from classifiers.encoder.encoder import HIDDEN
from classifiers.linear.examples import Examples
from classifiers.linear.learning import learn
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import LOG_ODDS
from classifiers.normalise import readable
from classifiers.scores import Scores
from classifiers.stances import ASKS, PROMOTES, REFUTES
from classifiers.tagger import Tagger
from classifiers.tagger.calibration import Calibration, Mix, of_linear
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import Row, claim_rows

THEMES = list(load_taxonomy().themes)
SIGNALS = list(load_taxonomy().signals)

SAID = [
    ("promotes", "Raw milk {}"),
    ("promotes", "we drink raw milk from the cow, it {}"),
    ("promotes", "trust me, raw milk always {}"),
    ("refutes", "No, raw milk never {}, that is false"),
    ("refutes", "My doctor says raw milk does not work, nobody {} with it"),
    ("asks", "Does raw milk help, is it true that it {}?"),
]
DOES = ["cures asthma", "heals the gut", "builds immunity", "fixes allergies"]
AGUA = [
    ("promotes", "El fluoruro del agua {}"),
    ("promotes", "dicen la verdad, el fluoruro {}"),
    ("refutes", "No es cierto que el fluoruro {}, es mentira"),
]
HACE = ["es veneno", "baja la inteligencia", "daña los huesos", "enferma a los niños"]
CHAT = [
    "The road to {} is closed",
    "hay for sale near {}",
    "lost dog by {}",
    "rain in {} again",
]
CHARLA = ["Se vende una troca en {}", "hoy hay baile en {}", "cerraron el camino a {}"]
PLACES = ["Casper", "Butte", "Taos", "Logan", "Havre", "Elko", "Moab", "Sheridan"]


def plain_rows() -> list[Row]:
    """Posts about raw milk in English, about fluoride in Spanish, and chat in both."""
    milk = [(s, said.format(does), "en", "raw_milk") for s, said in SAID for does in DOES]
    water = [(s, said.format(does), "es", "fluoride") for s, said in AGUA for does in HACE]
    themed = [
        Row(f"t{n}", text, lang, health=True, themes={theme: stance}, signals=_signals(text))
        for n, (stance, text, lang, theme) in enumerate(milk + water)
    ]
    talk = [(said.format(place), "en") for said in CHAT for place in PLACES]
    talk += [(said.format(place), "es") for said in CHARLA for place in PLACES]
    return themed + [
        Row(f"c{n}", text, lang, health=False) for n, (text, lang) in enumerate(talk)
    ]


def _signals(text: str) -> list[str]:
    return ["social_source"] if "doctor" in text or "dicen" in text else []


@cache
def small_weights():
    """Heads learnt from `plain_rows` and the claims of the catalogue: two seconds, once."""
    with threadpool_limits(1):
        return learn(
            Examples.of([*plain_rows(), *claim_rows(load_taxonomy())]), load_taxonomy()
        )


CLAIMS = {readable(row.text) for row in claim_rows(load_taxonomy())}


class RuleEncoder:
    """Finds a theme where its words stand, and remembers every post it was asked to read."""

    WORDS = (("raw_milk", ("raw milk", "leche cruda")), ("fluoride", ("fluoride", "fluoruro")))

    def __init__(self, sure: float = 6.0) -> None:
        """`sure`: log-odds of a theme whose words are there."""
        self.sure = sure
        self.asked: list[str] = []

    def read(self, texts) -> Reading:
        """What the rules say; one window a text."""
        self.asked += [text for text in texts if text not in CLAIMS]
        themes = np.full((len(texts), len(THEMES)), -6, np.float32)
        signals = np.full((len(texts), len(SIGNALS)), -6, np.float32)
        stances = np.zeros((len(texts), len(THEMES), 4), np.float32)
        for row, text in enumerate(texts):
            for theme_id, words in self.WORDS:
                if any(word in text for word in words):
                    themes[row, THEMES.index(theme_id)] = self.sure
            signals[row, SIGNALS.index("blame_pharma")] = 6 if "pharma" in text else -6
            stances[row, :, _stance(text)] = 6
        health = themes.max(axis=1, keepdims=True)
        where = np.tile(np.arange(len(texts))[:, None], len(THEMES))
        meaning = np.array([_meaning(text) for text in texts], np.float32)
        return Reading(Scores(themes, signals, health, stances), meaning, where)


def _meaning(text: str):
    """(384) the words of a text, each in a place of its own, of length 1."""
    places = [crc32(word.encode()) % HIDDEN for word in text.split()]
    counts = np.bincount(places, minlength=HIDDEN).astype(np.float32)
    return counts / max(1, np.linalg.norm(counts))


def _stance(text: str) -> int:
    if "?" in text:
        return ASKS
    return REFUTES if " not " in f" {text} " or "no es" in text else PROMOTES


def logistic(encoder: float, linear: float, labels_n: int) -> Mix:
    """Both models' log-odds added up with these weights, and nothing bent."""
    curve = (1 / (1 + np.exp(-LOG_ODDS))).astype(np.float32)
    return Mix(encoder, linear, np.zeros(labels_n, np.float32), curve)


def calibration(encoder: float = 1.0, linear: float = 0.0, **changes) -> Calibration:
    """Yes from a probability of one half on, unsure from a quarter."""
    themes_n, signals_n = len(THEMES), len(SIGNALS)
    values = {
        "themes": logistic(encoder, linear, themes_n),
        "signals": logistic(encoder, linear, signals_n),
        "health": logistic(encoder, linear, 1),
        "stance_encoder": encoder,
        "stance_linear": linear,
        "stance_offset": np.zeros(4, np.float32),
        "theme_from": np.full(themes_n, 0.5, np.float32),
        "signal_from": np.full(signals_n, 0.5, np.float32),
        "unsure_from": np.full(themes_n, 0.25, np.float32),
        "promotes_from": 0.5,
    }
    return Calibration(**{**values, **changes})


def small_tagger(gate_from: float | None = None, **encoders) -> Tagger:
    """A tagger of `small_weights` and the encoders given by name (`english=…, spanish=…`)."""
    weights = small_weights()
    if gate_from is not None:
        is_gate = np.array(weights.kinds) == "gate"
        weights = replace(weights, threshold=np.where(is_gate, gate_from, weights.threshold))
    return Tagger(
        "small",
        load_taxonomy(),
        LinearModel(weights),
        of_linear(weights),
        {name: (encoder, calibration()) for name, encoder in encoders.items()},
    )
