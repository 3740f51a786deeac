"""What a post may do with a claim, in the order that every table of numbers uses."""

STANCES = ("promotes", "refutes", "asks", "mentions")
PROMOTES, REFUTES, ASKS, MENTIONS = range(len(STANCES))
