"""Copy a data folder while it is in use, and put a copy back."""
