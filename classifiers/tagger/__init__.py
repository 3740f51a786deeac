"""Tag posts with health, themes, stances, trust signals and the nearest claim."""

from classifiers.tagger.tagger import Tagger, Tags, ThemeTag, load_tagger

__all__ = ["Tagger", "Tags", "ThemeTag", "load_tagger"]
