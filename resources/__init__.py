"""Data only: sample projects, read through `importlib.resources`. No code that does anything."""
