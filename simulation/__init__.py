"""The proving ground: worlds whose truth is known, to try every estimate and alarm against.

`grapevine simulate` draws a world and writes its posts, as tags, into a lake; `grapevine
backtest` runs the product over a world, week after week, and says how far its numbers are from
the truth. Nothing in a world is a person or a post: sources are named `simulated_…`, count as
made up and never stand beside real ones.
"""
