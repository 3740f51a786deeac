"""Count, tag by tag and language by language, where the tagger is right and where it is wrong.

These are the counts that published shares are corrected with before anyone has audited the
posts of the place itself. A positive is a post that promotes the theme, or carries the signal;
a post that rebuts a theme is a negative. Only posts that count as being about health are here,
since only they stand below a share. The file holds counts and no text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from classifiers.encoder.files import MODELS
from classifiers.evaluation.gold import Gold, ordinary_texts, read_gold
from classifiers.evaluation.leaks import kept_out, refuse_learnt
from classifiers.evaluation.records import all_records, sha256
from classifiers.stances import PROMOTES, STANCES
from classifiers.tagger import Tags, load_tagger
from classifiers.tagger.deciding import HEALTH_FROM
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training.gather import gather
from classifiers.training.rows import CORPUS

FILE = Path(__file__).parents[1] / "model_card" / "error_rates.json"
"""The counts of the shipped tagger."""

LANGUAGES = ("en", "es")
"""The languages counted; other posts carry no tag."""

_PROMOTES = STANCES[PROMOTES]


@dataclass(frozen=True, slots=True)
class TagCounts:
    """How posts about health in one language came out for one tag.

    kind                theme or signal
    true_positive_n     promote it (carry it) and are tagged so; false_negative_n are not
    false_positive_n    do not, and are tagged so; true_negative_n are not
    ordinary_tagged_n   of ordinary posts, which nobody read, those tagged so
    """

    kind: str
    tag_id: str
    lang: str
    true_positive_n: int
    false_negative_n: int
    false_positive_n: int
    true_negative_n: int
    ordinary_tagged_n: int


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """The counts of one tagger, and of what.

    model       the tagger's name
    gold_n      labelled posts that count as health, by language; ordinary_n of ordinary posts
    """

    model: str
    taxonomy: str
    gold: str
    gold_sha256: str
    posts_sha256: str
    gold_n: dict[str, int]
    ordinary_n: dict[str, int]
    counts: list[TagCounts]


def count_errors(
    gold: Path,
    posts: Path,
    labels: Sequence[Path] = (),
    models: Path = MODELS,
    corpus: Path = CORPUS,
) -> ErrorCounts:
    """Tag the labelled posts and the ordinary ones, and count.

    Raise `InputError` for a file that cannot be read, or a labelled post that was learnt from.
    """
    taxonomy = load_taxonomy()
    labelled = read_gold(gold, taxonomy)
    learnt = gather(labels, posts, taxonomy, kept_out(all_records(models), gold), corpus)
    refuse_learnt(labelled, learnt.rows)
    tagger = load_tagger(models)
    tags = tagger.tag([post.text for post in labelled], [post.lang for post in labelled])
    ordinary = tagger.tag(ordinary_texts(posts))
    return counted(tagger.name, labelled, tags, ordinary, taxonomy, gold, posts)


def counted(
    model: str,
    gold: Sequence[Gold],
    tags: Sequence[Tags],
    ordinary: Sequence[Tags],
    taxonomy: Taxonomy,
    gold_file: Path,
    posts_file: Path,
) -> ErrorCounts:
    """The counts of posts that are tagged already; `gold` and `tags` in the same order."""
    pairs = [(g, t) for g, t in zip(gold, tags, strict=True) if is_health(t)]
    health = [t for t in ordinary if is_health(t)]
    names = [("theme", theme) for theme in taxonomy.themes]
    names += [("signal", signal) for signal in taxonomy.signals]
    return ErrorCounts(
        model=model,
        taxonomy=taxonomy.version,
        gold=gold_file.name,
        gold_sha256=sha256(gold_file),
        posts_sha256=sha256(posts_file),
        gold_n={lang: sum(g.lang == lang for g, _ in pairs) for lang in LANGUAGES},
        ordinary_n={lang: sum(_lang(t) == lang for t in health) for lang in LANGUAGES},
        counts=[
            _tag_counts(kind, tag_id, lang, pairs, health)
            for lang in LANGUAGES
            for kind, tag_id in names
        ],
    )


def write(found: ErrorCounts, file: Path = FILE) -> Path:
    """Write the counts as JSON, one tag a line; return the file."""
    head = {name: value for name, value in asdict(found).items() if name != "counts"}
    lines = ",\n  ".join(json.dumps(asdict(one)) for one in found.counts)
    text = json.dumps(head, indent=1).removesuffix("\n}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{text},\n "counts": [\n  {lines}\n ]\n}}\n', encoding="utf-8")
    return file


def is_health(tagged: Tags) -> bool:
    """Whether the post counts as being about health, as in the model `stg_posts`."""
    return tagged.health >= HEALTH_FROM or bool(tagged.themes)


def is_tagged(tagged: Tags, kind: str, tag_id: str) -> bool:
    """Whether the tagger says that the post promotes the theme, or carries the signal."""
    if kind == "signal":
        return tag_id in tagged.signals
    found = tagged.themes.get(tag_id)
    return found is not None and found.stance == _PROMOTES


def is_labelled(gold: Gold, kind: str, tag_id: str) -> bool | None:
    """The same by the label; None where the reader was unsure."""
    if kind == "signal":
        return None if tag_id in gold.signals_unsure else tag_id in gold.signals
    unsure = tag_id in gold.unsure or tag_id in gold.theme_only
    return None if unsure else gold.themes.get(tag_id) == _PROMOTES


def _tag_counts(
    kind: str,
    tag_id: str,
    lang: str,
    pairs: Sequence[tuple[Gold, Tags]],
    ordinary: Sequence[Tags],
) -> TagCounts:
    found = [
        (is_labelled(gold, kind, tag_id), is_tagged(tagged, kind, tag_id))
        for gold, tagged in pairs
        if gold.lang == lang
    ]
    return TagCounts(
        kind,
        tag_id,
        lang,
        true_positive_n=found.count((True, True)),
        false_negative_n=found.count((True, False)),
        false_positive_n=found.count((False, True)),
        true_negative_n=found.count((False, False)),
        ordinary_tagged_n=sum(is_tagged(t, kind, tag_id) for t in ordinary if _lang(t) == lang),
    )


def _lang(tagged: Tags) -> str:
    """Posts too short to tell are read as English ones are."""
    return "en" if tagged.lang == "und" else tagged.lang
