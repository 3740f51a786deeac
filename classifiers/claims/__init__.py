"""The catalogue of claims: what is being said, in our own words, in English and Spanish.

`read_catalogue` is what the taxonomy joins to its themes; `classifiers.claims.add` writes a
new claim into the file.
"""

from __future__ import annotations

from classifiers.claims.catalogue import (
    ATTITUDE_ROOTS,
    CATALOGUE,
    HARM_CLASSES,
    AttitudeRoot,
    Catalogue,
    Claim,
    HarmClass,
    read_catalogue,
)

__all__ = [
    "ATTITUDE_ROOTS",
    "CATALOGUE",
    "HARM_CLASSES",
    "AttitudeRoot",
    "Catalogue",
    "Claim",
    "HarmClass",
    "read_catalogue",
]
