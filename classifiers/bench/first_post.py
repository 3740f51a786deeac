"""Part: load the shipped tagger and tag one post, as whoever starts it waits for that."""

from __future__ import annotations

from classifiers.bench.parts import Named, Nothing
from classifiers.tagger import load_tagger

POST = "my cousin gave up on the doctor, raw milk cured her asthma and nobody wants to hear it"
"""A post that passes the gate, so that an encoder has read before the clock stops."""


def answer(asked: Nothing) -> Named:  # noqa: ARG001 every part is asked something
    """Tag the post."""
    tagger = load_tagger()
    (tags,) = tagger.tag([POST])
    return Named(tagger.name, tags.gate != "stopped")
