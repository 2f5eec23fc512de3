"""Tests of what opens over the window."""
