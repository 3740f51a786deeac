"""Atom feeds of places and themes: the newest release in a sentence, and those before it."""
