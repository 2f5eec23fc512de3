"""What `benchmarks.desktop` measures: windows started from outside, and programs that show one.

Each program runs in a process of its own with a screen given to it, and prints one JSON object.
"""
