"""Briefs as tagged PDF: the same words as the pages, for a printer or a mailbox."""
