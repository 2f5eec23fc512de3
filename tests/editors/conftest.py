"""Settings shared by the tests of editors."""

from hypothesis import settings

# Two cores may be shared with other work; a slow example is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
