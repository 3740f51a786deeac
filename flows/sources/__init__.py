"""Read public posts from where they come from: one module a source."""
