"""Tests of what the project measures itself by."""
