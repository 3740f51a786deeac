"""Build the reference tables and shapes from official US files.

Run it as `python -m warehouse.reference.build`; `warehouse/reference/README.md` says how.
"""
