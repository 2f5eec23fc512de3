"""Questions that the user may answer with yes or no."""

import sys


def agrees(question: str) -> bool:
    """The user's word; no where nobody can be asked."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
