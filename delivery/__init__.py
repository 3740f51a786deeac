"""Bring each subscriber the brief of a published release: by mail, or to a webhook."""
