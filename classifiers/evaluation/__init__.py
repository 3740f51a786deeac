"""How well the tagger does: scores, intervals, plots and the model card."""
