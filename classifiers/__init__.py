"""Say where a post belongs and what it says: place, theme, stance, signal."""
