"""Small working imitations of the services we collect from, one module and class each.

A fake speaks the service's real protocol on 127.0.0.1, so the client under test is the real
one. `python -m tests.fakes` starts all of them and prints the settings that point at them.
"""
