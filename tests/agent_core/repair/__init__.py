"""Tests of the repair knowledge: places, families, order, ranking."""
