"""One module a test framework: how it is detected, started, and how its results become a report."""
