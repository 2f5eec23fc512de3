"""Tests of the rows that views show."""
