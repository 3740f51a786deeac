"""Lay measured figures out as the tables of the model card. No post is quoted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from classifiers.evaluation.confusion import NONE, confusion
from classifiers.evaluation.errors import Error
from classifiers.evaluation.gold import Gold
from classifiers.evaluation.groups import Group
from classifiers.evaluation.intervals import Figure, Floats, Interval, interval, weights
from classifiers.evaluation.measuring import Tagged
from classifiers.evaluation.reliability import answers_of, calibration_error, error_by_chance
from classifiers.evaluation.scores import f1, figures, measured, precision, recall, summed
from classifiers.evaluation.tables import NOTHING, difference, figure, table
from classifiers.evaluation.tally import MISSED, RIGHT, WRONG, Counts, tally
from classifiers.evaluation.traits import traits
from classifiers.stances import STANCES
from classifiers.tagger import Tags

NAMES = {
    "theme_micro_f1": "theme F1",
    "theme_macro_f1": "theme macro-F1",
    "theme_precision": "theme precision",
    "theme_recall": "theme recall",
    "promotes_f1": "promotes F1",
    "promotes_precision": "promotes precision",
    "promotes_recall": "promotes recall",
    "refutes_called_promotes": "rebuttals called promotion",
    "signal_micro_f1": "signal F1",
    "health_f1": "health F1",
}
GROUP_FIGURES = ("theme_micro_f1", "promotes_f1", "refutes_called_promotes", "signal_micro_f1")
"""What a group is told by; groups are small, and more figures would say less."""


def beside(tagged: Tagged) -> str:
    """Every figure of the shipped tagger, of the tf-idf heads alone, and the difference.

    Both are measured on the same draws, so the difference is of the same posts.
    """
    tallies = [tally(tagged.posts, tags) for tags in (tagged.joined, tagged.alone)]
    shown = [measured(one) for one in tallies]
    joined, alone = (figures(one, weights(len(tagged.posts))) for one in tallies)
    rows = [
        [
            title,
            *(figure(found[name]) for found in shown),
            difference(interval(joined[name] - alone[name])),
        ]
        for name, title in NAMES.items()
    ]
    return table(["", "shipped", "tf-idf alone", "difference"], rows)


def by_group(groups: Mapping[str, Group]) -> str:
    """One row a group of posts."""
    header = ["", "posts", "labelled themes", *(NAMES[name] for name in GROUP_FIGURES)]
    return table(
        [*header, "calibration error"], [_group(name, one) for name, one in groups.items()]
    )


def by_trait(posts: Sequence[Gold], tags: Sequence[Tags]) -> str:
    """One row for each thing that can be computed of a post; a post may be in several."""
    groups: dict[str, Group] = {}
    for post, tagged in zip(posts, tags, strict=True):
        for trait in traits(post) or ["none of these"]:
            group = groups.setdefault(trait, Group([], []))
            group.posts.append(post)
            group.tags.append(tagged)
    return by_group(dict(sorted(groups.items(), key=lambda item: -len(item[1].posts))))


def by_theme(posts: Sequence[Gold], tags: Sequence[Tags]) -> str:
    """One row a theme that stands in labels or tags."""
    found = tally(posts, tags)
    return _by_label("theme", found.theme_ids, found.themes)


def by_signal(posts: Sequence[Gold], tags: Sequence[Tags]) -> str:
    """One row a signal that stands in labels or tags."""
    found = tally(posts, tags)
    return _by_label("signal", found.signal_ids, found.signals)


def by_stance(posts: Sequence[Gold], tags: Sequence[Tags]) -> str:
    """One row a stance; right when both theme and stance are."""
    return _by_label("stance", STANCES, tally(posts, tags).stances)


def confusion_table(posts: Sequence[Gold], tags: Sequence[Tags]) -> str:
    """Labelled stances by tagged ones, with the themes missed and those that are not there."""
    counts = confusion(posts, tags)
    rows = [
        [name, *(str(count) for count in row), str(row.sum())]
        for name, row in zip((*STANCES, "no such theme"), counts, strict=True)
    ]
    rows[NONE][NONE + 1] = NOTHING
    return table(["labelled", *STANCES, "theme missed", "in all"], rows)


def calibration_table(tagged: Tagged) -> str:
    """The calibration error of the shipped tagger and of the tf-idf heads alone."""
    rows = []
    for name, tags in (("shipped", tagged.joined), ("tf-idf alone", tagged.alone)):
        found = answers_of(tagged.posts, tags)
        errors = calibration_error(found), error_by_chance(found)
        rows.append([name, str(len(found.scores)), *(f"{error:.3f}" for error in errors)])
    return table(["", "themes found", "calibration error", "by chance alone"], rows)


def error_table(found: Sequence[Error]) -> str:
    """One row an error: what was labelled and tagged, how sure, and on what kind of post."""
    rows = [
        [
            error.kind,
            error.post.id,
            error.post.dataset,
            f"{len(error.post.text.split())} words, {error.post.lang}",
            error.theme_id,
            f"{error.labelled} → {error.tagged}",
            _sure(error),
            ", ".join(error.described()) or NOTHING,
        ]
        for error in found
    ]
    header = ["error", "post", "data set", "length", "theme", "label → tag", "probability"]
    return table([*header, "what can be seen of it"], rows)


def _sure(error: Error) -> str:
    if error.score is None:
        return "under the unsure band"
    stance = "" if error.stance_score is None else f", stance {error.stance_score:.2f}"
    return f"theme {error.score:.2f}{stance}"


def _group(name: str, group: Group) -> list[str]:
    found = tally(group.posts, group.tags)
    every = measured(found)
    labelled_n = int(found.themes[..., [RIGHT, MISSED]].sum())
    answers = answers_of(group.posts, group.tags)
    shown = f"{calibration_error(answers):.2f}" if len(answers.scores) else NOTHING
    cells = [_of(every[one], one, found.refuted) for one in GROUP_FIGURES]
    return [name, str(len(group.posts)), str(labelled_n), *cells, shown]


def _of(found: Interval, name: str, refuted: Counts) -> str:
    cell = figure(found)
    if name != "refutes_called_promotes" or cell == NOTHING:
        return cell
    return f"{cell} of {refuted[:, 0].sum()}"


def _by_label(kind: str, labels: Sequence[str], counts: Counts) -> str:
    drawn = summed(counts, weights(len(counts)))
    whole = counts.sum(axis=0)
    shows: list[Callable[[Floats], Figure]] = [precision, recall, f1]
    rows = [
        [
            label,
            str(whole[n, RIGHT] + whole[n, MISSED]),
            str(whole[n, RIGHT] + whole[n, WRONG]),
            *(figure(show(drawn[:, n]).interval()) for show in shows),
        ]
        for n, label in enumerate(labels)
    ]
    return table([kind, "labelled", "found", "precision", "recall", "F1"], rows)
