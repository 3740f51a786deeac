"""Tell when a count is unusual: EARS, Farrington, and how many such claims may be false."""
