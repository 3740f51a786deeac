"""Full conversation cards and patient handouts, and the pages they stand on."""
