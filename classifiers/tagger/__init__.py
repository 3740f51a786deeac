"""The tagger: what a post says about health, and how sure that is."""

from classifiers.tagger.shipped import load_tagger
from classifiers.tagger.tagger import Tagger
from classifiers.tagger.tags import Tags, ThemeTag

__all__ = ["Tagger", "Tags", "ThemeTag", "load_tagger"]
