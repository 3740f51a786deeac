"""Keep posts and tags, count them, hide small counts, and freeze releases."""
