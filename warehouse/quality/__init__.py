"""Look at a release before readers do, and say in words what is wrong with it.

`gate.examine` makes every check; `finding` says what one check found. Thresholds stand as
constants in the module of each check, with their reasons.
"""
