"""Serve the site to browsers, and say over http how Grapevine is."""
