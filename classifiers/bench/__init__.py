"""The tagger's benchmark: speed, memory, quality beside other ways, hostile input."""
