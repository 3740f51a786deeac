"""Draw the states in which a theme or a trust signal was counted, and where it is rising.

A state is shaded by what may be told of it, like every map of the site: pattern and outline
differ as well as colour, and the table beside the map says the same in words.
"""

from __future__ import annotations

from dashboards.conversation.figures import share_at
from dashboards.edition import Edition
from dashboards.geo import Geo, state_of
from dashboards.maps import RISING, Map, Shade, draw
from dashboards.published import FEWER, Numbers


def states_map(edition: Edition, tag_id: str) -> Map:
    """The states, each leading to its page."""
    t = edition.words.labels.THEME
    words: dict[Shade, str] = {
        "rising": t["rising"],
        "seen": t["seen"],
        "voices": t["voices_few"],
        "few": t["few"],
    }

    def shade_of(numbers: Numbers, geo: Geo) -> Shade:
        if share_at(edition, geo, tag_id, "promotes"):
            is_rising = numbers.changes.get(geo, {}).get(tag_id) in RISING
            return "rising" if is_rising else "seen"
        return "few" if numbers.bands_of(geo).health_voices == FEWER else "voices"

    places = [(postal, name, state_of(postal)) for postal, name in edition.states.items()]
    href = "../state/{}.html".format
    return draw("nation", places, edition.numbers, href, shade_of, words)
