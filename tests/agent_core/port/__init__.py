"""Tests of what is known about a Flask project: mining, corpus, mutants, coverage."""
