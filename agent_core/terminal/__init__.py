"""Journeyman in a terminal: commands, live progress and printed timelines; no agent logic."""
