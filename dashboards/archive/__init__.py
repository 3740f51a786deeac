"""What readers were told before: every published release, and its main figures in words."""
