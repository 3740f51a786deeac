"""Name the mistakes a person can mend, so that one place can print them as one plain line.

Everything here is the person's or the world's doing: a bad file, a missing setting, a
county that does not exist. A bug in Grapevine is none of these and keeps its traceback.
"""

from __future__ import annotations


class GrapevineError(Exception):
    """Something a person can mend: what happened, to what, and what to do next."""


class InputError(GrapevineError):
    """An input cannot be read at all. The text names the file, and the line if there is one."""


class UnknownPlaceError(GrapevineError):
    """No county or state has the code given."""


class DataFolderError(GrapevineError):
    """The data folder cannot be written or read: full, read-only, or in use by another run."""


class InUseError(DataFolderError):
    """Something else is at work there. Nothing is wrong: the work is done by it, or later."""
