"""Deciders without a language model: each a readable policy over tools and nothing else."""
