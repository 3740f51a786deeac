"""Which layout a data folder has, and how one of an earlier program is brought forward."""
