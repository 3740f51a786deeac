"""Draw how wrong the simulated tagger is, and what readers find when they audit it.

Errors are of posts: one that carries a tag is found with the sensitivity of the tag and the
post's language, one that does not is tagged by mistake with the rate of false positives. What
the product learns is not these rates but an audit: so many posts with and without the tag,
labelled by a reader, and how the tagger judged them.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.chance import Floats, Ints, stream
from simulation.settings import Settings

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Tagger:
    """The true error rates, and the audit of them.

    sensitivity, false_positive  (tags, languages) 0 to 1
    found, missed                (tags, languages) audited posts that carry the tag
    mistaken, passed             (tags, languages) audited posts that do not
    """

    sensitivity: Floats
    false_positive: Floats
    found: Ints
    missed: Ints
    mistaken: Ints
    passed: Ints


def draw(settings: Settings, tags_n: int) -> Tagger:
    """The tagger of a world, audited."""
    errors, random = settings.errors, stream(settings.seed, "tagger")
    shape = (tags_n, len(LANGUAGES))
    found = random.uniform(*errors.sensitivity, shape) - [0.0, errors.spanish_less]
    mistaken = random.uniform(*errors.false_positives, shape) / 1000
    audited = stream(settings.seed, "audit")
    right = audited.binomial(errors.audit_with, found)
    wrong = audited.binomial(errors.audit_without, mistaken)
    return Tagger(
        found, mistaken, right, errors.audit_with - right, wrong, errors.audit_without - wrong
    )
