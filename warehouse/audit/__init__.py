"""Audit the tagger: draw posts for a reader, keep what he found, count the errors."""
