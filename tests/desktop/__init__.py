"""Tests of the window, on real widgets without a screen."""
