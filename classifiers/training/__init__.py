"""How the tagger is made: labelled rows, splits, the encoders' training, their joining."""
