"""Watch Grapevine: how each run went, what is wrong now, and who is told of it once."""
