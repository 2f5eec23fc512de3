"""Tests of the translator from Flask to Rust."""
