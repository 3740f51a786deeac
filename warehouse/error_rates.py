"""Say how often the tagger errs, tag by tag and language by language, and how sure that is.

The counts come from the audit, posts of our own that a reader of the team has labelled, as far
as that goes, and before from the model card: labelled posts that the tagger did not learn
from. They become draws of two rates: sensitivity (of those who promote a theme, the share
tagged so) and the rate of false positives (of those who do not, the share tagged so).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from warehouse.errors import GrapevineError
from warehouse.rate_posteriors import FALSE_POSITIVE, SENSITIVITY, Floats, Rates

AUDIT, MODEL_CARD = "audit", "model card"
LANGUAGES = ("en", "es")
"""The languages in which tags are given; `und`, too short to tell, is read as English."""

ERROR_RATES = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("tag_id", pa.string(), nullable=False),
        pa.field("lang", pa.string(), nullable=False),
        pa.field("true_positive_n", pa.float64(), nullable=False),
        pa.field("false_negative_n", pa.float64(), nullable=False),
        pa.field("false_positive_n", pa.float64(), nullable=False),
        pa.field("true_negative_n", pa.float64(), nullable=False),
        pa.field("ordinary_tagged_n", pa.float64(), nullable=False),
        pa.field("ordinary_n", pa.float64(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("is_own_model", pa.bool_(), nullable=False),
    ]
)
"""One row a kind (`theme`: promoting it; `signal`), tag, language and origin (`audit` or
`model card`). Counts of posts about health; those of the audit are weighted, hence broken.
Where a tag has rows of both origins, each holds what the other lacks: add them up.
ordinary_n: posts that nobody labelled, of which ordinary_tagged_n were tagged. is_own_model:
whether the counts are of the tagger that made the tags."""

Tag = tuple[str, str]
"""Kind and tag_id."""

_COUNTS = (
    "true_positive_n",
    "false_negative_n",
    "false_positive_n",
    "true_negative_n",
    "ordinary_tagged_n",
    "ordinary_n",
)
_SENSITIVITY, _FALSE_POSITIVE = _COUNTS[:2], _COUNTS[2:]


@dataclass(frozen=True, slots=True)
class Card:
    """The counts of the model card; `model` is the name of the tagger they are of."""

    model: str
    rows: tuple[Mapping[str, str | float], ...]


def read_card(file: Path) -> Card:
    """The counts that `grapevine evaluate` wrote. Raise `GrapevineError` when it cannot be."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        ordinary_n = held["ordinary_n"]
        rows = tuple({**row, "ordinary_n": ordinary_n[row["lang"]]} for row in held["counts"])
        return Card(str(held["model"]), rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GrapevineError(
            f"{file} cannot be read, so nothing says how often the tagger errs. Restore it, or "
            "measure again: `grapevine evaluate --error-rates`."
        ) from error


def joined(card: Card, audited: pa.Table, model: str, tags: Sequence[Tag]) -> pa.Table:
    """The counts to correct with, in shape `ERROR_RATES`: the audit's, else the card's.

    audited  counts of the audit in the same shape, none where there is too little
    model    the tagger that made the tags which are to be corrected
    tags     every tag that is counted; one that nothing is known of gets counts of 0
    """
    heard = {_key(row): row for row in audited.to_pylist()}
    carded = {_key(row): row for row in card.rows}
    rows = [
        row
        for kind, tag_id in tags
        for lang in LANGUAGES
        for row in _rows((kind, tag_id, lang), heard, carded, card.model == model)
    ]
    return pa.Table.from_pylist(rows, schema=ERROR_RATES)


def _key(row: Mapping[str, object]) -> tuple[str, str, str]:
    return str(row["kind"]), str(row["tag_id"]), str(row["lang"])


def _rows(
    key: tuple[str, str, str],
    heard: Mapping[tuple[str, str, str], Mapping[str, float]],
    carded: Mapping[tuple[str, str, str], Mapping[str, str | float]],
    is_own: bool,
) -> list[dict[str, object]]:
    """The row of the audit, if any, and the row of the card for what the audit lacks."""
    named = dict(zip(("kind", "tag_id", "lang"), key, strict=True))
    audit, card = heard.get(key, {}), carded.get(key, {})
    missing = [
        name
        for half in (_SENSITIVITY, _FALSE_POSITIVE)
        if not any(audit.get(name, 0) for name in half)
        for name in half
    ]
    rows: list[dict[str, object]] = []
    if len(missing) < len(_COUNTS):
        counts = {name: float(audit.get(name, 0)) for name in _COUNTS}
        rows.append({**named, **counts, "origin": AUDIT, "is_own_model": True})
    if missing:
        taken = {name: float(card.get(name, 0)) if name in missing else 0.0 for name in _COUNTS}
        rows.append({**named, **taken, "origin": MODEL_CARD, "is_own_model": is_own})
    return rows


class ErrorRates:
    """The rates of every tag, from a table in shape `ERROR_RATES` (`ref_error_rates`)."""

    def __init__(self, table: pa.Table) -> None:
        """`tags` are the kinds and ids in the order of the last axis of the draws."""
        self._table = table
        rows = table.to_pylist()
        self.tags: tuple[Tag, ...] = tuple(
            dict.fromkeys((row["kind"], row["tag_id"]) for row in rows)
        )
        self._counts = {lang: self._added(rows, lang) for lang in LANGUAGES}

    def table(self) -> pa.Table:
        """The counts, in shape `ERROR_RATES`."""
        return self._table

    @cached_property
    def origin(self) -> str:
        """Where the counts come from: `audit`, `model card`, or `audit and model card`."""
        return " and ".join(sorted(set(self._table["origin"].to_pylist()))) or MODEL_CARD

    @cached_property
    def is_own_model(self) -> bool:
        """Whether all counts are of the tagger whose tags are corrected."""
        return all(self._table["is_own_model"].to_pylist())

    def draws(
        self, rng: np.random.Generator, draws_n: int, language_shares: Mapping[str, float]
    ) -> tuple[Floats, Floats]:
        """(draws_n, T) sensitivities and (draws_n, T) rates of false positives.

        language_shares  of the health authors, by language code; they need not add up to 1.
                         Languages in which no tag is given are passed over
        """
        shares = _shares(language_shares)
        se, fp = np.zeros((2, draws_n, len(self.tags)))
        for of_kind, sensitivity, false_positive in self._rates:
            found = _by_language(sensitivity.draws(rng, draws_n))
            wrong = _by_language(false_positive.draws(rng, draws_n))
            # A tag is never named more often where it is not than where it is.
            se[:, of_kind] = np.maximum(found, wrong) @ shares
            fp[:, of_kind] = np.minimum(found, wrong) @ shares
        return se, fp

    @cached_property
    def _rates(self) -> list[tuple[list[int], Rates, Rates]]:
        """Of each kind its tags, their sensitivities and false positives, language by language.

        Both languages lean on each other: of one alone there may be hardly a post.
        """
        found = []
        for kind in dict.fromkeys(kind for kind, _ in self.tags):
            of_kind = [n for n, (tag_kind, _) in enumerate(self.tags) if tag_kind == kind]
            both = np.concatenate([self._counts[lang][of_kind] for lang in LANGUAGES])
            tp, fn, fp, tn, tagged, ordinary = both.T
            none = np.zeros(len(both))
            sensitivity = Rates(tp, fn, none, none, SENSITIVITY)
            false_positive = Rates(fp, tn, tagged, ordinary, FALSE_POSITIVE)
            found.append((of_kind, sensitivity, false_positive))
        return found

    def _added(self, rows: Sequence[Mapping[str, object]], lang: str) -> Floats:
        """(T, 6) counts of one language; rows of two origins are added up."""
        counts = np.zeros((len(self.tags), len(_COUNTS)))
        number = {tag: n for n, tag in enumerate(self.tags)}
        for row in rows:
            if row["lang"] == lang:
                tag = (str(row["kind"]), str(row["tag_id"]))
                counts[number[tag]] += [row[name] for name in _COUNTS]
        return counts


def _by_language(draws: Floats) -> Floats:
    """(D, T, L) of (D, L T) draws, one language after the other."""
    by_language = draws.reshape(len(draws), len(LANGUAGES), -1)
    return np.asarray(by_language.transpose(0, 2, 1))


def _shares(said: Mapping[str, float]) -> Floats:
    """(L) shares of the languages that tags are given in, adding up to 1."""
    known = {**said, "en": said.get("en", 0) + said.get("und", 0)}
    shares = np.array([known.get(lang, 0) for lang in LANGUAGES], float)
    whole = shares.sum()
    return shares / whole if whole > 0 else np.array([1.0, 0.0])
