"""Turn the tagger's errors of posts into errors of voices, who may write several posts.

A voice counts as promoting a theme when any of its posts is tagged so. With m posts it is
tagged by mistake with the chance 1 - (1 - fp)^m, more often than a post is; and one who
promotes the theme in several posts is missed less often than a post is. How many posts carry
the tag is not seen, but how many tagged posts a tagged voice has is: taken as geometric, this
gives the chance rho that one more post carries it. Without this, a false positive rate of 2 in
1,000 posts counts for 2 in 1,000 voices where it makes 3 or 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.estimates.counts import Floats

STEP = 0.05
"""Posts by voice are rounded to this: no few posts can be told from them."""

_MOST_FALSE = 0.9


@dataclass(frozen=True, slots=True)
class Voices:
    """What voices do on average, in the nation and all weeks, as far as it is seen.

    posts         health posts of one voice, 1 or more
    tagged_posts  tagged posts of a tagged voice, 1 or more
    tagged_share  tagged voices of all, 0 to 1
    """

    posts: float
    tagged_posts: float
    tagged_share: float

    @classmethod
    def counted(cls, health: tuple[int, int], tagged: tuple[int, int]) -> Voices:
        """From (posts, voices) about health and of one tag; none gives one post a voice."""
        posts, tagged_posts = (
            max(1.0, round(posts_n / voices_n / STEP) * STEP) if voices_n else 1.0
            for posts_n, voices_n in (health, tagged)
        )
        return cls(posts, tagged_posts, tagged[1] / health[1] if health[1] else 0.0)


def of_voices(rates: tuple[Floats, Floats], voices: Voices) -> tuple[Floats, Floats]:
    """(Sensitivity, false positive rate) of voices, from those of posts; draw by draw."""
    se, fp = (np.clip(rate, 1e-6, 1 - 1e-6) for rate in rates)
    mistaken = 1 - (1 - fp) ** voices.posts
    false_part = np.minimum(_MOST_FALSE, mistaken / max(voices.tagged_share, 1e-9))
    more = (voices.tagged_posts - 1) / (1 - false_part)
    again = more / (more + se)
    return np.minimum(se / (1 - again * (1 - se)), 1.0), mistaken
