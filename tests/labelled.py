"""Labelled posts and tags to measure with, and strategies that make many of them."""

from dataclasses import asdict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from classifiers.evaluation.gold import Gold
from classifiers.stances import STANCES
from classifiers.tagger import Tags, ThemeTag

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: a machine that is busy is no failure."""

THEMES = ("masks", "fluoride", "raw_milk")
SIGNALS = ("hostility", "blame_pharma")


def gold(post_id, themes=None, **changes):
    """A post about health in English; name only what the test is about."""
    known = {"text": "x", "lang": "en", "health": True, "themes": themes or {}} | changes
    return Gold(id=post_id, **known)


def tags(signals=(), health=0.9, score=0.8, unsure=None, gate="passed", **themes):
    """Tags of themes by stance, all as sure as `score`."""
    return Tags(
        "en",
        health,
        {theme: ThemeTag(score, stance, 0.9, None) for theme, stance in themes.items()},
        dict.fromkeys(signals, 0.7),
        unsure or {},
        gate,
    )


def as_line(post, tagged):
    """What `grapevine tag` writes for a post, as far as scores go."""
    return {"id": post.id, **asdict(tagged)}


_scores = st.floats(0, 1).map(lambda x: round(x, 4))
_themes = st.dictionaries(st.sampled_from(THEMES), st.sampled_from(STANCES), max_size=3)
_some_themes = st.lists(st.sampled_from(THEMES), unique=True, max_size=1)
_some_signals = st.lists(st.sampled_from(SIGNALS), unique=True, max_size=2)
_theme_tags = st.dictionaries(
    st.sampled_from(THEMES),
    st.builds(ThemeTag, _scores, st.sampled_from(STANCES), _scores, st.none()),
    max_size=3,
)
_tags = st.builds(
    Tags,
    st.just("en"),
    _scores,
    _theme_tags,
    st.dictionaries(st.sampled_from(SIGNALS), _scores, max_size=2),
)
_gold = st.builds(
    Gold,
    id=st.just(""),
    text=st.text(max_size=40),
    lang=st.sampled_from(["en", "es"]),
    health=st.none() | st.booleans(),
    themes=_themes,
    signals=_some_signals,
    theme_only=_some_themes,
    unsure=_some_themes,
    signals_unsure=_some_signals,
)


@st.composite
def measured_posts(draw, min_size=0, max_size=12):
    """(posts, tags) of the same length; the posts' ids are 0, 1, 2, …"""
    from msgspec.structs import replace

    pairs = draw(st.lists(st.tuples(_gold, _tags), min_size=min_size, max_size=max_size))
    posts = [replace(post, id=str(number)) for number, (post, _) in enumerate(pairs)]
    return posts, [tagged for _, tagged in pairs]
