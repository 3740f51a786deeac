"""The tf-idf model: fast linear heads over hashed words and letters, and the wide gate."""
