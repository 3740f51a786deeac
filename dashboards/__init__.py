"""Turn published numbers into pages that a clinician reads in two minutes."""
