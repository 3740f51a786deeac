"""Pick the worst errors on labelled posts, and describe them without quoting any post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.traits import names_theme, traits
from classifiers.tagger import Tags

ABSENT = "no such theme"
MISSED = "missed"
REVERSED = "rebuttal called promotion"
INVENTED_PROMOTION = "promotion of a theme that is not there"
MISSED_PROMOTION = "promotion missed"
OTHER_STANCE = "another stance"
INVENTED = "theme that is not there"
MISSED_THEME = "theme missed"
KINDS = (
    REVERSED,
    INVENTED_PROMOTION,
    MISSED_PROMOTION,
    OTHER_STANCE,
    INVENTED,
    MISSED_THEME,
)
"""From the most harmful to the least."""


@dataclass(frozen=True, slots=True)
class Error:
    """One theme of one post that was tagged otherwise than labelled.

    labelled, tagged  a stance, `ABSENT` or `MISSED`
    score             the theme's probability; None for one under the unsure band
    stance_score      probability of the tagged stance, or None where the theme was missed
    size              how sure the tagger was of what is wrong, 0 to 1
    """

    post: Gold
    theme_id: str
    kind: str
    labelled: str
    tagged: str
    score: float | None
    stance_score: float | None
    size: float

    def described(self) -> list[str]:
        """What can be computed of the post and its theme."""
        own = names_theme(self.post, self.theme_id)
        return [*traits(self.post), *([] if own else ["none of the theme's own words"])]


def errors(gold: Sequence[Gold], tags: Sequence[Tags]) -> list[Error]:
    """Every theme found wrongly, missed, or found with another stance."""
    found = []
    for post, tagged in zip(gold, tags, strict=True):
        unscored = {*post.unsure, *post.theme_only}
        for theme_id in sorted((post.themes.keys() | tagged.themes.keys()) - unscored):
            labelled = post.themes.get(theme_id, ABSENT)
            tag = tagged.themes.get(theme_id)
            if tag is None or tag.stance != labelled:
                found.append(_error(post, tagged, theme_id, labelled))
    return found


def worst(found: Sequence[Error], count: int = 20) -> list[Error]:
    """The largest errors of each kind in turn, so that no kind hides the others; one a post."""
    by_harm = sorted(found, key=_harm)
    one_a_post = list({error.post.id: error for error in reversed(by_harm)}.values())
    ranks = dict.fromkeys(KINDS, 0)
    ranked = []
    for error in sorted(one_a_post, key=_harm):
        ranked.append((ranks[error.kind], error))
        ranks[error.kind] += 1
    chosen = sorted(ranked, key=lambda one: (one[0], *_harm(one[1])))[:count]
    return sorted((error for _, error in chosen), key=_harm)


def _harm(error: Error) -> tuple[int, float, int, str]:
    """Sorts the most harmful kind first, in it the surest error on the clearest label."""
    return (KINDS.index(error.kind), -error.size, -error.post.sure, error.post.id)


def _error(post: Gold, tagged: Tags, theme_id: str, labelled: str) -> Error:
    tag = tagged.themes.get(theme_id)
    if tag is None:
        score = tagged.unsure.get(theme_id)
        kind = MISSED_PROMOTION if labelled == "promotes" else MISSED_THEME
        return Error(
            post, theme_id, kind, labelled, MISSED, score, None, size=1 - (score or 0.0)
        )
    return Error(
        post,
        theme_id,
        _kind(labelled, tag.stance),
        labelled,
        tag.stance,
        tag.score,
        tag.stance_score,
        size=tag.score if labelled == ABSENT else tag.stance_score,
    )


def _kind(labelled: str, tagged: str) -> str:
    if labelled == ABSENT:
        return INVENTED_PROMOTION if tagged == "promotes" else INVENTED
    return REVERSED if (labelled, tagged) == ("refutes", "promotes") else OTHER_STANCE
