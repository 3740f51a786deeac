"""Pages that explain: privacy, who is not seen, how to cite, how to review a card."""
